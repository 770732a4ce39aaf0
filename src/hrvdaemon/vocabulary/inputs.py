"""Everything that can reach the pipeline. What changes a decision is one of these, and is in the journal (law 8).

Each carries ``mono_ms``, stamped where it arrived. Wall time is an anchor on it, set by ``RunStarted`` and moved by
``ClockChanged`` alone, so the two have ``at`` as well. An input is a fact: never rewritten, never reordered.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from hrvdaemon.vocabulary.units import Instant, PromptId, RunId, SensorId, SessionId

Scalar = bool | int | float | str

HEART_RATE_MEASUREMENT = "2a37"


class Answer(StrEnum):
    """What a person may say to an invitation. Silence is an answer too, and a neutral one."""

    START = "start"
    LATER = "later"
    NOT_TODAY = "not_today"


class Tag(StrEnum):
    """Context that a person sets with one key; each has its own duration (gate G8).

    The last four say how it is, not what explains it: they steer which exercise is offered (science D.4).
    """

    CAFFEINE = "caffeine"
    NICOTINE = "nicotine"
    MEAL = "meal"
    ILL = "ill"
    EXERCISING = "exercising"
    NUMB = "numb"
    FAR_AWAY = "far_away"
    FAINT = "faint"
    EXHAUSTED = "exhausted"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStarted:
    """First input of a run. ``settings`` holds what differs from the defaults, by dotted key."""

    mono_ms: int
    at: Instant
    run: RunId
    version: str
    zone: str
    boot_id: str
    seed: int
    settings: dict[str, Scalar] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEnded:
    """Last input of a run; flushes what is due. Missing after a crash."""

    mono_ms: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockChanged:
    """Wall time or zone is no longer what the anchor says; ``at`` is the right wall time now."""

    mono_ms: int
    at: Instant
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsChanged:
    mono_ms: int
    settings: dict[str, Scalar]


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorConnected:
    mono_ms: int
    sensor: SensorId
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorLost:
    mono_ms: int
    sensor: SensorId
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketReceived:
    """The bytes of one notification, untouched."""

    mono_ms: int
    sensor: SensorId
    data: bytes
    characteristic: str = HEART_RATE_MEASUREMENT


@dataclass(frozen=True, slots=True, kw_only=True)
class BatteryRead:
    mono_ms: int
    sensor: SensorId
    percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MotionMeasured:
    """Movement since the last one, in units of the source; None of the shipped sources sends it yet."""

    mono_ms: int
    sensor: SensorId
    motion: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptAnswered:
    mono_ms: int
    prompt: PromptId
    answer: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReported:
    """Whether a channel could show an invitation: for the record only, it changes no decision."""

    mono_ms: int
    prompt: PromptId
    channel: str
    delivered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseRequested:
    """``exercise`` None lets the pipeline choose."""

    mono_ms: int
    exercise: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseStopped:
    mono_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FeltRated:
    """Tension 0 to 10, before or after a session; skippable."""

    mono_ms: int
    session: SessionId
    tension: int
    after: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TagSet:
    mono_ms: int
    tag: Tag


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseRequested:
    """Hold prompts for so many minutes; 0 resumes."""

    mono_ms: int
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineEpochStarted:
    """Medication or strap changed: what was usual before is no longer compared with."""

    mono_ms: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """Time passed. Inserting or removing ticks changes no event (law 2)."""

    mono_ms: int


Input = (
    RunStarted
    | RunEnded
    | ClockChanged
    | SettingsChanged
    | SensorConnected
    | SensorLost
    | PacketReceived
    | BatteryRead
    | MotionMeasured
    | PromptAnswered
    | DeliveryReported
    | ExerciseRequested
    | ExerciseStopped
    | FeltRated
    | TagSet
    | PauseRequested
    | BaselineEpochStarted
    | Tick
)
