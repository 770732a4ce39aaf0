"""Median, quartiles, range, triangular index and stress index of every window.

Order statistics come from sorting the windows of a block together, histograms from running counts of each bin. Both
give the values of ``time_domain`` and ``geometric`` for the same intervals.
"""

from collections.abc import Iterator

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from hrvdaemon.hrv.correction import NNSeries
from hrvdaemon.hrv.geometric import HTI_BIN_MS, STRESS_BIN_MS
from hrvdaemon.hrv.given_intervals import FLAT
from hrvdaemon.hrv.prefix_sums import Numbers
from hrvdaemon.hrv.rolling_windows import Block, Floats, Indices, Windows, blocks
from hrvdaemon.hrv.running_order import in_whole_units
from hrvdaemon.hrv.time_domain import MAD_TO_SD

KEYS = ("median_rr_ms", "mad_ms", "iqr_ms", "min_rr_ms", "max_rr_ms", "hti", "stress_index_raw")

_BEATS = 8192
_ROWS = 256
_SORTED = frozenset(KEYS) - {"hti"}


def rolling_geometric(nn: NNSeries, windows: Windows, keys: tuple[str, ...] = KEYS) -> dict[str, Floats]:
    """Values for every window.

    Parameters
    ----------
    nn
        Intervals in range (``NNSeries.in_range``).
    windows
        Windows over ``nn.end_s``.
    keys
        Metrics wanted, from ``KEYS``.

    Returns
    -------
    metrics
        Arrays of shape (n,), NaN of no interval; the stress index of constant intervals is NaN. Shortest windows and
        grades are not asked here.

    Examples
    --------
    >>> from hrvdaemon.hrv.correction import uncorrected
    >>> from hrvdaemon.hrv.rolling_windows import windows_every
    >>> rr_ms = np.tile([800.0, 900.0], 300)
    >>> nn = uncorrected(rr_ms, None, np.cumsum(rr_ms) / 1000)
    >>> rolling_geometric(nn, windows_every(nn.end_s, 255.0, 255.0))["stress_index_raw"].round(4).tolist()
    [294.1176, 294.1176]
    """
    wanted = set(keys) | ({"median_rr_ms", "min_rr_ms", "max_rr_ms"} if "stress_index_raw" in keys else set())
    found = {key: np.full(len(windows), np.nan) for key in KEYS if key in wanted}
    for block in blocks(windows, nn.end_s, _BEATS):
        here = {key: values[block.windows] for key, values in found.items()}
        rr_ms, n = nn.rr_ms[block.beats], block.last - block.first
        if wanted & _SORTED:
            _order(here, rr_ms, block)
        if "hti" in wanted:
            fullest = _fullest(rr_ms, HTI_BIN_MS, block)
            np.divide(n, fullest, out=here["hti"], where=n > 0)
        if "stress_index_raw" in wanted:
            _stress(here, _fullest(rr_ms, STRESS_BIN_MS, block), n)
    return {key: found[key] for key in keys}


def _stress(here: dict[str, Floats], fullest: Numbers, n: Indices) -> None:
    spread, middle = here["max_rr_ms"] - here["min_rr_ms"], here["median_rr_ms"]
    swings = spread > FLAT * middle
    share = np.divide(100 * fullest, n, out=np.zeros(n.size), where=swings)
    np.divide(share, 2 * middle / 1000 * spread / 1000, out=here["stress_index_raw"], where=swings)


def _order(here: dict[str, Floats], rr_ms: Floats, block: Block) -> None:
    """Fill in what sorting tells."""
    whole, unit_ms = in_whole_units(rr_ms)
    for part, rows, counts in rows_of_windows(whole, block.first, block.last):
        rows.sort(axis=1)
        row, last = np.arange(counts.size), counts - 1
        values: dict[str, Numbers]
        middle = (_at(rows, row, last // 2) + _at(rows, row, counts // 2)) / 2
        is_any = counts > 0
        values = {
            "median_rr_ms": middle,
            "min_rr_ms": rows[:, 0],
            "max_rr_ms": _at(rows, row, last),
        }
        if "iqr_ms" in here:
            values["iqr_ms"] = _quartile(rows, row, last, 3) - _quartile(rows, row, last, 1)
        if "mad_ms" in here:
            values["mad_ms"] = MAD_TO_SD * _median_deviation(rows, row, counts, middle)
        for key, value in values.items():
            if key in here:
                here[key][part] = np.where(is_any, value * unit_ms, np.nan)


def rows_of_windows(values: Numbers, first: Indices, last: Indices) -> Iterator[tuple[slice, Numbers, Indices]]:
    """Windows as rows, some at a time; behind a window's own values the largest number there is."""
    counts = last - first
    largest = np.inf if values.dtype.kind == "f" else np.iinfo(values.dtype).max
    width = max(int(counts.max()), 1) if counts.size else 1
    padded = np.concatenate([values, np.full(width, largest, values.dtype)])
    every = sliding_window_view(padded, width)
    for start in range(0, first.size, _ROWS):
        part = slice(start, start + _ROWS)
        rows = every[first[part]]
        rows[np.arange(width) >= counts[part, None]] = largest
        rows[counts[part] == 0] = 0
        yield part, rows, counts[part]


def _at(rows: Numbers, row: Indices, column: Indices) -> Floats:
    return rows[row, column].astype(np.float64)


def _quartile(rows: Numbers, row: Indices, last: Indices, number: int) -> Floats:
    """Linear, as ``np.percentile``."""
    low, quarters = np.divmod(last * number, 4)
    below, above = _at(rows, row, low), _at(rows, row, np.minimum(low + 1, last))
    return np.asarray(below + (above - below) * (quarters / 4), np.float64)


def _median_deviation(rows: Numbers, row: Indices, counts: Indices, middle: Floats) -> Floats:
    """Median of the distances from the median; twice them are whole where the values are."""
    if rows.dtype.kind == "f":
        distances, largest = np.abs(rows - middle[:, None]), np.inf
    else:
        wide = np.dtype(np.int64 if rows.dtype.itemsize > 4 else np.int32)
        distances = np.abs(2 * rows.astype(wide) - (2 * middle).astype(wide)[:, None])
        largest = np.iinfo(np.int32).max if wide.itemsize == 4 else np.iinfo(np.int64).max
    distances[np.arange(rows.shape[1]) >= counts[:, None]] = largest
    distances.sort(axis=1)
    both = _at(distances, row, (counts - 1) // 2) + _at(distances, row, counts // 2)
    return both / 2 if rows.dtype.kind == "f" else both / 4


def _fullest(rr_ms: Floats, width_ms: float, block: Block) -> Numbers:
    """Count of the fullest bin of each window, edges at whole multiples of the width from 0."""
    bins = np.floor(rr_ms / width_ms).astype(np.int64)
    bins -= bins.min() if bins.size else 0
    counter = np.uint16 if int((block.last - block.first).max()) < 1 << 16 else np.uint32
    counts = np.zeros((rr_ms.size + 1, int(bins.max()) + 1 if bins.size else 1), counter)
    counts[np.arange(1, rr_ms.size + 1), bins] = 1
    # counts wrap around in long blocks; the difference of two rows does not
    np.cumsum(counts, axis=0, dtype=counter, out=counts)
    fullest: NDArray[np.int64] = np.empty(block.first.size, np.int64)
    for start in range(0, fullest.size, _ROWS):
        part = slice(start, start + _ROWS)
        fullest[part] = (counts[block.last[part]] - counts[block.first[part]]).max(axis=1)
    return fullest
