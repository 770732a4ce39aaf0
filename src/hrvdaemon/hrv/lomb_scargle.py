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

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Complexes = NDArray[np.complex128]

HIGHEST_HZ = 0.5
OVERSAMPLING = 4
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
        For shapes that differ, values that are not finite, times that do not ascend, frequencies not above 0.

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
    _check(times_s, rr_ms, frequency_hz)
    around_mean = rr_ms - rr_ms.mean()
    since = times_s - times_s[0]
    rows = max(1, _BLOCK // rr_ms.size)
    blocks = [_fit(since, around_mean, frequency_hz[k : k + rows]) for k in range(0, frequency_hz.size, rows)]
    return np.concatenate(blocks) if blocks else np.empty(0)


def lomb_spectrum(times_s: Floats, rr_ms: Floats, starts: Bools | None = None) -> Spectrum:
    """One-sided density ``2 T/n P(f)`` at 0 (none), 1/(4T), 2/(4T) … 0.5 Hz; its integral is nearly the variance.

    Parameters
    ----------
    times_s, rr_ms
        As ``lomb_periodogram``, two intervals or more.
    starts
        True where an interval is not the neighbour of the one before. Time in a gap is no time observed, so it does
        not count in T of the density (it does in that of the grid).

    Raises
    ------
    ValueError
            As ``lomb_periodogram``.

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
    _check(times_s, rr_ms, np.ones(1))
    span_s = float(times_s[-1] - times_s[0])
    neighbours = np.ones(rr_ms.size - 1, np.bool_) if starts is None else ~starts[1:]
    observed_s = float(np.diff(times_s)[neighbours].sum())
    frequency = np.arange(int(HIGHEST_HZ * OVERSAMPLING * span_s) + 1) / (OVERSAMPLING * span_s)
    density = np.zeros_like(frequency)
    if frequency.size > 1:
        power = _fits_evenly(times_s - times_s[0], rr_ms - rr_ms.mean(), float(frequency[1]), frequency.size - 1)
        density[1:] = 2 * observed_s / rr_ms.size * power
    return Spectrum(frequency_hz=frequency, density=density, mean_rr_ms=float(rr_ms.mean()))


def _check(times_s: Floats, rr_ms: Floats, frequency_hz: Floats) -> None:
    if rr_ms.ndim != 1 or times_s.shape != rr_ms.shape or rr_ms.size < 2 or frequency_hz.ndim != 1:
        raise ValueError(
            f"expected two or more times and intervals of one shape (n,), came {times_s.shape}, {rr_ms.shape}"
        )
    if not (np.isfinite(rr_ms).all() and np.isfinite(times_s).all() and (np.diff(times_s) > 0).all()):
        raise ValueError("expected finite intervals at finite, strictly ascending times")
    if not (frequency_hz > 0).all():
        raise ValueError("expected frequencies above 0")


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
