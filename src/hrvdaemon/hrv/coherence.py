"""How regular one rhythm is: share of power around the highest peak; and how the heart follows a pacer.

Both say that breathing is regular and the heart goes with it, not that anybody is calm.

References
----------
McCraty, R., Atkinson, M., Tomasino, D., & Bradley, R. T. (2009). The coherent heart. Integral Review 5(2), 10-115.
"""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from hrvdaemon.hrv.given_intervals import FLAT, intervals, real_series
from hrvdaemon.hrv.tachogram import RATE_HZ
from hrvdaemon.vocabulary.epochs import BreathSwing

Floats = NDArray[np.float64]

WINDOW_S = 64.0
WINDOW = int(WINDOW_S * RATE_HZ)
PEAK_HZ = (0.04, 0.26)
TOTAL_HZ = (0.0033, 0.40)
HALF_WIDTH_HZ = 0.015
_PADDED = 4096
_STEP_HZ = RATE_HZ / _PADDED
_SEARCHED, _TOTAL = (
    slice(math.ceil(low / _STEP_HZ), math.floor(high / _STEP_HZ) + 1) for low, high in (PEAK_HZ, TOTAL_HZ)
)
"""Bins of a band with both its edges."""
_AROUND = np.arange(-math.floor(HALF_WIDTH_HZ / _STEP_HZ), math.floor(HALF_WIDTH_HZ / _STEP_HZ) + 1)

SHORTEST_S = 40.0
"""Four breaths at 6/min."""
FEWEST_BEATS = 20


def breath_swing(
    times_s: list[float], rr_ms: list[float], *, pace_hz: float, inhale_start_s: float
) -> BreathSwing | None:
    """Fit ``HR(t) = a0 + a1 t + b cos 2 pi f t + c sin 2 pi f t`` by least squares.

    Parameters
    ----------
    times_s, rr_ms
        Times (s) and intervals (ms) of normal beats over a trailing window of four breaths or more.
    pace_hz
        The pacer's rate.
    inhale_start_s
        When an in-breath began, on the same clock; phase 0 is there.

    Returns
    -------
    BreathSwing or None
        Swing ``2 sqrt(b^2 + c^2)`` in bpm, R^2 of the detrended heart rate (0 where it does not vary), phase
        ``atan2(c, b)``. None below 40 s or 20 beats.

    Raises
    ------
    ValueError
        For lengths that differ, values that are no intervals or not finite, a pace that is not above 0.
    """
    times, rr = real_series("times_s", np.asarray(times_s, np.float64)), intervals(np.asarray(rr_ms, np.float64))
    if times.shape != rr.shape or not 0 < pace_hz < math.inf or not math.isfinite(inhale_start_s):
        raise ValueError(
            f"expected as many times as intervals, a pace above 0 and a finite start, came {times.size} times, "
            f"{rr.size} intervals, {pace_hz} Hz and {inhale_start_s} s"
        )
    if rr.size < FEWEST_BEATS or times[-1] - times[0] < SHORTEST_S:
        return None
    time = times - inhale_start_s
    hr = 60_000 / rr
    angle = 2 * np.pi * pace_hz * time
    line = np.column_stack([np.ones_like(time), time])
    whole = np.column_stack([line, np.cos(angle), np.sin(angle)])
    fit = np.linalg.lstsq(whole, hr, rcond=None)[0]
    around_line = float(np.sum((hr - line @ np.linalg.lstsq(line, hr, rcond=None)[0]) ** 2))
    left = float(np.sum((hr - whole @ fit) ** 2))
    return BreathSwing(
        swing_bpm=2 * float(np.hypot(fit[2], fit[3])),
        r_squared=max(0.0, 1 - left / around_line) if around_line > 1e-9 else 0.0,
        phase_rad=float(np.arctan2(fit[3], fit[2])),
    )


def coherence_share(samples_ms: Floats) -> float:
    """Power within 0.015 Hz of the highest peak in 0.04-0.26 Hz over that in 0.0033-0.4 Hz, 0 to 1.

    Parameters
    ----------
    samples_ms
        64 s of the tachogram at 4 Hz (256 samples), not detrended, shape (n,), n from 16.

    Returns
    -------
    float
        NaN where nothing varies but for a straight line. A sine of 0.1 Hz has 0.90, white noise about 0.2.

    Raises
    ------
    ValueError
        For another shape, values that are not finite, and a length that 4096 does not hold.

    Notes
    -----
    Straight line taken out, periodic Hann window, zero-padded to 4096, plain sum over bins with the edges of every band
    in it. The score of HeartMath is a mapping of such a ratio that is not published.

    Examples
    --------
    >>> round(coherence_share(900 + 40 * np.sin(2 * np.pi * 0.1 * np.arange(256) / 4)), 2)
    0.9
    """
    samples = real_series("samples_ms", samples_ms)
    if not 16 <= samples.size <= _PADDED:
        raise ValueError(f"expected 16 to {_PADDED} samples_ms, came {samples.size}")
    return float(coherence_shares(samples[None])[0])


def coherence_shares(rows_ms: Floats) -> Floats:
    """``coherence_share`` of rows of samples, shape (rows, n), at once; nothing is checked.

    Examples
    --------
    >>> time = np.arange(256) / 4
    >>> coherence_shares(900 + 40 * np.sin(2 * np.pi * np.outer([0.1, 0.2], time))).round(1).tolist()
    [0.9, 0.9]
    """
    flat = _without_line(rows_ms)
    varies = np.ptp(flat, axis=1) > FLAT * np.abs(rows_ms).max(axis=1)
    n = flat.shape[1]
    flat *= 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n) / n)
    power = _power(flat)
    peak = _SEARCHED.start + np.argmax(power[:, _SEARCHED], axis=1)
    around = np.take_along_axis(power, peak[:, None] + _AROUND, axis=1).sum(axis=1)
    share = np.full(len(flat), np.nan)
    np.divide(around, power[:, _TOTAL].sum(axis=1), out=share, where=varies)
    return share


def _power(rows: Floats) -> Floats:
    """Squared transform at the bins up to the last of the total, of rows that zeros would lengthen to 4096.

    A fifth of the bins is wanted, and a sixteenth of the transform's input is not zero: a product of matrices costs
    half of it. Seen from the middle of a row its cosines need sums of what mirrors, its sines the differences.
    """
    half = rows.shape[1] // 2
    cosines, sines = _turns(rows.shape[1])
    ahead, mirrored = rows[:, :half], rows[:, : -half - 1 : -1]
    real, imaginary = (ahead + mirrored) @ cosines, (ahead - mirrored) @ sines
    if rows.shape[1] % 2:
        real += rows[:, half : half + 1]
    real *= real
    imaginary *= imaginary
    return np.asarray(real + imaginary, np.float64)


@lru_cache(maxsize=4)
def _turns(n: int) -> tuple[Floats, Floats]:
    """Cosines and sines of the first half of n samples, from their middle, at each bin."""
    from_middle = np.arange(n // 2) - (n - 1) / 2
    angle = 2 * np.pi * np.outer(from_middle, np.arange(_TOTAL.stop)) / _PADDED
    return np.cos(angle), np.sin(angle)


def coherence_ratio(share: float) -> float:
    """The same as a ratio, peak over the rest: ``share / (1 - share)``, at most about 9.5 over 64 s; NaN of NaN.

    Examples
    --------
    >>> coherence_ratio(0.5)
    1.0
    """
    return share / (1 - share) if share < 1 else math.nan


def _without_line(rows: Floats) -> Floats:
    place = np.arange(rows.shape[1]) - (rows.shape[1] - 1) / 2
    around = rows - rows.mean(axis=1, keepdims=True)
    around -= np.outer(around @ place / (place @ place), place)
    return np.asarray(around, np.float64)
