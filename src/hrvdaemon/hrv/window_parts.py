"""Which gap-free parts of the tachogram each window holds: ``Tachogram.between`` for all windows at once."""

from dataclasses import dataclass

import numpy as np

from hrvdaemon.hrv.rolling_windows import Floats, Indices, Windows
from hrvdaemon.hrv.tachogram import RATE_HZ, Tachogram

_ON_THE_GRID = 1e-9
"""Samples; see ``tachogram``."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Gap-free parts, one entry each: its window, its run, its first sample in the run, its number of samples."""

    window: Indices
    run: Indices
    first: Indices
    size: Indices

    def __getitem__(self, chosen: Indices) -> "Parts":
        return Parts(self.window[chosen], self.run[chosen], self.first[chosen], self.size[chosen])


@dataclass(frozen=True, slots=True, kw_only=True)
class CutTachogram:
    """A tachogram and its windows; ``length_s`` is the time each part covers, ``unbroken_s`` a window's longest."""

    tachogram: Tachogram
    windows: Windows
    parts: Parts
    length_s: Floats
    unbroken_s: Floats

    @property
    def offsets(self) -> Indices:
        """Where the samples of each run begin, all in one row."""
        sizes = [run.resampled_ms.size for run in self.tachogram.runs]
        return np.concatenate([[0], np.cumsum(sizes, dtype=np.intp)]).astype(np.intp)

    def resampled(self) -> Floats:
        """All samples in one row."""
        return np.concatenate([np.empty(0), *(run.resampled_ms for run in self.tachogram.runs)])

    def detrended(self) -> Floats:
        """The same less their slow trend."""
        return np.concatenate([np.empty(0), *(run.detrended_ms for run in self.tachogram.runs)])


def cut(tachogram: Tachogram, windows: Windows) -> CutTachogram:
    """Cut the runs of a series at its windows.

    Examples
    --------
    >>> from hrvdaemon.hrv.rolling_windows import windows_every
    >>> from hrvdaemon.hrv.tachogram import tachogram_of
    >>> rr_ms = np.full(100, 1000.0)
    >>> cut(tachogram_of(rr_ms), windows_every(np.cumsum(rr_ms) / 1000, 50.0, 25.0)).parts.size.tolist()
    [196, 200, 200]
    """
    unbroken_s, found, lengths = np.zeros(len(windows)), [], [np.empty(0)]
    for number, run in enumerate(tachogram.runs):
        low = int(np.searchsorted(windows.end_s, run.start_s, side="right"))
        high = int(np.searchsorted(windows.start_s, run.end_s, side="left"))
        start_s, end_s = windows.start_s[low:high], windows.end_s[low:high]
        first, last = (_sample(time_s, run.grid_s, run.resampled_ms.size) for time_s in (start_s, end_s))
        length_s = np.minimum(end_s, run.end_s) - np.maximum(start_s, run.start_s)
        is_any = np.flatnonzero(last > first)
        which = low + is_any
        unbroken_s[which] = np.maximum(unbroken_s[which], length_s[is_any])
        found.append(Parts(which, np.full(which.size, number), first[is_any], (last - first)[is_any]))
        lengths.append(length_s[is_any])
    return CutTachogram(
        tachogram=tachogram,
        windows=windows,
        parts=_joined(found),
        length_s=np.concatenate(lengths),
        unbroken_s=unbroken_s,
    )


def by_window(values: Floats, window: Indices, n_windows: int) -> Floats:
    """Median of the values of each window, NaN left out; NaN of none.

    Examples
    --------
    >>> by_window(np.array([3.0, 1.0, np.nan, 5.0]), np.array([0, 0, 0, 1]), 3).tolist()
    [2.0, 5.0, nan]
    """
    is_known = np.isfinite(values)
    known, of = values[is_known], window[is_known]
    ordered = known[np.lexsort((known, of))]
    counts = np.bincount(of, minlength=n_windows)
    first = np.cumsum(counts) - counts
    middles, some = np.full(n_windows, np.nan), counts > 0
    low, high = (first[some] + (counts[some] - 1) // 2), (first[some] + counts[some] // 2)
    middles[some] = (ordered[low] + ordered[high]) / 2
    return middles


def _joined(found: list[Parts]) -> Parts:
    columns = zip(*((part.window, part.run, part.first, part.size) for part in found), strict=True)
    return Parts(*([np.concatenate(column) for column in columns] or [np.empty(0, np.intp)] * 4))


def _sample(time_s: Floats, grid_s: float, size: int) -> Indices:
    return np.clip(np.ceil((time_s - grid_s) * RATE_HZ - _ON_THE_GRID).astype(np.intp), 0, size)
