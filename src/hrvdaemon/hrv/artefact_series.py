"""Artefacts of a whole series at once: the published centred windows around the same ``decide`` as the stream."""

from itertools import pairwise

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from hrvdaemon.hrv.artefacts import SETTINGS, ArtefactSettings, decide, quartile_deviation, within_range
from hrvdaemon.vocabulary.epochs import BeatKind

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Kinds = NDArray[np.str_]

_BLOCK = 4096


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
    changes, th1 = _changes(rr_ms, starts, settings)
    medians = _segment_medians(rr_ms, starts, settings.median)
    deviations = rr_ms - medians
    deviations[deviations < 0] *= 2
    th2 = _thresholds(deviations, settings)
    normalised = _ratio(changes, th1), _ratio(deviations, th2)
    kinds = _decide_suspects(*normalised, rr_ms, medians, th2, starts, settings)
    return _range_checked(kinds, rr_ms)


def segment_starts(rr_ms: Floats, gaps: Bools | None) -> Bools:
    """Mask of the first interval of every segment. ValueError for shapes that differ and for NaN."""
    starts = np.zeros(rr_ms.size, dtype=np.bool_) if gaps is None else gaps.copy()
    if starts.shape != rr_ms.shape or rr_ms.ndim != 1 or not np.isfinite(rr_ms).all():
        raise ValueError(f"expected finite rr_ms and gaps of one shape (n,), came {rr_ms.shape} and {starts.shape}")
    starts[:1] = True
    return starts


def _changes(rr_ms: Floats, starts: Bools, settings: ArtefactSettings) -> tuple[Floats, Floats]:
    changes = np.diff(rr_ms, prepend=rr_ms[:1])
    exist = ~starts
    changes[starts] = 0.0
    if exist.any():
        changes[0] = changes[exist].mean()
    exist[:1] = True
    th1 = np.ones_like(rr_ms)
    th1[exist] = _thresholds(changes[exist], settings)
    return changes, th1


def _thresholds(values: Floats, settings: ArtefactSettings) -> Floats:
    """Alpha times the quartile deviation of the absolute values around each; fewer at the two ends."""
    size, half = np.abs(values), settings.window // 2
    deviation = np.empty_like(size)
    edges = set(range(size.size)) - set(range(half, size.size - half))
    for i in edges:
        deviation[i] = quartile_deviation(size[max(0, i - half) : i + half + 1].tolist())
    for first in range(half, size.size - half, _BLOCK):
        last = min(first + _BLOCK, size.size - half)
        windows = np.sort(sliding_window_view(size[first - half : last + half], settings.window), axis=1)
        q1, q3 = np.percentile(windows, (25, 75), axis=1)
        deviation[first:last] = (q3 - q1) / 2
    return np.maximum(settings.alpha * deviation, settings.floor_ms)


def _segment_medians(rr_ms: Floats, starts: Bools, width: int) -> Floats:
    bounds = [*np.flatnonzero(starts).tolist(), rr_ms.size]
    medians = [_medians(rr_ms[a:b], width) for a, b in pairwise(bounds)]
    return np.concatenate(medians) if medians else np.empty(0)


def _medians(rr_ms: Floats, width: int) -> Floats:
    half = width // 2
    padded = np.pad(rr_ms, half, constant_values=np.nan)
    windows = sliding_window_view(padded, width)
    medians = np.median(windows, axis=1)
    for i in np.flatnonzero(np.isnan(medians)).tolist():
        medians[i] = np.median(rr_ms[max(0, i - half) : i + half + 1])
    return medians


def _ratio(values: Floats, thresholds: Floats) -> Floats:
    return np.divide(values, thresholds, out=np.full_like(values, np.nan), where=thresholds != 0)


def _decide_suspects(
    changes: Floats,
    deviations: Floats,
    rr_ms: Floats,
    medians: Floats,
    th2: Floats,
    starts: Bools,
    settings: ArtefactSettings,
) -> Kinds:
    kinds = np.full(rr_ms.size, BeatKind.NORMAL.value, dtype="U1")
    segment: NDArray[np.intp] = np.cumsum(starts, dtype=np.intp)
    undecided = 0
    for i in np.flatnonzero(~(np.abs(changes) <= 1)).tolist():
        if i < undecided:
            continue
        here = [column[i : i + 2].tolist() for column in (deviations, medians, th2)]
        around = _within_segment(changes, segment, i)
        labels = decide(around, here[0], rr_ms[i : i + 3].tolist(), here[1], here[2], settings)
        undecided = i + len(labels)
        kinds[i:undecided] = [label.value for label in labels]
    return kinds


def _within_segment(changes: Floats, segment: NDArray[np.intp], i: int) -> list[float]:
    """Changes of i-1 to i+3; a neighbour in another segment, or none, is no change."""
    wanted = range(i - 1, i + 4)
    return [float(changes[k]) if 0 <= k < changes.size and segment[k] == segment[i] else 0.0 for k in wanted]


def _range_checked(kinds: Kinds, rr_ms: Floats) -> Kinds:
    odd = np.flatnonzero((rr_ms < 300) | (rr_ms > 2000))
    for i in odd.tolist():
        kinds[i] = within_range(BeatKind(str(kinds[i])), float(rr_ms[i])).value
    return kinds
