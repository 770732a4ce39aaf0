"""Running sums whose differences are the sums of any windows, and the arrays they are kept in from block to block."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrvdaemon.hrv.rolling_windows import Indices

Numbers = NDArray[Any]

LANE = 21
"""Bits of one counter of three in an integer: up to two million in a window, however long the series."""


class Workspace:
    """Arrays by name, used again by every block: fresh memory costs more than the sums do.

    What ``take`` gives is overwritten by the next ``take`` of that name.
    """

    def __init__(self) -> None:
        self._arrays: dict[str, Numbers] = {}

    def take(self, name: str, size: int, dtype: type[np.generic] = np.float64) -> Numbers:
        """An array of that size with any content."""
        array = self._arrays.get(name)
        if array is None or array.size < size:
            array = self._arrays[name] = np.empty(size + size // 8, dtype)
        return array[:size]

    @property
    def n_bytes(self) -> int:
        """Memory of all arrays."""
        return sum(array.nbytes for array in self._arrays.values())

    def running_sum(self, name: str, values: Numbers) -> Numbers:
        """Shape (n+1,): the sum of the first k values at k. Integers wrap around, which their differences undo."""
        sums = self.take(name, values.size + 1, values.dtype.type)
        sums[0] = 0
        np.cumsum(values, out=sums[1:])
        return sums

    def window_sums(self, name: str, sums: Numbers, first: Indices, last: Indices) -> Numbers:
        """``sums[last] - sums[first]``."""
        inside = self.take(name, first.size, sums.dtype.type)
        before = self.take("before", first.size, sums.dtype.type) if sums.dtype == np.int64 else sums[first]
        np.take(sums, last, out=inside, mode="clip")
        np.take(sums, first, out=before, mode="clip")
        inside -= before
        return inside


_KEPT: list[Workspace] = []
_MOST_KEPT, _LARGEST_KEPT = 2, 1 << 23


@contextmanager
def kept_workspace() -> Iterator[Workspace]:
    """A workspace that outlives the call: memory given back and asked for anew costs half of a day's time domain.

    Nobody else has it meanwhile, whichever thread asks. Up to two are kept, of 8 MB each at most.
    """
    try:
        work = _KEPT.pop()
    except IndexError:
        work = Workspace()
    try:
        yield work
    finally:
        if len(_KEPT) < _MOST_KEPT and work.n_bytes <= _LARGEST_KEPT:
            _KEPT.append(work)


def packed(low: NDArray[np.bool_], middle: NDArray[np.bool_], high: NDArray[np.bool_], out: Numbers) -> Numbers:
    """Three flags in one integer, so that one running sum counts all of them.

    Examples
    --------
    >>> three = packed(np.array([True]), np.array([False]), np.array([True]), np.empty(1, np.int64))
    >>> [counts.tolist() for counts in unpacked(three + three)]
    [[2], [0], [2]]
    """
    np.multiply(high, 1 << LANE, out=out)
    out += middle
    out <<= LANE
    out += low
    return out


def unpacked(counts: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """The three counts of ``packed``, low, middle, high."""
    lane = (1 << LANE) - 1
    return counts & lane, (counts >> LANE) & lane, counts >> (2 * LANE)
