"""What is read from many spectra at once, as ``frequency_domain.band_powers`` reads it from one.

Rows are densities of one window each, from 0 Hz to the bin behind the last of the bands.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from hrvdaemon.hrv.frequency_domain import (
    HF_HZ,
    LF_HZ,
    PADDED,
    PROMINENCE,
    SLOW_BREATH_HZ,
    VLF_HZ,
    Band,
)
from hrvdaemon.hrv.given_intervals import FLAT
from hrvdaemon.hrv.respiration import DOMINANT_SHARE, PEAK_HALF_WIDTH_HZ, SLOW_SWING
from hrvdaemon.hrv.rolling_windows import Floats
from hrvdaemon.hrv.tachogram import RATE_HZ

Bools = NDArray[np.bool_]

STEP_HZ = RATE_HZ / PADDED
_FREQUENCY = np.arange(PADDED // 2 + 1) * STEP_HZ
N_BINS = int(np.searchsorted(_FREQUENCY, HF_HZ[1])) + 1

POWERS = ("vlf_ms2", "lf_ms2", "hf_ms2", "total_power_ms2", "lf_nu", "hf_nu", "lf_hf")
SLOW_HZ = "slow_rhythm_hz"
"""No metric: frequency of a rhythm of 0.05-0.15 Hz that rules the spectrum, NaN where none does."""
KEYS = (*POWERS, "lf_peak_hz", "hf_peak_hz", "respiration_hz")


def readings(density: Floats, mean_rr_ms: Floats, keys: tuple[str, ...] = KEYS) -> dict[str, Floats]:
    """Values of every row.

    Parameters
    ----------
    density
        One-sided density in ms²/Hz, shape (rows, ``N_BINS``), at multiples of ``STEP_HZ``.
    mean_rr_ms
        Mean interval of each row, shape (rows,): it says what is rounding.
    keys
        What is wanted of ``KEYS``, or ``SLOW_HZ``.

    Examples
    --------
    >>> density = np.full((1, N_BINS), 100.0)
    >>> found = readings(density, np.array([900.0]), ("lf_nu", "hf_ms2"))
    >>> {key: round(float(value[0])) for key, value in found.items()}
    {'lf_nu': 30, 'hf_ms2': 25}
    """
    none_ms2 = (FLAT * mean_rr_ms) ** 2
    vlf, lf, hf, slow = (_power(density, band, none_ms2) for band in (VLF_HZ, LF_HZ, HF_HZ, SLOW_BREATH_HZ))
    found = dict(zip(POWERS, _powers(vlf, lf, hf), strict=True))
    if "lf_peak_hz" in keys:
        found["lf_peak_hz"] = _peak(density, LF_HZ, lf)
    if {"hf_peak_hz", "respiration_hz"} & set(keys):
        found["hf_peak_hz"] = _peak(density, HF_HZ, hf)
    if {"respiration_hz", SLOW_HZ} & set(keys):
        found[SLOW_HZ] = _slow_rhythm(density, slow)
    if "respiration_hz" in keys:
        is_wide = np.sqrt(2 * lf) >= SLOW_SWING * mean_rr_ms
        found["respiration_hz"] = _breathing(density, found[SLOW_HZ], found["hf_peak_hz"], is_wide)
    return {key: found[key] for key in keys}


def _powers(vlf: Floats, lf: Floats, hf: Floats) -> tuple[Floats, ...]:
    both = np.where(lf + hf > 0, lf + hf, np.nan)
    return (vlf, lf, hf, vlf + (lf + hf), 100 * lf / both, 100 * hf / both, lf / np.where(hf > 0, hf, np.nan))


@cache
def _bins(band: Band) -> slice:
    first, last = np.searchsorted(_FREQUENCY, band).tolist()
    return slice(first, last)


def _power(density: Floats, band: Band, none_ms2: Floats) -> Floats:
    """By trapezoid; 0 where it is only rounding."""
    inside = density[:, _bins(band)]
    weights = np.full(inside.shape[1], STEP_HZ)
    weights[[0, -1]] /= 2
    power = inside @ weights
    return np.where(power > none_ms2, power, 0.0)


def _peak(density: Floats, band: Band, power: Floats) -> Floats:
    """Frequency of the highest point, parabola through its neighbours; NaN of no power and of a mere slope."""
    first, row = _bins(band).start, np.arange(len(density))
    at = first + np.argmax(density[:, _bins(band)], axis=1)
    before, here, after = density[row, at - 1], density[row, at], density[row, at + 1]
    bend = before - 2 * here + after
    shift = np.divide(before - after, 2 * bend, out=np.zeros_like(bend), where=bend != 0)
    is_peak = (power > 0) & (here >= before) & (here >= after)
    return np.where(is_peak, STEP_HZ * (at + shift), np.nan)


def _slow_rhythm(density: Floats, power: Floats) -> Floats:
    peak_hz = _peak(density, SLOW_BREATH_HZ, power)
    rows = np.flatnonzero(np.isfinite(peak_hz))
    first, last = (
        np.searchsorted(_FREQUENCY, peak_hz[rows] + apart_hz) for apart_hz in (-PEAK_HALF_WIDTH_HZ, PEAK_HALF_WIDTH_HZ)
    )
    around, total = np.zeros(rows.size), density[rows, _bins((LF_HZ[0], HF_HZ[1]))].sum(axis=1)
    for bin_ in range(int((last - first).max(initial=0))):
        around += np.where(first + bin_ < last, density[rows, np.minimum(first + bin_, last - 1)], 0.0)
    peak_hz[rows[around < DOMINANT_SHARE * total]] = np.nan
    return peak_hz


def _breathing(density: Floats, slow_hz: Floats, hf_peak_hz: Floats, is_wide: Bools) -> Floats:
    """The slow rhythm if it swings enough; without one the HF peak if it stands out of its band."""
    is_slow = np.isfinite(slow_hz)
    breath_hz = np.where(is_slow & is_wide, slow_hz, np.nan)
    asked = np.flatnonzero(~is_slow & np.isfinite(hf_peak_hz))
    band = density[asked, _bins(HF_HZ)]
    middle, highest = np.median(band, axis=1), band.max(axis=1, initial=0.0)
    stands_out = (middle > 0) & (highest >= PROMINENCE * middle)
    breath_hz[asked[stands_out]] = hf_peak_hz[asked[stands_out]]
    return breath_hz
