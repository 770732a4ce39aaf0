"""The sums that the time domain of every window is made of, one block of windows after the other.

Rules of this file:

- Sums are integers on a grid (``fixed_point``), so there is no drift, a constant heart has exactly no variability,
  and nothing is rounded here.
- What a double leaves over below the grid is summed beside it in floating point, over one block only.
- A pair belongs to a window when both its beats do; it counts where ``NNSeries.pair_mask`` says so.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hrvdaemon.hrv.correction import NNSeries
from hrvdaemon.hrv.fixed_point import grid_for
from hrvdaemon.hrv.prefix_sums import LANE, Numbers, Workspace, packed, unpacked
from hrvdaemon.hrv.rolling_windows import Block, Floats, Windows, most_beats
from hrvdaemon.vocabulary.epochs import BeatKind

Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class RollingSums:
    """Sums of the windows of a block, in units of the grid; floating where the block has remainders."""

    n_beats: Numbers
    n_artefacts: Numbers
    n_nn: Numbers
    n_pairs: Numbers
    n_over_50: Numbers
    n_over_20: Numbers
    total: Numbers
    """Of the intervals in range."""
    spread: Numbers
    """N Σx² - (Σx)² of them."""
    squared_differences: Numbers
    spread_of_differences: Numbers


class BlockSums:
    """Sums over the windows of one block after the other of the same series."""

    def __init__(self, series: NNSeries, windows: Windows, work: Workspace) -> None:
        n_most = most_beats(windows, series.end_s)
        if n_most >> LANE:
            raise ValueError(f"expected windows of at most {(1 << LANE) - 1} beats, came {n_most}")
        self.grid = grid_for(series.rr_ms, n_most)
        self._series = series
        self.work = work

    def of(self, block: Block) -> RollingSums:
        """All sums of the block's windows; valid until the next call."""
        beats, work = block.beats, self.work
        rr_ms = self._series.rr_ms[beats]
        letters = np.ascontiguousarray(self._series.labels[beats], dtype="U1").view(np.uint32)
        is_artefact = letters != ord(BeatKind.NORMAL)
        n_beats = np.subtract(block.last, block.first, out=work.take("n_beats", block.first.size, np.int64))
        n_artefacts, n_out = np.zeros_like(n_beats), np.zeros_like(n_beats)
        is_out = letters == ord(BeatKind.OUT_OF_RANGE) if is_artefact.any() else is_artefact
        if is_artefact.any():
            n_artefacts, n_out, _ = unpacked(self._counts(block, is_artefact, is_out, is_out))
        whole, rest = self._on_grid(rr_ms, is_out)
        n_nn = n_beats - n_out if is_out.any() else n_beats
        total, spread = self._levels(block, whole, rest, n_nn)
        n_pairs, n_over_50, n_over_20, differences = self._pairs(block, rr_ms, whole, rest)
        return RollingSums(n_beats, n_artefacts, n_nn, n_pairs, n_over_50, n_over_20, total, spread, *differences)

    def _counts(self, block: Block, low: Numbers, middle: Numbers, high: Numbers) -> Numbers:
        flags = packed(low, middle, high, self.work.take("flags", low.size, np.int64))
        return self.work.window_sums("counts", self.work.running_sum("n", flags), block.first, block.last)

    def _on_grid(self, rr_ms: Floats, is_out: NDArray[np.bool_]) -> tuple[Integers, Floats | None]:
        scaled, whole = self.work.take("scaled", rr_ms.size), self.work.take("whole", rr_ms.size, np.int64)
        np.multiply(rr_ms, self.grid.per_ms, out=scaled)
        nearest = np.rint(scaled, out=self.work.take("nearest", rr_ms.size))
        whole[:] = nearest
        scaled -= nearest
        if is_out.any():
            whole[is_out], scaled[is_out] = 0, 0.0
        return whole, scaled if scaled.any() else None

    def _levels(self, block: Block, whole: Integers, rest: Floats | None, n_nn: Numbers) -> tuple[Numbers, Numbers]:
        work, first, last = self.work, block.first, block.last
        squares = np.multiply(whole, whole, out=work.take("product", whole.size, np.int64))
        total = work.window_sums("total", work.running_sum("s", whole), first, last)
        spread = work.window_sums("spread", work.running_sum("s", squares), first, last)
        spread *= n_nn
        spread -= np.multiply(total, total, out=work.take("square", total.size, np.int64))
        if rest is None:
            return total, spread
        return _with_rest(whole, rest, (total, spread), n_nn, lambda x: x[last] - x[first])

    def _pairs(
        self, block: Block, rr_ms: Floats, whole: Integers, rest: Floats | None
    ) -> tuple[Numbers, Numbers, Numbers, tuple[Numbers, Numbers]]:
        """Running sums of differences stand one beat later than those of beats: the first beat of a window has none."""
        work, size = self.work, max(whole.size, 1)
        first, last = np.minimum(block.first, size - 1), np.minimum(block.last, size) - 1
        np.maximum(first, last, out=last)
        change = np.subtract(whole[1:], whole[:-1], out=work.take("change", size - 1, np.int64))
        is_pair = self._is_pair(block.beats)
        if not is_pair.all():
            change *= is_pair
        limits = work.take("size", size - 1, np.int64)
        np.abs(change, out=limits)
        over_50, over_20 = limits > int(50 * self.grid.per_ms), limits > int(20 * self.grid.per_ms)
        if rest is not None:
            jump_ms = np.abs(np.diff(rr_ms)) * is_pair
            over_50, over_20 = jump_ms > 50.0, jump_ms > 20.0
        flags = packed(is_pair, over_50, over_20, work.take("flags", size - 1, np.int64))
        counts = unpacked(work.window_sums("counts", work.running_sum("n", flags), first, last))
        squares = np.multiply(change, change, out=work.take("product", size - 1, np.int64))
        squared = work.window_sums("squared", work.running_sum("s", squares), first, last)
        climb = work.window_sums("climb", work.running_sum("s", change), first, last)
        spread = np.multiply(squared, counts[0], out=work.take("spread_d", squared.size, np.int64))
        spread -= np.multiply(climb, climb, out=work.take("square", climb.size, np.int64))
        if rest is None:
            return *counts, (squared, spread)
        rest_change = np.diff(rest) * is_pair
        sums = _with_rest(change, rest_change, (climb, spread), counts[0], lambda x: x[last] - x[first])
        more = _running(2 * change * rest_change + rest_change**2)
        return *counts, (np.where(squared == 0, 0.0, squared + (more[last] - more[first])), sums[1])

    def _is_pair(self, beats: slice) -> NDArray[np.bool_]:
        is_original, starts = self._series.is_original[beats], self._series.starts[beats]
        return is_original[1:] & is_original[:-1] & ~starts[1:]


def _with_rest(
    whole: Integers, rest: Floats, sums: tuple[Numbers, Numbers], n: Numbers, within: Callable[[Floats], Floats]
) -> tuple[Numbers, Numbers]:
    """Sum and spread of whole + rest. Where the whole parts are all equal, what differs is below 1/8192 ms: none."""
    total, spread = sums
    centre = int(whole.mean()) if whole.size else 0
    centred = whole - centre
    left, left_squared, mixed = (within(_running(x)) for x in (rest, rest * rest, centred * rest))
    cross = n * mixed - (total - n * centre) * left
    exact = spread + (2 * cross + (n * left_squared - left * left))
    return total + left, np.where(spread == 0, 0.0, np.maximum(exact, 0.0))


def _running(values: Floats) -> Floats:
    return np.concatenate([[0.0], np.cumsum(values)])
