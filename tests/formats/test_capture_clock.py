from hypothesis import given
from hypothesis import strategies as st

from hrvdaemon.formats.capture import Complaints
from hrvdaemon.formats.capture_clock import LONGEST_SILENCE_MS, CaptureClock
from hrvdaemon.vocabulary.inputs import ClockChanged
from hrvdaemon.vocabulary.units import Instant, instant

NOON = instant("2026-03-10T12:00:00Z")
ASSUMED = instant("2026-01-05T08:00:00Z")


def clock() -> tuple[CaptureClock, Complaints]:
    complaints = Complaints()
    return CaptureClock("Europe/Berlin", complaints), complaints


def test_a_run_begins_at_0_and_goes_on_with_the_capture() -> None:
    ours, complaints = clock()
    assert ours.begin(NOON, ASSUMED) == NOON
    assert [ours.mono(NOON + ms) for ms in (0, 7, 7, 5_000)] == [(0, None), (7, None), (7, None), (5_000, None)]
    assert complaints.problems == ()


def test_a_capture_without_a_clock_begins_where_it_is_told() -> None:
    ours, _ = clock()
    assert ours.begin(-62_168_256_000_000, ASSUMED) == ASSUMED
    assert ours.mono(-62_168_256_000_000 + 1_000) == (1_000, None)


def test_packets_a_little_out_of_order_stand_still() -> None:
    ours, complaints = clock()
    ours.begin(NOON, ASSUMED)
    assert [ours.mono(NOON + ms)[0] for ms in (2_000, 1_001, 2_000, 2_001)] == [2_000, 2_000, 2_000, 2_001]
    assert complaints.problems == ()


def test_a_clock_that_was_set_back_moves_the_anchor_and_no_time_passes_twice() -> None:
    ours, complaints = clock()
    ours.begin(NOON, ASSUMED)
    ours.mono(NOON + 60_000)
    back = Instant(NOON - 3_540_000)
    assert ours.mono(back) == (60_000, ClockChanged(mono_ms=60_000, at=back, zone="Europe/Berlin"))
    assert ours.mono(back + 1_000) == (61_000, None)
    assert [str(one) for one in complaints.problems] == [
        "the capture's clock steps back by 3600.0 s, to 2026-03-10T11:01:00.000Z"
    ]


def test_a_clock_that_was_set_ahead_by_years_passes_no_years() -> None:
    """A small computer starts in 1999, say, and learns the time a minute later."""
    ours, _ = clock()
    ours.begin(instant("1999-01-01T00:00:00Z"), ASSUMED)
    assert ours.mono(NOON) == (0, ClockChanged(mono_ms=0, at=NOON, zone="Europe/Berlin"))
    assert ours.mono(NOON + LONGEST_SILENCE_MS) == (LONGEST_SILENCE_MS, None)


def test_a_step_to_no_time_at_all_keeps_the_time_there_was() -> None:
    ours, complaints = clock()
    ours.begin(NOON, ASSUMED)
    assert ours.mono(0) == (0, None)
    assert ours.mono(1_000) == (1_000, None)
    assert ["to no time at all" in str(one) for one in complaints.problems] == [True]


@given(st.lists(st.integers(-(2**62), 2**62), min_size=1, max_size=20))
def test_whatever_the_capture_says_a_run_never_goes_back(moments: list[int]) -> None:
    ours, _ = clock()
    ours.begin(moments[0], ASSUMED)
    run = [ours.mono(moment)[0] for moment in moments]
    assert run == sorted(run)
    assert run[-1] <= LONGEST_SILENCE_MS * len(moments)
