"""One window of normal intervals and its metrics, in the groups that share their work."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from math import isfinite, nan, sqrt

import numpy as np
from numpy.typing import NDArray

from hrvdaemon.hrv import poincare, time_domain
from hrvdaemon.hrv.coherence import WINDOW, WINDOW_S, coherence_share
from hrvdaemon.hrv.correction import NNSeries
from hrvdaemon.hrv.frequency_domain import (
    FEWEST_SAMPLES,
    HF_HZ,
    LF_HZ,
    VLF_HZ,
    FrequencyDomain,
    band_powers,
    slow_rhythm,
    spectrum_of,
)
from hrvdaemon.hrv.geometric import hti, stress_index
from hrvdaemon.hrv.lomb_scargle import lomb_spectrum
from hrvdaemon.hrv.nonlinear import dfa_alpha1, sample_entropy
from hrvdaemon.hrv.rsa import porges_bohrer, respiratory_band
from hrvdaemon.hrv.tachogram import Run

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

FEWEST_SEGMENTS = 6
"""Half an hour of segments of 5 min."""
_WHOLE_S = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A window: its intervals, the same less their slow trend (around 0), and its gap-free parts at 4 Hz."""

    start_s: float
    length_s: float
    nn: NNSeries
    detrended_rr_ms: Floats
    parts: list[Run]

    @property
    def rr_ms(self) -> Floats:
        """Normal intervals, corrected ones included."""
        return self.nn.rr_ms


LEVELS: dict[str, Callable[[Floats], float]] = {
    "mean_rr_ms": time_domain.mean_rr,
    "mean_hr_bpm": time_domain.mean_hr,
    "mean_hr_inst_bpm": time_domain.mean_hr_inst,
    "median_rr_ms": time_domain.median_rr,
    "min_rr_ms": time_domain.min_rr,
    "max_rr_ms": time_domain.max_rr,
    "mad_ms": time_domain.mad,
    "iqr_ms": time_domain.iqr,
    "sdnn_ms": time_domain.sdnn,
    "cvnn": time_domain.cvnn,
    "hti": hti,
}
"""Metrics of all intervals, corrected ones included."""

DIFFERENCES: dict[str, Callable[[Floats, Bools], float]] = {
    "rmssd_ms": time_domain.rmssd,
    "ln_rmssd": time_domain.ln_rmssd,
    "sdsd_ms": time_domain.sdsd,
    "pnn50_percent": partial(time_domain.pnn, limit_ms=50.0),
    "pnn20_percent": partial(time_domain.pnn, limit_ms=20.0),
    "cvsd": time_domain.cvsd,
    "sd1_ms": poincare.sd1,
    "sd2_ms": poincare.sd2,
    "sd2_sd1": poincare.sd2_sd1,
    "sd_area_ms2": poincare.sd_area,
}
"""Metrics that read differences of original neighbours."""


def levels(stretch: Stretch) -> dict[str, float]:
    """Every metric of ``LEVELS``."""
    return {key: level(stretch.rr_ms) for key, level in LEVELS.items()}


def differences(stretch: Stretch) -> dict[str, float]:
    """Every metric of ``DIFFERENCES``."""
    pairs = stretch.nn.pair_mask
    return {key: difference(stretch.rr_ms, pairs) for key, difference in DIFFERENCES.items()}


def stress(stretch: Stretch) -> dict[str, float]:
    """Baevsky's index, raw; and as Kubios shows it: the root of that of detrended intervals around the same mean."""
    detrended = stretch.detrended_rr_ms[np.isfinite(stretch.detrended_rr_ms)]
    return {
        "stress_index_raw": stress_index(stretch.rr_ms),
        "stress_index_sqrt_detrended": sqrt(stress_index(detrended + stretch.rr_ms.mean())) if detrended.size else nan,
    }


def spectral(stretch: Stretch) -> dict[str, float]:
    """Welch's spectrum and RSA, which none but the spectrum can say where not to trust."""
    parts = [part for part in stretch.parts if part.detrended_ms.size >= FEWEST_SAMPLES]
    if not parts:
        return {}
    spectrum = spectrum_of(parts)
    return asdict(band_powers(spectrum)) | {
        "rsa_ln_ms2": nan if isfinite(slow_rhythm(spectrum)) else rsa(parts, spectrum.mean_rr_ms)
    }


def rsa(parts: Iterable[Run], mean_rr_ms: float) -> float:
    """Porges-Bohrer RSA of gap-free parts; every second sample of theirs is one at 2 Hz."""
    return porges_bohrer((respiratory_band(part.resampled_ms[::2]) for part in parts), mean_rr_ms)


def lomb(stretch: Stretch) -> dict[str, float]:
    """Band powers of the beats where they stand."""
    if stretch.rr_ms.size < 2:
        return {}
    spectrum = lomb_spectrum(stretch.nn.end_s, stretch.rr_ms, stretch.nn.starts)
    vlf, lf, hf = (spectrum.power(band) for band in (VLF_HZ, LF_HZ, HF_HZ))
    return {
        "vlf_lomb_ms2": vlf,
        "lf_lomb_ms2": lf,
        "hf_lomb_ms2": hf,
        "total_power_lomb_ms2": vlf + lf + hf,
        "lf_hf_lomb": lf / hf if hf > 0 else nan,
    }


def scaling(stretch: Stretch) -> dict[str, float]:
    """DFA alpha 1."""
    return {"dfa_alpha1": dfa_alpha1(stretch.rr_ms, stretch.nn.starts)}


def entropy(stretch: Stretch) -> dict[str, float]:
    """Sample entropy."""
    return {"sample_entropy": sample_entropy(stretch.rr_ms, stretch.nn.starts)}


GROUPS: tuple[tuple[frozenset[str], Callable[[Stretch], dict[str, float]]], ...] = (
    (frozenset(LEVELS), levels),
    (frozenset(DIFFERENCES), differences),
    (frozenset({"stress_index_raw", "stress_index_sqrt_detrended"}), stress),
    (frozenset(FrequencyDomain.__dataclass_fields__) | {"rsa_ln_ms2"}, spectral),
    (frozenset({"vlf_lomb_ms2", "lf_lomb_ms2", "hf_lomb_ms2", "total_power_lomb_ms2", "lf_hf_lomb"}), lomb),
    (frozenset({"dfa_alpha1"}), scaling),
    (frozenset({"sample_entropy"}), entropy),
)
"""Keys, and the function that has them all."""


def coherences(parts: Sequence[Run]) -> list[float]:
    """Coherence of each 64 s that lie whole in a gap-free part, end to end; NaN left out."""
    found = []
    for part in parts:
        if part.length_s < WINDOW_S - _WHOLE_S:
            continue
        length = min(WINDOW, part.resampled_ms.size)
        starts = range(0, part.resampled_ms.size - length + 1, length)
        found += [coherence_share(part.resampled_ms[first : first + length]) for first in starts]
    return [value for value in found if isfinite(value)]


def long_term(segments: Iterable[Stretch]) -> dict[str, float]:
    """SDANN, the standard deviation (ddof 1) of the means of segments, and SDNN index, the mean of their SDNN.

    None of fewer than six segments of two beats.
    """
    pieces = [segment.rr_ms for segment in segments if segment.rr_ms.size > 1]
    if len(pieces) < FEWEST_SEGMENTS:
        return {}
    return {
        "sdann_ms": float(np.std([piece.mean() for piece in pieces], ddof=1)),
        "sdnn_index_ms": float(np.mean([piece.std(ddof=1) for piece in pieces])),
    }
