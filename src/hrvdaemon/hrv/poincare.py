"""Poincaré plot: the spread of each interval against the next, by the identities with SDSD and SDNN (ddof 1).

SD1 and RMSSD are the same information (Ciccone et al. 2017, Muscle & Nerve 56(4), 674-678); they are never shown as two
pieces of evidence. NeuroKit2 takes SD2 from the rotated cloud, which differs slightly; Kubios and hrv-analysis use
the identity as here.

Each takes intervals and the pair mask as ``time_domain`` does, with its errors.

References
----------
Brennan, M., Palaniswami, M., & Kamen, P. (2001). Do existing measures of Poincaré plot geometry reflect nonlinear
features of heart rate variability? IEEE Transactions on Biomedical Engineering 48(11), 1342-1347.
"""

import math

import numpy as np
from numpy.typing import NDArray

from hrvdaemon.hrv.time_domain import sdnn, sdsd

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


CANCELLED = 1e-12
"""Share of 2 SDNN² up to which the difference of two squares is rounding: alternating intervals have no length."""


def length(sdnn_ms: float, sdsd_ms: float) -> float:
    """SD2 of the two deviations it is made of; NaN of NaN.

    Examples
    --------
    >>> length(10.0, 20.0)
    0.0
    """
    square = 2 * sdnn_ms**2 - sdsd_ms**2 / 2
    if square <= CANCELLED * 2 * sdnn_ms**2:
        return 0.0
    return math.sqrt(square)


def sd1(rr_ms: Floats, pair_mask: Bools | None = None) -> float:
    """Width across the line of identity in ms: SDSD/√2; NaN below two differences.

    Examples
    --------
    >>> round(sd1(np.array([800.0, 810.0, 800.0, 810.0])), 6)
    8.164966
    """
    return sdsd(rr_ms, pair_mask) / math.sqrt(2)


def sd2(rr_ms: Floats, pair_mask: Bools | None = None) -> float:
    """Length along the line of identity in ms: √(2 SDNN² - SDSD²/2), 0 where that is negative; NaN as ``sd1``.

    Examples
    --------
    >>> round(sd2(np.array([800.0, 810.0, 820.0, 830.0])), 6)
    18.257419
    """
    return length(sdnn(rr_ms), sdsd(rr_ms, pair_mask))


def sd2_sd1(rr_ms: Floats, pair_mask: Bools | None = None) -> float:
    """Ratio SD2/SD1; NaN where SD1 is 0 or NaN.

    Examples
    --------
    >>> sd2_sd1(np.array([800.0, 810.0, 820.0]))
    nan
    """
    width = sd1(rr_ms, pair_mask)
    return sd2(rr_ms, pair_mask) / width if width > 0 else math.nan


def sd_area(rr_ms: Floats, pair_mask: Bools | None = None) -> float:
    """Area of the ellipse in ms²: π SD1 SD2; NaN as ``sd1``.

    Examples
    --------
    >>> sd_area(np.array([800.0, 810.0, 820.0]))
    0.0
    """
    return math.pi * sd1(rr_ms, pair_mask) * sd2(rr_ms, pair_mask)
