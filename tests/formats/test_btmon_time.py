import pytest

from hrvdaemon.formats.btmon_time import PrintedTimes
from hrvdaemon.vocabulary.units import DAY_MS, instant


def read(*lines: str, zone: str = "UTC") -> list[int]:
    times = PrintedTimes(zone)
    return [times.read(line) for line in lines]


def test_seconds_from_the_start_are_read_to_the_millisecond() -> None:
    lines = ("> ACL #1 [hci0] 0.000499", "> ACL #2 [hci0] 12.000500", "> ACL {0x0001} 2005.866418")
    assert read(*lines) == [0, 12_001, 2_005_866]


def test_dates_are_those_of_the_zone() -> None:
    line = "> HCI Event  #125 [hci0] 2021-08-26 16:46:33.166075"
    assert read(line) == [instant("2021-08-26T16:46:33.166Z")]
    assert read(line, zone="Europe/Berlin") == [instant("2021-08-26T14:46:33.166Z")]


def test_a_time_of_day_goes_on_after_midnight_and_may_step_back_a_little() -> None:
    first, second, third = read("x 23:59:59.900000", "x 00:00:00.100000", "x 00:00:00.050000")
    assert (first, second - first, third - second) == (DAY_MS - 100, 200, -50)


def test_a_line_without_a_time_has_that_of_the_line_before() -> None:
    assert read("= Note", "> ACL #1 [hci0] 5.000000", "< ACL Data TX", "x 2026-13-45 25:61:00.000000") == [
        0,
        5000,
        5000,
        5000,
    ]


@pytest.mark.parametrize(
    ("line", "note"),
    [
        ("x 2026-03-10 10:00:00.000000", "btmon's times have no offset and are read as those of UTC"),
        ("x 10:00:00.000000", "btmon printed times without a date"),
    ],
)
def test_what_was_assumed_is_told(line: str, note: str) -> None:
    times = PrintedTimes()
    times.read(line)
    assert times.notes == (note,)
