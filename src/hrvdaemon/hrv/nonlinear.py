"""Fractal scaling of short ranges and sample entropy.

Both read the order of beats, so both know gaps: a box or a template with a gap inside is left out, and nothing else is.

References
----------
Peng, C.-K., Havlin, S., Stanley, H. E., & Goldberger, A. L. (1995). Quantification of scaling exponents and crossover
phenomena in nonstationary heartbeat time series. Chaos 5(1), 82-87.
Richman, J. S., & Moorman, J. R. (2000). Physiological time-series analysis using approximate entropy and sample
entropy. American Journal of Physiology - Heart and Circulatory Physiology 278(6), H2039-H2049.
"""

import math
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrvdaemon.hrv.given_intervals import FLAT, real_series, starts_of
from hrvdaemon.hrv.running_order import in_whole_units
from hrvdaemon.hrv.time_domain import deviation

Floats = NDArray[np.float64]
Numbers = NDArray[Any]
Bools = NDArray[np.bool_]

ALPHA1_SCALES = tuple(range(4, 17))
TEMPLATE = 2
TOLERANCE_SD = 0.2
_BLOCK = 1 << 20
"""Pairs compared at once: a few megabytes."""


def dfa_alpha1(rr_ms: Floats, starts: Bools | None = None, scales: tuple[int, ...] = ALPHA1_SCALES) -> float:
    """Slope of log F(n) over log n of detrended fluctuation analysis, boxes of 4 to 16 beats.

    Parameters
    ----------
    rr_ms
        Intervals in ms, shape (n,); any finite series will do, for neither level nor scale matters.
    starts
        True where an interval is not the neighbour of the one before; None: nowhere.
    scales
        Lengths of the boxes. Kubios: 4-12; NeuroKit2: 4-11, overlapping.

    Returns
    -------
    float
        NaN where a scale has no whole box, or none that varies.

    Raises
    ------
    ValueError
        For shapes that differ, what are no finite real numbers, and scales that are not at least two different ones
        from 3.

    Notes
    -----
    1. The profile is the running sum of the intervals less their mean. 2. Boxes stand end to end from the first beat;
    what is left at the end is not used, nor is a box that a gap parts. 3. F(n)² is the mean square around the line of
    each box, over all boxes. Offset and slope of the profile are part of that line, so a box needs only its own beats.

    Examples
    --------
    >>> steps = np.cumsum(np.random.default_rng(1).normal(0, 5, 2000))
    >>> round(dfa_alpha1(900 + steps), 1)
    1.5
    """
    rr, breaks = _series(rr_ms, starts)
    if len(set(scales)) < 2 or min(scales) < 3:
        raise ValueError(f"expected two or more scales from 3, came {scales}")
    if rr.size < max(scales) or _is_flat(rr):
        return math.nan
    return _slope(rr, breaks, scales)


def _slope(rr_ms: Floats, breaks: Bools, scales: tuple[int, ...]) -> float:
    around_mean, is_parted = rr_ms - np.add.reduce(rr_ms) / rr_ms.size, bool(np.count_nonzero(breaks[1:]))
    squares = [_mean_square(around_mean, breaks if is_parted else None, scale) for scale in scales]
    if not all(square > (FLAT * rr_ms[0]) ** 2 for square in squares):  # less is rounding
        return math.nan
    x = _log_scales(scales)
    return float(x @ np.log(squares) / (2 * (x @ x)))


def sample_entropy(rr_ms: Floats, starts: Bools | None = None) -> float:
    """Sample entropy, m 2, r 0.2 standard deviations (ddof 1), largest distance.

    Parameters
    ----------
    rr_ms, starts
        As ``dfa_alpha1``.

    Returns
    -------
    float
        ``-ln(A/B)``: B pairs of different templates of two beats within r of each other, A those that stay within
        with a third. NaN where either is 0 and for constant intervals.

    Raises
    ------
    ValueError
        For shapes that differ and what are no finite real numbers.

    Notes
    -----
    The same templates serve both lengths: those that have a third beat, and no gap among the three. Distances up to and
    including r count. Time grows with n²: 300 beats about 0.3 ms, 2000 beats about 15 ms.

    Examples
    --------
    >>> round(sample_entropy(np.random.default_rng(42).normal(1000, 50, 300)), 6)
    2.415914
    """
    rr, breaks = _series(rr_ms, starts)
    if rr.size < TEMPLATE + 2 or _is_flat(rr):
        return math.nan
    is_parted = bool(np.count_nonzero(breaks[1:]))
    whole = ~(breaks[1:-1] | breaks[2:]) if is_parted else None
    both, all_three = _similar_pairs(*_in_units(rr, TOLERANCE_SD * deviation(rr)), whole)
    return 0.0 - math.log(all_three / both) if all_three else math.nan


def units_within(tolerance_ms: float, unit_ms: float) -> int:
    """The most units that are within the tolerance, as ``units * unit_ms`` is rounded.

    Examples
    --------
    >>> units_within(7.9, 1.0), units_within(8.0, 1.0)
    (7, 8)
    """
    units = math.floor(tolerance_ms / unit_ms)
    units += (units + 1) * unit_ms <= tolerance_ms
    return units - (units * unit_ms > tolerance_ms)


def _series(rr_ms: Floats, starts: Bools | None) -> tuple[Floats, Bools]:
    rr = real_series("rr_ms", rr_ms)
    return rr, starts_of(rr.size, starts)


def _in_units(rr_ms: Floats, tolerance_ms: float) -> tuple[Numbers, float]:
    """Values as narrow whole numbers where they are whole, and the largest distance within the tolerance."""
    whole, unit_ms = in_whole_units(rr_ms)
    if whole.dtype.kind == "f":
        return whole, tolerance_ms
    least, most = int(np.minimum.reduce(whole)), int(np.maximum.reduce(whole))
    wide = whole.astype(np.int64) - least
    narrow = wide.astype(np.int16) if most - least <= np.iinfo(np.int16).max else wide
    return narrow, units_within(tolerance_ms, unit_ms)


def _is_flat(rr_ms: Floats) -> bool:
    least, most = float(np.minimum.reduce(rr_ms)), float(np.maximum.reduce(rr_ms))
    return most - least <= FLAT * max(abs(least), abs(most))


@cache
def _log_scales(scales: tuple[int, ...]) -> Floats:
    """Around their mean."""
    logs = np.log(scales)
    return np.asarray(logs - logs.mean(), np.float64)


@cache
def residual_maker(scale: int) -> Floats:
    """Matrix that turns the beats of a box into the residuals of their running sum around its line, (scale, scale)."""
    place = np.arange(scale) - (scale - 1) / 2
    line = np.outer(place, place) / (place @ place) + 1 / scale
    running_sum = np.triu(np.ones((scale, scale)))
    return running_sum @ (np.eye(scale) - line)


def _mean_square(around_mean: Floats, breaks: Bools | None, scale: int) -> float:
    """F(n)²; NaN without a whole box. ``breaks``: None where there is none."""
    used = around_mean.size // scale * scale
    boxes = around_mean[:used].reshape(-1, scale)
    if breaks is not None:
        boxes = boxes[~breaks[:used].reshape(-1, scale)[:, 1:].any(axis=1)]
    residuals = (boxes @ residual_maker(scale)).ravel()
    return float(residuals @ residuals) / residuals.size if residuals.size else math.nan


def _similar_pairs(values: Numbers, tolerance: float, whole: Bools | None) -> tuple[int, int]:
    """Ordered pairs of different whole templates that are near over two beats, and over three; None: all are whole."""
    n, rows = values.size - TEMPLATE, max(1, _BLOCK // values.size)
    both = all_three = -(n if whole is None else int(np.count_nonzero(whole)))
    for first in range(0, n, rows):
        here = slice(first, first + rows)
        near = _near(values[first : first + rows + TEMPLATE], values, tolerance)
        pairs = near[:-2, :-2] & near[1:-1, 1:-1]
        if whole is not None:
            pairs &= whole[here, None] & whole
        both += int(np.count_nonzero(pairs))
        pairs &= near[2:, 2:]
        all_three += int(np.count_nonzero(pairs))
    return both, all_three


def _near(some: Numbers, values: Numbers, tolerance: float) -> Bools:
    apart = np.subtract.outer(some, values)
    np.abs(apart, out=apart)
    return np.asarray(apart <= apart.dtype.type(tolerance))
