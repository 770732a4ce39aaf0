"""Lomb-Scargle spectrum of beats where they stand: nothing resampled, nothing put into a gap; in ms²/Hz.

Beside Welch's under names of its own, for the two do not agree: beats carry what a spline smooths away, no trend is
taken out, and the window is the whole stretch.

References
----------
Lomb, N. R. (1976). Least-squares frequency analysis of unequally spaced data. Astrophysics and Space Science 39,
447-462. Scargle, J. D. (1982). Astrophysical Journal 263, 835-853.
Laguna, P., Moody, G. B., & Mark, R. G. (1998). Power spectral density of unevenly sampled data by least-square
analysis. IEEE Transactions on Biomedical Engineering 45(6), 698-715.
"""

import numpy as np
from numpy.typing import NDArray

from hrvdaemon.hrv.frequency_domain import Spectrum
from hrvdaemon.hrv.given_intervals import intervals, real_series, starts_of

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Complexes = NDArray[np.complex128]

HIGHEST_HZ = 0.5
OVERSAMPLING = 4
FEWEST_TO_FIT = 3
"""Beats: as many numbers as mean, cosine and sine of one frequency have."""
_BLOCK = 1 << 18
"""Phases worked on at once: two megabytes."""


def lomb_periodogram(times_s: Floats, rr_ms: Floats, frequency_hz: Floats) -> Floats:
    """Classical periodogram, not normalised: a sine of amplitude A in n beats gives A² n / 4.

    Parameters
    ----------
    times_s, rr_ms
        When each interval ends, and the interval, shape (n,); times ascending. The mean is taken out.
    frequency_hz
        Shape (k,), above 0.

    Returns
    -------
    power
        Shape (k,), ms².

    Raises
    ------
    ValueError
        For shapes that differ, values that are no intervals or not finite, times that do not ascend strictly,
        frequencies not above 0.

    Notes
    -----
    The two-parameter least-squares fit at each frequency, solved as it stands; Lomb's time shift τ only makes its
    matrix diagonal and gives the same number. Equals ``scipy.signal.lombscargle(t, rr - mean, 2 pi f)``.

    Examples
    --------
    >>> time = np.arange(400) * 0.5
    >>> round(float(lomb_periodogram(time, 900 + 20 * np.sin(2 * np.pi * 0.1 * time), np.array([0.1]))[0]))
    40000
    """
    times_s, rr_ms = _checked(times_s, rr_ms)
    frequency_hz = real_series("frequency_hz", frequency_hz)
    if not (frequency_hz > 0).all():
        raise ValueError("expected frequency_hz above 0")
    around_mean = rr_ms - rr_ms.mean()
    since = times_s - times_s[0]
    rows = max(1, _BLOCK // rr_ms.size)
    blocks = [_fit(since, around_mean, frequency_hz[k : k + rows]) for k in range(0, frequency_hz.size, rows)]
    return np.concatenate(blocks) if blocks else np.empty(0)


def lomb_spectrum(
    times_s: Floats, rr_ms: Floats, starts: Bools | None = None, length_s: float | None = None
) -> Spectrum:
    """One-sided density ``2 T/n P(f)`` at 0 (none), 1/(4L), 2/(4L) … 0.5 Hz; its integral is nearly the variance.

    Parameters
    ----------
    times_s, rr_ms
        As ``lomb_periodogram``, two intervals or more.
    starts
        True where an interval is not the neighbour of the one before. T is the time from the first beat to the last
        less that of gaps, which is no time observed.
    length_s
        L, the length of the window; None: from the first beat to the last.

    Raises
    ------
    ValueError
        As ``lomb_periodogram``, and for a length that is not above 0.

    Notes
    -----
    On an even grid ``exp(i k θ) = exp(i a B θ) exp(i b θ)``, so the sums over beats of all k are a product of two
    matrices, and cosines are taken of 2 √k multiples of each phase instead of k.

    Examples
    --------
    >>> rr_ms = 900 + 20 * np.sin(2 * np.pi * 0.1 * 0.9 * np.arange(330))
    >>> round(lomb_spectrum(np.cumsum(rr_ms) / 1000, rr_ms).power((0.04, 0.15)))
    197
    """
    times_s, rr_ms = _checked(times_s, rr_ms)
    span_s = float(times_s[-1] - times_s[0]) if length_s is None else length_s
    if not span_s > 0:
        raise ValueError(f"expected length_s above 0, came {span_s}")
    is_parted = starts_of(rr_ms.size, starts)[1:]
    observed_s = float(np.diff(times_s)[~is_parted].sum())
    frequency = frequencies_hz(span_s, int(HIGHEST_HZ * OVERSAMPLING * span_s))
    density = np.zeros_like(frequency)
    if frequency.size > 1:
        power = _fits_evenly(times_s - times_s[0], rr_ms - rr_ms.mean(), float(frequency[1]), frequency.size - 1)
        density[1:] = 2 * observed_s / rr_ms.size * power
    return Spectrum(frequency_hz=frequency, density=density, mean_rr_ms=float(rr_ms.mean()))


def frequencies_hz(length_s: float, highest: int, oversampling: int = OVERSAMPLING) -> Floats:
    """Those of a window of that length, from 0 to the ``highest``-th.

    Examples
    --------
    >>> frequencies_hz(2.5, 3).tolist()
    [0.0, 0.1, 0.2, 0.3]
    """
    return np.arange(highest + 1) / (oversampling * length_s)


def _checked(times_s: Floats, rr_ms: Floats) -> tuple[Floats, Floats]:
    times, rr = real_series("times_s", times_s), intervals(rr_ms)
    if times.shape != rr.shape or rr.size < 2:
        raise ValueError(f"expected two or more times and intervals of one shape (n,), came {times.shape}, {rr.shape}")
    if not (times[1:] > times[:-1]).all():
        raise ValueError("expected times_s strictly ascending")
    return times, rr


def _fit(since_s: Floats, values: Floats, frequency_hz: Floats) -> Floats:
    turn = np.exp(2j * np.pi * np.outer(frequency_hz, since_s))
    return _explained(turn @ values, np.einsum("ij,ij->i", turn, turn), values.size)


def _fits_evenly(since_s: Floats, values: Floats, step_hz: float, count: int) -> Floats:
    """As ``_fit`` at ``step_hz`` times 1 to ``count``."""
    width = int(np.sqrt(2 * count)) + 1
    with_values, plain = np.zeros((2, width, width), np.complex128)
    for first in range(0, since_s.size, max(1, _BLOCK // width)):
        here = slice(first, first + max(1, _BLOCK // width))
        phase = 2j * np.pi * step_hz * since_s[here]
        few, many = (np.exp(np.outer(multiples, phase)) for multiples in (np.arange(width), width * np.arange(width)))
        with_values += (many * values[here]) @ few.T
        plain += many @ few.T
    place = np.arange(1, count + 1)
    return _explained(with_values.ravel()[place], plain.ravel()[2 * place], values.size)


def _explained(turned: Complexes, doubled: Complexes, n: int) -> Floats:
    """Half of what the fitted sine explains: bᵀ M⁻¹ b / 2, from Σ x exp(iφ) and Σ exp(2iφ)."""
    cosines, sines, both = (n + doubled.real) / 2, (n - doubled.real) / 2, doubled.imag / 2
    explained = turned.real**2 * sines - 2 * turned.real * turned.imag * both + turned.imag**2 * cosines
    return np.asarray(explained / (2 * (cosines * sines - both**2)), np.float64)
