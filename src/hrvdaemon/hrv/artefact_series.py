"""Artefacts of a whole series at once: the published centred windows around the same ``decide`` as the stream.

Most beats change by less than the threshold can ever be, so thresholds are taken of suspects and their neighbours only.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hrvdaemon.hrv.artefacts import SETTINGS, ArtefactSettings, decide, within_range
from hrvdaemon.hrv.given_intervals import intervals, starts_of
from hrvdaemon.hrv.running_order import Indices, Numbers, in_whole_units, quartile_deviations, running_medians
from hrvdaemon.vocabulary.epochs import BeatKind

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Kinds = NDArray[np.str_]

_AROUND = np.arange(-1, 4)
"""Neighbours whose changes the decision reads."""


def classify(rr_ms: Floats, gaps: Bools | None = None, settings: ArtefactSettings = SETTINGS) -> Kinds:
    """Label of every interval, one letter each (BeatKind).

    Parameters
    ----------
    rr_ms
        Intervals in ms, shape (n,), finite.
    gaps
        True where an interval is not the neighbour of the one before; None: nowhere.
    settings
        ``floor_ms=0`` gives the published thresholds, and NeuroKit2's labels except for its last two beats, which
        it never looks at.

    Returns
    -------
    kinds
        Shape (n,). The first difference of the series is the mean of the others, as published; a later segment has no
        first difference.

    References
    ----------
    Lipponen & Tarvainen 2019, Journal of Medical Engineering & Technology 43(3), 173-181.

    Examples
    --------
    >>> import numpy as np
    >>> rr_ms = np.full(40, 800.0)
    >>> rr_ms[20] = 1600.0
    >>> classify(rr_ms)[19:22].tolist()
    ['N', 'M', 'N']
    """
    starts = segment_starts(rr_ms, gaps)
    kinds = np.full(rr_ms.size, BeatKind.NORMAL.value, dtype="U1")
    if rr_ms.size:
        _decide_suspects(kinds, rr_ms, _columns(rr_ms, starts, settings))
    return _range_checked(kinds, rr_ms)


def segment_starts(rr_ms: Floats, gaps: Bools | None) -> Bools:
    """Mask of the first interval of every segment. ValueError for what are no intervals and for shapes that differ."""
    starts = starts_of(intervals(rr_ms).size, gaps).copy()
    starts[:1] = True
    return starts


@dataclass(frozen=True, slots=True)
class _Columns:
    """What decisions read, in ms; doubled whole units make medians of an even number whole as well."""

    changes: Floats
    deviations: Floats
    medians: Floats
    segment: Indices
    has_change: Bools
    change_sizes: Numbers
    deviation_sizes: Numbers
    half_unit_ms: float
    settings: ArtefactSettings

    def th1(self, at: Indices) -> Floats:
        """Thresholds of differences; what has no difference is not in the windows, and 1 stands for its own."""
        thresholds = np.ones(at.size)
        known, place = self.has_change[at], np.cumsum(self.has_change) - 1
        sizes = self.change_sizes[self.has_change]
        thresholds[known] = self._threshold(sizes, np.abs(self.changes[:1]), place[at[known]])
        return thresholds

    def th2(self, at: Indices) -> Floats:
        """Thresholds of deviations from the running median."""
        return self._threshold(self.deviation_sizes, np.abs(self.deviations[:1]), at)

    def _threshold(self, sizes: Numbers, first_ms: Floats, at: Indices) -> Floats:
        """Alpha times the quartile deviation; ``first_ms``, the size of the first, need not be whole."""
        width, start = self.settings.window, self.settings.window // 2 + 1
        early = np.concatenate([first_ms, sizes[1 : 2 * width] * self.half_unit_ms])
        n_early = int(np.searchsorted(at, start if sizes.size > width else at.size and at[-1] + 1))
        deviations = np.concatenate(
            [
                quartile_deviations(early, at[:n_early], width),
                quartile_deviations(sizes, at[n_early:], width) * self.half_unit_ms,
            ]
        )
        return np.maximum(self.settings.alpha * deviations, self.settings.floor_ms)


def _columns(rr_ms: Floats, starts: Bools, settings: ArtefactSettings) -> _Columns:
    whole, unit_ms = in_whole_units(rr_ms)
    doubled, segment = _doubled(whole), np.cumsum(starts, dtype=np.intp)
    medians = running_medians(doubled, segment, settings.median)
    deviations = doubled - medians
    deviations[deviations < 0] *= 2
    changes = np.diff(doubled, prepend=doubled[:1])
    changes[starts] = 0
    changes_ms, has_change = changes * (unit_ms / 2), ~starts
    changes_ms[0] = changes_ms[has_change].mean() if has_change.any() else 0.0
    has_change[0] = True
    return _Columns(
        changes=changes_ms,
        deviations=deviations * (unit_ms / 2),
        medians=medians * (unit_ms / 2),
        segment=segment,
        has_change=has_change,
        change_sizes=np.abs(changes),
        deviation_sizes=np.abs(deviations),
        half_unit_ms=unit_ms / 2,
        settings=settings,
    )


def _doubled(whole: Numbers) -> Numbers:
    return whole * 2 if whole.dtype.kind == "f" else whole.astype(np.int64) * 2


def _suspects(columns: _Columns) -> Indices:
    """Beats whose change is beyond the threshold, or whose threshold is 0 and leaves nothing to compare with."""
    size = np.abs(columns.changes)
    at = np.flatnonzero(size > columns.settings.floor_ms) if columns.settings.floor_ms > 0 else np.arange(size.size)
    return at[~(np.abs(_ratio(columns.changes[at], columns.th1(at))) <= 1)]


def _ratio(values: Floats, thresholds: Floats) -> Floats:
    return np.divide(values, thresholds, out=np.full_like(values, np.nan), where=thresholds != 0)


def _decide_suspects(kinds: Kinds, rr_ms: Floats, columns: _Columns) -> None:
    suspects, undecided = _suspects(columns), 0
    read = _read_by(suspects, rr_ms, columns)
    for i, changes, deviations, rr, medians, th2 in zip(suspects.tolist(), *read, strict=True):
        if i < undecided:
            continue
        labels = decide(changes, deviations, rr, medians, th2, columns.settings)
        undecided = i + len(labels)
        kinds[i:undecided] = [label.value for label in labels]


def _read_by(suspects: Indices, rr_ms: Floats, columns: _Columns) -> list[list[list[float]]]:
    """The five arguments of ``decide`` for each suspect."""
    around = suspects[:, None] + _AROUND
    near = np.clip(around, 0, rr_ms.size - 1)
    is_neighbour = (near == around) & (columns.segment[near] == columns.segment[suspects][:, None])
    here, asked, both = near[:, 1:3], _once(near, rr_ms.size), _once(near[:, 1:3], rr_ms.size)
    normalised, th2 = np.zeros(rr_ms.size), np.ones(rr_ms.size)
    normalised[asked] = _ratio(columns.changes[asked], columns.th1(asked))
    th2[both] = columns.th2(both)
    deviations = _ratio(columns.deviations[here], th2[here])
    changes = np.where(is_neighbour, normalised[near], 0.0)
    return [each.tolist() for each in (changes, deviations, rr_ms[near[:, 1:4]], columns.medians[here], th2[here])]


def _once(at: Indices, size: int) -> Indices:
    """Each position once, ascending."""
    is_asked = np.zeros(size, dtype=np.bool_)
    is_asked[at] = True
    return np.flatnonzero(is_asked)


def _range_checked(kinds: Kinds, rr_ms: Floats) -> Kinds:
    odd = np.flatnonzero((rr_ms < 300) | (rr_ms > 2000))
    for i in odd.tolist():
        kinds[i] = within_range(BeatKind(str(kinds[i])), float(rr_ms[i])).value
    return kinds
