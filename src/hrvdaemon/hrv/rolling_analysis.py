"""Rolling HRV: metrics of windows every so many seconds, or one at every beat.

The same definitions as ``analysis``, by algorithms that work out once what windows share. What a window must be to
carry a metric is asked of ``metric_rules`` in both. Each gap-free run is resampled and freed of its trend once. Windows
beyond 30 min are taken whole for every metric, where ``analyse`` takes medians.
"""

from dataclasses import replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hrvdaemon.hrv import rolling_geometric as geometric
from hrvdaemon.hrv import rolling_lomb_scargle as lomb_scargle
from hrvdaemon.hrv import rolling_spectrum as spectrum
from hrvdaemon.hrv import rolling_time_domain as time_domain
from hrvdaemon.hrv.correction import NNSeries
from hrvdaemon.hrv.metric_rules import RULES
from hrvdaemon.hrv.rolling_dfa import rolling_dfa_alpha1
from hrvdaemon.hrv.rolling_entropy import rolling_sample_entropy
from hrvdaemon.hrv.rolling_heart_rate import rolling_mean_hr_inst
from hrvdaemon.hrv.rolling_stress import rolling_stress_detrended
from hrvdaemon.hrv.rolling_time_domain import RANKS, RollingMetrics
from hrvdaemon.hrv.rolling_windows import Floats, Windows, windows_at_beats, windows_every
from hrvdaemon.hrv.tachogram import tachogram_of

LIKE_ANALYSE = (
    *time_domain.KEYS,
    "mean_hr_inst_bpm",
    *geometric.KEYS,
    "stress_index_sqrt_detrended",
    *spectrum.KEYS,
    "dfa_alpha1",
    "sample_entropy",
)
"""Metrics that are those of ``analyse`` for the same window."""

KEYS = (*LIKE_ANALYSE, *lomb_scargle.KEYS)
"""Lomb-Scargle powers besides, whose frequencies follow from the length of the window (``rolling_lomb_scargle``)."""


def rolling(
    series: NNSeries,
    window_s: float,
    step_s: float | Literal["beat"],
    *,
    keys: tuple[str, ...] = time_domain.KEYS,
    entropy_every: int = 1,
    judge_quality: bool = True,
) -> RollingMetrics:
    """Metrics of rolling windows.

    Parameters
    ----------
    series
        From ``corrected`` or ``uncorrected``; gaps are in it.
    window_s, step_s
        Length of the windows, and how far apart they start; ``"beat"``: one ends at each beat.
    keys
        Metrics wanted, from ``KEYS``; without it time domain and Poincaré.
    entropy_every
        Sample entropy of each so-manyth window only, NaN in the others: it costs more than all else.
    judge_quality
        False lifts the limits of quality, never those of length.

    Returns
    -------
    RollingMetrics
        Arrays with one value a window; NaN where the data do not carry it, by the rules of ``analyse``.

    Raises
    ------
    ValueError
        For unknown keys, lengths that are not above 0, windows of more than two million beats.

    Examples
    --------
    >>> from hrvdaemon.hrv.correction import uncorrected
    >>> rr_ms = np.tile([800.0, 900.0], 300)
    >>> found = rolling(uncorrected(rr_ms, None, np.cumsum(rr_ms) / 1000), 300.0, 60.0, keys=("rmssd_ms", "hti"))
    >>> found.metrics["rmssd_ms"].tolist(), found.metrics["hti"].round(1).tolist()
    ([100.0, 100.0, 100.0, 100.0], [2.0, 2.0, 2.0, 2.0])
    """
    if unknown := set(keys) - set(KEYS):
        raise ValueError(f"expected keys from rolling_analysis.KEYS, came {sorted(unknown)}")
    end_s = series.end_s
    windows = windows_at_beats(end_s, window_s) if step_s == "beat" else windows_every(end_s, window_s, step_s)
    by_sums = tuple(key for key in keys if key in time_domain.KEYS)
    result = time_domain.rolling_time_domain(series, windows, keys=by_sums, judge_quality=judge_quality)
    rest = tuple(key for key in keys if key not in by_sums)
    others = _others(series.in_range, replace(windows, first_beat=None), rest, entropy_every) if rest else {}
    withheld = {key: _carried(key, values, result, others, judge=judge_quality) for key, values in others.items()}
    found = result.metrics | withheld
    return replace(result, metrics={key: found[key] for key in keys})


def _others(nn: NNSeries, windows: Windows, keys: tuple[str, ...], entropy_every: int) -> dict[str, Floats]:
    """Values without regard to what a window carries; ``unbroken_s`` beside those of the spectrum."""
    found: dict[str, Floats] = {}
    if wanted := tuple(key for key in keys if key in geometric.KEYS):
        found |= geometric.rolling_geometric(nn, windows, wanted)
    if {*spectrum.KEYS, "stress_index_sqrt_detrended"} & set(keys):
        found |= _detrended(nn, windows, keys)
    if "mean_hr_inst_bpm" in keys:
        found["mean_hr_inst_bpm"] = rolling_mean_hr_inst(nn, windows)
    if any(key in lomb_scargle.KEYS for key in keys):
        found |= lomb_scargle.rolling_lomb_scargle(nn, windows)
    if "dfa_alpha1" in keys:
        found["dfa_alpha1"] = rolling_dfa_alpha1(nn, windows)
    if "sample_entropy" in keys:
        found["sample_entropy"] = np.full(len(windows), np.nan)
        found["sample_entropy"][::entropy_every] = rolling_sample_entropy(nn, windows.thinned(entropy_every))
    return found


def _detrended(nn: NNSeries, windows: Windows, keys: tuple[str, ...]) -> dict[str, Floats]:
    """What is read from intervals without their slow trend."""
    tachogram, found = tachogram_of(nn.rr_ms, nn.starts, nn.end_s), dict[str, Floats]()
    if any(key in spectrum.KEYS for key in keys):
        powers, unbroken_s = spectrum.rolling_spectrum(tachogram, windows)
        found |= powers | {"unbroken_s": unbroken_s}
    if (key := "stress_index_sqrt_detrended") in keys:
        found[key] = rolling_stress_detrended(nn, tachogram.detrended_rr_ms, windows)
    return found


def _carried(
    key: str, values: Floats, result: RollingMetrics, others: dict[str, Floats], *, judge: bool
) -> NDArray[np.float64]:
    """NaN where a window does not carry the metric."""
    if key not in RULES:
        return values
    rule = RULES[key]
    carries = (result.n_nn >= rule.beats) & (result.n_pairs >= rule.pairs)
    carries &= result.windows.length_s >= rule.length_s
    if judge:
        carries &= result.quality >= RANKS.index(rule.quality)
    if rule.unbroken_s > 0:
        carries &= others["unbroken_s"] >= rule.unbroken_s - 1e-6
    return np.where(carries, values, np.nan)
