"""Long windows: the short windows they are the median of, and the segments of SDANN and SDNN index.

Short windows and segments that long windows share are worked out once: all of them are windows of the same engine.
"""

from dataclasses import dataclass

import numpy as np

from hrvdaemon.hrv.correction import NNSeries
from hrvdaemon.hrv.metric_rules import FEWEST_WINDOWS, MEDIAN_WINDOW_S, RULES
from hrvdaemon.hrv.rolling_time_domain import RANKS, rolling_time_domain
from hrvdaemon.hrv.rolling_windows import ROUNDING_S, Floats, Indices, Windows, starts_of_windows, windows_at
from hrvdaemon.hrv.stretch import FEWEST_SEGMENTS
from hrvdaemon.hrv.window_parts import by_window
from hrvdaemon.vocabulary.epochs import Quality

LONG_TERM_S = RULES["sdann_ms"].length_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiles:
    """Short windows end to end in long ones: ``of[i, k]`` is the k-th of the i-th long window."""

    windows: Windows
    of: Indices

    def medians(self, values: Floats) -> Floats:
        """Median of the values of each long window's tiles, NaN left out; NaN below three of them."""
        of_long = values[self.of]
        number = np.repeat(np.arange(len(of_long)), of_long.shape[1])
        middles = by_window(of_long.ravel(), number, len(of_long))
        return np.where(np.isfinite(of_long).sum(axis=1) >= FEWEST_WINDOWS, middles, np.nan)


def tiles_of(windows: Windows, length_s: float = MEDIAN_WINDOW_S) -> Tiles:
    """The whole windows of that length, end to end, that fit into each long one.

    Examples
    --------
    >>> tiles = tiles_of(windows_at(np.array([0.0, 300.0]), 900.0))
    >>> tiles.windows.start_s.tolist(), tiles.of.tolist()
    ([0.0, 300.0, 600.0, 900.0], [[0, 1, 2], [1, 2, 3]])
    """
    apart_s = starts_of_windows(windows.length_s, length_s, length_s)
    start_s, which = np.unique(windows.start_s[:, None] + apart_s, return_inverse=True)
    return Tiles(windows=windows_at(start_s, length_s), of=which.reshape(len(windows), apart_s.size))


def rolling_long_term(
    series: NNSeries, nn: NNSeries, windows: Windows, *, judge_quality: bool = True
) -> dict[str, Floats]:
    """SDANN and SDNN index of every window, as ``stretch.long_term`` defines them.

    Parameters
    ----------
    series, nn
        From ``corrected`` or ``uncorrected``, and the same in range.
    windows
        Windows of half an hour or more.
    judge_quality
        False takes segments of any grade.

    Returns
    -------
    metrics
        Arrays of shape (n,), NaN below six segments of two beats.

    Examples
    --------
    >>> from hrvdaemon.hrv.correction import uncorrected
    >>> rr_ms = np.repeat([1000.0, 1200.0] * 3, [300, 250] * 3)
    >>> series = uncorrected(rr_ms, None, np.cumsum(rr_ms) / 1000)
    >>> found = rolling_long_term(series, series, windows_at(np.zeros(1), 1800.0))
    >>> found["sdann_ms"].round(2).tolist(), found["sdnn_index_ms"].tolist()
    ([109.54], [0.0])
    """
    window, start_s = _segments(nn, windows)
    different, which = np.unique(start_s, return_inverse=True)
    found = rolling_time_domain(
        series, windows_at(different, MEDIAN_WINDOW_S), keys=("mean_rr_ms", "sdnn_ms"), judge_quality=False
    )
    counts = found.n_nn > 1
    if judge_quality:
        counts &= found.quality >= RANKS.index(Quality.FAIR)
    some = counts[which]
    window, which = window[some], which[some]
    n = np.bincount(window, minlength=len(windows))
    means, spreads = found.metrics["mean_rr_ms"][which], found.metrics["sdnn_ms"][which]
    around = means - _mean(means, window, n)[window]
    of_means = np.bincount(window, around * around, minlength=len(windows)) / np.maximum(n - 1, 1)
    values = {"sdann_ms": np.sqrt(of_means), "sdnn_index_ms": _mean(spreads, window, n)}
    return {key: np.where(n >= FEWEST_SEGMENTS, value, np.nan) for key, value in values.items()}


def _mean(values: Floats, window: Indices, n: Indices) -> Floats:
    return np.asarray(np.bincount(window, values, minlength=n.size) / np.maximum(n, 1), np.float64)


def _segments(nn: NNSeries, windows: Windows) -> tuple[Indices, Floats]:
    """Window and start of each segment: the next one begins with the first beat that is not in the one before."""
    beat, behind = (np.searchsorted(nn.end_s, at, side="right") for at in (windows.start_s, windows.end_s))
    window = np.arange(len(windows))
    found: list[tuple[Indices, Floats]] = [(window[:0], np.empty(0))]
    while (still := np.flatnonzero(beat < behind)).size:
        window, beat, behind = window[still], beat[still], behind[still]
        start_s = nn.end_s[beat] - nn.rr_ms[beat] / 1000 + ROUNDING_S
        is_whole = start_s + MEDIAN_WINDOW_S <= windows.start_s[window] + windows.length_s + 2 * ROUNDING_S
        found.append((window[is_whole], start_s[is_whole]))
        beat = np.maximum(np.searchsorted(nn.end_s, start_s + MEDIAN_WINDOW_S, side="right"), beat + 1)
    return np.concatenate([of for of, _ in found]), np.concatenate([start for _, start in found])
