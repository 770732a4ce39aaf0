"""Respiratory sinus arrhythmia after Porges and Bohrer: ln of the variance that a moving polynomial leaves, in ln ms².

Not for slow breathing: the polynomial lets a quarter of 6/min through and a fiftieth of 3/min, and lifts 0.2 Hz by
23 % (as Litvack et al. 1995 reported). So ``analyse`` shows none where a slow
rhythm rules, and it never judges paced breathing.

References
----------
Porges, S. W., & Bohrer, R. E. (1990). The analysis of periodic processes in psychophysiological research. In Principles
of psychophysiology. Cambridge University Press. US patent 4,510,944 (1985).
Lewis, G. F., Furman, S. A., McCool, M. F., & Porges, S. W. (2012). Statistical strategies to quantify respiratory sinus
arrhythmia: are commonly used metrics equivalent? Biological Psychology 89(2), 349-364.
Savitzky, A., & Golay, M. J. E. (1964). Smoothing and differentiation of data by simplified least squares procedures.
Analytical Chemistry 36(8), 1627-1639.
"""

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from hrvdaemon.hrv.given_intervals import FLAT, real_series

Floats = NDArray[np.float64]

RATE_HZ = 2.0
BAND_HZ = (0.12, 0.40)
POLYNOMIAL_SAMPLES = 21
POLYNOMIAL_DEGREE = 3
BAND_ORDER = 2
EPOCH_S = 30.0
EPOCH = int(EPOCH_S * RATE_HZ)
EDGE = POLYNOMIAL_SAMPLES // 2
"""Samples at each end of a run in which the polynomial has no middle."""
_MIRRORED = 60


def respiratory_band(samples_ms: Floats) -> Floats:
    """What of a run breathes: moving polynomial taken out, then 0.12-0.40 Hz without delay.

    Parameters
    ----------
    samples_ms
        One gap-free run, resampled at 2 Hz, shape (n,).

    Returns
    -------
    samples
        Shape (n,), ms, around 0; the first and last 5 s are NaN. All NaN below 21 samples.

    Raises
    ------
    ValueError
        For another shape or values that are not finite.

    Notes
    -----
    1. Cubic over 21 points (10 s) at its middle, subtracted. 2. Gain of a second-order Butterworth band run forwards
    and backwards, laid on the Fourier transform; the ends are continued by point reflection, as scipy does.

    Examples
    --------
    >>> time = np.arange(600) / 2
    >>> inside = respiratory_band(900 + 30 * np.sin(2 * np.pi * 0.25 * time))[100:-100]
    >>> round(float(inside.std()), 1)
    23.8
    """
    samples_ms = real_series("samples_ms", samples_ms)
    filtered = np.full(samples_ms.size, np.nan)
    if samples_ms.size >= POLYNOMIAL_SAMPLES:
        around_mean = samples_ms - samples_ms.mean()
        fast = around_mean[EDGE:-EDGE] - np.convolve(around_mean, _polynomial_weights(), mode="valid")
        filtered[EDGE:-EDGE] = _band_passed(fast)
    return filtered


def porges_bohrer(filtered_ms: Iterable[Floats], mean_rr_ms: float) -> float:
    """Mean over epochs of 30 s of ln(variance / 1 ms²), variance with ddof 1.

    Parameters
    ----------
    filtered_ms
        Stretches of ``respiratory_band``; epochs stand end to end in each from its first known sample.
    mean_rr_ms
        Mean interval: it says what is rounding.

    Returns
    -------
    float
        NaN without a whole epoch, and where an epoch has no more than rounding.

    Notes
    -----
    NeuroKit2 takes ln(variance / 1000), which is 6.908 less.

    Examples
    --------
    >>> time = np.arange(600) / 2
    >>> round(porges_bohrer([20 * np.sin(2 * np.pi * 0.25 * time)], 900.0), 1)
    5.3
    """
    variances = np.concatenate([np.empty(0), *(_epoch_variances(series) for series in filtered_ms)])
    if not variances.size or variances.min() <= (FLAT * mean_rr_ms) ** 2:
        return math.nan
    return float(np.log(variances).mean())


def _epoch_variances(series: Floats) -> Floats:
    known = series[np.isfinite(series)]
    return np.asarray(known[: known.size // EPOCH * EPOCH].reshape(-1, EPOCH).var(axis=1, ddof=1), np.float64)


def _polynomial_weights() -> Floats:
    """Weights whose sum with 21 samples is the value of their cubic at the middle."""
    powers = np.vander(np.arange(-EDGE, EDGE + 1) / EDGE, POLYNOMIAL_DEGREE + 1, increasing=True)
    return np.asarray(np.linalg.pinv(powers)[0], np.float64)


def _band_passed(samples: Floats) -> Floats:
    reach = min(_MIRRORED, samples.size - 1)
    before = 2 * samples[0] - samples[reach:0:-1]
    behind = 2 * samples[-1] - samples[-2 : -reach - 2 : -1]
    longer = np.concatenate([before, samples, behind])
    padded = 1 << (longer.size + 2 * _MIRRORED - 1).bit_length()
    gain = band_gain(np.fft.rfftfreq(padded, 1 / RATE_HZ).astype(np.float64))
    passed = np.fft.irfft(np.fft.rfft(longer, padded) * gain, padded)
    return np.asarray(passed[reach : reach + samples.size], np.float64)


def band_gain(frequency_hz: Floats) -> Floats:
    """Gain of the Butterworth band both ways: 1 inside, a quarter of the power left at its edges."""
    low, high = (math.tan(math.pi * edge / RATE_HZ) for edge in BAND_HZ)
    warped = np.tan(np.pi * np.minimum(frequency_hz, RATE_HZ / 2 - 1e-9) / RATE_HZ)
    off_centre = np.divide(
        warped**2 - low * high, warped * (high - low), out=np.full_like(warped, np.inf), where=warped > 0
    )
    return np.asarray(1 / (1 + off_centre ** (2 * BAND_ORDER)), np.float64)
