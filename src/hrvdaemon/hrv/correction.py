"""A series after correction: what is original, what was merged, split or moved, and what is out of use.

Corrected beats are smooth, so they lower every measure of beat-to-beat variability: an artefact would look like stress
(5 % corrected: RMSSD -2.0 %; 20 %: -9.6 %). Time is preserved and levels use every interval; differences join two
original neighbours only.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hrvdaemon.hrv.artefact_series import classify, segment_starts
from hrvdaemon.vocabulary.epochs import BeatKind

_Letters = NDArray[np.uint32]
_NORMAL, _ECTOPIC, _MISSED, _EXTRA, _LONG_SHORT, _OUT_OF_RANGE = (
    ord(kind)
    for kind in (
        BeatKind.NORMAL,
        BeatKind.ECTOPIC,
        BeatKind.MISSED,
        BeatKind.EXTRA,
        BeatKind.LONG_SHORT,
        BeatKind.OUT_OF_RANGE,
    )
)
_MOVED_PER_MS = 128


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
        n_left = int(((_letters(kinds) != _NORMAL) & (_letters(kinds) != _letters(series.labels))).sum())
        if n_left == 0 or n_left >= n_before:
            return series
        series, n_before = correct_once(series, kinds), n_left


def strict(series: NNSeries) -> NNSeries:
    """The same intervals, every corrected one counted as if it were original: what other tools compute on.

    For comparison only. Corrected beats are smooth, so differences over them are too small.

    Examples
    --------
    >>> rr_ms = np.tile([800.0, 810.0], 60)
    >>> rr_ms[60:62] += (-300, 300)
    >>> series = corrected(rr_ms, None, np.cumsum(rr_ms) / 1000)
    >>> bool(series.pair_mask.all()), bool(strict(series).pair_mask.all())
    (False, True)
    """
    return replace(series, is_original=_is_in_range(series.labels))


def correct_once(series: NNSeries, kinds: NDArray[np.str_]) -> NNSeries:
    """Correct what ``kinds`` labels; a beat that was labelled before keeps that label, so each artefact counts once.

    Notes
    -----
    1. EXTRA is merged with the interval after it. 2. MISSED becomes two halves. 3. Out of range is taken out of use and
    ends the segment. 4. A run of ECTOPIC and LONG_SHORT beats is moved so that it divides the time between the beats
    around it evenly: for one beat that is the midpoint. The interval after a moved beat changes with it, so neither is
    original. The last beat of a segment has nothing behind it and stays where it is.
    """
    kind = _letters(kinds)
    swallowed = _swallowed(kind, series.starts)
    is_split, is_out = (kind == _MISSED) & ~swallowed, (kind == _OUT_OF_RANGE) & ~swallowed
    is_moved = ((kind == _ECTOPIC) | (kind == _LONG_SHORT)) & ~swallowed
    rr_ms, end_s, starts = _retimed(series, np.append(swallowed[1:], values=False), is_split, is_out)
    letters = np.where((_letters(series.labels) == _NORMAL) | is_out, kind, _letters(series.labels))
    source = np.repeat(np.arange(kind.size), np.where(swallowed, 0, 1 + is_split))
    is_second = np.diff(source, prepend=-1) == 0
    is_first_half = is_split[source] & ~is_second
    end_s = end_s[source]
    end_s[is_first_half] -= rr_ms[source][is_first_half] / 1000
    retimed = NNSeries(
        rr_ms=rr_ms[source],
        labels=np.where(is_second, _NORMAL, letters[source]).astype(np.uint32).view("U1"),
        is_original=(series.is_original & (kind == _NORMAL))[source],
        starts=starts[source] & ~is_second,
        end_s=end_s,
    )
    return _with_runs_evened(retimed, is_moved[source])


def _swallowed(kind: _Letters, starts: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Intervals that an extra beat before them takes in; one that is taken in takes none in itself."""
    swallowed = np.zeros(kind.size, dtype=np.bool_)
    extra = np.flatnonzero(kind[:-1] == _EXTRA)
    for i in extra[~starts[1:][extra]].tolist():
        swallowed[i + 1] = not swallowed[i]
    return swallowed


def _retimed(
    series: NNSeries, is_merging: NDArray[np.bool_], is_split: NDArray[np.bool_], is_out: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Lengths, ends and starts after merging and halving; what is out of range stands alone."""
    rr_ms, end_s, starts = series.rr_ms.astype(np.float64), series.end_s.copy(), series.starts | is_out
    merging = np.flatnonzero(is_merging)
    rr_ms[merging] += rr_ms[merging + 1]
    end_s[merging] = end_s[merging + 1]
    rr_ms[is_split] /= 2
    starts[1:] |= is_out[:-1]
    return rr_ms, end_s, starts


def _with_runs_evened(series: NNSeries, is_moved: NDArray[np.bool_]) -> NNSeries:
    """Each run of moved beats shares its time with the interval after it, within its segment.

    Moved beats stand on whole 1/128 ms, which milliseconds and ticks are too: sums over corrected series stay whole.
    """
    in_run = is_moved.copy()
    in_run[1:] |= is_moved[:-1] & ~series.starts[1:]
    begins = in_run.copy()
    begins[1:] &= series.starts[1:] | ~in_run[:-1]
    members, first = np.flatnonzero(in_run), np.flatnonzero(begins[in_run])
    if not members.size:
        return series
    length = np.diff(first, append=members.size)
    total = np.repeat(np.add.reduceat(series.rr_ms[members], first), length)
    place = np.arange(members.size) - np.repeat(first, length)
    share, last = total / np.repeat(length, length), np.repeat(length, length) - 1
    before = np.rint(place * share * _MOVED_PER_MS) / _MOVED_PER_MS
    after = np.where(place == last, total, np.rint((place + 1) * share * _MOVED_PER_MS) / _MOVED_PER_MS)
    rr_ms, is_original = series.rr_ms.copy(), series.is_original.copy()
    rr_ms[members], is_original[members] = after - before, False
    return replace(series, rr_ms=rr_ms, is_original=is_original)


def _letters(labels: NDArray[np.str_]) -> _Letters:
    """One-letter labels as code points, which compare many times faster."""
    return np.ascontiguousarray(labels, dtype="U1").view(np.uint32)


def _is_in_range(labels: NDArray[np.str_]) -> NDArray[np.bool_]:
    return np.asarray(_letters(labels) != _OUT_OF_RANGE)
