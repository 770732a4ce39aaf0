"""How the heart follows a pacer: a sine fit of heart rate at the pace (science C.3, paced variant)."""

import numpy as np

from hrvdaemon.vocabulary.epochs import BreathSwing

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
