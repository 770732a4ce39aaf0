"""Smoothness priors: the slow trend of an evenly sampled series, a high-pass that has no delay and no edge to discard.

With λ = 500 at 4 Hz half of the power is left at 0.0355 Hz; a straight line is trend altogether.

References
----------
Tarvainen, M. P., Ranta-aho, P. O., & Karjalainen, P. A. (2002). An advanced detrending method with application to HRV
analysis. IEEE Transactions on Biomedical Engineering 49(2), 172-175.
Hager, W. W. (1989). Updating the inverse of a matrix. SIAM Review 31(2), 221-239.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from hrvdaemon.hrv.given_intervals import real_series

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]

SMOOTHING_AT_4_HZ = 500.0
_BLOCK = 16_384
"""Samples; a transform of a power of two, and the length of a prime number would take ten times as long."""


def smoothing(rate_hz: float) -> float:
    """λ of the same cut-off at another rate: 500 (rate/4)².

    Examples
    --------
    >>> smoothing(4.0), smoothing(2.0)
    (500.0, 125.0)
    """
    return SMOOTHING_AT_4_HZ * (rate_hz / 4) ** 2


def slow_trend(samples: Floats, smoothing: float = SMOOTHING_AT_4_HZ) -> Floats:
    """The smooth part of a series; ``samples`` less the trend is the stationary part.

    Parameters
    ----------
    samples
        Evenly sampled series, shape (n,), finite.
    smoothing
        λ; the larger, the smoother.

    Returns
    -------
    trend
        Shape (n,): the z that makes ``|samples - z|² + λ² |D z|²`` smallest, D the second differences. Fewer than
        three samples are their own trend.

    Raises
    ------
    ValueError
        For another shape, values that are not finite, λ not above 0.

    Notes
    -----
    1. A straight line goes through unchanged, so one is taken out before and put back.
    2. ``C = I + λ² D_cᵀ D_c``, with D_c the second differences around a circle, is diagonal for the Fourier transform.
    3. The wanted matrix is C without the two rows of D_c that join the ends. Woodbury's identity takes them out. The
       two-by-two matrix it needs is circulant too; its two eigenvalues are sums of positive terms, so nothing cancels.
    4. A long series is solved in blocks that overlap by so much that the result is the same to the last bits.

    Examples
    --------
    >>> bool(np.allclose(slow_trend(np.arange(50.0)), np.arange(50.0)))
    True
    """
    samples = real_series("samples", samples)
    if not 0 < smoothing < np.inf:
        raise ValueError(f"expected smoothing above 0, came {smoothing}")
    if samples.size < 3:
        return samples.copy()
    # a sample's weight falls by e every sqrt(2 λ) samples: after fifty times that nothing is left in a double
    reach = int(50 * np.sqrt(2 * smoothing)) + 1
    if samples.size <= _BLOCK or reach >= _BLOCK // 4:
        return _circle(samples.size, smoothing**2).trend(samples)
    return _trend_by_blocks(samples, smoothing, reach)


def _trend_by_blocks(samples: Floats, smoothing: float, reach: int) -> Floats:
    """Overlapping blocks of one length; of each, what lies so far inside that nothing beyond the block reaches it."""
    trend, circle = np.empty_like(samples), _circle(_BLOCK, smoothing**2)
    last = samples.size - _BLOCK
    for first in [*range(0, last, _BLOCK - 2 * reach), last]:
        from_here = reach if first else 0
        trend[first + from_here : first + _BLOCK] = circle.trend(samples[first : first + _BLOCK])[from_here:]
    return trend


@dataclass(frozen=True, slots=True)
class _Circle:
    """What depends on length and weight only: ``(I + weight DᵀD) z = values`` by way of its closed circle."""

    place: Floats
    """Of each sample, around their middle."""
    place_squares: float
    gain: Floats
    at_ends: Complexes
    """Turns the transform into second differences of the circle's answer, their sum and difference at its two ends,
    shape (frequencies, 2); second differences are a factor there, never a subtraction of what is nearly equal."""
    joined: Floats
    """The circle's answer to the two rows that join the ends, times the weight over the eigenvalues of Woodbury's
    matrix: for equal and for opposite ends, shape (2, n)."""

    @classmethod
    def of(cls, n: int, weight: float) -> "_Circle":
        bend = -4 * np.sin(np.pi * np.arange(n // 2 + 1) / n) ** 2
        gain = np.asarray(1 / (1 + weight * bend**2), np.float64)
        apart = float(np.fft.irfft(gain * -bend / 2, n)[0])
        together = 2 * float(np.fft.irfft(gain, n)[0]) - apart
        one = np.roll(np.fft.irfft(gain * bend, n), -1)
        other = np.roll(one, 1)
        joined = np.array([(one + other) / together, (one - other) / apart]) * (weight / 2)
        place = np.asarray(np.arange(n) - (n - 1) / 2, np.float64)
        ends = _at_ends(np.asarray(gain * bend, np.float64), n)
        return cls(place, float(place @ place), gain, ends, np.asarray(joined, np.float64))

    def trend(self, samples: Floats) -> Floats:
        n = samples.size
        line = self.place * (float(self.place @ samples) / self.place_squares)
        line += float(np.add.reduce(samples)) / n
        transform = np.fft.rfft(samples - line)
        ends = (transform @ self.at_ends).real
        transform *= self.gain
        line += np.fft.irfft(transform, n)
        line += ends @ self.joined
        return line


def _at_ends(factor: Floats, n: int) -> Complexes:
    """The inverse transform of ``factor`` times another, at the last and the first sample: their sum and difference."""
    twice = np.full(factor.size, 2 / n)
    twice[0] = 1 / n
    if n % 2 == 0:
        twice[-1] = 1 / n
    angle = np.pi * np.arange(factor.size) / n
    half_turn = np.exp(-1j * angle) * (2 * twice * factor)
    return np.asarray(np.stack([np.cos(angle) * half_turn, -1j * np.sin(angle) * half_turn], axis=1), np.complex128)


_circle = lru_cache(maxsize=8)(_Circle.of)
"""Windows of five minutes have some few lengths; what is kept of each is 60 kB, of a block of a day 0.7 MB."""
