"""A series after correction: what is original, what was merged, split or moved, and what is out of use.

Corrected beats are smooth, so they lower every measure of beat-to-beat variability: an artefact would look like stress
(5 % corrected: RMSSD -2.0 %; 20 %: -9.6 %). Time is preserved and levels use every interval; differences join two
original neighbours only.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hrvdaemon.hrv.artefact_series import classify, segment_starts
from hrvdaemon.vocabulary.epochs import BeatKind

_DISPLACED = (BeatKind.ECTOPIC.value, BeatKind.LONG_SHORT.value)
_Interval = tuple[float, str, bool, bool, float, bool]
"""rr_ms, label, is_original, starts a segment, end in seconds, is to be moved"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NNSeries:
    """Normal-to-normal intervals, all arrays of one shape (n,).

    ``labels`` has each artefact once: on the merged interval, on the first half of a split one, on the moved or the
    out-of-range beat. ``starts`` marks intervals that are not the neighbour of the one before.
    """

    rr_ms: NDArray[np.float64]
    labels: NDArray[np.str_]
    is_original: NDArray[np.bool_]
    starts: NDArray[np.bool_]
    end_s: NDArray[np.float64]

    def __post_init__(self) -> None:
        shapes = {array.shape for array in (self.rr_ms, self.labels, self.is_original, self.starts, self.end_s)}
        if len(shapes) != 1:
            raise ValueError(f"expected arrays of one shape, came {sorted(shapes)}")

    def between(self, first: int, last: int) -> "NNSeries":
        """The intervals ``first`` to ``last - 1``; the first one has no neighbour before it."""
        part = self._at(slice(first, last))
        starts = part.starts.copy()
        starts[:1] = True
        return replace(part, starts=starts)

    @property
    def in_range(self) -> "NNSeries":
        """What counts for levels: everything but what is out of range, each of which left a gap behind it."""
        return self._at(_is_in_range(self.labels))

    def _at(self, index: slice | NDArray[np.bool_]) -> "NNSeries":
        return NNSeries(
            rr_ms=self.rr_ms[index],
            labels=self.labels[index],
            is_original=self.is_original[index],
            starts=self.starts[index],
            end_s=self.end_s[index],
        )

    @property
    def pair_mask(self) -> NDArray[np.bool_]:
        """Shape (n-1,) or (0,): True where intervals i and i+1 are neighbours and both original."""
        return self.is_original[1:] & self.is_original[:-1] & ~self.starts[1:]


def uncorrected(rr_ms: NDArray[np.float64], gaps: NDArray[np.bool_] | None, end_s: NDArray[np.float64]) -> NNSeries:
    """The intervals as they came, every one taken as normal."""
    return NNSeries(
        rr_ms=rr_ms,
        labels=np.full(rr_ms.size, BeatKind.NORMAL.value, dtype="U1"),
        is_original=np.ones(rr_ms.size, dtype=np.bool_),
        starts=segment_starts(rr_ms, gaps),
        end_s=end_s,
    )


def corrected(rr_ms: NDArray[np.float64], gaps: NDArray[np.bool_] | None, end_s: NDArray[np.float64]) -> NNSeries:
    """Classify and correct until no fewer artefacts are left, as NeuroKit2 does: one may hide another beside it."""
    series = uncorrected(rr_ms, gaps, end_s)
    n_before = rr_ms.size + 1
    while True:
        kinds = classify(series.rr_ms, series.starts)
        kinds[~_is_in_range(series.labels)] = BeatKind.OUT_OF_RANGE.value
        n_left = int(((kinds != BeatKind.NORMAL.value) & (kinds != series.labels)).sum())
        if n_left == 0 or n_left >= n_before:
            return series
        series, n_before = correct_once(series, kinds), n_left


def correct_once(series: NNSeries, kinds: NDArray[np.str_]) -> NNSeries:
    """Correct what ``kinds`` labels; a beat that was labelled before keeps that label, so each artefact counts once.

    Notes
    -----
    1. EXTRA is merged with the interval after it. 2. MISSED becomes two halves. 3. Out of range is taken out of use and
    ends the segment. 4. A run of ECTOPIC and LONG_SHORT beats is moved so that it divides the time between the beats
    around it evenly: for one beat that is the midpoint. The interval after a moved beat changes with it, so neither is
    original. The last beat of a segment has nothing behind it and stays where it is.
    """
    columns = list(zip(*_intervals(series, kinds.tolist()), strict=True)) or [()] * 6
    labels, is_original, starts = np.array(columns[1], "U1"), np.array(columns[2], "?"), np.array(columns[3], "?")
    rr_ms = np.array(columns[0], np.float64)
    for run in _displaced_runs(np.array(columns[5], "?"), starts):
        rr_ms[run] = rr_ms[run].mean()
        is_original[run] = False
    ends = np.array(columns[4], np.float64)
    return NNSeries(rr_ms=rr_ms, labels=labels, is_original=is_original, starts=starts, end_s=ends)


def _intervals(series: NNSeries, kinds: list[str]) -> Iterator[_Interval]:
    rr, end, first = series.rr_ms.tolist(), series.end_s.tolist(), [*series.starts.tolist(), True]
    labels, original = series.labels.tolist(), series.is_original.tolist()
    is_merged = after_removed = False
    for i, kind in enumerate(kinds):
        if is_merged:
            is_merged = False
            continue
        label = kind if labels[i] == BeatKind.NORMAL else labels[i]
        start, after_removed = first[i] or after_removed, False
        match BeatKind(kind):
            case BeatKind.EXTRA if not first[i + 1]:
                is_merged = True
                yield rr[i] + rr[i + 1], label, False, start, end[i + 1], False
            case BeatKind.MISSED:
                yield rr[i] / 2, label, False, start, end[i] - rr[i] / 2000, False
                yield rr[i] / 2, BeatKind.NORMAL.value, False, False, end[i], False
            case BeatKind.OUT_OF_RANGE:
                after_removed = True
                yield rr[i], kind, False, True, end[i], False
            case _:
                is_original = original[i] and kind == BeatKind.NORMAL
                yield rr[i], label, is_original, start, end[i], kind in _DISPLACED


def _displaced_runs(is_displaced: NDArray[np.bool_], starts: NDArray[np.bool_]) -> Iterator[slice]:
    """Each run of displaced beats together with the interval after it, within its segment."""
    end = 0
    for first in np.flatnonzero(is_displaced).tolist():
        if first < end:
            continue
        end = first + 1
        while end < starts.size and not starts[end] and (is_displaced[end] or is_displaced[end - 1]):
            end += 1
        yield slice(first, end)


def _is_in_range(labels: NDArray[np.str_]) -> NDArray[np.bool_]:
    return np.asarray(labels != BeatKind.OUT_OF_RANGE.value)
