"""The newest picture of one wearer, folded from the run's records; every face shows this and nothing else.

``fold`` is pure. The daemon folds its own steps with it, and a watching process folds the same records as they come
over the socket, so two screens can never disagree.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import assert_never
from zoneinfo import ZoneInfo

from hrvdaemon.regulation.explanations import state_sentence
from hrvdaemon.vocabulary import events, inputs
from hrvdaemon.vocabulary.epochs import BreathSwing, Quality
from hrvdaemon.vocabulary.events import AutonomicState, Event, HrvUpdated, Reason
from hrvdaemon.vocabulary.inputs import Input
from hrvdaemon.vocabulary.units import HOUR_MS, MINUTE_MS, SECOND_MS, Instant

Record = Input | Event

STALE_MS = 15 * SECOND_MS
"""Three updates missed: a number older than this is not now, so it is not shown as if it were."""
JUDGED_MS = 2 * MINUTE_MS
"""A minute is judged each minute; what was concluded from an older one is not now either."""
INVITATION_MS = HOUR_MS
"""An invitation speaks of the minutes before it; when its hour of cooldown has passed it is taken off the screen."""
TREND_POINTS = 120
"""Ten minutes of updates, one each 5 s."""
PROMPTS_KEPT = 8
"""More than the cap of a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendPoint:
    mono_ms: int
    hr_bpm: float | None
    rmssd_ms: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """What is known at ``mono_ms``; None where nothing is. ``anchor_ms`` is wall time minus ``mono_ms``."""

    mono_ms: int = 0
    anchor_ms: int | None = None
    zone: str = "UTC"
    state: AutonomicState = AutonomicState.NO_SIGNAL
    reason: Reason | None = None
    sensor: str | None = None
    link: str = "no strap yet"
    """``connected`` while beats come as they should, else what the link is doing and the next step, in words."""
    link_state: str | None = None
    """One word for it (``sources.link_state``); None: no source reports, and the records alone tell of the link."""
    next_step: str | None = None
    battery_percent: int | None = None
    rssi_dbm: int | None = None
    """Signal when the strap was last seen; a connected one is not measured."""
    model: str | None = None
    """Maker, model and firmware, as far as the strap says."""
    warning: str | None = None
    """A fault of this strap that its owner can mend; it stays until another strap is used."""
    last_beat_mono_ms: int | None = None
    final_beat_mono_ms: int | None = None
    hrv: HrvUpdated | None = None
    grade: tuple[int, Quality] | None = None
    """When the signal was graded, and how."""
    stage: int = 0
    decision: events.DecisionMade | None = None
    prompts: tuple[events.PromptIssued, ...] = ()
    unanswered: events.PromptIssued | None = None
    exercise: events.ExerciseStarted | None = None
    guided_until_mono_ms: int = 0
    phase: events.PhaseStarted | None = None
    swing: BreathSwing | None = None
    finished: events.ExerciseFinished | None = None
    trend: tuple[TrendPoint, ...] = ()
    store: str = "off"
    broker: str = "off"

    @property
    def at(self) -> Instant | None:
        return None if self.anchor_ms is None else Instant(self.anchor_ms + self.mono_ms)

    @property
    def sentence(self) -> str:
        """The state in words a person reads."""
        return state_sentence(self.state, self.reason)

    @property
    def hr_bpm(self) -> float | None:
        return self.hrv.hr_bpm if self.hrv and self._is_fresh(self.hrv.mono_ms) else None

    @property
    def rmssd_ms(self) -> float | None:
        """Over the last minute of beats."""
        return self.hrv.minute.rmssd_ms if self.hrv and self._is_fresh(self.hrv.mono_ms) else None

    @property
    def quality(self) -> Quality | None:
        """Grade of the signal; None once it is gone."""
        return self.grade[1] if self.grade and self._is_fresh(self.grade[0]) else None

    @property
    def activation(self) -> float | None:
        """Of the last judged minute; None once the signal is gone or that minute is not the latest any more."""
        if self.decision is None or self.state is AutonomicState.NO_SIGNAL:
            return None
        return self.decision.activation if is_judged_now(self.decision, self.mono_ms) else None

    @property
    def seconds_since_beat(self) -> float | None:
        """Since the strap last sent one: beats become final six beats later, or all of them in a silence."""
        if self.last_beat_mono_ms is None:
            return None
        return max(0, self.mono_ms - self.last_beat_mono_ms) / SECOND_MS

    @property
    def invitation(self) -> events.PromptIssued | None:
        """The invitation that still waits for an answer; nothing is asked while an exercise runs."""
        if self.unanswered is None or self.at is None or self.exercise is not None:
            return None
        return self.unanswered if self.at - self.unanswered.at < INVITATION_MS else None

    @property
    def is_guided(self) -> bool:
        """Whether phases are being shown; afterwards an exercise still runs until its effect has been looked at."""
        return self.exercise is not None and self.mono_ms < self.guided_until_mono_ms

    @property
    def prompts_today(self) -> int:
        """Invitations since local midnight."""
        today = None if self.at is None else self._local_day(self.at)
        return sum(self._local_day(prompt.at) == today for prompt in self.prompts)

    def _is_fresh(self, mono_ms: int) -> bool:
        return self.mono_ms - mono_ms <= STALE_MS

    def _local_day(self, at: Instant) -> date:
        return datetime.fromtimestamp(at / SECOND_MS, UTC).astimezone(ZoneInfo(self.zone)).date()


def is_judged_now(decision: events.DecisionMade, mono_ms: int) -> bool:
    """Whether a minute was judged and still holds; one that another boot's clock stamped never does."""
    return decision.is_eligible and 0 <= mono_ms - decision.mono_ms <= JUDGED_MS


def fold(now: Now, record: Record) -> Now:
    """The picture after one more record."""
    now = _set_clock(now, record)
    match record:
        case inputs.SensorConnected() | inputs.SensorLost():
            return _fold_link(now, record)
        case inputs.BatteryRead(percent=percent):
            return replace(now, battery_percent=percent)
        case inputs.PromptAnswered(prompt=prompt):
            return replace(now, unanswered=None) if now.unanswered and now.unanswered.id == prompt else now
        case inputs.ExerciseStopped(mono_ms=mono_ms):
            return replace(now, guided_until_mono_ms=min(now.guided_until_mono_ms, mono_ms))
        case (
            inputs.RunStarted()
            | inputs.RunEnded()
            | inputs.ClockChanged()
            | inputs.SettingsChanged()
            | inputs.PacketReceived()
            | inputs.MotionMeasured()
            | inputs.DeliveryReported()
            | inputs.ExerciseRequested()
            | inputs.FeltRated()
            | inputs.TagSet()
            | inputs.PauseRequested()
            | inputs.BaselineEpochStarted()
            | inputs.Tick()
        ):
            return now
        case _:
            return _fold_event(now, record)


def _fold_link(now: Now, record: inputs.SensorConnected | inputs.SensorLost) -> Now:
    """A source that reports knows more of its link than its inputs do, and says it sooner."""
    match record:
        case inputs.SensorConnected(name=name):
            if name != now.sensor:
                now = replace(now, sensor=name, battery_percent=None, model=None, warning=None)
            link = "connected"
        case inputs.SensorLost(reason=reason):
            link = f"lost: {reason}"
        case _:
            assert_never(record)
    return replace(now, link=link) if now.link_state is None else now


def _set_clock(now: Now, record: Record) -> Now:
    """A run's clock only goes forward; what was remembered of an earlier run may come from another boot's clock."""
    match record:
        case inputs.RunStarted(zone=zone, at=at, mono_ms=mono_ms):
            return replace(now, mono_ms=mono_ms, zone=zone, anchor_ms=at - mono_ms)
        case inputs.ClockChanged(zone=zone, at=at, mono_ms=mono_ms):
            return replace(now, mono_ms=max(now.mono_ms, mono_ms), zone=zone, anchor_ms=at - mono_ms)
        case _:
            return replace(now, mono_ms=max(now.mono_ms, record.mono_ms))


def _fold_event(now: Now, event: Event) -> Now:  # noqa: PLR0911  one answer for each kind of event
    match event:
        case events.AutonomicStateChanged(state=state, reason=reason):
            return replace(now, state=state, reason=reason)
        case events.BeatsClassified() | events.GapDetected():
            return _fold_beats(now, event)
        case events.SignalQualityChanged(quality=quality, mono_ms=mono_ms, why=why):
            return replace(now, grade=(mono_ms, quality), warning=why or now.warning)
        case events.HrvUpdated():
            return _fold_hrv(now, event)
        case events.BaselineComputed(stage=stage):
            return replace(now, stage=stage)
        case events.DecisionMade():
            return _fold_decision(now, event)
        case events.PromptIssued():
            return replace(now, unanswered=event, prompts=(*now.prompts, event)[-PROMPTS_KEPT:])
        case events.ExerciseStarted() | events.PhaseStarted() | events.BiofeedbackUpdated() | events.ExerciseFinished():
            return _fold_exercise(now, event)
        case (
            events.PacketRejected() | events.WearingStarted() | events.EpochClosed() | events.WindowSummarised()
            | events.BaselineRestarted() | events.ReferenceDayTaken() | events.DriftReported()
            | events.ThresholdComputed() | events.StandingMeasured()
        ):  # fmt: skip
            return now
        case _:
            assert_never(event)


def _fold_beats(now: Now, event: events.BeatsClassified | events.GapDetected) -> Now:
    """In a gap that lasts every beat is final, so the newest one's own time is known; they came with no packet."""
    match event:
        case events.BeatsClassified(beat_mono_ms=beats, mono_ms=mono_ms):
            return replace(now, last_beat_mono_ms=mono_ms, final_beat_mono_ms=beats[-1]) if beats else now
        case events.GapDetected(duration_ms=duration_ms):
            return now if duration_ms is not None else replace(now, last_beat_mono_ms=now.final_beat_mono_ms)


def _fold_hrv(now: Now, hrv: HrvUpdated) -> Now:
    point = TrendPoint(mono_ms=hrv.mono_ms, hr_bpm=hrv.hr_bpm, rmssd_ms=hrv.minute.rmssd_ms)
    return replace(now, hrv=hrv, grade=(hrv.mono_ms, hrv.minute.quality), trend=(*now.trend, point)[-TREND_POINTS:])


def _fold_decision(now: Now, decision: events.DecisionMade) -> Now:
    """A decision is about a minute that ended 15 s ago, so it never overrules a state that changed since."""
    reason = decision.reason if decision.state is now.state else now.reason
    return replace(now, decision=decision, stage=decision.stage, reason=reason)


def _fold_exercise(
    now: Now,
    event: events.ExerciseStarted | events.PhaseStarted | events.BiofeedbackUpdated | events.ExerciseFinished,
) -> Now:
    match event:
        case events.ExerciseStarted():
            guided_until = event.mono_ms + round(event.duration_s * SECOND_MS)
            now = replace(now, exercise=event, guided_until_mono_ms=guided_until, phase=None, swing=None)
            return replace(now, finished=None, unanswered=None)
        case events.PhaseStarted():
            return replace(now, phase=event)
        case events.BiofeedbackUpdated(swing=swing):
            return replace(now, swing=swing)
        case events.ExerciseFinished():
            return replace(now, exercise=None, phase=None, swing=None, finished=event)
        case _:
            assert_never(event)
