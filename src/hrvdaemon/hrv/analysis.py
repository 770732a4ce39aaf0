"""Batch HRV of a series: correction, quality, and every metric that its length and its quality carry.

Up to 30 min a metric uses the whole window. Beyond, spectrum, entropy, scaling, stress index, RSA and coherence are the
median over short windows of grade good, for no rhythm keeps still that long; the others use the whole.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite, nan
from statistics import median

import numpy as np
from numpy.typing import NDArray

from hrvdaemon.hrv.coherence import WINDOW_S as COHERENCE_S
from hrvdaemon.hrv.correction import NNSeries, corrected, strict, uncorrected
from hrvdaemon.hrv.metric_rules import (
    FEWEST_WINDOWS,
    MEDIAN_WINDOW_S,
    MEDIANS,
    RULES,
    WINDOWED_FROM_S,
    Carried,
)
from hrvdaemon.hrv.signal_quality import ArtefactCounts, count_corrected, grade, is_at_least
from hrvdaemon.hrv.stretch import GROUPS, Stretch, coherences, long_term
from hrvdaemon.hrv.tachogram import Tachogram, longest, tachogram_of
from hrvdaemon.vocabulary.epochs import Quality

Metrics = dict[str, float | None]

_ROUNDING = 1e-6
"""Seconds; sums of a day's intervals are nearer to each other than that."""


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
    as_others: bool = False,
    window_s: float | None = None,
    step_s: float | None = None,
    end_s: NDArray[np.float64] | None = None,
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

    Raises
    ------
    ValueError
        For shapes that differ, values that are no intervals or no real numbers, times that do not ascend, and lengths
        that are not positive.

    Examples
    --------
    >>> import numpy as np
    >>> result = analyse(np.tile([800.0, 900.0], 150), correct=False)
    >>> result.whole.metrics["rmssd_ms"], result.whole.metrics["mean_rr_ms"], result.whole.quality.value
    (100.0, 850.0, 'good')
    """
    intervals = _real("rr_ms", rr_ms)
    if not (intervals > 0).all() or not all(length is None or length > 0 for length in (window_s, step_s)):
        raise ValueError("expected intervals, window and step above 0")
    ends = np.cumsum(intervals) / 1000 if end_s is None else _real("end_s", end_s)
    if ends.shape != intervals.shape or not (np.diff(ends) >= 0).all():
        raise ValueError(f"expected end_s of shape {intervals.shape}, ascending, came {ends.shape}")
    series = (corrected if correct else uncorrected)(intervals, gaps, ends)
    recording = _Recording.of(strict(series) if as_others else series, correct=correct)
    duration_s = float(ends[-1]) if ends.size else 0.0
    return Analysis(
        n_rr=intervals.size,
        whole=recording.window(0.0, duration_s),
        windows=tuple(recording.window(*window) for window in _windows(duration_s, window_s, step_s)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Recording:
    """A series with what is made of it once: its normal intervals, their tachogram."""

    series: NNSeries
    nn: NNSeries
    tachogram: Tachogram
    correct: bool

    @classmethod
    def of(cls, series: NNSeries, *, correct: bool) -> "_Recording":
        nn = series.in_range
        return cls(series=series, nn=nn, tachogram=tachogram_of(nn.rr_ms, nn.starts, nn.end_s), correct=correct)

    def window(self, start_s: float, length_s: float) -> WindowAnalysis:
        artefacts = self._artefacts(start_s, length_s)
        coverage = self._coverage(start_s, length_s)
        quality = grade(artefacts.share, coverage)
        return WindowAnalysis(
            start_s=start_s,
            end_s=start_s + length_s,
            coverage=coverage,
            quality=quality,
            artefacts=artefacts,
            metrics=self._metrics(start_s, length_s),
        )

    def _metrics(self, start_s: float, length_s: float) -> Metrics:
        stretch = self._stretch(start_s, length_s)
        carried = self._carried(stretch)
        long = length_s > WINDOWED_FROM_S
        wanted = {key for key, rule in RULES.items() if rule.allows(carried)} - (MEDIANS if long else set())
        values = _values(stretch, wanted)
        if {"sdann_ms", "sdnn_index_ms"} & wanted:
            values |= long_term(self._segments(stretch))
        if "coherence" in wanted:
            values["coherence"] = median(coherences(stretch.parts) or [nan])
        metrics = {key: _finite(values.get(key, nan)) if key in wanted else None for key in RULES}
        return metrics | self._medians(stretch) if long else metrics

    def _medians(self, whole: Stretch) -> Metrics:
        """Over windows of grade good; how good the whole is does not count."""
        found: dict[str, list[float]] = {key: [] for key in MEDIANS}
        for tile, carried in self._tiles(whole, MEDIAN_WINDOW_S):
            keys = {key for key in MEDIANS if RULES[key].allows(carried)}
            values = _values(tile, keys)
            for key in keys & values.keys():
                found[key] += [values[key]] if isfinite(values[key]) else []
        found["coherence"] = [c for tile, _ in self._tiles(whole, COHERENCE_S) for c in coherences(tile.parts)]
        return {key: median(values) if len(values) >= FEWEST_WINDOWS else None for key, values in found.items()}

    def _tiles(self, whole: Stretch, length_s: float) -> Iterator[tuple[Stretch, Carried]]:
        """Windows of grade good, end to end."""
        for start_s, _ in _windows(whole.length_s, length_s, None):
            tile = self._stretch(whole.start_s + start_s, length_s)
            carried = self._carried(tile)
            if tile.rr_ms.size and carried.quality is Quality.GOOD:
                yield tile, carried

    def _segments(self, whole: Stretch) -> Iterator[Stretch]:
        """Segments of up to 5 min that part no interval: each starts where the one before ended, or behind the gap."""
        ends, rr_ms = whole.nn.end_s, whole.rr_ms
        first = 0
        while first < ends.size:
            start_s = float(ends[first] - rr_ms[first] / 1000) + _ROUNDING
            behind = int(np.searchsorted(ends, start_s + MEDIAN_WINDOW_S, side="right"))
            segment = self._stretch(start_s, MEDIAN_WINDOW_S)
            is_whole = start_s + MEDIAN_WINDOW_S <= whole.start_s + whole.length_s + 2 * _ROUNDING
            if is_whole and is_at_least(self._carried(segment).quality, Quality.FAIR):
                yield segment
            first = max(behind, first + 1)

    def _stretch(self, start_s: float, length_s: float) -> Stretch:
        first, last = _between(self.nn, start_s, start_s + length_s)
        return Stretch(
            start_s=start_s,
            length_s=length_s,
            nn=self.nn.between(first, last),
            detrended_rr_ms=self.tachogram.detrended_rr_ms[first:last],
            parts=self.tachogram.between(start_s, start_s + length_s),
        )

    def _carried(self, stretch: Stretch) -> Carried:
        share = self._artefacts(stretch.start_s, stretch.length_s).share
        coverage = self._coverage(stretch.start_s, stretch.length_s)
        return Carried(
            length_s=stretch.length_s,
            quality=grade(share, coverage) if self.correct else Quality.GOOD,
            beats=stretch.rr_ms.size,
            pairs=int(stretch.nn.pair_mask.sum()),
            unbroken_s=longest(stretch.parts),
        )

    def _artefacts(self, start_s: float, length_s: float) -> ArtefactCounts:
        first, last = _between(self.series, start_s, start_s + length_s)
        return count_corrected(self.series.labels[first:last].tolist())

    def _coverage(self, start_s: float, length_s: float) -> float:
        first, last = _between(self.nn, start_s, start_s + length_s)
        return min(1.0, float(self.nn.rr_ms[first:last].sum()) / 1000 / length_s) if length_s > 0 else 0.0


def _values(stretch: Stretch, wanted: set[str]) -> dict[str, float]:
    """What is wanted, and what comes with it."""
    values: dict[str, float] = {}
    for keys, compute in GROUPS:
        if wanted & keys:
            values |= compute(stretch)
    return values


def _windows(duration_s: float, window_s: float | None, step_s: float | None) -> Iterator[tuple[float, float]]:
    """Start and length of each."""
    if window_s is None or duration_s < window_s - _ROUNDING:
        return
    step = window_s if step_s is None else step_s
    for number in range(int((duration_s - window_s) / step + _ROUNDING) + 1):
        yield float(number * step), window_s


def _between(series: NNSeries, start_s: float, end_s: float) -> tuple[int, int]:
    first, last = np.searchsorted(series.end_s, (start_s, end_s), side="right").tolist()
    return first, last


def _real(name: str, values: NDArray[np.float64]) -> NDArray[np.float64]:
    array = np.asarray(values)
    if array.ndim != 1 or array.dtype.kind not in "iuf" or not np.isfinite(array).all():
        raise ValueError(
            f"expected {name} of finite real numbers, shape (n,), came {array.dtype} of shape {array.shape}"
        )
    return array.astype(np.float64)


def _finite(value: float) -> float | None:
    return value if isfinite(value) else None
