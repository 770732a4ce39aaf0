"""Time domain and Poincaré of every window of a series, as ``time_domain`` and ``poincare`` define them.

A value is NaN where the window is too short, has too few pairs, or is not good enough, by ``metric_rules``.
Relative error against exact arithmetic at most 4e-16 at any length of the series (SD2, its ratio and area: of the
larger of the two terms that are subtracted); 0 exactly where the intervals are equal.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import pi, sqrt

import numpy as np
from numpy.typing import NDArray

from hrvdaemon.hrv.correction import NNSeries
from hrvdaemon.hrv.given_intervals import FLAT
from hrvdaemon.hrv.metric_rules import RULES
from hrvdaemon.hrv.poincare import CANCELLED
from hrvdaemon.hrv.prefix_sums import Numbers, kept_workspace
from hrvdaemon.hrv.rolling_sums import BlockSums, RollingSums
from hrvdaemon.hrv.rolling_windows import ROUNDING_S, Floats, Windows, blocks
from hrvdaemon.hrv.signal_quality import GRADES
from hrvdaemon.vocabulary.epochs import Quality

KEYS = (
    "mean_rr_ms",
    "mean_hr_bpm",
    "sdnn_ms",
    "cvnn",
    "rmssd_ms",
    "ln_rmssd",
    "sdsd_ms",
    "pnn50_percent",
    "pnn20_percent",
    "cvsd",
    "sd1_ms",
    "sd2_ms",
    "sd2_sd1",
    "sd_area_ms2",
)
"""Metrics that sums carry, by their names in ``metric_rules``."""

RANKS = (Quality.UNUSABLE, Quality.POOR, Quality.FAIR, Quality.GOOD)
"""Grades in ascending order: ``RANKS[code]`` is the grade of a code in ``RollingMetrics.quality``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RollingMetrics:
    """Metrics of windows; every array has one value for each window.

    ``n_beats`` counts beats after correction, artefacts among them; ``n_nn`` those in range; ``quality`` is an index
    into ``RANKS``.
    """

    windows: Windows
    n_beats: NDArray[np.int32]
    n_nn: NDArray[np.int32]
    n_pairs: NDArray[np.int32]
    coverage: Floats
    artefact_share: Floats
    quality: NDArray[np.int8]
    metrics: dict[str, Floats]

    @classmethod
    def of_size(cls, windows: Windows, keys: tuple[str, ...]) -> "RollingMetrics":
        """Arrays to be filled."""
        n = len(windows)
        columns = np.empty((len(keys), n))
        return cls(
            windows=windows,
            n_beats=np.empty(n, np.int32),
            n_nn=np.empty(n, np.int32),
            n_pairs=np.empty(n, np.int32),
            coverage=np.empty(n),
            artefact_share=np.empty(n),
            quality=np.empty(n, np.int8),
            metrics=dict(zip(keys, columns, strict=True)),
        )


def rolling_time_domain(
    series: NNSeries, windows: Windows, *, keys: tuple[str, ...] = KEYS, judge_quality: bool = True
) -> RollingMetrics:
    """Metrics of every window.

    Parameters
    ----------
    series
        From ``corrected`` or ``uncorrected``.
    windows
        From ``windows_every`` or ``windows_at_beats`` of ``series.end_s``.
    keys
        Metrics wanted, from ``KEYS``.
    judge_quality
        False lifts the limits of quality, never those of length.

    Raises
    ------
    ValueError
        For windows that hold more than two million beats.

    Notes
    -----
    One pass over the beats in blocks; what it needs beside the results does not grow with the length of the series.

    Examples
    --------
    >>> from hrvdaemon.hrv.correction import uncorrected
    >>> from hrvdaemon.hrv.rolling_windows import windows_every
    >>> rr_ms = np.tile([800.0, 900.0], 300)
    >>> series = uncorrected(rr_ms, None, np.cumsum(rr_ms) / 1000)
    >>> rolling_time_domain(series, windows_every(series.end_s, 300.0, 60.0)).metrics["rmssd_ms"].tolist()
    [100.0, 100.0, 100.0, 100.0]
    """
    result = RollingMetrics.of_size(windows, keys)
    with np.errstate(divide="ignore", invalid="ignore"), kept_workspace() as work:
        sums = BlockSums(series, windows, work)
        for block in blocks(windows, series.end_s):
            found = sums.of(block)
            _judge(result, block.windows, found, sums.grid.per_ms)
            for key, values in _metrics(found, sums.grid.per_ms):
                if key in result.metrics:
                    result.metrics[key][block.windows] = values
            _withhold(result, block.windows, judge_quality=judge_quality)
    return result


def _judge(result: RollingMetrics, here: slice, sums: RollingSums, per_ms: float) -> None:
    result.n_beats[here], result.n_nn[here], result.n_pairs[here] = sums.n_beats, sums.n_nn, sums.n_pairs
    coverage, share = result.coverage[here], result.artefact_share[here]
    np.minimum(sums.total / (1000 * per_ms * result.windows.length_s), 1.0, out=coverage)
    np.divide(sums.n_artefacts, np.maximum(sums.n_beats, 1), out=share)
    result.quality[here] = sum((share <= most) & (coverage >= least) for _, most, least in GRADES)


def _metrics(sums: RollingSums, per_ms: float) -> Iterator[tuple[str, Floats]]:
    mean_rr = sums.total / sums.n_nn / per_ms
    variance = _variance(sums.spread, sums.n_nn, per_ms)
    variance_of_differences = _variance(sums.spread_of_differences, sums.n_pairs, per_ms)
    rmssd = _varying(np.sqrt(sums.squared_differences / sums.n_pairs) / per_ms, mean_rr)
    sdnn, sdsd = _varying(np.sqrt(variance), mean_rr), _varying(np.sqrt(variance_of_differences), mean_rr)
    square = 2 * variance - variance_of_differences / 2
    sd1, sd2 = sdsd / sqrt(2), np.sqrt(np.where(square <= CANCELLED * 2 * variance, 0.0, square))
    yield "mean_rr_ms", mean_rr
    yield "mean_hr_bpm", 60_000 / mean_rr
    yield "sdnn_ms", sdnn
    yield "cvnn", sdnn / mean_rr
    yield "rmssd_ms", rmssd
    yield "ln_rmssd", np.log(np.where(rmssd > 0, rmssd, np.nan))
    yield "sdsd_ms", sdsd
    yield "pnn50_percent", 100 * sums.n_over_50 / sums.n_pairs
    yield "pnn20_percent", 100 * sums.n_over_20 / sums.n_pairs
    yield "cvsd", rmssd / mean_rr
    yield "sd1_ms", sd1
    yield "sd2_ms", sd2
    yield "sd2_sd1", sd2 / np.where(sd1 > 0, sd1, np.nan)
    yield "sd_area_ms2", pi * sd1 * sd2


def _varying(spread_ms: Floats, mean_rr_ms: Floats) -> Floats:
    """As ``time_domain.varying``, NaN as it is."""
    return np.where(spread_ms <= FLAT * mean_rr_ms, 0.0, spread_ms)


def _variance(spread: Numbers, n: Numbers, per_ms: float) -> Floats:
    """Divided by n - 1; NaN below two."""
    return np.asarray(spread / (n * (n - 1) * (per_ms * per_ms)))


def _withhold(result: RollingMetrics, here: slice, *, judge_quality: bool) -> None:
    """NaN where a window does not carry a metric."""
    quality, n_beats, n_pairs = result.quality[here], result.n_nn[here], result.n_pairs[here]
    fewest_beats, fewest_pairs = (int(n.min()) for n in (n_beats, n_pairs))
    worst = int(quality.min()) if judge_quality else len(RANKS)
    for key, column in result.metrics.items():
        rule, values = RULES[key], column[here]
        if result.windows.length_s < rule.length_s - ROUNDING_S:
            values[:] = np.nan
        for is_below, counts, least in (
            (fewest_beats < rule.beats, n_beats, rule.beats),
            (fewest_pairs < rule.pairs, n_pairs, rule.pairs),
            (worst < RANKS.index(rule.quality), quality, RANKS.index(rule.quality)),
        ):
            if is_below:
                values[counts < least] = np.nan
