import pytest

from hrvdaemon.cli.wished_span import wished_span
from hrvdaemon.clock import MachineClock
from hrvdaemon.store.queries import Run
from hrvdaemon.vocabulary.errors import NothingToSay
from hrvdaemon.vocabulary.inputs import RunStarted
from hrvdaemon.vocabulary.units import HOUR_MS, RunId, instant

LAST = Run(
    started=RunStarted(
        mono_ms=0, at=instant("2026-07-16T06:30:00Z"), run=RunId("r"), version="0", zone="Europe/Zurich", boot_id="b", seed=0
    ),
    imported=False,
    ended_at=None,
    end_reason=None,
)  # fmt: skip


def span(
    *, from_: str | None = None, to: str | None = None, last: str | None = None, duration: str | None = None
) -> tuple[int, int]:
    return wished_span(LAST, from_, to, last, duration)


def test_a_time_without_an_offset_is_the_wearers() -> None:
    assert span(from_="2026-07-16T08:30", to="2026-07-16T09:30") == (
        instant("2026-07-16T06:30:00Z"), instant("2026-07-16T07:30:00Z"),
    )  # fmt: skip
    assert span(from_="2026-07-16T08:30Z", duration="90s") == (
        instant("2026-07-16T08:30:00Z"), instant("2026-07-16T08:31:30Z"),
    )  # fmt: skip


@pytest.mark.parametrize(("last", "hours"), [(None, 1.0), ("30m", 0.5), ("2d", 48.0), ("5400s", 1.5), ("60min", 1.0)])
def test_the_last_so_much_ends_now(last: str | None, hours: float) -> None:
    before = MachineClock().at()
    from_at, to_at = span(last=last)
    assert to_at - from_at == hours * HOUR_MS
    assert before <= to_at <= MachineClock().at()


def test_a_duration_alone_lies_ahead() -> None:
    before = MachineClock().at()
    from_at, to_at = span(duration="10m")
    assert before <= from_at <= MachineClock().at()
    assert to_at - from_at == HOUR_MS / 6


def test_where_nothing_was_ever_recorded_there_is_nothing_to_choose() -> None:
    with pytest.raises(NothingToSay, match="Nothing is recorded yet"):
        wished_span(None, None, None, None, None)
