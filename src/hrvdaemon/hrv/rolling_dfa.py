"""DFA alpha 1 of every window, each box of beats worked out once.

The profile's offset and slope are part of the line of a box, so what remains of a box does not depend on the window it
is in. Boxes of n beats stand end to end from the first beat of a window, so a window takes every n-th one: their sum is
a difference of running sums of stride n.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from hrvdaemon.hrv.correction import NNSeries
from hrvdaemon.hrv.given_intervals import FLAT
from hrvdaemon.hrv.nonlinear import ALPHA1_SCALES
from hrvdaemon.hrv.rolling_windows import Block, Floats, Indices, Windows, blocks

_BEATS = 8192


def rolling_dfa_alpha1(nn: NNSeries, windows: Windows, scales: tuple[int, ...] = ALPHA1_SCALES) -> Floats:
    """Slope of log F(n) over log n for every window, as ``nonlinear.dfa_alpha1`` defines it.

    Parameters
    ----------
    nn
        Intervals in range (``NNSeries.in_range``).
    windows
        Windows over ``nn.end_s``.
    scales
        Lengths of the boxes in beats, ascending, from 3.

    Returns
    -------
    alpha1
        Shape (n,). NaN where a scale has no whole box, and where intervals are constant. Shortest windows and grades
        are not asked here.

    Examples
    --------
    >>> from hrvdaemon.hrv.correction import uncorrected
    >>> from hrvdaemon.hrv.rolling_windows import windows_every
    >>> rr_ms = 900 + np.cumsum(np.random.default_rng(1).normal(0, 5, 2000))
    >>> nn = uncorrected(rr_ms, None, np.cumsum(rr_ms) / 1000)
    >>> rolling_dfa_alpha1(nn, windows_every(nn.end_s, 800.0, 300.0)).round(1).tolist()
    [1.5, 1.5]
    """
    alpha = np.full(len(windows), np.nan)
    x = np.log(scales) - np.log(scales).mean()
    for block in blocks(windows, nn.end_s, _BEATS):
        log_squares = np.log(_mean_squares(nn, block, scales))
        alpha[block.windows] = x @ log_squares / (2 * (x @ x))
    return alpha


def _mean_squares(nn: NNSeries, block: Block, scales: tuple[int, ...]) -> Floats:
    """F(n)² of each scale and window, shape (scales, windows); NaN where there is none."""
    rr_ms, starts = nn.rr_ms[block.beats], nn.starts[block.beats]
    is_broken = starts.any()
    broken = np.concatenate([[0], np.cumsum(starts)])
    squares = np.full((len(scales), block.first.size), np.nan)
    for row, (scale, energy) in zip(squares, _energies(rr_ms, scales), strict=True):
        n_boxes = (block.last - block.first) // scale
        if is_broken:
            is_whole = broken[scale : scale + energy.size] == broken[1 : 1 + energy.size]
            n_whole = _sum_of_boxes(is_whole.astype(np.float64), block.first, n_boxes, scale)
            total = _sum_of_boxes(energy * is_whole, block.first, n_boxes, scale)
        else:
            n_whole, total = n_boxes.astype(np.float64), _sum_of_boxes(energy, block.first, n_boxes, scale)
        np.divide(total, scale * n_whole, out=row, where=n_whole > 0)
    squares[:, _is_flat(rr_ms, block)] = np.nan
    first_ms = np.append(rr_ms, 0.0)[block.first]
    squares[squares <= (FLAT * first_ms) ** 2] = np.nan
    return squares


def _energies(rr_ms: Floats, scales: tuple[int, ...]) -> Iterator[tuple[int, Floats]]:
    """Sum of squared residuals of the box that begins at each beat, scale after scale.

    Sums over a box of k beats become those of k + 1 by one more beat; the first interval is taken out of all, so that
    nothing large is subtracted in the end.
    """
    n = max(rr_ms.size, max(scales) + 1)
    padded = np.concatenate([rr_ms, np.zeros(n + max(scales) - rr_ms.size)])
    origin = padded[:n]
    profile, total, moment, squares = np.zeros(n), np.zeros(n), np.zeros(n), np.zeros(n)
    for k in range(max(scales)):
        profile += padded[k : n + k]
        profile -= origin
        total += profile
        moment += k * profile
        squares += profile * profile
        if (scale := k + 1) in scales:
            slope = moment - total * (k / 2)
            energy = squares - total * total * (1 / scale) - slope * slope * (12 / (scale * (scale**2 - 1)))
            yield scale, np.maximum(energy, 0.0)[: max(rr_ms.size - k, 0)]


def _sum_of_boxes(energy: Floats, first: Indices, n_boxes: Indices, scale: int) -> Floats:
    """Sum of ``energy`` at ``first``, ``first + scale`` … (``n_boxes`` of them)."""
    rows = -(-energy.size // scale) + 1
    columns = np.zeros((rows + 1) * scale)
    columns[scale : scale + energy.size] = energy
    sums = np.cumsum(columns.reshape(-1, scale), axis=0).ravel()
    ends = first + n_boxes * scale
    return np.asarray(sums[ends] - sums[first], np.float64)


def _is_flat(rr_ms: Floats, block: Block) -> NDArray[np.bool_]:
    """Windows of intervals that are equal but for rounding."""
    change = np.abs(np.diff(rr_ms)) > FLAT * rr_ms[1:]
    changes = np.concatenate([[0], np.cumsum(change), [0]])
    changes[-1] = changes[-2]
    last = np.maximum(block.last - 1, block.first)
    return np.asarray(changes[last] == changes[block.first])
