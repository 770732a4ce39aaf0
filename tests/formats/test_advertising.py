import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrvdaemon.formats.advertising import EXTENDED_REPORT, LEGACY_REPORT, names_heard, readable
from hrvdaemon.formats.capture import NameHeard
from tests.formats import capture_writer as w

FLAGS = b"\x02\x01\x06"
HEARD = NameHeard(w.ADDRESS, "Polar H10")


def heard(event: bytes) -> list[NameHeard]:
    return list(names_heard(event[2], event[3:]))


@pytest.mark.parametrize("report", [w.advertising_report, w.extended_advertising_report])
@pytest.mark.parametrize("kind", [0x08, 0x09])
def test_a_name_is_found_behind_other_parts(report: object, kind: int) -> None:
    assert callable(report)
    assert heard(report(w.ADDRESS, FLAGS + w.name(b"Polar H10", kind))) == [HEARD]


def test_several_reports_in_one_event_are_read() -> None:
    """Core, vol 4, part E, 7.7.65.2, as controllers send it: report after report."""
    one, two = w.advertising_report(w.ADDRESS, FLAGS)[4:], w.advertising_report(w.ADDRESS, w.name(b"Polar H10"))[4:]
    assert list(names_heard(LEGACY_REPORT, b"\x02" + one + two)) == [HEARD]


def test_a_device_without_a_name_says_none() -> None:
    assert heard(w.advertising_report(w.ADDRESS, FLAGS)) == []
    assert heard(w.advertising_report(w.ADDRESS, FLAGS + w.name(b""))) == []


@pytest.mark.parametrize(
    ("name", "shown"),
    [(b"Herz \xe2\x99\xa5", "Herz ♥"), (b"\xff\xfeH7\x00", "��H7"), (b"a\x1b[31mb\nc", "a[31mbc"), (b"  \x00 ", "")],
)
def test_a_name_in_any_encoding_can_be_shown(name: bytes, shown: str) -> None:
    assert readable(name) == shown


@given(subevent=st.sampled_from([LEGACY_REPORT, EXTENDED_REPORT]), data=st.binary(max_size=80))
def test_any_bytes_give_names_that_can_be_shown(subevent: int, data: bytes) -> None:
    assert all(name.name.isprintable() for name in names_heard(subevent, data))


@given(data=st.binary(max_size=31))
def test_any_cut_of_a_report_raises_nothing(data: bytes) -> None:
    event = w.advertising_report(w.ADDRESS, data)
    for cut in range(3, len(event)):
        list(names_heard(event[2], event[3:cut]))
