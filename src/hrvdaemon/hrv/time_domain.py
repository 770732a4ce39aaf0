"""Time-domain metrics of intervals in ms: Task Force 1996 definitions, each with its denominator.

A metric that the data do not carry is NaN, never 0 and never an error: no interval, too few for the denominator, no
pair. How long a window must be to mean anything is decided elsewhere (``analysis``). Metrics of differences take
the pair mask, shape (n-1,): True where intervals i and i+1 are neighbours and both original.

References
----------
Task Force of the European Society of Cardiology and the North American Society of Pacing and Electrophysiology (1996).
Heart rate variability: standards of measurement, physiological interpretation, and clinical use.
Circulation 93(5), 1043-1065.
"""

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

MAD_TO_SD = 1.4826
"""Median absolute deviation of a normal distribution in units of its standard deviation, inverted."""


def successive_differences(rr_ms: Floats, pair_mask: Bools | None = None) -> Floats:
    """Differences of successive intervals in ms, those of the mask only.

    Examples
    --------
    >>> successive_differences(np.array([800.0, 850.0, 830.0]), np.array([True, False]))
    array([50.])
    """
    differences = np.diff(rr_ms)
    return differences if pair_mask is None else differences[pair_mask]


def mean_rr(rr_ms: Floats) -> float:
    """Mean interval in ms; NaN of none.

    Examples
    --------
    >>> mean_rr(np.array([800.0, 900.0]))
    850.0
    """
    return float(rr_ms.mean()) if rr_ms.size else math.nan


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
    return float((60_000 / rr_ms).mean()) if rr_ms.size else math.nan


def median_rr(rr_ms: Floats) -> float:
    """Median interval in ms; NaN of none.

    Examples
    --------
    >>> median_rr(np.array([800.0, 900.0, 2000.0]))
    900.0
    """
    return float(np.median(rr_ms)) if rr_ms.size else math.nan


def mad(rr_ms: Floats) -> float:
    """Median absolute deviation from the median in ms, times 1.4826 so that it compares with SDNN; NaN of none.

    Examples
    --------
    >>> round(mad(np.array([790.0, 800.0, 820.0])), 6)
    14.826
    """
    return MAD_TO_SD * float(np.median(np.abs(rr_ms - np.median(rr_ms)))) if rr_ms.size else math.nan


def iqr(rr_ms: Floats) -> float:
    """Distance between the quartiles in ms, percentiles linear; NaN of none.

    Examples
    --------
    >>> iqr(np.array([800.0, 810.0, 820.0, 830.0, 840.0]))
    20.0
    """
    if not rr_ms.size:
        return math.nan
    q1, q3 = np.percentile(rr_ms, (25, 75))
    return float(q3 - q1)


def min_rr(rr_ms: Floats) -> float:
    """Shortest interval in ms; NaN of none.

    Examples
    --------
    >>> min_rr(np.array([800.0, 790.0]))
    790.0
    """
    return float(rr_ms.min()) if rr_ms.size else math.nan


def max_rr(rr_ms: Floats) -> float:
    """Longest interval in ms; NaN of none.

    Examples
    --------
    >>> max_rr(np.array([800.0, 790.0]))
    800.0
    """
    return float(rr_ms.max()) if rr_ms.size else math.nan


def sdnn(rr_ms: Floats) -> float:
    """Standard deviation of the intervals in ms, divided by n-1 (ddof 1); NaN below two.

    Examples
    --------
    >>> sdnn(np.array([800.0, 810.0, 820.0]))
    10.0
    """
    return float(rr_ms.std(ddof=1)) if rr_ms.size > 1 else math.nan


def rmssd(rr_ms: Floats, pair_mask: Bools | None = None) -> float:
    """Root mean square of successive differences in ms, divided by the number of differences; NaN of none.

    Examples
    --------
    >>> rmssd(np.array([800.0, 830.0, 790.0]))
    35.35533905932738
    >>> rmssd(np.array([800.0, 830.0, 1790.0]), np.array([True, False]))
    30.0
    """
    differences = successive_differences(rr_ms, pair_mask)
    return math.sqrt(float(np.mean(differences**2))) if differences.size else math.nan


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
    differences = successive_differences(rr_ms, pair_mask)
    return float(differences.std(ddof=1)) if differences.size > 1 else math.nan


def pnn(rr_ms: Floats, pair_mask: Bools | None = None, *, limit_ms: float) -> float:
    """Share of successive differences beyond ``limit_ms`` either way (strictly), in per cent of all; NaN of none.

    Examples
    --------
    >>> pnn(np.array([800.0, 850.0, 910.0]), limit_ms=50)
    50.0
    """
    differences = successive_differences(rr_ms, pair_mask)
    return 100 * float(np.mean(np.abs(differences) > limit_ms)) if differences.size else math.nan


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
