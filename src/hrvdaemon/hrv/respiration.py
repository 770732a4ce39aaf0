"""Breathing rate from RR intervals, said only where one rhythm rules them.

Paced or meditative breathing pulls nearly all variability into one narrow peak; at rest and under load breathing and
Mayer waves share it. So a rate is given only if the strongest peak holds most of the power; else it is None, and no
gate may read a Mayer wave at 0.1 Hz as slow breathing.
"""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float64]

RESAMPLED_HZ = 4.0
SEARCHED_HZ = (0.05, 0.40)
TOTAL_HZ = (0.04, 0.40)
PEAK_HALF_WIDTH_HZ = 0.03
DOMINANT_SHARE = 0.80
"""Share of the power around the peak from which one rhythm rules; a decision of this project, tested on the simulator
rows "paced 6/min", "seated rest" and "mental stress" of science E.3."""
SHORTEST_S = 60.0
LONGEST_HOLE_S = 5.0
_NFFT = 2048


def breathing_rate_hz(times_s: list[float], rr_ms: list[float]) -> float | None:
    """Dominant rhythm of normal beats as a breathing rate.

    Parameters
    ----------
    times_s, rr_ms
        Beat times (s) and intervals (ms) of normal beats of about two minutes, equally long.

    Returns
    -------
    float or None
        Hz; None below 60 s, with a hole of 5 s or more, or where no rhythm holds 80 % of the power in 0.04-0.40 Hz.
    """
    if len(times_s) < 2 or times_s[-1] - times_s[0] < SHORTEST_S:
        return None
    if any(after - before >= LONGEST_HOLE_S for before, after in pairwise(times_s)):
        return None
    frequency, power = _spectrum(np.asarray(times_s), np.asarray(rr_ms))
    searched = (frequency >= SEARCHED_HZ[0]) & (frequency < SEARCHED_HZ[1])
    peak_hz = float(frequency[searched][np.argmax(power[searched])])
    total = float(power[(frequency >= TOTAL_HZ[0]) & (frequency < TOTAL_HZ[1])].sum())
    around = float(power[np.abs(frequency - peak_hz) <= PEAK_HALF_WIDTH_HZ].sum())
    return peak_hz if total > 0 and around / total >= DOMINANT_SHARE else None


def _spectrum(
    times_s: NDArray[np.float64], rr_ms: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    grid = np.arange(times_s[0], times_s[-1], 1 / RESAMPLED_HZ)
    series = np.interp(grid, times_s, rr_ms)
    trend = np.polynomial.Polynomial.fit(grid, series, 1)
    flat = (series - trend(grid)) * np.hanning(len(grid))
    power = np.abs(np.fft.rfft(flat, _NFFT)) ** 2
    return np.fft.rfftfreq(_NFFT, 1 / RESAMPLED_HZ).astype(np.float64), power.astype(np.float64)
