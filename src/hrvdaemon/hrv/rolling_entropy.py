"""Sample entropy of every window; windows that overlap share one matrix of distances between beats.

On whole numbers a distance is within r exactly when it is within the whole part of r, so nothing is rounded and the
matrix is as narrow as the recording's own unit allows.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import log, nan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrvdaemon.hrv.correction import NNSeries
from hrvdaemon.hrv.given_intervals import FLAT
from hrvdaemon.hrv.nonlinear import TEMPLATE, TOLERANCE_SD, units_within
from hrvdaemon.hrv.prefix_sums import Numbers, Workspace
from hrvdaemon.hrv.rolling_windows import Floats, Windows, blocks
from hrvdaemon.hrv.running_order import in_whole_units
from hrvdaemon.hrv.time_domain import deviation

_SHARED = 1.7
"""Beats that windows sharing a matrix span, in beats of the first of them."""
_ROUND = 1 << 16


def rolling_sample_entropy(nn: NNSeries, windows: Windows) -> Floats:
    """Sample entropy of every window, m 2, r 0.2 standard deviations, as ``nonlinear.sample_entropy`` defines it.

    Parameters
    ----------
    nn
        Intervals in range (``NNSeries.in_range``).
    windows
        Windows over ``nn.end_s``. It costs more than all other metrics: 30 s apart will do.

    Returns
    -------
    entropy
        Shape (n,). NaN where no templates match and for constant intervals. Fewest beats and grades are not asked here.

    Examples
    --------
    >>> from hrvdaemon.hrv.correction import uncorrected
    >>> from hrvdaemon.hrv.rolling_windows import windows_every
    >>> rr_ms = np.random.default_rng(42).normal(1000, 50, 300)
    >>> nn = uncorrected(rr_ms, None, np.cumsum(rr_ms) / 1000)
    >>> rolling_sample_entropy(nn, windows_every(nn.end_s, float(nn.end_s[-1]), 300.0)).round(6).tolist()
    [2.415914]
    """
    entropy = np.full(len(windows), np.nan)
    first, last, work = *_bounds(nn, windows), Workspace()
    for group in _groups(first, last):
        begin, end = first[group.start], last[group.stop - 1]
        rr_ms, starts = nn.rr_ms[begin:end], nn.starts[begin:end]
        inside = [slice(first[number] - begin, last[number] - begin) for number in range(group.start, group.stop)]
        tolerances = [_tolerance_ms(rr_ms[window]) for window in inside]
        if max(tolerances) > 0:
            matrix = _Distances.of(rr_ms, starts, max(tolerances), work)
            entropy[group] = [matrix.entropy(*window) for window in zip(inside, tolerances, strict=True)]
    return entropy


def _bounds(nn: NNSeries, windows: Windows) -> tuple[list[int], list[int]]:
    first: list[int] = []
    last: list[int] = []
    for block in blocks(windows, nn.end_s):
        first += (block.first + block.beats.start).tolist()
        last += (block.last + block.beats.start).tolist()
    return first, last


def _groups(first: list[int], last: list[int]) -> Iterator[slice]:
    """Windows in a row that overlap enough for one matrix."""
    start = 0
    while start < len(first):
        stop, furthest = start + 1, first[start] + _SHARED * (last[start] - first[start])
        while stop < len(first) and last[stop] <= furthest:
            stop += 1
        yield slice(start, stop)
        start = stop


def _tolerance_ms(rr_ms: Floats) -> float:
    """0 of constant intervals, and of so few that there is no pair of templates."""
    if rr_ms.size < TEMPLATE + 2:
        return 0.0
    largest = float(np.maximum.reduce(rr_ms))
    if largest - float(np.minimum.reduce(rr_ms)) <= FLAT * largest:
        return 0.0
    return TOLERANCE_SD * deviation(rr_ms)


@dataclass(frozen=True, slots=True)
class _Distances:
    """Distances of templates of two beats and of three, in units; the largest number for a template with a gap.

    Both lengths use the templates that have a third beat.
    """

    two: Numbers
    three: Numbers
    unit_ms: float

    @classmethod
    def of(cls, rr_ms: Floats, starts: NDArray[np.bool_], largest_ms: float, work: Workspace) -> "_Distances":
        """Right up to ``largest_ms``; valid until the next call with that workspace."""
        whole, unit_ms = in_whole_units(rr_ms)
        if whole.dtype.kind == "i" and (common := int(np.gcd.reduce(whole))) > 1:
            whole, unit_ms = whole // common, unit_ms * common
        apart, n = _apart(whole, largest_ms / unit_ms, work), whole.size - TEMPLATE
        two, three = (_square(work, name, n, apart.dtype) for name in ("two", "three"))
        np.maximum(apart[:-2, :-2], apart[1:-1, 1:-1], out=two)
        parted = starts[1:-1] | starts[2:]
        if parted.any():
            beyond = np.inf if apart.dtype.kind == "f" else np.iinfo(apart.dtype).max
            two[parted], two[:, parted] = beyond, beyond
        return cls(two, np.maximum(two, apart[2:, 2:], out=three), unit_ms)

    def entropy(self, inside: slice, tolerance_ms: float) -> float:
        """Of one of the windows."""
        if tolerance_ms == 0:
            return nan
        near, templates = self._in_units(tolerance_ms), slice(inside.start, inside.stop - TEMPLATE)
        # a template without a gap is near itself
        n_self = int(np.count_nonzero(np.diagonal(self.two)[templates] <= near))
        n_two = int(np.count_nonzero(self.two[templates, templates] <= near)) - n_self
        n_three = int(np.count_nonzero(self.three[templates, templates] <= near)) - n_self
        return 0.0 - log(n_three / n_two) if n_three else nan

    def _in_units(self, tolerance_ms: float) -> Numbers:
        """The largest distance within the tolerance, of the matrix' own type, so that comparing converts nothing."""
        if self.two.dtype.kind == "f":
            return np.asarray(tolerance_ms)
        return np.asarray(units_within(tolerance_ms, self.unit_ms), self.two.dtype)


def _apart(whole: Numbers, largest: float, work: Workspace) -> Numbers:
    """Distances of all beats; those beyond ``largest`` may come out as another one beyond it.

    In 16 bits a difference is right modulo 65536. Where no two values are so far apart that a difference could come
    round to within ``largest``, that is enough, and it is twice as fast.
    """
    if whole.dtype != np.int32 or int(np.ptp(whole)) + largest >= _ROUND or largest >= _ROUND // 2:
        apart = _square(work, "apart", whole.size, whole.dtype)
        return np.abs(np.subtract(whole[:, None], whole, out=apart), out=apart)
    short = whole.astype(np.int16)
    apart = _square(work, "apart", whole.size, short.dtype)
    np.abs(np.subtract(short[:, None], short, out=apart), out=apart)
    return apart.view(np.uint16)


def _square(work: Workspace, name: str, n: int, dtype: np.dtype[Any]) -> Numbers:
    return work.take(f"{name} {dtype}", n * n, dtype.type).reshape(n, n)
