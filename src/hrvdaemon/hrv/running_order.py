"""Running medians and quartiles of a series, by sorting all windows of a block at once.

Sorting whole numbers is exact and an order of magnitude faster the narrower they are, so the values of a recording are
taken in their own unit where they have one. A window that reaches over an end holds fewer values.
"""

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Numbers = NDArray[Any]
Indices = NDArray[np.intp]

_UNITS_MS = (1.0, 1000 / 1024, 1 / 256, 1 / 4096)
"""Whole milliseconds, ticks, and grids that corrected beats and their halves are on: all of them exact as doubles."""

_BLOCK = 2048


def in_whole_units(values_ms: Floats) -> tuple[Numbers, float]:
    """Values as whole numbers of a unit, and that unit in ms; the floats and 1.0 where no unit fits all of them.

    Examples
    --------
    >>> whole, unit_ms = in_whole_units(np.array([1000.0, 500.0, 999.0234375]))
    >>> whole.tolist(), unit_ms
    ([1024, 512, 1023], 0.9765625)
    """
    for unit_ms in _UNITS_MS:
        whole = np.rint(values_ms / unit_ms)
        if np.array_equal(whole * unit_ms, values_ms):
            return _narrowed(whole), unit_ms
    return values_ms, 1.0


def quartile_deviations(values: Numbers, at: Indices, width: int) -> Floats:
    """Half the distance between the quartiles (linear, as ``np.percentile``) of the windows centred on ``at``.

    Parameters
    ----------
    values
        Shape (n,), not negative; whole numbers in, no rounding error.
    at
        Positions asked for, ascending, shape (m,).
    width
        Odd number of values in a window; fewer at the two ends.

    Examples
    --------
    >>> quartile_deviations(np.array([5, 1, 4, 2, 3]), np.array([0, 2]), 5).tolist()
    [1.0, 1.0]
    """
    half, values = width // 2, _narrowed(values)
    deviations = np.empty(at.size)
    is_inside = (at >= half) & (at < values.size - half)
    deviations[is_inside] = _inside(values, at[is_inside] - half, width)
    rows, counts = _with_neighbours(values, at[~is_inside], half, np.zeros(values.size, np.intp))
    deviations[~is_inside] = _quartile_deviation(np.sort(rows, axis=1), counts)
    return deviations


def running_medians(values: Numbers, segment: Indices, width: int) -> Numbers:
    """Medians of the windows centred on each value that do not leave its segment.

    Parameters
    ----------
    values
        Shape (n,); whole numbers must be even, so that the mean of two of them is whole as well.
    segment
        Number of the segment of each value, ascending, shape (n,).
    width
        Odd number of values in a window.

    Examples
    --------
    >>> running_medians(np.array([2, 8, 4, 6]), np.array([0, 0, 0, 1]), 3).tolist()
    [5, 4, 6, 6]
    """
    half, medians = width // 2, values.copy()
    is_whole = np.zeros(values.size, dtype=np.bool_)
    if values.size >= width:
        is_whole[half : values.size - half] = segment[width - 1 :] == segment[: values.size - width + 1]
        windows, narrow = sliding_window_view(_narrowed(values), width), medians[half : values.size - half]
        for first in range(0, narrow.size, _BLOCK):
            narrow[first : first + _BLOCK] = np.sort(windows[first : first + _BLOCK], axis=1)[:, half]
    cut = np.flatnonzero(~is_whole)
    rows, counts = _with_neighbours(values, cut, half, segment)
    middle, row = np.sort(rows, axis=1), np.arange(cut.size)
    pair = middle[row, (counts - 1) // 2] + middle[row, counts // 2]
    medians[cut] = pair / 2 if values.dtype.kind == "f" else pair // 2
    return medians


def _inside(values: Numbers, first: Indices, width: int) -> Floats:
    windows, deviations = sliding_window_view(values, width) if first.size else values, np.empty(first.size)
    for block in range(0, first.size, _BLOCK):
        rows = windows[first[block : block + _BLOCK]]
        rows.sort(axis=1)
        deviations[block : block + _BLOCK] = _quartile_deviation(rows, np.full(len(rows), width))
    return deviations


def _with_neighbours(values: Numbers, at: Indices, half: int, segment: Indices) -> tuple[Numbers, Indices]:
    """Windows around ``at`` and how many of each count: what lies beyond an end or a segment is the largest number."""
    index = at[:, None] + np.arange(-half, half + 1)
    clipped = np.clip(index, 0, max(values.size - 1, 0))
    counts_in = (index == clipped) & (segment[clipped] == segment[at][:, None])
    largest = np.inf if values.dtype.kind == "f" else np.iinfo(values.dtype).max
    rows = np.where(counts_in, values[clipped], largest)
    return rows, counts_in.sum(axis=1)


def _quartile_deviation(ordered: Numbers, counts: Indices) -> Floats:
    difference = _four_times_quartile(ordered, counts, 3) - _four_times_quartile(ordered, counts, 1)
    return np.asarray(difference / 8, np.float64)


def _four_times_quartile(ordered: Numbers, counts: Indices, number: int) -> Numbers:
    low, quarters = np.divmod((counts - 1) * number, 4)
    row, high = np.arange(counts.size), np.minimum(low + 1, counts - 1)
    wide = np.float64 if ordered.dtype.kind == "f" else np.int64
    return np.asarray((4 - quarters) * ordered[row, low].astype(wide) + quarters * ordered[row, high].astype(wide))


def _narrowed(values: Numbers) -> Numbers:
    """The same whole numbers in the narrowest integers that hold them; floats that are no whole numbers stay."""
    if values.dtype == np.int16 or not values.size:
        return values
    largest = float(np.abs(values).max())
    if values.dtype.kind == "f" and not (largest < 2**53 and np.array_equal(np.rint(values), values)):
        return values
    fits = (dtype for dtype in (np.int16, np.int32, np.int64) if largest <= np.iinfo(dtype).max)
    return values.astype(next(fits))
