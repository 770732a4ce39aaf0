"""Measures of the histogram of intervals: the triangular index and Baevsky's stress index.

The origin of the bins moves both by several per cent, so it is fixed: edges at whole multiples of the width from 0.

References
----------
Task Force (1996). Circulation 93(5), 1043-1065: bins of 1/128 s.
Baevsky, R. M., & Chernikova, A. G. (2017). Heart rate variability analysis: physiological foundations and main methods.
Cardiometry 10, 66-76.
"""

import math

import numpy as np
from numpy.typing import NDArray

from hrvdaemon.hrv.given_intervals import FLAT, intervals
from hrvdaemon.hrv.time_domain import middle_in_order

Floats = NDArray[np.float64]

HTI_BIN_MS = 1000 / 128
STRESS_BIN_MS = 50.0


def hti(rr_ms: Floats) -> float:
    """Triangular index: number of intervals over the count of the fullest bin of 7.8125 ms; NaN of none.

    Raises
    ------
    ValueError
        For another shape, values that are not finite, and what is not above 0.

    Examples
    --------
    >>> hti(np.array([800.0, 800.0, 801.0, 850.0]))
    1.3333333333333333
    """
    rr = intervals(rr_ms)
    return hti_in_order(np.sort(rr)) if rr.size else math.nan


def stress_index(rr_ms: Floats) -> float:
    """Baevsky's index AMo / (2 Mo MxDMn), not rooted; NaN of none and of constant intervals.

    AMo is the share of the fullest bin of 50 ms in per cent, Mo the median in s (as Kubios, not the middle of the
    bin), MxDMn the range in s. Kubios shows the square root, and that of detrended intervals
    (``Tachogram.detrended_rr_ms`` plus their mean).

    Raises
    ------
    ValueError
        As ``hti``.

    Examples
    --------
    >>> round(stress_index(np.tile([800.0, 900.0], 150)), 4)
    294.1176
    """
    rr = intervals(rr_ms)
    return stress_in_order(np.sort(rr)) if rr.size else math.nan


def hti_in_order(ordered_ms: Floats) -> float:
    """``hti`` of ascending intervals, one at least.

    Examples
    --------
    >>> hti_in_order(np.array([800.0, 800.0, 850.0]))
    1.5
    """
    return ordered_ms.size / _fullest(ordered_ms, HTI_BIN_MS)


def stress_in_order(ordered_ms: Floats) -> float:
    """``stress_index`` of ascending intervals, one at least; NaN too where the median is not above 0.

    Examples
    --------
    >>> round(stress_in_order(np.repeat([800.0, 900.0], 150)), 4)
    294.1176
    """
    spread, middle = float(ordered_ms[-1] - ordered_ms[0]), middle_in_order(ordered_ms)
    if middle <= 0 or spread <= FLAT * middle:
        return math.nan
    share = 100 * _fullest(ordered_ms, STRESS_BIN_MS) / ordered_ms.size
    return share / (2 * middle / 1000 * spread / 1000)


def _fullest(ordered_ms: Floats, width_ms: float) -> int:
    bins = np.floor(ordered_ms / width_ms).astype(np.intp)
    bins -= bins[0]
    return int(np.maximum.reduce(np.bincount(bins)))
