"""How regular one rhythm is: share of power around the highest peak; and how the heart follows a pacer.

Both say that breathing is regular and the heart goes with it, not that anybody is calm.

References
----------
McCraty, R., Atkinson, M., Tomasino, D., & Bradley, R. T. (2009). The coherent heart. Integral Review 5(2), 10-115.
"""

import math

import numpy as np
from numpy.typing import NDArray

from hrvdaemon.hrv.geometric import FLAT
from hrvdaemon.hrv.tachogram import RATE_HZ
from hrvdaemon.vocabulary.epochs import BreathSwing

Floats = NDArray[np.float64]

WINDOW_S = 64.0
WINDOW = int(WINDOW_S * RATE_HZ)
PEAK_HZ = (0.04, 0.26)
TOTAL_HZ = (0.0033, 0.40)
HALF_WIDTH_HZ = 0.015
_PADDED = 4096

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
    """
    if len(times_s) < FEWEST_BEATS or times_s[-1] - times_s[0] < SHORTEST_S:
        return None
    time = np.asarray(times_s) - inhale_start_s
    hr = 60_000 / np.asarray(rr_ms)
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
    if samples_ms.ndim != 1 or not 16 <= samples_ms.size <= _PADDED or not np.isfinite(samples_ms).all():
        raise ValueError(f"expected 16 to {_PADDED} finite samples of shape (n,), came {samples_ms.shape}")
    flat = _without_line(samples_ms)
    if float(np.ptp(flat)) <= FLAT * float(np.abs(samples_ms).max()):
        return math.nan
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(flat.size) / flat.size)
    power = np.abs(np.fft.rfft(flat * window, _PADDED)) ** 2
    frequency = np.fft.rfftfreq(_PADDED, 1 / RATE_HZ)
    searched = np.flatnonzero((frequency >= PEAK_HZ[0]) & (frequency <= PEAK_HZ[1]))
    peak_hz = frequency[searched[np.argmax(power[searched])]]
    around = power[np.abs(frequency - peak_hz) <= HALF_WIDTH_HZ].sum()
    return float(around / power[(frequency >= TOTAL_HZ[0]) & (frequency <= TOTAL_HZ[1])].sum())


def coherence_ratio(share: float) -> float:
    """The same as a ratio, peak over the rest: ``share / (1 - share)``, at most about 9.5 over 64 s; NaN of NaN.

    Examples
    --------
    >>> coherence_ratio(0.5)
    1.0
    """
    return share / (1 - share) if share < 1 else math.nan


def _without_line(samples: Floats) -> Floats:
    place = np.arange(samples.size) - (samples.size - 1) / 2
    around = samples - samples.mean()
    return np.asarray(around - place * (place @ around / (place @ place)), np.float64)
