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
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from hrvdaemon.hrv.given_intervals import FLAT, real_series
from hrvdaemon.hrv.respiration import DOMINANT_SHARE, PEAK_HALF_WIDTH_HZ, SLOW_HZ, SLOW_SWING
from hrvdaemon.hrv.tachogram import RATE_HZ, Run
from hrvdaemon.hrv.time_domain import middle_in_order

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
        values = self.density[self._bins(band)]
        if values.size < 2:
            return math.nan
        ends = float(values[0]) + float(values[-1])
        power = float(np.add.reduce(values) - ends / 2) * float(self.frequency_hz[1])
        return power if power > self.none_ms2 else 0.0

    def power_sum(self, band: Band) -> float:
        """The plain sum over the bins times their distance, for comparison with tools that sum."""
        return float(self.density[self._bins(band)].sum() * self.frequency_hz[1])

    def peak(self, band: Band) -> float:
        """Frequency of the highest point, parabola through its neighbours.

        NaN where the power is none, or the highest point is only the foot of a slope outside the band.
        """
        inside = self._bins(band)
        at: int = inside.start + int(self.density[inside].argmax())
        before, here, after = self.density[at - 1 : at + 2].tolist()
        if here < before or here < after or self.power(band) == 0:
            return math.nan
        bend = before - 2 * here + after
        shift = (before - after) / (2 * bend) if bend else 0.0
        return float(self.frequency_hz[1]) * (at + shift)

    def prominence(self, band: Band) -> float:
        """Highest point over the median of the band; 0 where the median is 0."""
        ordered = np.sort(self.density[self._bins(band)])
        middle = middle_in_order(ordered)
        return float(ordered[-1]) / middle if middle > 0 else 0.0

    @property
    def none_ms2(self) -> float:
        """Power of what is only rounding."""
        return float((FLAT * self.mean_rr_ms) ** 2)

    def _bins(self, band: Band) -> slice:
        return slice(int(self.frequency_hz.searchsorted(band[0])), int(self.frequency_hz.searchsorted(band[1])))


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
        For no series, one below 16 samples, what are no finite real numbers, and a transform that is odd or shorter
        than its segment.

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
    rows = densities[0] if len(densities) == 1 else np.concatenate(densities)
    density = rows[0] if len(rows) == 1 else rows.mean(axis=0)
    return Spectrum(frequency_hz=_frequencies(padded), density=density, mean_rr_ms=mean_rr_ms)


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
    n_samples = sum(part.resampled_ms.size for part in used)
    mean_rr_ms = sum(float(np.add.reduce(part.resampled_ms)) for part in used) / n_samples
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

    The HF peak, if it stands three times above the median of its band. Where one rhythm below 0.15 Hz rules the
    spectrum (``DOMINANT_SHARE``), an HF peak is its overtone: that rhythm is the breath if it swings 5 % of the mean
    interval, and a wave of blood pressure (no breath) if less; see ``respiration`` of the live path.
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
    samples = real_series("samples_ms", samples)
    if samples.size < FEWEST_SAMPLES:
        raise ValueError(f"expected {FEWEST_SAMPLES} samples_ms or more, came {samples.size}")
    length = min(segment, samples.size)
    segments = samples[None]
    if samples.size > length:
        segments = np.lib.stride_tricks.sliding_window_view(samples, length)[:: max(1, segment // 2)]
    window, energy = _hann(length)
    flat = (segments - np.add.reduce(segments, axis=1, keepdims=True) / length) * window
    transform = np.fft.rfft(flat, padded, axis=1)
    density = np.square(transform.real)
    density += np.square(transform.imag)
    density *= 2 / (RATE_HZ * energy)
    density[:, [0, -1]] /= 2
    return density


@lru_cache(maxsize=16)
def _hann(length: int) -> tuple[Floats, float]:
    """Periodic window and the sum of its squares."""
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)
    return window, float(window @ window)


@lru_cache(maxsize=4)
def _frequencies(padded: int) -> Floats:
    frequency = np.asarray(np.fft.rfftfreq(padded, 1 / RATE_HZ), np.float64)
    frequency.flags.writeable = False
    return frequency
