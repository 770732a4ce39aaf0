from typing import Any

import pytest

from hrvdaemon.formats.found import Found, FoundStrap, OtherHandle, counted, next_step
from hrvdaemon.vocabulary.units import instant

NOTHING = Found(began_at=None, is_dated=True, straps=(), others=(), addresses=(), known=(), n_links=0)
LIKELY = OtherHandle("C4:11:22:33:44:55", 0x10, reads_as_heart_rate=True)
UNLIKELY = OtherHandle("C4:11:22:33:44:66", 0x2A, reads_as_heart_rate=False)


def found(**known: Any) -> Found:
    return Found(
        **{"began_at": None, "is_dated": True, "straps": (), "others": (), "addresses": (), "known": (), "n_links": 0}
        | known
    )


def step(one: Found, *, address: str | None = None, n_cut_short: int = 0) -> str:
    return next_step(one, wanted_address=address, n_cut_short=n_cut_short)


def test_one_line_says_straps_notifications_and_span() -> None:
    straps = [FoundStrap(address=f"A{k}", name=f"A{k}", first_ms=0, last_ms=90_000, n_packets=k) for k in range(1, 7)]
    began = instant("2026-03-10T12:00:00Z")
    assert str(found(began_at=began, straps=tuple(straps[:1]))) == (
        "A1, 1 notification; 1.5 min from 2026-03-10T12:00:00.000Z"
    )
    night = FoundStrap(address="A", name="A", first_ms=0, last_ms=30_600_000, n_packets=30_000)
    assert "30000 notifications; 8.5 h from" in str(found(began_at=began, straps=(night,)))
    assert "A4, 4 notifications; 2 more straps; 1.5 min" in str(found(began_at=began, straps=tuple(straps)))
    assert found(straps=tuple(straps)).n_packets == 21
    assert str(NOTHING) == "no heart rate"


@pytest.mark.parametrize(
    ("one", "arguments", "says"),
    [
        (NOTHING, {}, "start the capture first, then connect"),
        (found(n_links=2), {}, "2 connections, none with a notification"),
        (found(n_links=1, known=("AA",)), {}, "AA has heart rate but sent none"),
        (found(n_links=1), {"n_cut_short": 3}, "choose Enabled, not Enabled Filtered"),
        (found(others=((UNLIKELY, 9), (LIKELY, 2))), {}, "--handle 0x0010`"),
        (found(others=((UNLIKELY, 9),)), {}, "0x002a of C4:11:22:33:44:66 (9): say which"),
        (found(addresses=("AA", "BB")), {"address": "CC"}, "expected the strap CC, came AA, BB"),
    ],
)
def test_a_capture_without_heart_rate_has_a_next_step(one: Found, arguments: dict[str, Any], says: str) -> None:
    assert says in step(one, **arguments)


def test_counts_read_well() -> None:
    assert [counted(n, "run") for n in (0, 1, 2)] == ["0 runs", "1 run", "2 runs"]
