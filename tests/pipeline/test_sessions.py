"""A guided session on the run's clock: phases in order, an end of its own, and an honest outcome."""

from collections.abc import Callable
from typing import Any

import pytest

from hrvdaemon.vocabulary.events import (
    BiofeedbackUpdated,
    DecisionMade,
    ExerciseFinished,
    ExerciseStarted,
    PhaseStarted,
    PromptIssued,
    Reason,
    Withheld,
)
from hrvdaemon.vocabulary.inputs import (
    ClockChanged,
    ExerciseRequested,
    ExerciseStopped,
    FeltRated,
    SensorLost,
    Tick,
)
from hrvdaemon.vocabulary.units import HOUR_MS, MINUTE_MS, Instant, SensorId, SessionId

Begin = Callable[..., Any]
SESSION = SessionId("run-session-0")


def start(day: Any, exercise: str | None = "paced_6") -> list[Any]:
    events: list[Any] = day.feed(ExerciseRequested(mono_ms=day.now_ms, exercise=exercise))
    return events


@pytest.fixture
def day(begin: Begin) -> Any:
    """Five minutes of rest, stage 3."""
    lived = begin(stage=3)
    lived.live(5)
    return lived


def test_it_begins_at_once_with_its_first_phase(day: Any) -> None:
    started, phase = start(day)
    assert isinstance(started, ExerciseStarted)
    assert (started.session, started.duration_s, started.mono_ms, started.prompt) == (SESSION, 120, 5 * MINUTE_MS, None)
    assert (phase.breath, phase.duration_s, phase.mono_ms) == ("in", 4, 5 * MINUTE_MS)


def test_its_phases_come_in_order_at_their_time_and_end_by_themselves(day: Any) -> None:
    start(day)
    day.live(4)
    phases = day.of(PhaseStarted)
    expected = [300_000 + k * 10_000 + off for k in range(12) for off in (0, 4_000)]
    assert [phase.mono_ms for phase in phases] == expected
    assert [phase.breath for phase in phases] == ["in", "out"] * 12


def test_its_outcome_comes_when_two_minutes_after_settling_are_final(day: Any) -> None:
    start(day)
    day.live(2, hr=62.0, rmssd=30.0)
    day.live(4, hr=57.0, rmssd=28.0)
    (finished,) = day.of(ExerciseFinished)
    assert finished.mono_ms == 300_000 + (120 + 60 + 120 + 15) * 1000
    assert finished.ended_at - finished.started_at == 120_000
    outcome = finished.outcome
    assert outcome.completed
    assert outcome.before.mean_hr_bpm == pytest.approx(60, abs=0.3)
    assert outcome.after.mean_hr_bpm == pytest.approx(57, abs=0.3)
    assert outcome.delta_hr_bpm == pytest.approx(-3, abs=0.4)
    assert outcome.is_clear is False
    assert outcome.before.window_s == outcome.after.window_s == 120


@pytest.mark.parametrize("hr", [42.0, 60.0, 100.0])
def test_biofeedback_comes_every_five_seconds_once_four_breaths_are_there(begin: Begin, hr: float) -> None:
    """A beat is final six beats late; a slow heart has biofeedback all the same."""
    day = begin(stage=3)
    day.live(5, hr=hr)
    start(day)
    day.live(4, hr=hr)
    moments = [event.mono_ms - 300_000 for event in day.of(BiofeedbackUpdated)]
    assert 40_000 <= moments[0] <= 60_000
    assert moments == list(range(moments[0], 120_000, 5_000))


def test_biofeedback_says_how_far_the_heart_swings_with_the_breath(day: Any) -> None:
    """Five seconds at 66 and five at 54 bpm: the fundamental of a square wave of 12 bpm is 4/pi of it, 15.3."""
    start(day)
    for _ in range(11):
        day.live(5 / 60, hr=66.0, rmssd=4.0)
        day.live(5 / 60, hr=54.0, rmssd=4.0)
    latest = day.of(BiofeedbackUpdated)[-1].swing
    assert latest.swing_bpm == pytest.approx(15.3, abs=2.5)
    assert latest.r_squared > 0.6


def test_stopping_early_ends_the_phases_and_still_measures(day: Any) -> None:
    start(day)
    day.live(0.45)
    day.feed(ExerciseStopped(mono_ms=day.now_ms))
    day.live(4)
    assert max(phase.mono_ms for phase in day.of(PhaseStarted)) < 327_000
    (finished,) = day.of(ExerciseFinished)
    assert not finished.outcome.completed
    assert finished.outcome.delta_hr_bpm is not None
    assert finished.mono_ms == 327_000 + 195_000
    assert finished.ended_at - finished.started_at == 27_000


def test_stopping_when_nothing_goes_on_changes_nothing(day: Any) -> None:
    assert day.feed(ExerciseStopped(mono_ms=day.now_ms)) == []
    start(day)
    day.live(3)
    day.feed(ExerciseStopped(mono_ms=day.now_ms))
    day.live(4)
    assert day.of(ExerciseFinished)[0].outcome.completed


def test_without_a_strap_it_guides_all_the_same_and_measures_nothing(begin: Begin) -> None:
    bare = begin(stage=3)
    bare.silence(2)
    start(bare)
    bare.silence(6)
    bare.feed(Tick(mono_ms=bare.now_ms))
    assert len(bare.of(PhaseStarted)) == 24
    assert bare.of(BiofeedbackUpdated) == []
    outcome = bare.of(ExerciseFinished)[0].outcome
    assert outcome.completed
    assert (outcome.delta_hr_bpm, outcome.delta_ln_rmssd, outcome.is_clear, outcome.swing_bpm) == (None,) * 4


def test_a_dropout_after_it_is_not_measured_and_nothing_else(day: Any) -> None:
    start(day)
    day.live(2)
    day.feed(SensorLost(mono_ms=day.now_ms, sensor=SensorId("strap"), reason="out of range"))
    day.silence(5)
    day.live(1)
    (finished,) = day.of(ExerciseFinished)
    assert finished.mono_ms == 300_000 + 315_000
    assert finished.outcome.before is not None
    assert (finished.outcome.delta_hr_bpm, finished.outcome.delta_ln_rmssd) == (None, None)
    assert len(day.of(PhaseStarted)) == 24


def test_a_session_and_five_minutes_after_it_are_not_judged(day: Any) -> None:
    start(day)
    day.live(10)
    reasons = {row.start_mono_ms // MINUTE_MS: row.reason for row in day.of(DecisionMade)}
    assert [reasons[minute] for minute in range(4, 13)] == [None, *[Reason.SESSION] * 7, None]


def test_a_quarter_of_an_hour_after_it_nobody_is_invited(begin: Begin) -> None:
    day = begin(stage=3)
    day.live(28)
    start(day, "orient_54321")
    day.live(2)
    day.stress(24)
    assert Withheld.AFTER_SESSION in {row.withheld for row in day.of(DecisionMade)}
    assert day.of(PromptIssued)[0].mono_ms >= (30 + 15) * MINUTE_MS


def test_one_session_at_a_time(day: Any) -> None:
    start(day)
    day.live(1)
    assert start(day) == []
    day.live(1.5)
    events = start(day)
    assert [type(event) for event in events] == [ExerciseFinished, ExerciseStarted, PhaseStarted]
    assert events[0].outcome.after is None
    assert events[0].outcome.completed
    assert events[1].session == "run-session-1"


def test_what_was_felt_belongs_to_its_session(day: Any) -> None:
    start(day)
    day.feed(FeltRated(mono_ms=day.now_ms, session=SESSION, tension=7, after=False))
    day.live(3)
    day.feed(FeltRated(mono_ms=day.now_ms, session=SESSION, tension=4, after=True))
    day.feed(FeltRated(mono_ms=day.now_ms, session=SessionId("run-session-9"), tension=0, after=True))
    day.live(3)
    outcome = day.of(ExerciseFinished)[0].outcome
    assert (outcome.tension_before, outcome.tension_after) == (7, 4)
    assert day.feed(FeltRated(mono_ms=day.now_ms, session=SESSION, tension=1, after=True)) == []


def test_the_end_of_a_run_ends_the_session_unmeasured(day: Any) -> None:
    start(day)
    day.live(1)
    finished = [event for event in day.end() if isinstance(event, ExerciseFinished)]
    assert len(finished) == 1
    assert not finished[0].outcome.completed
    assert finished[0].outcome.after is None


def test_an_unknown_exercise_falls_back_to_one_that_exists(day: Any) -> None:
    assert start(day, "sauna")[0].exercise in {"paced_6", "orient_54321"}


@pytest.mark.parametrize("by_ms", [-HOUR_MS, HOUR_MS])
def test_a_session_lasts_as_long_as_it_lasted_when_the_clock_is_set(day: Any, by_ms: int) -> None:
    start(day)
    day.live(1)
    day.feed(ClockChanged(mono_ms=day.now_ms, at=Instant(day.wall() + by_ms), zone="Europe/Berlin"))
    day.live(6)
    (finished,) = day.of(ExerciseFinished)
    assert len(day.of(PhaseStarted)) == 24
    assert finished.ended_at - finished.started_at == 120_000
