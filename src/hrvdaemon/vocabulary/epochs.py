"""What crosses from signal to behaviour: beats' kinds, window metrics, minute epochs, breath swings."""

from dataclasses import dataclass
from enum import StrEnum

from hrvdaemon.vocabulary.units import Instant


class BeatKind(StrEnum):
    """A beat's label by Lipponen and Tarvainen 2019, or by its range; one letter, so a packet's labels are a word."""

    NORMAL = "N"
    ECTOPIC = "E"
    MISSED = "M"
    EXTRA = "X"
    LONG_SHORT = "L"
    OUT_OF_RANGE = "O"


class Quality(StrEnum):
    """Grade of a window, the worse of its artefact share and its coverage (science: 2/5/10 %, 0.90/0.80/0.60)."""

    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"
    UNUSABLE = "unusable"


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowMetrics:
    """Time-domain metrics of one window; None where the data do not carry the number."""

    window_s: float
    n_beats: int
    n_pairs: int
    coverage: float
    artefact_share: float
    quality: Quality
    mean_rr_ms: float | None
    mean_hr_bpm: float | None
    sdnn_ms: float | None
    rmssd_ms: float | None
    ln_rmssd: float | None
    pnn50_percent: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Epoch:
    """One wall-clock minute of beats, closed 15 s after it ended and never reopened; ``number`` counts in its run."""

    number: int
    start_at: Instant
    start_mono_ms: int
    metrics: WindowMetrics
    hr_10s_bpm: tuple[float | None, ...]
    """Median heart rate of each ten seconds, six of them; None where there was no ordinary beat."""
    respiration_hz: float | None
    """Breathing rate where one rhythm rules the intervals, else None."""
    is_irregular: bool
    """Beats too irregular for this kind of measurement (rhythm caution)."""
    motion: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BreathSwing:
    """How the heart followed a paced breath: sine fit of heart rate at the pace over a trailing window."""

    swing_bpm: float
    """Peak to peak."""
    r_squared: float
    """Pacer coherence, 0 to 1; stays internal."""
    phase_rad: float
    """Relative to the start of the in-breath."""
