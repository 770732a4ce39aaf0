"""Every metric of one window by its definition: what ``analyse`` says of a whole recording, and rolling must equal.

Up to 30 min a metric uses the whole window. Beyond, spectrum, entropy, scaling, stress index, RSA and coherence are the
median over short windows of grade good, for no rhythm keeps still that long; the others use the whole.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import isfinite
from statistics import median

import numpy as np

from hrvdaemon.hrv.coherence import WINDOW_S as COHERENCE_S
from hrvdaemon.hrv.correction import NNSeries
from hrvdaemon.hrv.metric_rules import (
    FEWEST_WINDOWS,
    MEDIAN_WINDOW_S,
    MEDIANS,
    RULES,
    WINDOWED_FROM_S,
    Carried,
)
from hrvdaemon.hrv.rolling_windows import ROUNDING_S, starts_of_windows
from hrvdaemon.hrv.signal_quality import ArtefactCounts, count_corrected, grade, is_at_least
from hrvdaemon.hrv.stretch import GROUPS, OF_THE_TACHOGRAM, Stretch, coherences, long_term
from hrvdaemon.hrv.tachogram import Floats, Tachogram, longest, tachogram_of
from hrvdaemon.vocabulary.epochs import BeatKind, Quality

Metrics = dict[str, float | None]

LONG_TERM = frozenset({"sdann_ms", "sdnn_index_ms"})


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
class Recording:
    """A series with what is made of it once: its intervals in range, their tachogram, what breathes in its runs.

    ``keys`` are the metrics wanted; the tachogram is empty where none of them needs it.
    """

    series: NNSeries
    nn: NNSeries
    tachogram: Tachogram
    breathing: list[Floats]
    is_judged: bool
    keys: tuple[str, ...]

    @classmethod
    def of(cls, series: NNSeries, *, is_judged: bool, keys: tuple[str, ...] = tuple(RULES)) -> "Recording":
        """``is_judged``: whether the limits of quality hold."""
        nn = series.in_range
        tachogram = Tachogram(runs=(), detrended_rr_ms=nn.rr_ms[:0])
        # a rule that asks for an unbroken part asks the tachogram
        if not OF_THE_TACHOGRAM.isdisjoint(keys):
            tachogram = tachogram_of(nn.rr_ms, nn.starts, nn.end_s)
        breathing = tachogram.breathing() if "rsa_ln_ms2" in keys else []
        return cls(series=series, nn=nn, tachogram=tachogram, breathing=breathing, is_judged=is_judged, keys=keys)

    def window(self, start_s: float, length_s: float) -> WindowAnalysis:
        """All of one window."""
        artefacts = self._artefacts(start_s, length_s)
        stretch = self._stretch(start_s, length_s)
        coverage = _coverage(stretch)
        quality = grade(artefacts.share, coverage)
        return WindowAnalysis(
            start_s=start_s,
            end_s=start_s + length_s,
            coverage=coverage,
            quality=quality,
            artefacts=artefacts,
            metrics=self._metrics(stretch, self._carried(stretch, quality)),
        )

    def _metrics(self, stretch: Stretch, carried: Carried) -> Metrics:
        is_long = stretch.length_s > WINDOWED_FROM_S
        wanted = {key for key in self.keys if RULES[key].allows(carried)} - (MEDIANS if is_long else set())
        values = _values(stretch, wanted)
        if not LONG_TERM.isdisjoint(wanted):
            values |= long_term(self._segments(stretch))
        metrics: Metrics = dict.fromkeys(self.keys)
        metrics |= {key: values[key] for key in wanted & values.keys() if isfinite(values[key])}
        return metrics | self._medians(stretch) if is_long else metrics

    def _medians(self, whole: Stretch) -> Metrics:
        """Over windows of grade good; how good the whole is does not count."""
        found: dict[str, list[float]] = {key: [] for key in self.keys if key in MEDIANS}
        for tile, carried in self._tiles(whole, MEDIAN_WINDOW_S) if found.keys() - {"coherence"} else ():
            keys = {key for key in found if key != "coherence" and RULES[key].allows(carried)}
            values = _values(tile, keys)
            for key in keys & values.keys():
                found[key] += [values[key]] if isfinite(values[key]) else []
        if "coherence" in found:
            found["coherence"] = [c for tile, _ in self._tiles(whole, COHERENCE_S) for c in coherences(tile.parts)]
        return {key: median(values) if len(values) >= FEWEST_WINDOWS else None for key, values in found.items()}

    def _tiles(self, whole: Stretch, length_s: float) -> Iterator[tuple[Stretch, Carried]]:
        """Windows of grade good, end to end."""
        starts_s = starts_of_windows(whole.length_s, length_s, length_s)
        # a beat on the edge belongs to the tile before, so both are looked at
        numbers = np.floor((whole.nn.end_s - whole.start_s) / length_s)
        holding = np.unique(np.concatenate([numbers - 1, numbers]))
        for start_s in starts_s[holding[(holding >= 0) & (holding < starts_s.size)].astype(np.intp)].tolist():
            tile = self._stretch(whole.start_s + start_s, length_s)
            carried = self._carried(tile, self._quality(tile))
            if tile.rr_ms.size and carried.quality is Quality.GOOD:
                yield tile, carried

    def _segments(self, whole: Stretch) -> Iterator[Stretch]:
        """Segments of up to 5 min that part no interval: each starts where the one before ended, or behind the gap."""
        ends, rr_ms = whole.nn.end_s, whole.rr_ms
        first = 0
        while first < ends.size:
            start_s = float(ends[first] - rr_ms[first] / 1000) + ROUNDING_S
            behind = int(np.searchsorted(ends, start_s + MEDIAN_WINDOW_S, side="right"))
            segment = self._stretch(start_s, MEDIAN_WINDOW_S)
            is_whole = start_s + MEDIAN_WINDOW_S <= whole.start_s + whole.length_s + 2 * ROUNDING_S
            if is_whole and (not self.is_judged or is_at_least(self._quality(segment), Quality.FAIR)):
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
            breathing=self._breathing(start_s, start_s + length_s),
        )

    def _breathing(self, start_s: float, end_s: float) -> list[Floats]:
        """Sample k at 2 Hz is sample 2 k at 4 Hz."""
        parts = []
        for run, samples in zip(self.tachogram.runs, self.breathing, strict=False):
            if run.end_s > start_s and run.start_s < end_s:
                first, last = run.samples_in(start_s, end_s)
                parts.append(samples[-(-first // 2) : -(-last // 2)])
        return parts

    def _carried(self, stretch: Stretch, quality: Quality) -> Carried:
        return Carried(
            length_s=stretch.length_s,
            quality=quality if self.is_judged else Quality.GOOD,
            beats=stretch.rr_ms.size,
            pairs=int(np.count_nonzero(stretch.nn.pair_mask)),
            unbroken_s=longest(stretch.parts),
        )

    def _quality(self, stretch: Stretch) -> Quality:
        return grade(self._artefacts(stretch.start_s, stretch.length_s).share, _coverage(stretch))

    def _artefacts(self, start_s: float, length_s: float) -> ArtefactCounts:
        first, last = _between(self.series, start_s, start_s + length_s)
        labels = self.series.labels[first:last]
        odd = labels[labels != BeatKind.NORMAL.value]
        return replace(count_corrected(odd.tolist()), beats=labels.size)


def _coverage(stretch: Stretch) -> float:
    covered_s = float(np.add.reduce(stretch.rr_ms)) / 1000
    return min(1.0, covered_s / stretch.length_s) if stretch.length_s > 0 else 0.0


def _values(stretch: Stretch, wanted: set[str]) -> dict[str, float]:
    """What is wanted, and what comes with it."""
    values: dict[str, float] = {}
    for keys, compute in GROUPS:
        if not wanted.isdisjoint(keys):
            values |= compute(stretch)
    return values


def _between(series: NNSeries, start_s: float, end_s: float) -> tuple[int, int]:
    first, last = series.end_s.searchsorted((start_s, end_s), side="right").tolist()
    return first, last
