"""What was learned about one wearer, each time it is worked out: with its values and the moment it stops at (law 9)."""

from dataclasses import dataclass

from hrvdaemon.vocabulary.decisions import HourUsual
from hrvdaemon.vocabulary.units import Instant, SensorId, SessionId


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
    all_day: HourUsual | None = None
    """The usual whatever the hour."""
    ln_at_zero: float | None = None
    """a of the regression ln RMSSD = a + b · heart rate over the same minutes; None where it can't be known."""
    ln_per_bpm: float | None = None
    """b of it."""
    motion_limit: float | None = None
    """90th percentile of movement while apparently sedentary, in the unit of its source; None while not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineRestarted:
    """A strap that never taught anything is used now: what another one taught is no longer compared with."""

    mono_ms: int
    at: Instant
    sensor: SensorId


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceDayTaken:
    """One of the first fourteen valid days, whose medians are kept for good; ``day`` is the local day's ordinal."""

    mono_ms: int
    at: Instant
    day: int
    minutes: int
    hr_bpm: float
    ln_rmssd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftReported:
    """Once a week: where the usual stands now, beside the first fourteen valid days. Information, not an alarm.

    ``day`` is the local day's ordinal.
    """

    mono_ms: int
    at: Instant
    cutoff_at: Instant
    day: int
    reference_hr_bpm: float
    reference_ln_rmssd: float
    hr_bpm: float
    ln_rmssd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdComputed:
    """The personal threshold, as it stays until the next one, and what it was worked out from.

    ``prompts`` is how many invitations the last ``days`` days would have held at the starting threshold, ``allowed``
    how many the target grants for ``worn_minutes``, ``would_prompt`` how many at ``theta_on``.
    """

    mono_ms: int
    at: Instant
    cutoff_at: Instant
    theta_on: float
    previous: float
    days: int
    days_worn: int
    worn_minutes: int
    allowed: float
    prompts: int
    would_prompt: int
    wish: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingMeasured:
    """The wearer's own standing signature: standing less sitting, from a guided ten minutes."""

    mono_ms: int
    at: Instant
    session: SessionId
    hr_bpm: float
    hr_sd_bpm: float
    ln_rmssd: float
    ln_sd: float
