"""Everything the pipeline concludes. ``at`` is when it was due, never when the input that showed it arrived (law 2).

``mono_ms`` is the same moment on the run's own clock. Feeding the same inputs again gives the same events, bit for bit.
"""

from dataclasses import dataclass
from enum import StrEnum

from hrvdaemon.vocabulary.epochs import BreathSwing, Epoch, Quality, WindowMetrics
from hrvdaemon.vocabulary.inputs import Tag
from hrvdaemon.vocabulary.units import Instant, PromptId, SensorId, SessionId


class AutonomicState(StrEnum):
    """Where the wearer stands against their own usual.

    ``sympathetic_dominance`` is an identifier only: it is always explained as "activation higher than your usual",
    never as a measured sympathetic tone.
    """

    NO_SIGNAL = "no_signal"
    WARMING_UP = "warming_up"
    CALIBRATING = "calibrating"
    STEADY = "steady"
    ELEVATED = "elevated"
    SYMPATHETIC_DOMINANCE = "sympathetic_dominance"
    COOLDOWN = "cooldown"
    LOW_PATTERN = "low_pattern"
    NOT_JUDGED = "not_judged"


class Reason(StrEnum):
    """Why a minute was not judged."""

    LEARNING = "learning"
    QUALITY = "quality"
    MOVING = "moving"
    RECOVERING = "recovering"
    POSTURE = "posture"
    SUDDEN_RISE = "sudden_rise"
    BREATHING = "breathing"
    SESSION = "session"
    RHYTHM = "rhythm"
    QUIET = "quiet"
    PAUSED = "paused"
    NO_DATA = "no_data"
    CLOCK_REPEATED = "clock_repeated"


class Withheld(StrEnum):
    """Why sustained activation led to no invitation."""

    COOLDOWN = "cooldown"
    DAILY_CAP = "daily_cap"
    STRAP_ON = "strap_on"
    AFTER_SESSION = "after_session"
    CONFIDENCE = "confidence"
    NOT_TODAY = "not_today"
    NOT_DOWN = "not_down"


class Confidence(StrEnum):
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True, kw_only=True)
class GateVerdict:
    """One gate's answer for one minute: the value it looked at and the limit it compared with, where it has them."""

    gate: str
    passed: bool
    value: float | None = None
    limit: float | None = None
    reason: Reason | None = None
    until_at: Instant | None = None
    """How long it holds, where it holds for a time."""


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
class HourUsual:
    """The wearer's usual at one hour bin, shrunk to the all-day estimate; ``ln`` is ln RMSSD."""

    hr_bpm: float
    hr_sigma_bpm: float
    ln_rmssd: float
    ln_sigma: float
    n_eff: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineComputed:
    """The usual, as it stays until the next one. Uses the minutes before ``cutoff_at`` only."""

    mono_ms: int
    at: Instant
    cutoff_at: Instant
    stage: int
    eligible_minutes: int
    days: int
    hours: tuple[HourUsual, ...]
    rho: float
    hr_rest_bpm: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionMade:
    """One row of the ledger: a minute, what it was judged by, and why it did or did not invite.

    ``minutes`` is more than 1 only where time without data was skipped as one range.
    ``gates`` holds the verdict of every gate; ``reason`` is that of the first one that failed.
    """

    mono_ms: int
    at: Instant
    start_at: Instant
    start_mono_ms: int
    minutes: int
    epoch: int | None
    state: AutonomicState
    reason: Reason | None
    withheld: Withheld | None
    gates: tuple[GateVerdict, ...]
    stage: int
    hr_bpm: float | None
    ln_rmssd: float | None
    usual: HourUsual | None
    z_hr: float | None
    z_ln_rmssd: float | None
    activation: float | None
    theta_on: float
    evidence: int
    """How many of the last ten minutes stand at or above ``theta_on``."""
    is_armed: bool
    """Whether activation has come down since the last invitation."""
    learns: bool
    """Whether this minute enters the baseline: eligible, grade good, no tag."""
    confidence: Confidence
    prompt: PromptId | None
    rules: str

    @property
    def is_eligible(self) -> bool:
        """Whether every gate passed."""
        return self.epoch is not None and all(verdict.passed for verdict in self.gates)


@dataclass(frozen=True, slots=True, kw_only=True)
class AutonomicStateChanged:
    mono_ms: int
    at: Instant
    state: AutonomicState
    previous: AutonomicState
    reason: Reason | None


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
    | DecisionMade
    | AutonomicStateChanged
    | PromptIssued
    | ExerciseStarted
    | PhaseStarted
    | BiofeedbackUpdated
    | ExerciseFinished
    | WindowSummarised
)
