"""The tachogram: RR intervals over time, each gap-free run resampled at 4 Hz and freed of its slow trend, once.

Windows are cut afterwards, so a window of a day and the same window by itself see the same samples, and no sample is
made of beats on both sides of a gap.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

import numpy as np
from numpy.typing import NDArray

from hrvdaemon.hrv.cubic_spline import FEWEST_KNOTS, on_grid
from hrvdaemon.hrv.given_intervals import intervals, real_series, starts_of
from hrvdaemon.hrv.rsa import respiratory_band
from hrvdaemon.hrv.smoothness_priors import slow_trend, smoothing

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

RATE_HZ = 4.0
_ON_THE_GRID = 1e-9
"""Samples; see ``cubic_spline``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Samples without a hole: a whole run of beats, or what of it lies in a window.

    ``start_s`` to ``end_s`` is the time its intervals cover; sample k was taken at ``grid_s + k / 4``.
    """

    start_s: float
    end_s: float
    grid_s: float
    resampled_ms: Floats
    detrended_ms: Floats

    @property
    def length_s(self) -> float:
        """Time that is covered."""
        return self.end_s - self.start_s

    def samples_in(self, start_s: float, end_s: float) -> tuple[int, int]:
        """The first of the samples in ``[start_s, end_s)``, and one behind the last; the times must meet the run."""
        first = max(0, ceil((start_s - self.grid_s) * RATE_HZ - _ON_THE_GRID))
        last = max(first, ceil((end_s - self.grid_s) * RATE_HZ - _ON_THE_GRID))
        return first, min(last, self.resampled_ms.size)

    def between(self, start_s: float, end_s: float) -> "Run":
        """The samples in ``[start_s, end_s)``; the times must meet the run."""
        first, last = self.samples_in(start_s, end_s)
        return Run(
            start_s=max(start_s, self.start_s),
            end_s=min(end_s, self.end_s),
            grid_s=self.grid_s + first / RATE_HZ,
            resampled_ms=self.resampled_ms[first:last],
            detrended_ms=self.detrended_ms[first:last],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tachogram:
    """The runs of a series that have a spline (four beats), and each interval of ``rr_ms`` less its slow trend.

    ``detrended_rr_ms`` has the shape of the series, around 0, NaN in runs too short for a spline.
    """

    runs: tuple[Run, ...]
    detrended_rr_ms: Floats

    def between(self, start_s: float, end_s: float) -> list[Run]:
        """The parts of runs in a window, in order of time; none is empty."""
        parts = (run.between(start_s, end_s) for run in self.runs if run.end_s > start_s and run.start_s < end_s)
        return [part for part in parts if part.resampled_ms.size]

    def breathing(self) -> list[Floats]:
        """What breathes in each run (``rsa.respiratory_band``) at 2 Hz: every second sample of its own."""
        return [respiratory_band(run.resampled_ms[::2]) for run in self.runs]


def tachogram_of(rr_ms: Floats, starts: Bools | None = None, end_s: Floats | None = None) -> Tachogram:
    """Resample and detrend each gap-free run.

    Parameters
    ----------
    rr_ms
        Normal intervals in ms, shape (n,), finite and above 0.
    starts
        True where an interval is not the neighbour of the one before; None: one run.
    end_s
        Where each interval ends; of a run only that of its first interval is read, the others follow by summing, so
        that time and intervals agree. None: the running sum.

    Raises
    ------
    ValueError
        For shapes that differ and values that are no intervals.

    Notes
    -----
    Beats stand at the end of their interval; the grid starts at the first beat of each run. Cubic spline (not-a-knot),
    then smoothness priors with λ 500, both over the whole run (science B.4).

    Examples
    --------
    >>> run = tachogram_of(np.full(10, 800.0)).runs[0]
    >>> run.start_s, round(run.end_s, 9), run.grid_s, run.resampled_ms.size
    (0.0, 8.0, 0.8, 29)
    """
    rr = intervals(rr_ms)
    begins = starts_of(rr.size, starts)
    ends = np.cumsum(rr) / 1000 if end_s is None else real_series("end_s", end_s)
    if ends.shape != rr.shape:
        raise ValueError(f"expected end_s of shape {rr.shape}, came {ends.shape}")
    detrended = np.full(rr.size, np.nan)
    runs = []
    for first, last in _bounds(begins):
        run, detrended[first:last] = _run(rr[first:last], float(ends[first]))
        runs.append(run)
    return Tachogram(runs=tuple(runs), detrended_rr_ms=detrended)


def longest(parts: Sequence[Run]) -> float:
    """Length in seconds of the longest part, 0 of none."""
    return max((part.length_s for part in parts), default=0.0)


def _bounds(starts: Bools) -> Iterator[tuple[int, int]]:
    """Runs with enough beats for a spline."""
    inner = (np.flatnonzero(starts[1:]) + 1).tolist()
    for first, last in pairwise([0, *inner, starts.size]):
        if last - first >= FEWEST_KNOTS:
            yield first, last


def _run(rr_ms: Floats, first_end_s: float) -> tuple[Run, Floats]:
    """The run, and its intervals less the trend; the trend is so slow that a straight line between samples will do."""
    times = np.cumsum(rr_ms) / 1000
    times += first_end_s - times[0]
    samples = on_grid(times, rr_ms, RATE_HZ)
    trend = slow_trend(samples, smoothing(RATE_HZ))
    run = Run(
        start_s=first_end_s - float(rr_ms[0]) / 1000,
        end_s=float(times[-1]),
        grid_s=first_end_s,
        resampled_ms=samples,
        detrended_ms=samples - trend,
    )
    return run, rr_ms - np.interp(times, times[0] + np.arange(samples.size) / RATE_HZ, trend)
