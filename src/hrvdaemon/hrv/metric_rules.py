"""Which metric a window carries: how long, how whole and how clean it must be for each of them.

Below its limits a metric is None: never 0, never a guess. Lengths: science B.6 of the design, published support in
docs/methods.md; grades: decisions of this project.
"""

from dataclasses import dataclass

from hrvdaemon.hrv.signal_quality import is_at_least
from hrvdaemon.vocabulary.epochs import Quality

_ROUNDING_S = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What a window has to offer. ``pairs``: neighbours both original; ``unbroken_s``: its longest gap-free part."""

    length_s: float
    quality: Quality
    beats: int
    pairs: int
    unbroken_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """The least a metric needs of a window."""

    length_s: float
    quality: Quality
    beats: int = 1
    pairs: int = 0
    unbroken_s: float = 0.0

    def allows(self, window: Carried) -> bool:
        """Whether a window carries the metric."""
        return (
            window.length_s >= self.length_s - _ROUNDING_S
            and window.unbroken_s >= self.unbroken_s - _ROUNDING_S
            and window.beats >= self.beats
            and window.pairs >= self.pairs
            and is_at_least(window.quality, self.quality)
        )


def _level(length_s: float, quality: Quality = Quality.FAIR) -> Rule:
    return Rule(length_s=length_s, quality=quality)


def _difference(length_s: float, quality: Quality = Quality.FAIR) -> Rule:
    return Rule(length_s=length_s, quality=quality, pairs=30)


def _spectral(unbroken_s: float) -> Rule:
    return Rule(length_s=unbroken_s, quality=Quality.FAIR, unbroken_s=unbroken_s)


def _unbridged(length_s: float) -> Rule:
    """A window in which beats stand where they stand, gaps or not: some few of them fit any sine."""
    return Rule(length_s=length_s, quality=Quality.FAIR, beats=30)


RULES: dict[str, Rule] = {
    "mean_rr_ms": _level(10, Quality.UNUSABLE),
    "mean_hr_bpm": _level(10, Quality.UNUSABLE),
    "mean_hr_inst_bpm": _level(10, Quality.UNUSABLE),
    "median_rr_ms": _level(10, Quality.POOR),
    "mad_ms": _level(120),
    "iqr_ms": _level(120),
    "min_rr_ms": _level(10),
    "max_rr_ms": _level(10),
    "sdnn_ms": _level(120),
    "rmssd_ms": _difference(60, Quality.POOR),
    "ln_rmssd": _difference(60, Quality.POOR),
    "sdsd_ms": _difference(60),
    "pnn50_percent": _difference(60),
    "pnn20_percent": _difference(60),
    "cvnn": _level(120),
    "cvsd": _difference(60),
    "sd1_ms": _difference(60),
    "sd2_ms": _difference(120),
    "sd2_sd1": _difference(120),
    "sd_area_ms2": _difference(120),
    "hti": _level(300),
    "stress_index_raw": _level(300, Quality.GOOD),
    "stress_index_sqrt_detrended": _level(300, Quality.GOOD),
    "vlf_ms2": _spectral(300),
    "lf_ms2": _spectral(250),
    "hf_ms2": _spectral(60),
    "total_power_ms2": _spectral(300),
    "lf_nu": _spectral(250),
    "hf_nu": _spectral(250),
    "lf_hf": _spectral(250),
    "lf_peak_hz": _spectral(250),
    "hf_peak_hz": _spectral(60),
    "respiration_hz": _spectral(120),
    "rsa_ln_ms2": _spectral(70),
    "coherence": _spectral(64),
    "dfa_alpha1": Rule(length_s=120, quality=Quality.GOOD, beats=160),
    "sample_entropy": Rule(length_s=0, quality=Quality.GOOD, beats=200),
    "sdann_ms": _level(1800),
    "sdnn_index_ms": _level(1800),
    "vlf_lomb_ms2": _unbridged(300),
    "lf_lomb_ms2": _unbridged(250),
    "hf_lomb_ms2": _unbridged(60),
    "total_power_lomb_ms2": _unbridged(300),
    "lf_hf_lomb": _unbridged(250),
}
"""Every key of ``analyse --json``, in its order.

10 s for heart rate, 60 s for differences (30 pairs at least), 120 s for SDNN (Munoz et al. 2015, PLoS One 10,
e0138921); ten periods of the lowest frequency for HF and LF (Task Force 1996), 30 beats for Lomb-Scargle; 120 s and 160
beats for DFA (Rogers et al. 2021, Sensors 21, 821); 200 beats for sample entropy; 70 s for RSA: two epochs and the two
ends of its polynomial; six segments of 5 min for SDANN, which Task Force 1996 means for 24 h."""

MEDIANS = frozenset(
    key
    for key in RULES
    if key.startswith(("vlf", "lf", "hf", "total_power", "respiration", "rsa", "coherence", "dfa", "sample", "stress"))
)
"""Beyond 30 min: the median over windows of 300 s (coherence: 64 s) of grade good that stand end to end."""

WINDOWED_FROM_S = 1800.0
MEDIAN_WINDOW_S = 300.0
FEWEST_WINDOWS = 3
"""Below three of them a median is None."""
