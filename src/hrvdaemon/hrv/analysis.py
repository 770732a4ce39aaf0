"""HRV of a series: correction, quality, and every metric that its length and its quality carry.

The whole recording is one window (``one_window``); windows in it come from the rolling engine (``rolled_windows``) and
have the same numbers.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hrvdaemon.hrv.correction import corrected, strict, uncorrected
from hrvdaemon.hrv.given_intervals import intervals, real_series
from hrvdaemon.hrv.metric_rules import RULES
from hrvdaemon.hrv.one_window import Recording, WindowAnalysis


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """The whole recording as one window, and the windows asked for."""

    n_rr: int
    whole: WindowAnalysis
    windows: tuple[WindowAnalysis, ...]


def analyse(
    rr_ms: NDArray[np.float64],
    gaps: NDArray[np.bool_] | None = None,
    *,
    correct: bool = True,
    as_others: bool = False,
    window_s: float | None = None,
    step_s: float | None = None,
    end_s: NDArray[np.float64] | None = None,
    keys: Collection[str] = RULES,
) -> Analysis:
    """Analyse a series.

    Parameters
    ----------
    rr_ms
        Intervals in ms, shape (n,), finite and above 0, as the file has them; whole numbers or floats.
    gaps
        True where an interval is not the neighbour of the one before; None: nowhere.
    correct
        False takes every interval as normal and lifts the limits of quality, never those of length.
    as_others
        True takes differences over corrected intervals too, as Kubios and NeuroKit2 do: to compare with them only.
    window_s, step_s
        Length of the windows and the distance of their starts (None: the length); only whole windows.
    end_s
        Where each interval ends, in seconds from the start of the first, ascending; None: the running sum. Time in
        which no interval lies lowers the coverage.
    keys
        Metrics wanted, from ``RULES``: what is not asked for is not worked out.

    Raises
    ------
    ValueError
        For shapes that differ, values that are no intervals or no real numbers, times that do not ascend, lengths that
        are not positive and unknown keys.

    Examples
    --------
    >>> import numpy as np
    >>> result = analyse(np.tile([800.0, 900.0], 150), correct=False)
    >>> result.whole.metrics["rmssd_ms"], result.whole.metrics["mean_rr_ms"], result.whole.quality.value
    (100.0, 850.0, 'good')
    """
    rr = intervals(rr_ms)
    wanted = _wanted(keys)
    _check_lengths(window_s=window_s, step_s=step_s)
    if step_s is not None and window_s is None:
        raise ValueError(f"expected window_s with step_s, came step_s {step_s} alone")
    ends = np.cumsum(rr) / 1000 if end_s is None else _ascending(real_series("end_s", end_s), rr.size)
    series = (corrected if correct else uncorrected)(rr, gaps, ends)
    recording = Recording.of(strict(series) if as_others else series, is_judged=correct, keys=wanted)
    duration_s = float(ends[-1]) if ends.size else 0.0
    return Analysis(
        n_rr=rr.size,
        whole=recording.window(0.0, duration_s),
        windows=_windows(recording, duration_s, window_s, step_s or window_s) if window_s else (),
    )


LATEST_START_S = 7 * 86_400.0
"""A first interval later than that is at a time of the clock, not of the recording."""


def _wanted(keys: Collection[str]) -> tuple[str, ...]:
    """In the order of ``RULES``."""
    asked = frozenset(keys)
    if unknown := asked - RULES.keys():
        raise ValueError(f"expected keys from RULES, came {sorted(unknown)}")
    return tuple(key for key in RULES if key in asked)


def _check_lengths(**lengths_s: object) -> None:
    for name, length_s in lengths_s.items():
        if length_s is not None and not (isinstance(length_s, int | float) and 0 < length_s < np.inf):
            raise ValueError(f"expected {name} above 0 s, came {length_s!r}")


def _ascending(end_s: NDArray[np.float64], n: int) -> NDArray[np.float64]:
    if end_s.shape != (n,) or not (end_s[1:] >= end_s[:-1]).all():
        raise ValueError(f"expected end_s of shape ({n},), ascending, came {end_s.shape}")
    if n and not 0 <= end_s[0] <= LATEST_START_S:
        raise ValueError(f"expected end_s in seconds from the start of the recording, came {end_s[0]} for the first")
    return end_s


def _windows(recording: Recording, duration_s: float, window_s: float, step_s: float) -> tuple[WindowAnalysis, ...]:
    from hrvdaemon.hrv.rolled_windows import rolled  # noqa: PLC0415 who wants no windows does not wait for the engine

    return rolled(recording, duration_s, window_s, step_s)
