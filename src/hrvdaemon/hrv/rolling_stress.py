"""Baevsky's stress index of every window as Kubios shows it: the root of that of intervals freed of their slow trend.

The mean of the window is put back before the intervals are sorted into bins, and it differs from window to window, so
histograms can not be shared; windows are worked on as rows, some at a time.
"""

import numpy as np

from hrvdaemon.hrv.correction import NNSeries
from hrvdaemon.hrv.geometric import STRESS_BIN_MS
from hrvdaemon.hrv.given_intervals import FLAT
from hrvdaemon.hrv.rolling_geometric import rows_of_windows
from hrvdaemon.hrv.rolling_windows import Block, Floats, Indices, Windows, blocks

_BEATS = 8192


def rolling_stress_detrended(nn: NNSeries, detrended_rr_ms: Floats, windows: Windows) -> Floats:
    """√SI of every window, ``geometric.stress_index`` of detrended intervals around the mean of the window.

    Parameters
    ----------
    nn
        Intervals in range (``NNSeries.in_range``).
    detrended_rr_ms
        ``Tachogram.detrended_rr_ms`` of them; NaN where a run is too short for a trend.
    windows
        Windows over ``nn.end_s``.

    Returns
    -------
    stress_index_sqrt_detrended
        Shape (n,). NaN without an interval and for constant ones. Shortest windows and grades are not asked here.

    Examples
    --------
    >>> from hrvdaemon.hrv.correction import uncorrected
    >>> from hrvdaemon.hrv.rolling_windows import windows_every
    >>> rr_ms = np.tile([800.0, 900.0], 300)
    >>> nn = uncorrected(rr_ms, None, np.cumsum(rr_ms) / 1000)
    >>> rolling_stress_detrended(nn, rr_ms - 850.0, windows_every(nn.end_s, 255.0, 255.0)).round(4).tolist()
    [17.1499, 17.1499]
    """
    roots = np.full(len(windows), np.nan)
    for block in blocks(windows, nn.end_s, _BEATS):
        roots[block.windows] = _roots(nn.rr_ms[block.beats], detrended_rr_ms[block.beats], block)
    return roots


def _roots(rr_ms: Floats, detrended_ms: Floats, block: Block) -> Floats:
    is_known = np.isfinite(detrended_ms)
    place = np.concatenate([[0], np.cumsum(is_known)])
    mean_ms = _means(rr_ms, block)
    roots = np.full(block.first.size, np.nan)
    for part, rows, counts in rows_of_windows(detrended_ms[is_known], place[block.first], place[block.last]):
        rows.sort(axis=1)
        np.add(rows, mean_ms[part, None], out=rows)
        row = np.arange(counts.size)
        middle = (rows[row, (counts - 1) // 2] + rows[row, counts // 2]) / 2
        spread = rows[row, counts - 1] - rows[:, 0]
        swings = (counts > 0) & (middle > 0) & (spread > FLAT * middle)
        if swings.any():
            share = 100 * _fullest(rows[swings]) / counts[swings]
            roots[part][swings] = np.sqrt(share / (2 * middle[swings] / 1000 * spread[swings] / 1000))
    return roots


def _means(rr_ms: Floats, block: Block) -> Floats:
    centre = float(rr_ms.mean()) if rr_ms.size else 0.0
    sums = np.concatenate([[0.0], np.cumsum(rr_ms - centre)])
    n = np.maximum(block.last - block.first, 1)
    return np.asarray(centre + (sums[block.last] - sums[block.first]) / n, np.float64)


def _fullest(rows: Floats) -> Indices:
    """Count of the fullest bin of each ascending row; what stands for no interval is infinite and counts nowhere."""
    bins = np.floor(rows / STRESS_BIN_MS)
    bins -= bins[:, :1]
    n_bins = int(bins[np.isfinite(bins)].max()) + 1
    np.minimum(bins, n_bins, out=bins)
    bins += np.arange(len(rows))[:, None] * (n_bins + 1)
    counts = np.bincount(bins.astype(np.intp).ravel(), minlength=len(rows) * (n_bins + 1))
    return np.asarray(counts.reshape(len(rows), -1)[:, :n_bins].max(axis=1))
