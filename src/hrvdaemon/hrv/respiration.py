"""Breathing rate from RR intervals, said only where one rhythm rules them.

Slow breathing pulls nearly all variability into one narrow peak near 0.1 Hz. So do Mayer waves when standing or under
load, and reading those as slow breathing would blind the detector to exactly what it looks for. Two things tell them
apart: how narrow the peak is, and how far the heart swings, for Mayer waves stay small. Where that is not clear the
rate is None, which is the careful side: slow breathing by itself never raises activation.
"""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float64]

RESAMPLED_HZ = 4.0
SEARCHED_HZ = (0.05, 0.40)
TOTAL_HZ = (0.04, 0.40)
PEAK_HALF_WIDTH_HZ = 0.015
DOMINANT_SHARE = 0.70
"""Share of the power around the peak from which one rhythm rules. A pacer moves a real heart less evenly than a
simulated one: of twelve minutes of slow breathing in two recordings ten reach 0.70, three 0.85 (docs/detector.md)."""
SLOW_HZ = 0.15
SLOW_SWING = 0.05
"""Amplitude of a slow rhythm, as a share of the mean interval, from which it is breath and not a Mayer wave: 10 % from
peak to trough, 6.5 bpm at 65. Paced breathing swings 5-20 bpm (exercises-and-safety F.1); the simulator's Mayer waves
reach 4 % standing (science E.3)."""
SHORTEST_S = 60.0
LONGEST_HOLE_S = 5.0
_NFFT = 2048
_FREQUENCY_HZ: Samples = np.fft.rfftfreq(_NFFT, 1 / RESAMPLED_HZ).astype(np.float64)
_SEARCHED = np.arange(*np.searchsorted(_FREQUENCY_HZ, SEARCHED_HZ))
_TOTAL = slice(*np.searchsorted(_FREQUENCY_HZ, TOTAL_HZ))


def breathing_rate_hz(times_s: list[float], rr_ms: list[float]) -> float | None:
    """Dominant rhythm of normal beats as a breathing rate.

    Parameters
    ----------
    times_s, rr_ms
        Beat times (s) and intervals (ms) of normal beats of about two minutes, equally long.

    Returns
    -------
    float or None
        Hz; None below 60 s, with a hole of 5 s or more, where no rhythm holds 70 % of the power in 0.04-0.40 Hz, where
        the highest point is the foot of a slow trend, or where a rhythm below 0.15 Hz swings less than 5 % of the mean.
    """
    if len(times_s) < 2 or times_s[-1] - times_s[0] < SHORTEST_S:
        return None
    if any(after - before >= LONGEST_HOLE_S for before, after in pairwise(times_s)):
        return None
    intervals = np.asarray(rr_ms)
    peak_hz, share = _strongest(np.asarray(times_s), intervals)
    is_wide = np.sqrt(2) * intervals.std() >= SLOW_SWING * intervals.mean()
    return peak_hz if share >= DOMINANT_SHARE and (is_wide or peak_hz >= SLOW_HZ) else None


def _strongest(times_s: Samples, rr_ms: Samples) -> tuple[float, float]:
    """The highest peak and the share of power around it; 0 where the highest point is only the foot of a slow trend."""
    power = _power(times_s, rr_ms)
    highest = _SEARCHED[np.argmax(power[_SEARCHED])]
    peak_hz = float(_FREQUENCY_HZ[highest])
    if power[highest - 1] > power[highest]:
        return peak_hz, 0.0
    total = float(power[_TOTAL].sum())
    around = float(power[np.abs(_FREQUENCY_HZ - peak_hz) <= PEAK_HALF_WIDTH_HZ].sum())
    return peak_hz, around / total if total > 0 else 0.0


def _power(times_s: Samples, rr_ms: Samples) -> Samples:
    grid = np.arange(times_s[0], times_s[-1], 1 / RESAMPLED_HZ)
    flat = _without_line(np.interp(grid, times_s, rr_ms)) * np.hanning(len(grid))
    power: Samples = np.abs(np.fft.rfft(flat, _NFFT)) ** 2
    return power


def _without_line(series: Samples) -> Samples:
    """Less its least-squares line: in closed form, which asks no LAPACK and so gives the same bits with any."""
    position = np.arange(len(series)) - (len(series) - 1) / 2
    slope = (position * series).sum() / (position * position).sum()
    flat: Samples = series - series.mean() - slope * position
    return flat
