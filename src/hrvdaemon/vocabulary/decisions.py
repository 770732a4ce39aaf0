"""What is decided about a minute: state, gates, the comparison with one's own usual, and why nobody was invited.

Numbers of a decision stand on the grid of the ledger (``ledger_grid``) from the moment they are made, so what was
decided, what is stored and what is decided again from the ledger are the same numbers.
"""

from dataclasses import dataclass
from enum import StrEnum

from hrvdaemon.vocabulary.epochs import Quality
from hrvdaemon.vocabulary.ledger_grid import on_bpm_grid, on_count_grid, on_ln_grid
from hrvdaemon.vocabulary.units import Instant, PromptId


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
class HourUsual:
    """The wearer's usual at one hour bin, shrunk to the all-day estimate; ``ln`` is ln RMSSD."""

    hr_bpm: float
    hr_sigma_bpm: float
    ln_rmssd: float
    ln_sigma: float
    n_eff: float


def usual_between(before: HourUsual, after: HourUsual, minute: int) -> HourUsual:
    """The usual at a minute of the day, linear between the bins around it.

    Bins are centred on the half hour: at :30 it is ``before``, an hour later ``after``.
    """
    return mixed(before, after, (minute + 30) % 60 / 60)


def mixed(one: HourUsual, other: HourUsual, share: float) -> HourUsual:
    """So much of the way from one usual to another, on the ledger's grid."""
    return on_the_grid(
        HourUsual(
            hr_bpm=one.hr_bpm + (other.hr_bpm - one.hr_bpm) * share,
            hr_sigma_bpm=one.hr_sigma_bpm + (other.hr_sigma_bpm - one.hr_sigma_bpm) * share,
            ln_rmssd=one.ln_rmssd + (other.ln_rmssd - one.ln_rmssd) * share,
            ln_sigma=one.ln_sigma + (other.ln_sigma - one.ln_sigma) * share,
            n_eff=one.n_eff + (other.n_eff - one.n_eff) * share,
        )
    )


def on_the_grid(usual: HourUsual) -> HourUsual:
    """The same on the ledger's grid."""
    return HourUsual(
        hr_bpm=on_bpm_grid(usual.hr_bpm),
        hr_sigma_bpm=on_bpm_grid(usual.hr_sigma_bpm),
        ln_rmssd=on_ln_grid(usual.ln_rmssd),
        ln_sigma=on_ln_grid(usual.ln_sigma),
        n_eff=on_count_grid(usual.n_eff),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionMade:
    """One row of the ledger: a minute, what it was judged by, and why it did or did not invite.

    ``minutes`` is more than 1 only where time without data was skipped as one range.
    ``gates`` holds the verdict of every gate; ``reason`` is that of the first one that failed. The z values and
    ``activation`` are there for every minute that could be compared, judged or not, so that other gates can be tried on
    it later; only a minute without ``reason`` counts.
    """

    mono_ms: int
    at: Instant
    start_at: Instant
    start_mono_ms: int
    minutes: int
    epoch: int | None
    local_day: int = 0
    """The wearer's own day and minute of it when the minute began: the zone may be another one by now."""
    local_minute: int = 0
    state: AutonomicState
    reason: Reason | None
    withheld: Withheld | None
    gates: tuple[GateVerdict, ...]
    stage: int
    quality: Quality | None = None
    hr_bpm: float | None
    ln_rmssd: float | None
    usual: HourUsual | None
    z_hr: float | None
    z_ln_rmssd: float | None
    activation: float | None
    resid: float | None = None
    """ln RMSSD less what this heart rate alone would let expect, by the wearer's own regression; it decides nothing."""
    theta_on: float
    evidence: int
    """How many of the last ten minutes stand at or above ``theta_on``."""
    is_armed: bool
    """Whether activation has come down since the last invitation."""
    learns: bool
    """Whether this minute enters the baseline: eligible, grade good, no tag."""
    is_standing_like: bool = False
    """Whether the difference from the usual is what standing does to this wearer."""
    is_strap_on: bool = False
    """Whether the strap had just been put on."""
    is_after_session: bool = False
    """Whether a session had just ended."""
    confidence: Confidence
    prompt: PromptId | None
    rules: str

    @property
    def is_comparable(self) -> bool:
        """Whether it is a minute that gates alone can take out of the judgement."""
        outside = self.state is AutonomicState.WARMING_UP or self.reason is Reason.CLOCK_REPEATED
        return self.epoch is not None and self.activation is not None and not outside

    @property
    def is_eligible(self) -> bool:
        """Whether it was compared and every gate passed."""
        return self.is_comparable and self.reason is None


@dataclass(frozen=True, slots=True, kw_only=True)
class AutonomicStateChanged:
    mono_ms: int
    at: Instant
    state: AutonomicState
    previous: AutonomicState
    reason: Reason | None
