"""What is learned when it is due: thresholds and reference days at 04:00, a drift a week, a new strap, standing."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import log
from typing import Any

import pytest

from hrvdaemon.pipeline import History, Pipeline
from hrvdaemon.vocabulary.decisions import AutonomicState, Confidence, DecisionMade, GateVerdict, HourUsual
from hrvdaemon.vocabulary.epochs import Quality
from hrvdaemon.vocabulary.events import (
    BaselineComputed,
    BaselineRestarted,
    DriftReported,
    Event,
    ReferenceDayTaken,
    StandingMeasured,
    ThresholdComputed,
    WearingStarted,
)
from hrvdaemon.vocabulary.inputs import (
    BaselineEpochStarted,
    ExerciseRequested,
    ExerciseStopped,
    MotionMeasured,
    PacketReceived,
    RunStarted,
    Scalar,
    SensorConnected,
    Tick,
)
from hrvdaemon.vocabulary.local_time import local_time
from hrvdaemon.vocabulary.units import DAY_MS, HOUR_MS, MINUTE_MS, Instant, RunId, SensorId, instant

Begin = Callable[..., Any]
BERLIN = "Europe/Berlin"
MONDAY = instant("2026-03-09T07:00:00Z")
"""8 h in Berlin; the clocks go forward on the 29th."""
USUAL = HourUsual(hr_bpm=60.0, hr_sigma_bpm=4.0, ln_rmssd=3.4, ln_sigma=0.2, n_eff=100.0)


def day_of_rows(start_ms: int, hours: int, peak: float, hr: float = 60.0) -> list[DecisionMade]:
    """A day's wear, steady but for a quarter of an hour at this activation in its third hour."""
    rows = []
    for minute in range(hours * 60):
        mono_ms = start_ms + minute * MINUTE_MS
        at, level = Instant(MONDAY + mono_ms), peak if 120 <= minute < 135 else 0.0
        when = local_time(at, BERLIN)
        rows.append(
            DecisionMade(
                mono_ms=mono_ms + 75_000, at=Instant(at + 75_000), start_at=at, start_mono_ms=mono_ms, minutes=1,
                epoch=minute, local_day=when.day, local_minute=when.minute, state=AutonomicState.STEADY, reason=None,
                withheld=None, gates=(GateVerdict(gate="rhythm", passed=True, value=0.0),), stage=3, quality=Quality.GOOD,
                hr_bpm=hr + minute % 5, ln_rmssd=3.4, usual=USUAL, z_hr=level, z_ln_rmssd=-level, activation=level,
                theta_on=1.5, evidence=0, is_armed=True, learns=True, confidence=Confidence.HIGH, prompt=None, rules="r",
            )
        )  # fmt: skip
    return rows


def started(**flat: Scalar) -> RunStarted:
    return RunStarted(
        mono_ms=0, at=MONDAY, run=RunId("run"), version="0", zone=BERLIN, boot_id="b", seed=1, settings=dict(flat)
    )


def lived(days: int, *, hours: int = 10, peak: float = 0.0, flat: dict[str, Scalar] | None = None) -> list[Event]:
    """What follows from days of wear: each night the pipeline is asked until 05:00 of the next day."""
    events: list[Event] = []
    records: list[Any] = [started(**(flat or {}))]
    for day in range(days):
        records += day_of_rows(day * DAY_MS, hours, peak)
        pipeline = Pipeline(History(records=tuple(records)))
        new = pipeline.feed(Tick(mono_ms=day * DAY_MS + 21 * HOUR_MS))
        events += new
        records += new
    return events


def of(events: Sequence[Event], cls: type[Any]) -> list[Any]:
    return [event for event in events if isinstance(event, cls)]


def test_the_threshold_is_fitted_at_four_in_the_morning_from_stage_3_on() -> None:
    fitted = of(lived(9), ThresholdComputed)
    assert [local_time(one.at, BERLIN).minute for one in fitted] == [240] * 3
    assert [one.theta_on for one in fitted] == [1.5] * 3
    assert [(one.days_worn, one.worn_minutes) for one in fitted] == [(7, 4200), (8, 4800), (9, 5400)]
    assert all(one.cutoff_at == one.at for one in fitted)
    assert of(lived(6), ThresholdComputed) == []


def test_it_rises_from_what_the_ledger_holds_and_counts_from_then_on() -> None:
    """Five hours a day allow 4.4 invitations in seven days; seven came, at 1.6."""
    records: list[Any] = [started(), *(row for day in range(7) for row in day_of_rows(day * DAY_MS, 5, 1.6))]
    pipeline = Pipeline(History(records=tuple(records)))
    [fitted] = of(pipeline.feed(Tick(mono_ms=6 * DAY_MS + 21 * HOUR_MS)), ThresholdComputed)
    assert (fitted.theta_on, fitted.previous, fitted.prompts, fitted.would_prompt) == (1.65, 1.5, 7, 0)
    assert fitted.allowed == 4.375
    assert pipeline._detector.learning.theta() == 1.65


def test_a_wearer_may_keep_the_threshold_fixed() -> None:
    assert of(lived(8, hours=5, peak=1.6, flat={"dominance.theta_is_personal": False}), ThresholdComputed) == []


def test_a_restart_knows_the_threshold() -> None:
    records: list[Any] = [started(), *(row for day in range(7) for row in day_of_rows(day * DAY_MS, 5, 1.6))]
    new = Pipeline(History(records=tuple(records))).feed(Tick(mono_ms=6 * DAY_MS + 21 * HOUR_MS))
    again = Pipeline(
        History(records=(*records, *(one for one in new if isinstance(one, BaselineComputed | ThresholdComputed))))
    )
    assert again._detector.learning.theta() == 1.65
    assert of(again.feed(Tick(mono_ms=6 * DAY_MS + 23 * HOUR_MS)), ThresholdComputed) == []


def test_without_wear_nothing_is_fitted_anew() -> None:
    records: list[Any] = [started(), *(row for day in range(7) for row in day_of_rows(day * DAY_MS, 5, 1.6))]
    pipeline = Pipeline(History(records=tuple(records)))
    events = [event for day in range(6, 20) for event in pipeline.feed(Tick(mono_ms=day * DAY_MS + 21 * HOUR_MS))]
    assert len(of(events, ThresholdComputed)) == 1


def test_fourteen_valid_days_freeze_the_reference_and_each_week_tells_the_drift() -> None:
    """Days of 60 to 64 bpm from a Monday on; the fourteenth ends on a Sunday, so the first drift is told that Monday."""
    events = lived(22, hours=3)
    taken, drifts = of(events, ReferenceDayTaken), of(events, DriftReported)
    first = local_time(MONDAY, BERLIN).day
    assert [one.day for one in taken] == [first + day for day in range(14)]
    assert {(one.minutes, one.hr_bpm, one.ln_rmssd) for one in taken} == {(180, 62.0, 3.4)}
    assert [one.day for one in drifts] == [first + 14, first + 21]
    assert {(one.reference_hr_bpm, one.hr_bpm) for one in drifts} == {(62.0, 62.0)}


def test_a_changed_medication_begins_the_usual_and_the_reference_anew() -> None:
    records: list[Any] = [started(), *(row for day in range(3) for row in day_of_rows(day * DAY_MS, 5, 0.0))]
    pipeline = Pipeline(History(records=tuple(records)))
    [before, *_] = of(pipeline.feed(Tick(mono_ms=2 * DAY_MS + 21 * HOUR_MS)), BaselineComputed)
    assert before.stage == 2
    [after] = of(pipeline.feed(BaselineEpochStarted(mono_ms=3 * DAY_MS, reason="medication")), BaselineComputed)
    assert (after.stage, after.eligible_minutes, after.hours, after.hr_rest_bpm) == (0, 0, (), None)


# -- with beats --------------------------------------------------------------------------------------------------------


def test_another_strap_than_the_one_that_taught_begins_the_usual_anew_once(begin: Begin) -> None:
    day = begin(stage=3)
    day.live(5)
    assert day.of(BaselineRestarted) == []
    other = [replace(given, sensor=SensorId("other")) for given in day.inputs if isinstance(given, PacketReceived)]
    day.feed(SensorConnected(mono_ms=day.now_ms, sensor=SensorId("other"), name="Other"))
    for strap, packets in ((SensorId("other"), other), (SensorId("strap"), other), (SensorId("other"), other)):
        day.silence(11)
        offset = day.now_ms - packets[0].mono_ms
        for packet in packets:
            day.feed(replace(packet, sensor=strap, mono_ms=packet.mono_ms + offset))
    [restarted] = day.of(BaselineRestarted)
    assert restarted.sensor == "other"
    assert day.of(BaselineComputed)[0].stage == 0


@pytest.mark.parametrize(("taught", "restarts"), [("strap", 0), ("another", 1)])
def test_a_restart_knows_which_strap_taught(begin: Begin, taught: str, restarts: int) -> None:
    day = begin(stage=3)
    known = BaselineComputed(
        mono_ms=0, at=day.wall(), cutoff_at=day.wall(), stage=3, eligible_minutes=2000, days=9, hours=(USUAL,) * 24,
        rho=0.5, hr_rest_bpm=50.0,
    )  # fmt: skip
    worn = WearingStarted(mono_ms=0, at=day.wall(), sensor=SensorId(taught))
    day.pipeline = Pipeline(History(records=(started(), worn, known)))
    day.live(2)
    assert len(day.of(BaselineRestarted)) == restarts


def test_measured_movement_is_in_the_minutes_row(begin: Begin) -> None:
    day = begin(stage=3)
    for value in (0.2, 0.4, 0.6):
        day.live(0.4)
        day.feed(MotionMeasured(mono_ms=day.now_ms, sensor=SensorId("strap"), motion=value))
    day.live(1.2)
    motions = {row.start_mono_ms: row.gates[4].value for row in day.of(DecisionMade)}
    assert motions == {0: pytest.approx(0.3), MINUTE_MS: 0.6}


@pytest.mark.parametrize("is_stopped", [False, True])
def test_a_guided_ten_minutes_measure_what_standing_does(begin: Begin, *, is_stopped: bool) -> None:
    day = begin(stage=3)
    day.live(2)
    day.feed(ExerciseRequested(mono_ms=day.now_ms, exercise="sit_stand_walk"))
    day.live(5, hr=60.0, rmssd=24.0)
    day.live(3, hr=75.0, rmssd=12.0)
    day.live(1.5, hr=90.0, rmssd=6.0)
    if is_stopped:
        day.feed(ExerciseStopped(mono_ms=day.now_ms))
    day.live(5)
    measured = day.of(StandingMeasured)
    assert len(measured) == (0 if is_stopped else 1)
    for one in measured:
        assert one.hr_bpm == pytest.approx(15, abs=0.2)
        assert one.ln_rmssd == pytest.approx(log(0.5), abs=0.06)
        assert (one.hr_sd_bpm, one.ln_sd) == (3.0, 0.15)
