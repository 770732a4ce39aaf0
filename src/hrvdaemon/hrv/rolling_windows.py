"""Where rolling windows lie in a series, and how to walk them in blocks that stay in the cache.

A window holds the intervals whose beat ends after its start and not after its end, as in ``analysis``. Only whole
windows count: the first one starts with the first interval, or later.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

ROUNDING_S = 1e-6
"""Sums of a day's intervals are nearer to each other than that."""
_WINDOWS_IN_BLOCK = 16_384
_BEATS_IN_BLOCK = 65_536
_MARKS = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Windows:
    """Windows of one length; seconds from the start of the first interval, shape (n,), ascending.

    ``first_beat`` is the beat that ends the first window where each window ends with the beat after that of the
    window before it; else None.
    """

    length_s: float
    start_s: Floats
    end_s: Floats
    first_beat: int | None = None

    def __len__(self) -> int:
        return self.start_s.size

    def thinned(self, every: int) -> "Windows":
        """The first window and each so-manyth after it."""
        if every == 1:
            return self
        return Windows(length_s=self.length_s, start_s=self.start_s[::every], end_s=self.end_s[::every])


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Some windows in a row and the beats they need: ``first`` and ``last`` count from ``beats.start``."""

    windows: slice
    beats: slice
    first: Indices
    last: Indices
    """One behind the last beat of each window."""


def windows_every(end_s: Floats, length_s: float, step_s: float) -> Windows:
    """Windows whose starts are ``step_s`` apart.

    Parameters
    ----------
    end_s
        Where each interval ends, in seconds, shape (n,), ascending.
    length_s, step_s
        Length of the windows and distance of their starts.

    Raises
    ------
    ValueError
        For lengths that are not above 0 and times that do not ascend.

    Examples
    --------
    >>> windows_every(np.arange(1.0, 11.0), 6.0, 2.0).start_s.tolist()
    [0.0, 2.0, 4.0]
    """
    _check(end_s, length_s, step_s)
    return windows_at(starts_of_windows(float(end_s[-1]) if end_s.size else 0.0, length_s, step_s), length_s)


def windows_at(start_s: Floats, length_s: float) -> Windows:
    """Windows of one length from their starts, ascending."""
    return Windows(length_s=length_s, start_s=start_s, end_s=start_s + length_s)


def starts_of_windows(duration_s: float, length_s: float, step_s: float) -> Floats:
    """Starts of all whole windows within a duration; a millionth of a second short is whole.

    Examples
    --------
    >>> starts_of_windows(300.0, 120.0, 60.0).tolist()
    [0.0, 60.0, 120.0, 180.0]
    """
    if duration_s < length_s - ROUNDING_S:
        return np.empty(0)
    return np.arange(int((duration_s - length_s) / step_s + ROUNDING_S) + 1, dtype=np.float64) * step_s


def windows_at_beats(end_s: Floats, length_s: float) -> Windows:
    """One window for each beat, which ends it.

    Raises
    ------
    ValueError
        As ``windows_every``.

    Examples
    --------
    >>> windows_at_beats(np.arange(1.0, 6.0), 3.0).end_s.tolist()
    [3.0, 4.0, 5.0]
    """
    _check(end_s, length_s, 1.0)
    first_beat = int(np.searchsorted(end_s, length_s))
    ends = end_s[first_beat:]
    return Windows(length_s=length_s, start_s=ends - length_s, end_s=ends, first_beat=first_beat)


def blocks(windows: Windows, end_s: Floats, n_beats: int = _BEATS_IN_BLOCK) -> Iterator[Block]:
    """All windows in order, so many at a time that the beats they need are few against the cache.

    Parameters
    ----------
    windows
        The windows.
    end_s
        Where each interval ends, in seconds, shape (n,), ascending.
    n_beats
        Beats of a block, roughly; where a window itself has as many, twice those of a window.

    Examples
    --------
    >>> beats = np.arange(1.0, 11.0)
    >>> [(block.first.tolist(), block.last.tolist()) for block in blocks(windows_every(beats, 6.0, 2.0), beats)]
    [([0, 2, 4], [6, 8, 10])]
    """
    size = _windows_in_block(windows, end_s, n_beats)
    for start in range(0, len(windows), size):
        here = slice(start, min(start + size, len(windows)))
        starts, ends = windows.start_s[here], windows.end_s[here]
        low, high = np.searchsorted(end_s, (starts[0], ends[-1]), side="right").tolist()
        inside = end_s[low:high]
        if windows.first_beat is None:
            first, last = _bounds(inside, starts, ends)
        else:
            first = np.searchsorted(inside, starts, side="right")
            last = np.arange(windows.first_beat + here.start + 1 - low, windows.first_beat + here.stop + 1 - low)
        yield Block(windows=here, beats=slice(low, high), first=first, last=last)


def most_beats(windows: Windows, end_s: Floats) -> int:
    """A bound on the beats of any window: those of nine eighths of its length, wherever they are most.

    Examples
    --------
    >>> most_beats(windows_every(np.arange(1.0, 11.0), 8.0, 1.0), np.arange(1.0, 11.0))
    9
    """
    if not len(windows) or not end_s.size:
        return 0
    n_marks, most = int(float(end_s[-1]) / windows.length_s * 8) + 2, 0
    for first in range(0, n_marks, _MARKS):
        marks = np.arange(first, min(first + _MARKS, n_marks) + 9) * (windows.length_s / 8)
        before = np.searchsorted(end_s, marks, side="right")
        most = max(most, int((before[9:] - before[:-9]).max()))
    return most


def _bounds(inside: Floats, starts: Floats, ends: Floats) -> tuple[Indices, Indices]:
    """Ends that are starts of later windows are looked up once."""
    shift = int(np.searchsorted(starts, ends[0]))
    if shift < starts.size and np.array_equal(starts[shift:], ends[:-shift]):
        edges = np.searchsorted(inside, np.concatenate([starts, ends[-shift:]]), side="right")
        return edges[:-shift], edges[shift:]
    return np.searchsorted(inside, starts, side="right"), np.searchsorted(inside, ends, side="right")


def _windows_in_block(windows: Windows, end_s: Floats, n_beats: int) -> int:
    if not len(windows) or not end_s.size:
        return max(1, len(windows))
    beats_a_second = end_s.size / max(float(end_s[-1]), 1e-3)
    apart_s = float(windows.start_s[-1] - windows.start_s[0]) / max(len(windows) - 1, 1)
    of_two_windows = int(2 * windows.length_s * beats_a_second)
    fitting = int(max(n_beats, of_two_windows) / max(apart_s * beats_a_second, 1e-6))
    return max(1, min(fitting, max(_WINDOWS_IN_BLOCK, of_two_windows)))


def _check(end_s: Floats, length_s: float, step_s: float) -> None:
    if not (length_s > 0 and step_s > 0 and np.isfinite(length_s) and np.isfinite(step_s)):
        raise ValueError(f"expected a window and a step above 0 s, came {length_s} and {step_s}")
    if end_s.ndim != 1 or not (end_s[1:] >= end_s[:-1]).all() or not np.isfinite(end_s[-1:]).all():
        raise ValueError(f"expected finite ascending end_s of shape (n,), came shape {end_s.shape}")
