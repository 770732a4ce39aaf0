"""Wall time is an anchor on the run's own clock."""

from hypothesis import given
from hypothesis import strategies as st

from hrvdaemon.pipeline.run_clock import RunClock
from hrvdaemon.vocabulary.units import HOUR_MS, MINUTE_MS, instant

NOON = instant("2026-03-10T11:00:30.250Z")


@given(st.integers(0, 10**10), st.integers(0, 10**10))
def test_wall_and_mono_are_inverses_and_keep_lengths(mono: int, later: int) -> None:
    clock = RunClock(5_000, NOON, "Europe/Berlin")
    assert clock.wall(5_000) == NOON
    assert clock.mono(clock.wall(mono)) == mono
    assert clock.wall(later) - clock.wall(mono) == later - mono


@given(st.integers(0, 10**10), st.sampled_from([MINUTE_MS, 5 * MINUTE_MS, HOUR_MS]))
def test_whole_intervals_begin_on_the_wall_clock(mono: int, length: int) -> None:
    clock = RunClock(5_000, NOON, "Europe/Berlin")
    start = clock.whole(mono, length)
    assert start <= mono < start + length
    assert clock.wall(start) % length == 0


def test_local_time_is_that_of_the_zone() -> None:
    clock = RunClock(0, NOON, "Europe/Berlin")
    assert clock.local(0).minute == 12 * 60
    assert clock.local(29_750).minute == 12 * 60 + 1
    assert clock.wall(clock.next_local(0, 240)) == instant("2026-03-11T03:00:00Z")
