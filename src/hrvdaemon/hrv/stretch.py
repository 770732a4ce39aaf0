"""One window of normal intervals and its metrics, in the groups that share their work."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import isfinite, nan
from statistics import median

import numpy as np
from numpy.typing import NDArray

from hrvdaemon.hrv.coherence import WINDOW, WINDOW_S, coherence_shares
from hrvdaemon.hrv.correction import NNSeries
from hrvdaemon.hrv.frequency_domain import (
    FEWEST_SAMPLES,
    HF_HZ,
    LF_HZ,
    VLF_HZ,
    FrequencyDomain,
    Spectrum,
    band_powers,
    slow_rhythm,
    spectrum_of,
)
from hrvdaemon.hrv.lomb_scargle import FEWEST_TO_FIT, lomb_spectrum
from hrvdaemon.hrv.nonlinear import dfa_alpha1, sample_entropy
from hrvdaemon.hrv.rsa import porges_bohrer
from hrvdaemon.hrv.tachogram import Run
from hrvdaemon.hrv.time_domain import deviation
from hrvdaemon.hrv.window_levels import DIFFERENCES, LEVELS, differences, levels, stress_detrended

Floats = NDArray[np.float64]

FEWEST_SEGMENTS = 6
"""Half an hour of segments of 5 min."""
_WHOLE_S = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A window: its intervals and what is made of them.

    ``detrended_rr_ms`` are the same less their slow trend (around 0), ``parts`` its gap-free parts at 4 Hz, and
    ``breathing`` what breathes in them, at 2 Hz; each is empty where nothing that needs it is wanted.
    """

    start_s: float
    length_s: float
    nn: NNSeries
    detrended_rr_ms: Floats
    parts: list[Run]
    breathing: list[Floats]

    @property
    def rr_ms(self) -> Floats:
        """Normal intervals, corrected ones included."""
        return self.nn.rr_ms


def of_levels(stretch: Stretch) -> dict[str, float]:
    """Every metric of ``LEVELS``."""
    return levels(stretch.rr_ms)


def of_differences(stretch: Stretch) -> dict[str, float]:
    """Every metric of ``DIFFERENCES``."""
    return differences(stretch.rr_ms, stretch.nn.pair_mask)


def stress(stretch: Stretch) -> dict[str, float]:
    """Baevsky's index as Kubios shows it."""
    mean_ms = float(stretch.rr_ms.mean()) if stretch.rr_ms.size else nan
    return {"stress_index_sqrt_detrended": stress_detrended(stretch.detrended_rr_ms, mean_ms)}


def spectral(stretch: Stretch) -> dict[str, float]:
    """What is read from Welch's spectrum."""
    spectrum = _spectrum(stretch)
    found = band_powers(spectrum) if spectrum else None
    return {key: getattr(found, key) for key in FrequencyDomain.__dataclass_fields__} if found else {}


def rsa(stretch: Stretch) -> dict[str, float]:
    """Porges-Bohrer RSA; none where a slow rhythm rules, which the spectrum says."""
    spectrum = _spectrum(stretch)
    if spectrum is None or isfinite(slow_rhythm(spectrum)):
        return {}
    return {"rsa_ln_ms2": porges_bohrer(stretch.breathing, spectrum.mean_rr_ms)}


def coherence(stretch: Stretch) -> dict[str, float]:
    """Median of the 64 s that stand end to end."""
    return {"coherence": median(coherences(stretch.parts) or [nan])}


def _spectrum(stretch: Stretch) -> Spectrum | None:
    parts = [part for part in stretch.parts if part.detrended_ms.size >= FEWEST_SAMPLES]
    return spectrum_of(parts) if parts else None


def lomb(stretch: Stretch) -> dict[str, float]:
    """Band powers of the beats where they stand."""
    if stretch.rr_ms.size < FEWEST_TO_FIT:
        return {}
    spectrum = lomb_spectrum(stretch.nn.end_s, stretch.rr_ms, stretch.nn.starts, stretch.length_s)
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
    (frozenset(LEVELS), of_levels),
    (frozenset(DIFFERENCES), of_differences),
    (frozenset({"stress_index_sqrt_detrended"}), stress),
    (frozenset(FrequencyDomain.__dataclass_fields__), spectral),
    (frozenset({"rsa_ln_ms2"}), rsa),
    (frozenset({"coherence"}), coherence),
    (frozenset({"vlf_lomb_ms2", "lf_lomb_ms2", "hf_lomb_ms2", "total_power_lomb_ms2", "lf_hf_lomb"}), lomb),
    (frozenset({"dfa_alpha1"}), scaling),
    (frozenset({"sample_entropy"}), entropy),
)
"""Keys, and the function that has them all."""

OF_THE_TACHOGRAM = GROUPS[2][0] | GROUPS[3][0] | GROUPS[4][0] | GROUPS[5][0]
"""Keys that need the intervals resampled or freed of their trend."""


def coherences(parts: Sequence[Run]) -> list[float]:
    """Coherence of each 64 s that lie whole in a gap-free part, end to end; NaN left out."""
    found: list[float] = []
    for part in parts:
        if part.length_s < WINDOW_S - _WHOLE_S:
            continue
        length = min(WINDOW, part.resampled_ms.size)
        pieces = part.resampled_ms[: part.resampled_ms.size // length * length].reshape(-1, length)
        found += coherence_shares(pieces).tolist()
    return [value for value in found if isfinite(value)]


def long_term(segments: Iterable[Stretch]) -> dict[str, float]:
    """SDANN, the standard deviation (ddof 1) of the means of segments, and SDNN index, the mean of their SDNN.

    None of fewer than six segments of two beats.
    """
    pieces = [segment.rr_ms for segment in segments if segment.rr_ms.size > 1]
    if len(pieces) < FEWEST_SEGMENTS:
        return {}
    return {
        "sdann_ms": deviation(np.array([piece.mean() for piece in pieces])),
        "sdnn_index_ms": float(np.mean([deviation(piece) for piece in pieces])),
    }
