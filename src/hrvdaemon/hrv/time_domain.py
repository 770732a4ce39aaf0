"""Time-domain metrics of intervals in ms: Task Force 1996 definitions, each with its denominator.

A metric that the data do not carry is NaN, never 0 and never an error: no interval, too few for the denominator, no
pair. How long a window must be to mean anything is decided elsewhere (``analysis``). Metrics of differences take
the pair mask, shape (n-1,): True where intervals i and i+1 are neighbours and both original. What is no series of
intervals (another shape, NaN, 0, a negative number) and no mask of theirs is a ``ValueError`` in each of them
(``given_intervals``).

References
----------
Task Force of the European Society of Cardiology and the North American Society of Pacing and Electrophysiology (1996).
Heart rate variability: standards of measurement, physiological interpretation, and clinical use.
Circulation 93(5), 1043-1065.
"""

import math

import numpy as np
from numpy.typing import NDArray

from hrvdaemon.hrv.given_intervals import FLAT, differences, intervals

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

MAD_TO_SD = 1.4826
"""Median absolute deviation of a normal distribution in units of its standard deviation, inverted."""


def deviation(values: Floats) -> float:
    """Standard deviation, divided by n-1 (ddof 1); NaN below two, and exactly 0 where all are equal.

    Examples
    --------
    >>> deviation(np.array([800.0, 810.0, 820.0])), deviation(np.full(3, 0.1))
    (10.0, 0.0)
    """
    if values.size < 2:
        return math.nan
    around = values - values[0]
    around -= np.add.reduce(around) / values.size
    return math.sqrt(float(around @ around) / (values.size - 1))


def middle_in_order(ordered: Floats) -> float:
    """Median of ascending values, one at least.

    Examples
    --------
    >>> middle_in_order(np.array([1.0, 2.0, 4.0, 8.0]))
    3.0
    """
    return (float(ordered[(ordered.size - 1) // 2]) + float(ordered[ordered.size // 2])) / 2


def quartile_in_order(ordered: Floats, number: int) -> float:
    """Quartile 1 to 3 of ascending values, one at least; linear between the two nearest.

    Examples
    --------
    >>> quartile_in_order(np.array([0.0, 2.0, 4.0]), 1)
    1.0
    """
    low, quarters = divmod((ordered.size - 1) * number, 4)
    below, above = float(ordered[low]), float(ordered[min(low + 1, ordered.size - 1)])
    return below + (above - below) * (quarters / 4)


def mad_in_order(ordered: Floats) -> float:
    """``mad`` of ascending values, one at least.

    Examples
    --------
    >>> round(mad_in_order(np.array([790.0, 800.0, 820.0])), 6)
    14.826
    """
    return MAD_TO_SD * middle_in_order(np.sort(np.abs(ordered - middle_in_order(ordered))))


def mean_rr(rr_ms: Floats) -> float:
    """Mean interval in ms; NaN of none.

    Examples
    --------
    >>> mean_rr(np.array([800.0, 900.0]))
    850.0
    """
    rr = intervals(rr_ms)
    return float(rr.mean()) if rr.size else math.nan


def mean_hr(rr_ms: Floats) -> float:
    """Heart rate in 1/min, 60000 over the mean interval (the convention of Kubios and Polar); NaN of none.

    Examples
    --------
    >>> mean_hr(np.array([750.0, 1250.0]))
    60.0
    """
    return 60_000 / mean_rr(rr_ms)


def mean_hr_inst(rr_ms: Floats) -> float:
    """Mean of the instantaneous heart rates in 1/min, never below ``mean_hr`` (Jensen); NaN of none.

    Examples
    --------
    >>> mean_hr_inst(np.array([750.0, 1250.0]))
    64.0
    """
    rr = intervals(rr_ms)
    return float((60_000 / rr).mean()) if rr.size else math.nan


def median_rr(rr_ms: Floats) -> float:
    """Median interval in ms; NaN of none.

    Examples
    --------
    >>> median_rr(np.array([800.0, 900.0, 2000.0]))
    900.0
    """
    rr = intervals(rr_ms)
    return middle_in_order(np.sort(rr)) if rr.size else math.nan


def mad(rr_ms: Floats) -> float:
    """Median absolute deviation from the median in ms, times 1.4826 so that it compares with SDNN; NaN of none.

    Examples
    --------
    >>> round(mad(np.array([790.0, 800.0, 820.0])), 6)
    14.826
    """
    rr = intervals(rr_ms)
    return mad_in_order(np.sort(rr)) if rr.size else math.nan


def iqr(rr_ms: Floats) -> float:
    """Distance between the quartiles in ms, percentiles linear; NaN of none.

    Examples
    --------
    >>> iqr(np.array([800.0, 810.0, 820.0, 830.0, 840.0]))
    20.0
    """
    rr = intervals(rr_ms)
    if not rr.size:
        return math.nan
    ordered = np.sort(rr)
    return quartile_in_order(ordered, 3) - quartile_in_order(ordered, 1)


def min_rr(rr_ms: Floats) -> float:
    """Shortest interval in ms; NaN of none.

    Examples
    --------
    >>> min_rr(np.array([800.0, 790.0]))
    790.0
    """
    rr = intervals(rr_ms)
    return float(rr.min()) if rr.size else math.nan


def max_rr(rr_ms: Floats) -> float:
    """Longest interval in ms; NaN of none.

    Examples
    --------
    >>> max_rr(np.array([800.0, 790.0]))
    800.0
    """
    rr = intervals(rr_ms)
    return float(rr.max()) if rr.size else math.nan


def varying(spread_ms: float, rr_ms: Floats) -> float:
    """A spread of these intervals, or 0 where it is no more than rounding.

    Examples
    --------
    >>> varying(5e-14, np.array([800.0, 810.0])), varying(0.1, np.array([800.0, 810.0]))
    (0.0, 0.1)
    """
    return 0.0 if spread_ms * len(rr_ms) <= FLAT * float(np.add.reduce(rr_ms)) else spread_ms


def sdnn(rr_ms: Floats) -> float:
    """Standard deviation of the intervals in ms, divided by n-1 (ddof 1); NaN below two.

    Examples
    --------
    >>> sdnn(np.array([800.0, 810.0, 820.0]))
    10.0
    """
    rr = intervals(rr_ms)
    return varying(deviation(rr), rr)


def rmssd(rr_ms: Floats, pair_mask: Bools | None = None) -> float:
    """Root mean square of successive differences in ms, divided by the number of differences; NaN of none.

    Examples
    --------
    >>> rmssd(np.array([800.0, 830.0, 790.0]))
    35.35533905932738
    >>> rmssd(np.array([800.0, 830.0, 1790.0]), np.array([True, False]))
    30.0
    """
    changes = differences(rr_ms, pair_mask)
    return varying(math.sqrt(float(changes @ changes) / changes.size), rr_ms) if changes.size else math.nan


def ln_rmssd(rr_ms: Floats, pair_mask: Bools | None = None) -> float:
    """Natural logarithm of RMSSD/1 ms; NaN where RMSSD is 0 or NaN.

    Examples
    --------
    >>> round(ln_rmssd(np.array([800.0, 830.0])), 6)
    3.401197
    """
    value = rmssd(rr_ms, pair_mask)
    return math.log(value) if value > 0 else math.nan


def sdsd(rr_ms: Floats, pair_mask: Bools | None = None) -> float:
    """Standard deviation of the (signed) successive differences in ms, ddof 1; NaN below two.

    Examples
    --------
    >>> sdsd(np.array([800.0, 810.0, 820.0]))
    0.0
    """
    return varying(deviation(differences(rr_ms, pair_mask)), rr_ms)


def pnn(rr_ms: Floats, pair_mask: Bools | None = None, *, limit_ms: float) -> float:
    """Share of successive differences beyond ``limit_ms`` either way (strictly), in per cent of all; NaN of none.

    Examples
    --------
    >>> pnn(np.array([800.0, 850.0, 910.0]), limit_ms=50)
    50.0
    """
    changes = differences(rr_ms, pair_mask)
    return 100 * int(np.count_nonzero(np.abs(changes) > limit_ms)) / changes.size if changes.size else math.nan


def cvnn(rr_ms: Floats) -> float:
    """SDNN over the mean interval, a fraction; NaN below two intervals.

    Examples
    --------
    >>> cvnn(np.array([990.0, 1000.0, 1010.0]))
    0.01
    """
    return sdnn(rr_ms) / mean_rr(rr_ms)


def cvsd(rr_ms: Floats, pair_mask: Bools | None = None) -> float:
    """RMSSD over the mean interval, a fraction; NaN without a pair.

    Examples
    --------
    >>> cvsd(np.array([990.0, 1010.0]))
    0.02
    """
    return rmssd(rr_ms, pair_mask) / mean_rr(rr_ms)
