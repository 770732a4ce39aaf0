"""Power of heart rate variability by frequency: Welch's spectrum of the detrended tachogram, in ms².

Everything is said, because each choice moves the numbers: cubic resampling at 4 Hz, smoothness priors (λ 500) over each
gap-free run, segments of 300 s (a shorter part is one segment), half overlapping, periodic Hann window, mean taken out
of each segment, one-sided density, zero-padded to 2048, trapezoid over the bins of half-open bands.

References
----------
Welch, P. D. (1967). The use of fast Fourier transform for the estimation of power spectra. IEEE Transactions on Audio
and Electroacoustics 15(2), 70-73.
Task Force (1996). Circulation 93(5), 1043-1065: bands, and ten periods of the lowest frequency as the shortest record.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hrvdaemon.hrv.respiration import DOMINANT_SHARE, PEAK_HALF_WIDTH_HZ, SLOW_HZ, SLOW_SWING
from hrvdaemon.hrv.tachogram import RATE_HZ, Run

Floats = NDArray[np.float64]
Band = tuple[float, float]

VLF_HZ: Band = (0.0033, 0.04)
LF_HZ: Band = (0.04, 0.15)
HF_HZ: Band = (0.15, 0.40)
SLOW_BREATH_HZ: Band = (0.05, SLOW_HZ)
SEGMENT_S = 300.0
SEGMENT = int(SEGMENT_S * RATE_HZ)
FEWEST_SAMPLES = 16
PADDED = 2048
PROMINENCE = 3.0
"""Peak over the median of the band from which a peak is a rhythm (a decision of this project)."""
ROUNDING = 1e-9
"""Amplitude as a share of the mean interval, below which power is rounding and counts as none; one tick is 1e-3."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spectrum:
    """One-sided power density in ms²/Hz at ``frequency_hz``, evenly spaced from 0; power up to ``none_ms2`` is none."""

    frequency_hz: Floats
    density: Floats
    mean_rr_ms: float

    def power(self, band: Band) -> float:
        """Power in ms² by trapezoid over the bins in ``[low, high)``; 0 where it is only rounding.

        NaN where the band holds fewer than two bins: beats that span so little time say nothing of it.

        Examples
        --------
        >>> flat = Spectrum(frequency_hz=np.arange(0, 0.5, 0.01), density=np.full(50, 100.0), mean_rr_ms=900.0)
        >>> round(flat.power((0.15, 0.40)), 6)
        24.0
        """
        inside = self._bins(band)
        step = float(self.frequency_hz[1])
        values = self.density[inside]
        if values.size < 2:
            return math.nan
        power: float = float(values.sum() - (values[0] + values[-1]) / 2) * step
        return power if power > self.none_ms2 else 0.0

    def power_sum(self, band: Band) -> float:
        """The plain sum over the bins times their distance, for comparison with tools that sum."""
        return float(self.density[self._bins(band)].sum() * self.frequency_hz[1])

    def peak(self, band: Band) -> float:
        """Frequency of the highest point, parabola through its neighbours.

        NaN where the power is none, or the highest point is only the foot of a slope outside the band.
        """
        inside = self._bins(band)
        at = int(inside.start + np.argmax(self.density[inside]))
        before, here, after = self.density[at - 1 : at + 2].tolist()
        if self.power(band) == 0 or here < before or here < after:
            return math.nan
        bend = before - 2 * here + after
        shift = (before - after) / (2 * bend) if bend else 0.0
        return float(self.frequency_hz[1]) * (at + shift)

    def prominence(self, band: Band) -> float:
        """Highest point over the median of the band; 0 where the median is 0."""
        values = self.density[self._bins(band)]
        middle = float(np.median(values))
        return float(values.max()) / middle if middle > 0 else 0.0

    @property
    def none_ms2(self) -> float:
        """Power of what is only rounding."""
        return float((ROUNDING * self.mean_rr_ms) ** 2)

    def _bins(self, band: Band) -> slice:
        first, last = np.searchsorted(self.frequency_hz, band).tolist()
        return slice(first, last)


@dataclass(frozen=True, slots=True, kw_only=True)
class FrequencyDomain:
    """What is read from a spectrum; NaN where it carries no such number. Normalised units: LF, HF over LF + HF."""

    vlf_ms2: float
    lf_ms2: float
    hf_ms2: float
    total_power_ms2: float
    lf_nu: float
    hf_nu: float
    lf_hf: float
    lf_peak_hz: float
    hf_peak_hz: float
    respiration_hz: float


def welch(samples_ms: Iterable[Floats], mean_rr_ms: float, segment: int = SEGMENT, padded: int = PADDED) -> Spectrum:
    """Mean periodogram of series sampled at 4 Hz.

    Parameters
    ----------
    samples_ms
        Detrended series in ms, each without a hole. Of each, segments of ``segment`` samples, half overlapping; a
        shorter one is one segment. All segments count alike.
    mean_rr_ms
        Mean interval: it says what is rounding.
    segment, padded
        Samples in a segment, and of the transform, even and not fewer; to compare with tools that choose others.

    Raises
    ------
    ValueError
        For no series, one below 16 samples, or a transform that is shorter than its segment.

    Notes
    -----
    Periodic Hann window; the mean of each segment is taken out; one-sided density. Equals
    ``scipy.signal.welch(x, 4, "hann", 1200, 600, 2048, "constant")`` on the same samples.

    Examples
    --------
    >>> time = np.arange(1200) / 4
    >>> round(welch([30 * np.sin(2 * np.pi * 0.1 * time)], 900.0).power(LF_HZ), 1)
    450.0
    """
    densities = [_periodograms(series, segment, padded) for series in samples_ms]
    if not densities or padded < segment or padded % 2:
        raise ValueError(f"expected a series and an even transform from {segment} samples, came {padded}")
    density = np.concatenate(densities).mean(axis=0)
    frequency = np.fft.rfftfreq(padded, 1 / RATE_HZ)
    return Spectrum(frequency_hz=np.asarray(frequency, np.float64), density=density, mean_rr_ms=mean_rr_ms)


def spectrum_of(parts: Sequence[Run]) -> Spectrum:
    """Spectrum of the gap-free parts of a window: those of 300 s and more, or else the longest one alone.

    Raises
    ------
    ValueError
        For no part, or none of 16 samples.

    Examples
    --------
    >>> from hrvdaemon.hrv.tachogram import tachogram_of
    >>> rr_ms = 900 + 30 * np.sin(2 * np.pi * 0.09 * np.arange(330))
    >>> spectrum = spectrum_of(tachogram_of(rr_ms).runs)
    >>> round(spectrum.peak(LF_HZ), 3), round(spectrum.power(LF_HZ))
    (0.1, 444)
    """
    if not parts:
        raise ValueError("expected at least one gap-free part, came none")
    whole = [part for part in parts if part.detrended_ms.size >= SEGMENT]
    used = whole or [max(parts, key=lambda part: part.detrended_ms.size)]
    mean_rr_ms = float(np.concatenate([part.resampled_ms for part in used]).mean())
    return welch((part.detrended_ms for part in used), mean_rr_ms)


def band_powers(spectrum: Spectrum) -> FrequencyDomain:
    """Band powers, their ratios, peaks, and breathing where the spectrum shows it.

    Examples
    --------
    >>> time = np.arange(1200) / 4
    >>> found = band_powers(welch([20 * np.sin(2 * np.pi * 0.25 * time)], 900.0))
    >>> round(found.hf_ms2), round(found.respiration_hz, 3), round(found.hf_nu)
    (200, 0.25, 100)
    """
    vlf, lf, hf = (spectrum.power(band) for band in (VLF_HZ, LF_HZ, HF_HZ))
    both = lf + hf
    return FrequencyDomain(
        vlf_ms2=vlf,
        lf_ms2=lf,
        hf_ms2=hf,
        total_power_ms2=vlf + both,
        lf_nu=100 * lf / both if both > 0 else math.nan,
        hf_nu=100 * hf / both if both > 0 else math.nan,
        lf_hf=lf / hf if hf > 0 else math.nan,
        lf_peak_hz=spectrum.peak(LF_HZ),
        hf_peak_hz=spectrum.peak(HF_HZ),
        respiration_hz=breathing_hz(spectrum),
    )


def breathing_hz(spectrum: Spectrum) -> float:
    """Breathing rate in Hz, NaN where the spectrum does not show it.

    The HF peak, if it stands three times above the median of its band. Where one rhythm below 0.15 Hz holds 85 % of all
    power, an HF peak is its overtone: that rhythm is the breath if it swings 5 % of the mean interval, and a wave of
    blood pressure (no breath) if less; see ``respiration`` of the live path.
    """
    slow_hz = slow_rhythm(spectrum)
    if not math.isnan(slow_hz):
        amplitude = math.sqrt(2 * spectrum.power(LF_HZ))
        return slow_hz if amplitude >= SLOW_SWING * spectrum.mean_rr_ms else math.nan
    return spectrum.peak(HF_HZ) if spectrum.prominence(HF_HZ) >= PROMINENCE else math.nan


def slow_rhythm(spectrum: Spectrum) -> float:
    """Frequency in Hz of a rhythm of 0.05-0.15 Hz that rules the spectrum, NaN where none does."""
    peak_hz = spectrum.peak(SLOW_BREATH_HZ)
    if math.isnan(peak_hz):
        return math.nan
    around = spectrum.power_sum((peak_hz - PEAK_HALF_WIDTH_HZ, peak_hz + PEAK_HALF_WIDTH_HZ))
    total = spectrum.power_sum((LF_HZ[0], HF_HZ[1]))
    return peak_hz if around >= DOMINANT_SHARE * total else math.nan


def _periodograms(samples: Floats, segment: int, padded: int) -> Floats:
    """One row for each segment."""
    if samples.ndim != 1 or samples.size < FEWEST_SAMPLES or not np.isfinite(samples).all():
        raise ValueError(f"expected finite samples of shape (n,), n from {FEWEST_SAMPLES}, came {samples.shape}")
    length = min(segment, samples.size)
    segments = np.lib.stride_tricks.sliding_window_view(samples, length)[:: max(1, segment // 2)]
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)
    flat = (segments - segments.mean(axis=1, keepdims=True)) * window
    transform = np.fft.rfft(flat, padded, axis=1)
    density = (transform.real**2 + transform.imag**2) / (RATE_HZ * float(window @ window))
    density[:, 1:-1] *= 2
    return np.asarray(density, np.float64)
