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

Floats = NDArray[np.float64]

HTI_BIN_MS = 1000 / 128
STRESS_BIN_MS = 50.0
FLAT = 1e-9
"""Range as a share of the median up to which intervals are constant but for rounding."""


def hti(rr_ms: Floats) -> float:
    """Triangular index: number of intervals over the count of the fullest bin of 7.8125 ms; NaN of none.

    Raises
    ------
    ValueError
        For another shape and values that are not finite.

    Examples
    --------
    >>> hti(np.array([800.0, 800.0, 801.0, 850.0]))
    1.3333333333333333
    """
    return rr_ms.size / _fullest(rr_ms, HTI_BIN_MS) if rr_ms.size else math.nan


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
    if not rr_ms.size:
        return math.nan
    share = 100 * _fullest(rr_ms, STRESS_BIN_MS) / rr_ms.size
    spread, middle = float(np.ptp(rr_ms)), float(np.median(rr_ms))
    if middle <= 0 or spread <= FLAT * middle:
        return math.nan
    return share / (2 * middle / 1000 * spread / 1000)


def _fullest(rr_ms: Floats, width_ms: float) -> int:
    if rr_ms.ndim != 1 or not np.isfinite(rr_ms).all():
        raise ValueError(f"expected finite intervals of shape (n,), came shape {rr_ms.shape}")
    bins = np.floor(rr_ms / width_ms).astype(np.int64)
    return int(np.bincount(bins - bins.min()).max())
