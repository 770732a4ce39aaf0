"""Time domain, Poincaré and histogram of one window, all at once: what they share is worked out once.

The definitions are those of ``time_domain``, ``poincare`` and ``geometric``, whose kernels these are; a test holds
them equal. Intervals come from a series that was checked when it was made, so nothing is checked here.
"""

import math

import numpy as np
from numpy.typing import NDArray

from hrvdaemon.hrv import poincare
from hrvdaemon.hrv.geometric import hti_in_order, stress_in_order
from hrvdaemon.hrv.time_domain import deviation, mad_in_order, middle_in_order, quartile_in_order, varying

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

LEVELS = (
    *("mean_rr_ms", "mean_hr_bpm", "mean_hr_inst_bpm", "median_rr_ms", "min_rr_ms", "max_rr_ms"),
    *("mad_ms", "iqr_ms", "sdnn_ms", "cvnn", "hti", "stress_index_raw"),
)
"""Metrics of all intervals, corrected ones included."""

DIFFERENCES = (
    *("rmssd_ms", "ln_rmssd", "sdsd_ms", "pnn50_percent", "pnn20_percent", "cvsd"),
    *("sd1_ms", "sd2_ms", "sd2_sd1", "sd_area_ms2"),
)
"""Metrics that read differences of original neighbours."""


def levels(rr_ms: Floats) -> dict[str, float]:
    """Every metric of ``LEVELS``; nothing of no interval.

    Examples
    --------
    >>> levels(np.array([750.0, 1250.0]))["mean_hr_inst_bpm"]
    64.0
    """
    if not rr_ms.size:
        return {}
    ordered = np.sort(rr_ms)
    mean_ms, spread_ms = float(np.add.reduce(rr_ms)) / rr_ms.size, varying(deviation(rr_ms), rr_ms)
    return {
        "mean_rr_ms": mean_ms,
        "mean_hr_bpm": 60_000 / mean_ms,
        "mean_hr_inst_bpm": float(np.add.reduce(60_000 / rr_ms)) / rr_ms.size,
        "median_rr_ms": middle_in_order(ordered),
        "min_rr_ms": float(ordered[0]),
        "max_rr_ms": float(ordered[-1]),
        "mad_ms": mad_in_order(ordered),
        "iqr_ms": quartile_in_order(ordered, 3) - quartile_in_order(ordered, 1),
        "sdnn_ms": spread_ms,
        "cvnn": spread_ms / mean_ms,
        "hti": hti_in_order(ordered),
        "stress_index_raw": stress_in_order(ordered),
    }


def differences(rr_ms: Floats, pair_mask: Bools) -> dict[str, float]:
    """Every metric of ``DIFFERENCES``; nothing without a pair.

    Examples
    --------
    >>> differences(np.array([800.0, 830.0, 1790.0]), np.array([True, False]))["rmssd_ms"]
    30.0
    """
    changes = (rr_ms[1:] - rr_ms[:-1])[pair_mask]
    if not changes.size:
        return {}
    rmssd = varying(math.sqrt(float(changes @ changes) / changes.size), rr_ms)
    sdsd = varying(deviation(changes), rr_ms)
    sd1, sd2 = sdsd / math.sqrt(2), poincare.length(varying(deviation(rr_ms), rr_ms), sdsd)
    sizes = np.abs(changes)
    return {
        "rmssd_ms": rmssd,
        "ln_rmssd": math.log(rmssd) if rmssd > 0 else math.nan,
        "sdsd_ms": sdsd,
        "pnn50_percent": 100 * int(np.count_nonzero(sizes > 50)) / changes.size,
        "pnn20_percent": 100 * int(np.count_nonzero(sizes > 20)) / changes.size,
        "cvsd": rmssd * rr_ms.size / float(np.add.reduce(rr_ms)),
        "sd1_ms": sd1,
        "sd2_ms": sd2,
        "sd2_sd1": sd2 / sd1 if sd1 > 0 else math.nan,
        "sd_area_ms2": math.pi * sd1 * sd2,
    }


def stress_detrended(detrended_ms: Floats, mean_rr_ms: float) -> float:
    """Root of the stress index of intervals less their slow trend, as Kubios shows it; NaN ones are left out.

    Examples
    --------
    >>> round(stress_detrended(np.tile([-50.0, 50.0], 150), 850.0), 4)
    17.1499
    """
    ordered = np.sort(detrended_ms)
    # NaN sorts behind all others
    n_known = int(np.searchsorted(ordered, math.inf, side="right"))
    return math.sqrt(stress_in_order(ordered[:n_known] + mean_rr_ms)) if n_known else math.nan
