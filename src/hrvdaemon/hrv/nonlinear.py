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

import numpy as np
from numpy.typing import NDArray

from hrvdaemon.hrv.geometric import FLAT

Floats = NDArray[np.float64]
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
        Intervals in ms, shape (n,).
    starts
        True where an interval is not the neighbour of the one before; None: nowhere.
    scales
        Lengths of the boxes. Kubios: 4-12; NeuroKit2: 4-11, overlapping.

    Returns
    -------
    float
        NaN where a scale has no whole box, and for constant intervals.

    Raises
    ------
    ValueError
        For shapes that differ and scales that are not at least two different ones from 3.

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
    breaks = _checked_starts(rr_ms, starts)
    if len(set(scales)) < 2 or min(scales) < 3:
        raise ValueError(f"expected two or more scales from 3, came {scales}")
    if rr_ms.size < max(scales) or _is_flat(rr_ms):
        return math.nan
    squares = [_mean_square(rr_ms - rr_ms.mean(), breaks, scale) for scale in scales]
    if not all(square > 0 for square in squares):
        return math.nan
    x = np.log(scales) - np.log(scales).mean()
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
        For shapes that differ.

    Notes
    -----
    The same templates serve both lengths: those that have a third beat, and no gap among the three. Distances up to and
    including r count. Time grows with n²: 300 beats about 0.3 ms, 2000 beats about 15 ms.

    Examples
    --------
    >>> round(sample_entropy(np.random.default_rng(42).normal(1000, 50, 300)), 6)
    2.415914
    """
    breaks = _checked_starts(rr_ms, starts)
    if rr_ms.size < TEMPLATE + 2 or _is_flat(rr_ms):
        return math.nan
    tolerance = TOLERANCE_SD * float(rr_ms.std(ddof=1))
    whole = ~(breaks[1:-1] | breaks[2:])
    both, all_three = _similar_pairs(rr_ms, whole, tolerance)
    return -math.log(all_three / both) if all_three else math.nan


def _checked_starts(rr_ms: Floats, starts: Bools | None) -> Bools:
    breaks = np.zeros(rr_ms.size, np.bool_) if starts is None else starts
    if rr_ms.ndim != 1 or breaks.shape != rr_ms.shape or not np.isfinite(rr_ms).all():
        raise ValueError(f"expected finite rr_ms and starts of one shape (n,), came {rr_ms.shape} and {breaks.shape}")
    return breaks


def _is_flat(rr_ms: Floats) -> bool:
    return float(np.ptp(rr_ms)) <= FLAT * float(np.abs(rr_ms).max())


@cache
def residual_maker(scale: int) -> Floats:
    """Matrix that turns the beats of a box into the residuals of their running sum around its line, (scale, scale)."""
    place = np.arange(scale) - (scale - 1) / 2
    line = np.outer(place, place) / (place @ place) + 1 / scale
    running_sum = np.triu(np.ones((scale, scale)))
    return running_sum @ (np.eye(scale) - line)


def _mean_square(around_mean: Floats, breaks: Bools, scale: int) -> float:
    """F(n)²; NaN without a whole box."""
    used = around_mean.size // scale * scale
    is_parted = breaks[:used].reshape(-1, scale)[:, 1:].any(axis=1)
    boxes = around_mean[:used].reshape(-1, scale)[~is_parted]
    residuals = boxes @ residual_maker(scale)
    return float(np.mean(residuals**2)) if boxes.size else math.nan


def _similar_pairs(rr_ms: Floats, whole: Bools, tolerance: float) -> tuple[int, int]:
    """Ordered pairs of different whole templates that are near over two beats, and over three."""
    rows = max(1, _BLOCK // rr_ms.size)
    both = all_three = -int(whole.sum())
    for first in range(0, whole.size, rows):
        here = slice(first, first + rows)
        near = np.abs(rr_ms[first : first + rows + TEMPLATE, None] - rr_ms) <= tolerance
        pairs = near[:-2, :-2] & near[1:-1, 1:-1]
        if not whole.all():
            pairs &= whole[here, None] & whole
        both += int(np.count_nonzero(pairs))
        all_three += int(np.count_nonzero(pairs & near[2:, 2:]))
    return both, all_three
