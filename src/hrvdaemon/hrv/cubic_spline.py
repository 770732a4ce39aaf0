"""Cubic spline through beats, not-a-knot at both ends, laid on an even grid: numpy only, O(n).

Never linear: on the same beats a straight line between them takes a quarter to a third of HF power away.

References
----------
de Boor, C. (1978). A practical guide to splines. Springer. Hockney, R. W. (1965). A fast direct solution of Poisson's
equation using Fourier analysis. Journal of the ACM 12(1), 95-113 (cyclic reduction).
"""

import numpy as np
from numpy.typing import NDArray

from hrvdaemon.hrv.given_intervals import real_series

Floats = NDArray[np.float64]

FEWEST_KNOTS = 4
_NEGLIGIBLE = 2.0**-60
_MOST_APART = 128
"""After one step what is off the diagonal is at most half of it; seven steps that square it leave 1e-34."""
_ON_THE_GRID = 1e-9
"""Samples; a knot so near a grid point is on it, whatever the rounding of its sum."""


def spline_slopes(times_s: Floats, values: Floats) -> Floats:
    """First derivative of the spline at each knot.

    Parameters
    ----------
    times_s, values
        Knots, shape (n,), n from 4, times strictly ascending.

    Returns
    -------
    slopes
        Shape (n,), in units of ``values`` a second.

    Raises
    ------
    ValueError
        For fewer knots, shapes that differ, values that are not finite, times that do not ascend.

    Notes
    -----
    Continuity of the second derivative gives one equation for each inner knot. "Not a knot" lets the third derivative
    continue over the second and the last but one; that equation is put into the row beside it, so that every row is
    dominated by its diagonal and cyclic reduction converges in about six steps whatever the length.

    Examples
    --------
    >>> spline_slopes(np.array([0.0, 1.0, 2.0, 4.0]), np.array([0.0, 1.0, 8.0, 64.0])).round(9).tolist()
    [0.0, 3.0, 12.0, 48.0]
    """
    times_s, values = _checked(times_s, values)
    return _slopes(times_s[1:] - times_s[:-1], values[1:] - values[:-1])


def on_grid(times_s: Floats, values: Floats, rate_hz: float) -> Floats:
    """The spline at ``times_s[0] + k / rate_hz``, from the first knot to before the last one.

    Parameters
    ----------
    times_s, values
        As ``spline_slopes``.
    rate_hz
        Samples a second.

    Returns
    -------
    samples
        Shape (ceil((last - first) * rate_hz),).

    Raises
    ------
    ValueError
        As ``spline_slopes``, and for a rate that is not above 0.

    Examples
    --------
    >>> on_grid(np.array([0.0, 1.0, 2.0, 3.0]), np.array([0.0, 1.0, 4.0, 9.0]), 2.0).round(9).tolist()
    [0.0, 0.25, 1.0, 2.25, 4.0, 6.25]
    """
    times_s, values = _checked(times_s, values)
    if not 0 < rate_hz < np.inf:
        raise ValueError(f"expected rate_hz above 0, came {rate_hz}")
    h, rise = times_s[1:] - times_s[:-1], values[1:] - values[:-1]
    slopes, secant = _slopes(h, rise), rise / h
    bend = (slopes[:-1] + slopes[1:] - 2 * secant) / h
    since = times_s - times_s[0]
    place = np.ceil(since * rate_hz - _ON_THE_GRID).astype(np.intp)
    pieces = np.array([bend / h, (secant - slopes[:-1]) / h - bend, slopes[:-1], values[:-1], since[:-1]])
    cubic, square, slope, value, begin = pieces.repeat(place[1:] - place[:-1], axis=1)
    samples = np.arange(begin.size) / rate_hz
    samples -= begin
    offset = samples.copy()
    samples *= cubic
    for coefficient in (square, slope):
        samples += coefficient
        samples *= offset
    samples += value
    return samples


def _checked(times_s: Floats, values: Floats) -> tuple[Floats, Floats]:
    times, heights = real_series("times_s", times_s), real_series("values", values)
    if times.shape != heights.shape or times.size < FEWEST_KNOTS:
        raise ValueError(f"expected times and values of one shape (n,), n from 4, came {times.shape}, {heights.shape}")
    if not (times[1:] > times[:-1]).all():
        raise ValueError("expected times_s strictly ascending")
    return times, heights


def _slopes(h: Floats, rise: Floats) -> Floats:
    """From the distances of the knots and of their values."""
    secant = rise / h
    diagonal = 2 * (h[:-1] + h[1:])
    rows = np.array([h[1:], h[:-1], 3 * (h[1:] * secant[:-1] + h[:-1] * secant[1:])])
    h0, h1, h2, h3 = float(h[0]), float(h[1]), float(h[-1]), float(h[-2])
    first = _end_equation(h0, h1, float(secant[0]), float(secant[1]))
    last = _end_equation(h2, h3, float(secant[-1]), float(secant[-2]))
    diagonal[0] /= 2
    diagonal[-1] /= 2
    rows[2, 0] -= first
    rows[2, -1] -= last
    rows[0, 0] = rows[1, -1] = 0.0
    rows /= diagonal
    slopes = np.empty(rise.size + 1)
    slopes[1:-1] = _solve_tridiagonal(rows)
    slopes[0] = (first - (h0 + h1) * slopes[1]) / h1
    slopes[-1] = (last - (h2 + h3) * slopes[-2]) / h3
    return slopes


def _end_equation(outer: float, inner: float, outer_secant: float, inner_secant: float) -> float:
    """Right side of ``inner * slope_end + (outer + inner) * slope_next`` (not-a-knot)."""
    both = outer + inner
    return ((outer + 2 * both) * inner * outer_secant + outer**2 * inner_secant) / both


def _solve_tridiagonal(equations: Floats) -> Floats:
    """Parallel cyclic reduction until what is off the diagonal no longer counts.

    ``equations`` are lower, upper and right side of rows whose diagonal is 1, shape (3, n).
    """
    n, apart = equations.shape[1], 1
    padded = np.zeros((3, n + 2 * _MOST_APART))
    rows = padded[:, _MOST_APART : _MOST_APART + n]
    rows[:] = equations
    while apart <= _MOST_APART and np.abs(rows[:2]).max() > _NEGLIGIBLE:
        _reduce(padded, rows, apart)
        apart *= 2
    return np.asarray(rows[2], np.float64)


def _reduce(padded: Floats, rows: Floats, apart: int) -> None:
    """Put the rows ``apart`` before and behind into each row, so that it reaches twice as far."""
    n = rows.shape[1]
    before = rows[0] * padded[:, _MOST_APART - apart : _MOST_APART - apart + n]
    behind = rows[1] * padded[:, _MOST_APART + apart : _MOST_APART + apart + n]
    rows[2] -= before[2]
    rows[2] -= behind[2]
    np.negative(before[0], out=rows[0])
    np.negative(behind[1], out=rows[1])
    before[1] += behind[0]
    rows /= 1 - before[1]
