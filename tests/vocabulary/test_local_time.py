"""Local time: Europe/Berlin skips 02:00-03:00 on 2026-03-29 and lives it twice on 2026-10-25."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hrvdaemon.vocabulary.local_time import LocalTime, is_within, local_time, next_local
from hrvdaemon.vocabulary.units import HOUR_MS, MINUTE_MS, instant, iso

BERLIN = "Europe/Berlin"
SPRING, AUTUMN = date(2026, 3, 29).toordinal(), date(2026, 10, 25).toordinal()


@pytest.mark.parametrize(
    ("utc", "day", "minute"),
    [
        ("2026-03-28T22:59:00Z", SPRING - 1, 23 * 60 + 59),
        ("2026-03-28T23:00:00Z", SPRING, 0),
        ("2026-03-29T00:59:59.999Z", SPRING, 119),
        ("2026-03-29T01:00:00Z", SPRING, 180),
        ("2026-10-25T00:30:00Z", AUTUMN, 150),
        ("2026-10-25T01:30:00Z", AUTUMN, 150),
        ("2026-10-25T02:00:00Z", AUTUMN, 180),
    ],
)
def test_local_time_on_the_days_when_clocks_change(utc: str, day: int, minute: int) -> None:
    assert local_time(instant(utc), BERLIN) == LocalTime(day, minute)
    assert local_time(instant(utc), BERLIN).hour == minute // 60


def test_the_spring_day_has_23_hours_and_the_autumn_day_25() -> None:
    for day, hours, start in ((SPRING, 23, "2026-03-28T22:00:00Z"), (AUTUMN, 25, "2026-10-24T21:00:00Z")):
        minutes = [local_time(instant(start) + n * MINUTE_MS, BERLIN) for n in range(27 * 60)]
        assert sum(when.day == day for when in minutes) == hours * 60


def test_every_place_has_its_own_midnight() -> None:
    at = instant("2026-01-15T18:30:00Z")
    assert local_time(at, "Asia/Kolkata").minute == 0
    assert local_time(at, "America/New_York").minute == 13 * 60 + 30
    assert local_time(at, "UTC").minute == 18 * 60 + 30


@pytest.mark.parametrize(
    ("before", "four"),
    [
        ("2026-03-29T00:30:00Z", "2026-03-29T02:00:00.000Z"),
        ("2026-03-28T12:00:00Z", "2026-03-29T02:00:00.000Z"),
        ("2026-03-29T02:00:00Z", "2026-03-30T02:00:00.000Z"),
        ("2026-10-25T00:30:00Z", "2026-10-25T03:00:00.000Z"),
        ("2026-10-25T01:30:00Z", "2026-10-25T03:00:00.000Z"),
        ("2026-10-25T03:00:00Z", "2026-10-26T03:00:00.000Z"),
    ],
)
def test_four_in_the_morning_comes_once_a_day(before: str, four: str) -> None:
    assert iso(next_local(instant(before), BERLIN, minute=240)) == four


@settings(max_examples=15, deadline=None)
@given(
    st.sampled_from(["2026-03-29T00:00:00Z", "2026-10-25T00:00:00Z", "2026-06-01T00:00:00Z"]),
    st.integers(-24 * 60, 24 * 60),
    st.integers(0, 1439),
    st.integers(0, 59_999),
)
def test_the_next_local_time_is_the_first_minute_at_which_a_clock_shows_it(
    near: str, off: int, minute: int, ms: int
) -> None:
    at = instant(near) + off * MINUTE_MS + ms
    first = at - ms + MINUTE_MS
    later = (first + n * MINUTE_MS for n in range(50 * 60))
    assert next_local(at, BERLIN, minute=minute) == next(t for t in later if local_time(t, BERLIN).minute == minute)


@pytest.mark.parametrize(
    ("clock", "is_quiet"),
    [("21:59", False), ("22:00", True), ("23:59", True), ("00:00", True), ("07:59", True), ("08:00", False)],
)
def test_a_span_over_midnight(clock: str, is_quiet: bool) -> None:
    hours, minutes = map(int, clock.split(":"))
    assert is_within(hours * 60 + minutes, 22 * 60, 8 * 60) is is_quiet


@given(st.integers(0, 1439), st.integers(0, 1439), st.integers(0, 1439))
def test_a_span_and_its_opposite_share_the_day(minute: int, start: int, end: int) -> None:
    if start == end:
        assert not is_within(minute, start, end)
    else:
        assert is_within(minute, start, end) != is_within(minute, end, start)


def test_the_whole_hour_of_an_instant_does_not_read_the_machine() -> None:
    assert local_time(instant("2026-07-01T10:00:00Z") + HOUR_MS, BERLIN).hour == 13
