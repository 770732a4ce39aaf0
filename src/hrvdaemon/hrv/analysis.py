"""Batch HRV of a series: correction, quality, and every metric that its length and its quality carry.

Up to now time domain and Poincaré; both use the whole recording, however long. A metric is None where the window is
too short, has too few pairs, or is not good enough: never 0, never a guess.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from hrvdaemon.hrv import poincare, time_domain
from hrvdaemon.hrv.correction import NNSeries, corrected, uncorrected
from hrvdaemon.hrv.signal_quality import ArtefactCounts, count_corrected, grade, is_at_least
from hrvdaemon.vocabulary.epochs import Quality

Metrics = dict[str, float | None]

_Level = Callable[[NDArray[np.float64]], float]
_Difference = Callable[[NDArray[np.float64], NDArray[np.bool_]], float]

_ROUNDING = 1e-9

MINIMUM_PAIRS = 30
"""Successive pairs that a metric of differences needs, whatever the length of the window."""

LEVELS: dict[str, tuple[_Level, float, Quality]] = {
    "mean_rr_ms": (time_domain.mean_rr, 10, Quality.UNUSABLE),
    "mean_hr_bpm": (time_domain.mean_hr, 10, Quality.UNUSABLE),
    "mean_hr_inst_bpm": (time_domain.mean_hr_inst, 10, Quality.UNUSABLE),
    "median_rr_ms": (time_domain.median_rr, 10, Quality.POOR),
    "min_rr_ms": (time_domain.min_rr, 10, Quality.FAIR),
    "max_rr_ms": (time_domain.max_rr, 10, Quality.FAIR),
    "mad_ms": (time_domain.mad, 120, Quality.FAIR),
    "iqr_ms": (time_domain.iqr, 120, Quality.FAIR),
    "sdnn_ms": (time_domain.sdnn, 120, Quality.FAIR),
    "cvnn": (time_domain.cvnn, 120, Quality.FAIR),
}
"""Metrics of all intervals, corrected ones included: function, shortest window in s, lowest grade that shows it.

Windows: 10 s for heart rate, 120 s for SDNN (Munoz et al. 2015, PLoS One 10, e0138921); grades: docs/methods.md."""

DIFFERENCES: dict[str, tuple[_Difference, float, Quality]] = {
    "rmssd_ms": (time_domain.rmssd, 60, Quality.POOR),
    "ln_rmssd": (time_domain.ln_rmssd, 60, Quality.POOR),
    "sdsd_ms": (time_domain.sdsd, 60, Quality.FAIR),
    "pnn50_percent": (partial(time_domain.pnn, limit_ms=50.0), 60, Quality.FAIR),
    "pnn20_percent": (partial(time_domain.pnn, limit_ms=20.0), 60, Quality.FAIR),
    "cvsd": (time_domain.cvsd, 60, Quality.FAIR),
    "sd1_ms": (poincare.sd1, 60, Quality.FAIR),
    "sd2_ms": (poincare.sd2, 120, Quality.FAIR),
    "sd2_sd1": (poincare.sd2_sd1, 120, Quality.FAIR),
    "sd_area_ms2": (poincare.sd_area, 120, Quality.FAIR),
}
"""Metrics that read differences of original neighbours: as above, and at least 30 pairs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowAnalysis:
    """One window; seconds from the start of the first interval. ``artefacts`` are those whose beat ends in it."""

    start_s: float
    end_s: float
    coverage: float
    quality: Quality
    artefacts: ArtefactCounts
    metrics: Metrics


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
    window_s: float | None = None,
    step_s: float | None = None,
    end_s: NDArray[np.float64] | None = None,
) -> Analysis:
    """Analyse a series.

    Parameters
    ----------
    rr_ms
        Intervals in ms, shape (n,), finite and above 0, as the file has them.
    gaps
        True where an interval is not the neighbour of the one before; None: nowhere.
    correct
        False takes every interval as normal and lifts the limits of quality, never those of length.
    window_s, step_s
        Length of the windows and the distance of their starts (None: the length); only whole windows.
    end_s
        Where each interval ends, in seconds from the start of the first; None: the running sum. Time in which no
        interval lies lowers the coverage.

    Raises
    ------
    ValueError
        For shapes that differ, values that are no intervals, and lengths that are not positive.

    Examples
    --------
    >>> import numpy as np
    >>> result = analyse(np.tile([800.0, 900.0], 150), correct=False)
    >>> result.whole.metrics["rmssd_ms"], result.whole.metrics["mean_rr_ms"], result.whole.quality.value
    (100.0, 850.0, 'good')
    """
    if not (rr_ms > 0).all() or not all(length is None or length > 0 for length in (window_s, step_s)):
        raise ValueError("expected intervals, window and step above 0")
    ends = np.cumsum(rr_ms) / 1000 if end_s is None else end_s
    series = corrected(rr_ms, gaps, ends) if correct else uncorrected(rr_ms, gaps, ends)
    duration_s = float(ends[-1]) if ends.size else 0.0
    return Analysis(
        n_rr=rr_ms.size,
        whole=_window(series, 0.0, duration_s, correct=correct),
        windows=tuple(_windows(series, duration_s, window_s, step_s, correct=correct)),
    )


def _windows(
    series: NNSeries, duration_s: float, window_s: float | None, step_s: float | None, *, correct: bool
) -> Iterator[WindowAnalysis]:
    if window_s is None or duration_s < window_s:
        return
    step = window_s if step_s is None else step_s
    for number in range(int((duration_s - window_s) / step + _ROUNDING) + 1):
        start = float(number * step)
        yield _window(_between(series, start, start + window_s), start, window_s, correct=correct)


def _between(series: NNSeries, start_s: float, end_s: float) -> NNSeries:
    first, last = np.searchsorted(series.end_s, (start_s, end_s), side="right").tolist()
    return series.between(first, last)


def _window(series: NNSeries, start_s: float, length_s: float, *, correct: bool) -> WindowAnalysis:
    artefacts = count_corrected(series.labels.tolist())
    nn = series.in_range
    coverage = min(1.0, float(nn.rr_ms.sum()) / 1000 / length_s) if length_s > 0 else 0.0
    quality = grade(artefacts.share, coverage)
    return WindowAnalysis(
        start_s=start_s,
        end_s=start_s + length_s,
        coverage=coverage,
        quality=quality,
        artefacts=artefacts,
        metrics=_metrics(nn, length_s, quality if correct else Quality.GOOD),
    )


def _metrics(nn: NNSeries, length_s: float, quality: Quality) -> Metrics:
    pairs = nn.pair_mask
    has_pairs = int(pairs.sum()) >= MINIMUM_PAIRS
    levels: Metrics = {
        key: _finite(level(nn.rr_ms)) if length_s >= shortest_s and is_at_least(quality, lowest) else None
        for key, (level, shortest_s, lowest) in LEVELS.items()
    }
    differences: Metrics = {
        key: _finite(difference(nn.rr_ms, pairs))
        if has_pairs and length_s >= shortest_s and is_at_least(quality, lowest)
        else None
        for key, (difference, shortest_s, lowest) in DIFFERENCES.items()
    }
    return levels | differences


def _finite(value: float) -> float | None:
    return value if isfinite(value) else None
