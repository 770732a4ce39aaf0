"""The picture is folded from records alone, so the daemon and whoever watches it see the same."""

from typing import Any

import pytest

from hrvdaemon.regulation.explanations import state_sentence
from hrvdaemon.sinks.now import INVITATION_MS, JUDGED_MS, STALE_MS, TREND_POINTS, Now, fold
from hrvdaemon.vocabulary import events, inputs
from hrvdaemon.vocabulary.epochs import Quality
from hrvdaemon.vocabulary.events import AutonomicState, Confidence, Reason
from hrvdaemon.vocabulary.inputs import Answer
from hrvdaemon.vocabulary.units import HOUR_MS, Instant, PromptId, RunId, SensorId, SessionId, instant

BEGIN = instant("2026-11-22T14:00:00Z")
STRAP = SensorId("aa:bb")


def folded(*records: Any) -> Now:
    now = Now()
    for record in records:
        now = fold(now, record)
    return now


def begun(at: int = BEGIN, zone: str = "Europe/Berlin") -> Any:
    return inputs.RunStarted(mono_ms=0, at=Instant(at), run=RunId("r"), version="1", zone=zone, boot_id="b", seed=1)


def prompt(mono_ms: int, name: str = "p1", at: int | None = None) -> Any:
    return events.PromptIssued(
        mono_ms=mono_ms,
        at=Instant(BEGIN + mono_ms if at is None else at),
        id=PromptId(name),
        activation=2.0,
        minutes=10,
        hr_bpm=84.0,
        rmssd_ms=23.0,
        baseline_hr_bpm=66.0,
        baseline_rmssd_ms=37.0,
        exercise="paced_6",
        confidence=Confidence.HIGH,
        is_learning=False,
        tags=(),
    )


def started(mono_ms: int = 1000) -> Any:
    return events.ExerciseStarted(
        mono_ms=mono_ms,
        at=Instant(BEGIN + mono_ms),
        session=SessionId("s1"),
        exercise="paced_6",
        prompt=None,
        duration_s=120.0,
    )


def changed(state: AutonomicState, reason: Reason | None = None) -> Any:
    return events.AutonomicStateChanged(mono_ms=0, at=BEGIN, state=state, previous=AutonomicState.STEADY, reason=reason)


@pytest.fixture
def updated(window: Any) -> Any:
    def made(mono_ms: int, hr_bpm: float | None = 64.0, **minute: Any) -> Any:
        metrics = window(**minute)
        return events.HrvUpdated(
            mono_ms=mono_ms, at=Instant(BEGIN + mono_ms), hr_bpm=hr_bpm, minute=metrics, five_minutes=metrics
        )

    return made


def at(now: Now, mono_ms: int) -> Now:
    return fold(now, inputs.Tick(mono_ms=mono_ms))


def test_before_anything_came_nothing_is_claimed() -> None:
    now = Now()
    assert now.state is AutonomicState.NO_SIGNAL
    assert (now.hr_bpm, now.rmssd_ms, now.activation, now.seconds_since_beat, now.invitation) == (None,) * 5
    assert now.prompts_today == 0


def test_the_sentence_is_that_of_state_and_reason() -> None:
    now = folded(changed(AutonomicState.NOT_JUDGED, Reason.MOVING))
    assert now.sentence == state_sentence(AutonomicState.NOT_JUDGED, Reason.MOVING)


def test_a_number_older_than_three_updates_is_not_shown_as_now(updated: Any) -> None:
    now = folded(updated(5_000, 64.0, rmssd_ms=31.0))
    assert (at(now, 5_000 + STALE_MS).hr_bpm, at(now, 5_000 + STALE_MS).rmssd_ms) == (64.0, 31.0)
    assert (at(now, 5_001 + STALE_MS).hr_bpm, at(now, 5_001 + STALE_MS).rmssd_ms) == (None, None)


def test_a_number_that_the_data_do_not_carry_stays_missing(updated: Any) -> None:
    now = folded(updated(5_000, None, rmssd_ms=None, quality=Quality.UNUSABLE))
    assert (now.hr_bpm, now.rmssd_ms, now.quality) == (None, None, Quality.UNUSABLE)
    assert (now.trend[-1].hr_bpm, now.trend[-1].rmssd_ms) == (None, None)


def test_the_trend_keeps_ten_minutes_and_no_more(updated: Any) -> None:
    now = folded(*(updated(5_000 * n) for n in range(TREND_POINTS + 7)))
    assert len(now.trend) == TREND_POINTS == 600 // 5
    assert now.trend[0].mono_ms == 5_000 * 7


def test_seconds_since_beat_count_from_the_packet_that_carried_beats() -> None:
    beats = events.BeatsClassified(
        mono_ms=9_000, at=BEGIN, sensor=STRAP, segment=0, rr_ticks=(900,), beat_mono_ms=(3_000,), kinds="N"
    )
    empty = events.BeatsClassified(
        mono_ms=10_000, at=BEGIN, sensor=STRAP, segment=0, rr_ticks=(), beat_mono_ms=(), kinds=""
    )
    assert at(folded(beats, empty), 11_500).seconds_since_beat == 2.5


def beats_and_gap(mono_ms: int, duration_ms: int | None) -> tuple[Any, Any]:
    """What a silence makes final at 13 s, and the gap of it; the newest beat was at 3 s."""
    beats = events.BeatsClassified(
        mono_ms=mono_ms, at=BEGIN, sensor=STRAP, segment=0, rr_ticks=(900, 900), beat_mono_ms=(2_100, 3_000), kinds="NN"
    )
    return beats, events.GapDetected(mono_ms=mono_ms, at=BEGIN, why="no intervals", duration_ms=duration_ms)


def test_the_beats_that_a_silence_makes_final_are_no_new_beats() -> None:
    assert at(folded(*beats_and_gap(13_000, None)), 13_500).seconds_since_beat == 10.5


def test_a_gap_that_is_over_was_ended_by_a_beat() -> None:
    assert at(folded(*beats_and_gap(13_000, 10_000)), 13_500).seconds_since_beat == 0.5


def test_a_silence_before_any_beat_claims_none() -> None:
    assert folded(beats_and_gap(13_000, None)[1]).seconds_since_beat is None


def test_the_grade_of_a_signal_does_not_outlive_it(updated: Any) -> None:
    now = folded(updated(5_000, quality=Quality.GOOD))
    assert at(now, 5_000 + STALE_MS).quality is Quality.GOOD
    assert at(now, 5_001 + STALE_MS).quality is None
    fault = events.SignalQualityChanged(mono_ms=9_000, at=BEGIN, quality=Quality.UNUSABLE, why="equal intervals")
    assert at(fold(now, fault), 9_000 + STALE_MS).quality is Quality.UNUSABLE


def decided(mono_ms: int) -> Any:
    return events.DecisionMade(
        mono_ms=mono_ms, at=Instant(BEGIN + mono_ms), start_at=BEGIN, start_mono_ms=0, minutes=1, epoch=0,
        state=AutonomicState.STEADY, reason=None, withheld=None, gates=(), stage=2, hr_bpm=70.0, ln_rmssd=3.4, usual=None,
        z_hr=1.0, z_ln_rmssd=-1.0, activation=1.2, theta_on=1.75, evidence=0, is_armed=True, learns=True,
        confidence=Confidence.HIGH, prompt=None, rules="x",
    )  # fmt: skip


def test_activation_is_that_of_a_minute_not_long_ago() -> None:
    now = folded(begun(), changed(AutonomicState.STEADY), decided(75_000))
    assert at(now, 75_000 + JUDGED_MS).activation == 1.2
    assert at(now, 75_001 + JUDGED_MS).activation is None
    assert at(now, 75_001 + JUDGED_MS).decision is not None, "why can still say what was last looked at"


def test_without_a_signal_there_is_no_activation() -> None:
    steady = folded(begun(), changed(AutonomicState.STEADY), decided(75_000))
    assert fold(steady, changed(AutonomicState.NO_SIGNAL, Reason.NO_DATA)).activation is None


def test_what_another_boot_decided_is_not_now() -> None:
    assert folded(decided(9 * HOUR_MS), begun(), changed(AutonomicState.STEADY)).activation is None


def test_strap_and_battery_are_told() -> None:
    now = folded(
        inputs.SensorConnected(mono_ms=1, sensor=STRAP, name="Polar H10"),
        inputs.BatteryRead(mono_ms=2, sensor=STRAP, percent=80),
        inputs.SensorLost(mono_ms=3, sensor=STRAP, reason="out of range"),
    )
    assert (now.sensor, now.battery_percent, now.link) == ("Polar H10", 80, "lost: out of range")


@pytest.mark.parametrize("answer", list(Answer))
def test_an_answer_closes_the_invitation_it_belongs_to_and_no_other(answer: Answer) -> None:
    other = inputs.PromptAnswered(mono_ms=3, prompt=PromptId("p0"), answer=answer)
    own = inputs.PromptAnswered(mono_ms=4, prompt=PromptId("p1"), answer=answer)
    open_ = folded(begun(), prompt(2), other)
    assert open_.invitation == prompt(2)
    assert fold(open_, own).invitation is None


def test_an_invitation_leaves_the_screen_after_its_hour() -> None:
    now = folded(begun(), prompt(2_000))
    assert at(now, 2_000 + INVITATION_MS - 1).invitation is not None
    assert at(now, 2_000 + INVITATION_MS).invitation is None


def test_nothing_is_asked_while_an_exercise_runs() -> None:
    assert folded(begun(), started(), prompt(2_000)).invitation is None


def test_invitations_are_counted_by_the_wearers_own_day() -> None:
    midnight = instant("2026-11-22T23:00:00Z")  # in Berlin
    now = folded(begun(), prompt(0, "p1", at=midnight - 1), prompt(0, "p2", at=midnight), prompt(0, "p3", at=midnight))
    assert at(now, midnight - BEGIN - 1).prompts_today == 1
    assert at(now, midnight - BEGIN).prompts_today == 2


def test_what_is_remembered_of_an_earlier_boot_does_not_hold_the_clock() -> None:
    earlier = prompt(90 * 24 * HOUR_MS, at=BEGIN - HOUR_MS)
    now = folded(earlier, begun())
    assert (now.mono_ms, now.at, now.prompts_today) == (0, BEGIN, 1)


def test_a_changed_clock_moves_wall_time_and_zone_only() -> None:
    now = folded(begun(), inputs.ClockChanged(mono_ms=60_000, at=BEGIN, zone="UTC"))
    assert (now.mono_ms, now.at, now.zone) == (60_000, BEGIN, "UTC")


def test_an_exercise_guides_until_its_time_is_over_then_still_looks() -> None:
    now = folded(begun(), started(1_000))
    assert at(now, 120_999).is_guided
    assert not at(now, 121_000).is_guided
    assert at(now, 121_000).exercise is not None


def test_stopping_ends_the_guiding_at_once() -> None:
    now = folded(begun(), started(1_000), inputs.ExerciseStopped(mono_ms=31_000))
    assert not now.is_guided
    assert now.exercise is not None


def test_an_outcome_ends_the_exercise_and_the_next_one_takes_it_away() -> None:
    outcome = events.Outcome(
        completed=True,
        before=None,
        after=None,
        delta_hr_bpm=None,
        delta_ln_rmssd=None,
        smallest_detectable=None,
        is_clear=None,
        swing_bpm=None,
        tension_before=None,
        tension_after=None,
    )
    finished = events.ExerciseFinished(
        mono_ms=300_000,
        at=BEGIN,
        session=SessionId("s1"),
        exercise="paced_6",
        prompt=None,
        started_at=BEGIN,
        ended_at=BEGIN,
        outcome=outcome,
    )
    now = folded(begun(), started(), finished)
    assert (now.exercise, now.finished) == (None, finished)
    assert fold(now, started(400_000)).finished is None
