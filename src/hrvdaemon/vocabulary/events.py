"""Everything the pipeline concludes. ``at`` is when it was due, never when the input that showed it arrived (law 2).

``mono_ms`` is the same moment on the run's own clock. Feeding the same inputs again gives the same events, bit for bit.
"""

from dataclasses import dataclass

from hrvdaemon.vocabulary.decisions import (
    AutonomicState,
    AutonomicStateChanged,
    Confidence,
    DecisionMade,
    GateVerdict,
    HourUsual,
    Reason,
    Withheld,
)
from hrvdaemon.vocabulary.epochs import BreathSwing, Epoch, Quality, WindowMetrics
from hrvdaemon.vocabulary.inputs import Tag
from hrvdaemon.vocabulary.learning import (
    BaselineComputed,
    BaselineRestarted,
    DriftReported,
    ReferenceDayTaken,
    StandingMeasured,
    ThresholdComputed,
)
from hrvdaemon.vocabulary.units import Instant, PromptId, SensorId, SessionId

__all__ = [
    "AutonomicState",
    "AutonomicStateChanged",
    "BaselineComputed",
    "BaselineRestarted",
    "BeatsClassified",
    "BiofeedbackUpdated",
    "Confidence",
    "DecisionMade",
    "DriftReported",
    "EpochClosed",
    "Event",
    "ExerciseFinished",
    "ExerciseStarted",
    "GapDetected",
    "GateVerdict",
    "HourUsual",
    "HrvUpdated",
    "Outcome",
    "PacketRejected",
    "PhaseStarted",
    "PromptIssued",
    "Reason",
    "ReferenceDayTaken",
    "SignalQualityChanged",
    "StandingMeasured",
    "ThresholdComputed",
    "WearingStarted",
    "WindowSummarised",
    "Withheld",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketRejected:
    mono_ms: int
    at: Instant
    sensor: SensorId
    data: bytes
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BeatsClassified:
    """The beats that became final with one packet, six beats late. ``kinds`` has one letter a beat (BeatKind).

    ``beat_mono_ms`` is rounded down; ``segment`` counts runs of beats without a gap, and no successive difference
    joins two segments.
    """

    mono_ms: int
    at: Instant
    sensor: SensorId
    segment: int
    rr_ticks: tuple[int, ...]
    beat_mono_ms: tuple[int, ...]
    kinds: str
    n_late: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WearingStarted:
    """First beats after at least ten minutes without: the strap was put on. A restart or a dropout is not one."""

    mono_ms: int
    at: Instant
    sensor: SensorId


@dataclass(frozen=True, slots=True, kw_only=True)
class GapDetected:
    """Beats on the two sides are not neighbours. ``duration_ms`` is None while it lasts."""

    mono_ms: int
    at: Instant
    why: str
    duration_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalQualityChanged:
    """Grade of the last 60 s, or a fault of the strap (``why``) that its owner can mend."""

    mono_ms: int
    at: Instant
    quality: Quality
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HrvUpdated:
    """Every 5 s while beats come. ``hr_bpm`` over 10 s at once; the windows end at the last final beat."""

    mono_ms: int
    at: Instant
    hr_bpm: float | None
    minute: WindowMetrics
    five_minutes: WindowMetrics


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochClosed:
    mono_ms: int
    at: Instant
    epoch: Epoch


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptIssued:
    """An invitation. The text a person reads is made from it by ``regulation.explanations``."""

    mono_ms: int
    at: Instant
    id: PromptId
    activation: float
    minutes: int
    hr_bpm: float
    rmssd_ms: float
    baseline_hr_bpm: float
    baseline_rmssd_ms: float
    exercise: str
    confidence: Confidence
    is_learning: bool
    tags: tuple[Tag, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseStarted:
    mono_ms: int
    at: Instant
    session: SessionId
    exercise: str
    prompt: PromptId | None
    duration_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseStarted:
    """``breath`` is "in", "out" or None where the phase is not a breath."""

    mono_ms: int
    at: Instant
    session: SessionId
    text: str
    breath: str | None
    duration_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BiofeedbackUpdated:
    mono_ms: int
    at: Instant
    session: SessionId
    swing: BreathSwing


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Before and after one session: 120 s before, 60 s to settle, 120 s after (science F.2).

    ``is_clear`` says whether the change of ln RMSSD is larger than the smallest detectable one; None: not measured.
    """

    completed: bool
    before: WindowMetrics | None
    after: WindowMetrics | None
    delta_hr_bpm: float | None
    delta_ln_rmssd: float | None
    smallest_detectable: float | None
    is_clear: bool | None
    swing_bpm: float | None
    tension_before: int | None
    tension_after: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseFinished:
    mono_ms: int
    at: Instant
    session: SessionId
    exercise: str
    prompt: PromptId | None
    started_at: Instant
    ended_at: Instant
    """When the guiding ended; the outcome is known three minutes later."""
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowSummarised:
    """Five minutes on the wall clock, for MQTT and the store; ``number`` counts in its run."""

    mono_ms: int
    at: Instant
    number: int
    start_at: Instant
    metrics: WindowMetrics


Event = (
    PacketRejected
    | BeatsClassified
    | WearingStarted
    | GapDetected
    | SignalQualityChanged
    | HrvUpdated
    | EpochClosed
    | BaselineComputed
    | BaselineRestarted
    | ReferenceDayTaken
    | DriftReported
    | ThresholdComputed
    | StandingMeasured
    | DecisionMade
    | AutonomicStateChanged
    | PromptIssued
    | ExerciseStarted
    | PhaseStarted
    | BiofeedbackUpdated
    | ExerciseFinished
    | WindowSummarised
)
