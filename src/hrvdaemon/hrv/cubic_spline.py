"""Cubic spline through beats, not-a-knot at both ends, laid on an even grid: numpy only, O(n).

Never linear: on the same beats a straight line between them takes a quarter to a third of HF power away.

References
----------
de Boor, C. (1978). A practical guide to splines. Springer. Hockney, R. W. (1965). A fast direct solution of Poisson's
equation using Fourier analysis. Journal of the ACM 12(1), 95-113 (cyclic reduction).
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FEWEST_KNOTS = 4
_NEGLIGIBLE = 2.0**-60
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
    _check(times_s, values)
    h = np.diff(times_s)
    secant = np.diff(values) / h
    lower, upper = h[1:].copy(), h[:-1].copy()
    diagonal = 2 * (h[:-1] + h[1:])
    right = 3 * (h[1:] * secant[:-1] + h[:-1] * secant[1:])
    first = _end_equation(h[0], h[1], secant[0], secant[1])
    last = _end_equation(h[-1], h[-2], secant[-1], secant[-2])
    for row, equation in ((0, first), (-1, last)):
        diagonal[row] /= 2
        right[row] -= equation
    lower[0] = upper[-1] = 0.0
    inner = _solve_tridiagonal(lower / diagonal, upper / diagonal, right / diagonal)
    start = (first - (h[0] + h[1]) * inner[0]) / h[1]
    end = (last - (h[-1] + h[-2]) * inner[-1]) / h[-2]
    return np.concatenate([[start], inner, [end]])


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
        As ``spline_slopes``.

    Examples
    --------
    >>> on_grid(np.array([0.0, 1.0, 2.0, 3.0]), np.array([0.0, 1.0, 4.0, 9.0]), 2.0).round(9).tolist()
    [0.0, 0.25, 1.0, 2.25, 4.0, 6.25]
    """
    slopes = spline_slopes(times_s, values)
    h = np.diff(times_s)
    secant = np.diff(values) / h
    bend = (slopes[:-1] + slopes[1:] - 2 * secant) / h
    place = np.ceil((times_s - times_s[0]) * rate_hz - _ON_THE_GRID).astype(np.intp)
    piece = np.repeat(np.arange(h.size), np.diff(place))
    offset = times_s[0] + np.arange(piece.size) / rate_hz - times_s[piece]
    samples = (bend / h)[piece]
    for coefficient in ((secant - slopes[:-1]) / h - bend, slopes, values):
        samples *= offset
        samples += coefficient[piece]
    return samples


def _check(times_s: Floats, values: Floats) -> None:
    if times_s.ndim != 1 or times_s.shape != values.shape or times_s.size < FEWEST_KNOTS:
        raise ValueError(f"expected times and values of one shape (n,), n from 4, came {times_s.shape}, {values.shape}")
    if not (np.isfinite(values).all() and np.isfinite(times_s).all() and (np.diff(times_s) > 0).all()):
        raise ValueError("expected finite values at finite, strictly ascending times")


def _end_equation(outer: float, inner: float, outer_secant: float, inner_secant: float) -> float:
    """Right side of ``inner * slope_end + (outer + inner) * slope_next`` (not-a-knot)."""
    both = outer + inner
    return ((outer + 2 * both) * inner * outer_secant + outer**2 * inner_secant) / both


def _solve_tridiagonal(lower: Floats, upper: Floats, right: Floats) -> Floats:
    """Parallel cyclic reduction of rows whose diagonal is 1, until what is off the diagonal no longer counts."""
    apart = 1
    while apart < right.size and max(np.abs(lower).max(), np.abs(upper).max()) > _NEGLIGIBLE:
        lower, upper, right = _reduce(lower, upper, right, apart)
        apart *= 2
    return right


def _reduce(lower: Floats, upper: Floats, right: Floats, apart: int) -> tuple[Floats, Floats, Floats]:
    """Put the rows ``apart`` before and behind into each row, so that it reaches twice as far."""
    before, behind = lower[apart:], upper[:-apart]
    diagonal, new_right = np.ones_like(right), right.copy()
    diagonal[apart:] -= before * upper[:-apart]
    diagonal[:-apart] -= behind * lower[apart:]
    new_right[apart:] -= before * right[:-apart]
    new_right[:-apart] -= behind * right[apart:]
    new_lower, new_upper = np.zeros_like(lower), np.zeros_like(upper)
    new_lower[apart:] = -before * lower[:-apart]
    new_upper[:-apart] = -behind * upper[apart:]
    return new_lower / diagonal, new_upper / diagonal, new_right / diagonal
