"""Law 1: wall time may jump; every minute lived is judged once, and no invitation comes twice."""

from collections.abc import Callable
from typing import Any

import pytest

from hrvdaemon.vocabulary.events import (
    BeatsClassified,
    DecisionMade,
    EpochClosed,
    GapDetected,
    PromptIssued,
    Reason,
    WearingStarted,
)
from hrvdaemon.vocabulary.inputs import ClockChanged, Tick
from hrvdaemon.vocabulary.local_time import local_time
from hrvdaemon.vocabulary.units import HOUR_MS, MINUTE_MS, Instant, instant

Begin = Callable[..., Any]


def change(day: Any, by_ms: int, zone: str = "Europe/Berlin") -> None:
    day.feed(ClockChanged(mono_ms=day.now_ms, at=Instant(day.wall() + by_ms), zone=zone))
    day.offset_ms += by_ms


def assert_each_moment_is_judged_once(day: Any) -> None:
    """Beats are in one minute each or late, and rows of the ledger do not repeat unless they say so."""
    rows = day.of(DecisionMade)
    assert [row.epoch for row in rows if row.epoch is not None] == list(range(len(day.of(EpochClosed))))
    starts = [row.start_at for row in rows if row.epoch is not None and row.reason is not Reason.CLOCK_REPEATED]
    assert len(starts) == len(set(starts))
    classified = day.of(BeatsClassified)
    n_beats = sum(len(event.rr_ticks) - event.n_late for event in classified)
    assert sum(event.epoch.metrics.n_beats for event in day.of(EpochClosed)) == n_beats


@pytest.mark.parametrize("by_ms", [HOUR_MS, 7 * MINUTE_MS, 1_700, 90 * 24 * HOUR_MS])
@pytest.mark.parametrize("at_s", [0, 5, 30, 59])
def test_a_clock_set_forward_closes_the_minute_and_marks_a_gap(begin: Begin, by_ms: int, at_s: int) -> None:
    day = begin()
    day.live(5 + at_s / 60)
    change(day, by_ms)
    day.live(5)
    day.end()
    assert day.of(GapDetected)[0].why == "clock changed"
    assert len(day.of(WearingStarted)) == 1
    assert_each_moment_is_judged_once(day)
    assert all(event.epoch.start_at % MINUTE_MS == 0 for event in day.of(EpochClosed))


@pytest.mark.parametrize("at_s", [0, 5, 30, 59])
def test_minutes_lived_again_are_stored_and_not_judged(begin: Begin, at_s: int) -> None:
    """Ten minutes, back by four: minutes 6 to 9 come again, from 10 on they are new."""
    day = begin()
    day.live(10 + at_s / 60)
    change(day, -4 * MINUTE_MS)
    day.live(8)
    day.end()
    assert_each_moment_is_judged_once(day)
    start = instant("2026-03-10T11:00:00Z")
    again = {(row.start_at - start) // MINUTE_MS for row in day.of(DecisionMade) if row.reason is Reason.CLOCK_REPEATED}
    assert {7, 8, 9} <= again <= {6, 7, 8, 9, 10}
    assert not any(row.learns for row in day.of(DecisionMade) if row.reason is Reason.CLOCK_REPEATED)


@pytest.mark.parametrize("by_ms", [HOUR_MS, -30 * MINUTE_MS])
def test_a_jump_brings_no_second_invitation(begin: Begin, by_ms: int) -> None:
    day = begin(stage=3)
    day.live(31)
    day.stress()
    assert len(day.of(PromptIssued)) == 1
    change(day, by_ms)
    day.live(30, hr=72.0, rmssd=12.0)
    assert len(day.of(PromptIssued)) == 1


def test_another_zone_moves_no_minute_and_marks_no_gap(begin: Begin) -> None:
    day, other = begin(), begin()
    for one in (day, other):
        one.live(5.1)
    change(day, 0, "Asia/Kolkata")
    for one in (day, other):
        one.live(5)
        one.end()
    assert day.of(EpochClosed) == other.of(EpochClosed)
    assert day.of(GapDetected) == other.of(GapDetected)
    assert_each_moment_is_judged_once(day)


def test_quiet_hours_are_those_of_the_new_zone(begin: Begin) -> None:
    """11:00 UTC is noon in Berlin and 22:00 in Sydney (UTC+11 in March)."""
    day = begin()
    day.live(3)
    change(day, 0, "Australia/Sydney")
    day.live(4)
    reasons = [row.reason for row in day.of(DecisionMade)]
    assert reasons[1] is Reason.LEARNING
    assert reasons[-1] is Reason.QUIET


@pytest.mark.parametrize("start", ["2026-03-29T00:50:00Z", "2026-10-25T00:50:00Z", "2026-10-25T01:50:00Z"])
def test_summer_time_is_no_clock_change(begin: Begin, start: str) -> None:
    day = begin(start, settings={"prompts.quiet_from_min": 0, "prompts.quiet_to_min": 0})
    day.live(20)
    day.end()
    assert day.of(GapDetected)[:-1] == []
    assert [row.start_at for row in day.of(DecisionMade)][:20] == [instant(start) + n * MINUTE_MS for n in range(20)]
    assert not any(row.reason is Reason.CLOCK_REPEATED for row in day.of(DecisionMade))


@pytest.mark.parametrize(("start", "hours"), [("2026-03-28T21:00:00Z", 9), ("2026-10-24T20:00:00Z", 11)])
def test_a_night_of_changed_clocks_is_quiet_from_22_to_8_on_the_wall(begin: Begin, start: str, hours: int) -> None:
    """Both start at 22:00 in Berlin; a minute of beats each half hour."""
    day = begin(start)
    for _ in range(2 * hours + 2):
        day.live(2)
        day.feed(Tick(mono_ms=day.now_ms + 28 * MINUTE_MS))
    for row in (row for row in day.of(DecisionMade) if row.epoch is not None):
        hour = local_time(row.start_at, "Europe/Berlin").hour
        verdict = next(verdict for verdict in row.gates if verdict.gate == "wish")
        assert (verdict.reason is Reason.QUIET) == (hour >= 22 or hour < 8)


def test_a_clock_that_was_ahead_for_years_and_is_mended_goes_on_being_judged(begin: Begin) -> None:
    """Two minutes lived four years ahead; nothing after the correction was judged before."""
    day = begin()
    change(day, 4 * 365 * 24 * HOUR_MS)
    day.live(3)
    change(day, -4 * 365 * 24 * HOUR_MS)
    day.live(10)
    after = [row for row in day.of(DecisionMade) if row.start_at < instant("2027-01-01T00:00:00Z")]
    assert len(after) >= 8
    assert Reason.CLOCK_REPEATED not in {row.reason for row in after}
