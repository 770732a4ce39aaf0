"""Rolling HRV: metrics of windows every so many seconds, or one at every beat.

The same definitions as ``one_window``, by algorithms that work out once what windows share; a property test holds every
metric equal. What a window must be to carry a metric is asked of ``metric_rules`` in both. Each gap-free run is
resampled and freed of its trend once.
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from hrvdaemon.hrv import rolling_geometric as geometric
from hrvdaemon.hrv import rolling_lomb_scargle as lomb_scargle
from hrvdaemon.hrv import rolling_time_domain as time_domain
from hrvdaemon.hrv import spectrum_readings as spectrum
from hrvdaemon.hrv.coherence import WINDOW_S as COHERENCE_S
from hrvdaemon.hrv.correction import NNSeries
from hrvdaemon.hrv.metric_rules import MEDIANS, RULES, WINDOWED_FROM_S
from hrvdaemon.hrv.rolling_coherence import rolling_coherence
from hrvdaemon.hrv.rolling_dfa import rolling_dfa_alpha1
from hrvdaemon.hrv.rolling_entropy import rolling_sample_entropy
from hrvdaemon.hrv.rolling_heart_rate import rolling_mean_hr_inst
from hrvdaemon.hrv.rolling_long_term import LONG_TERM_S, Tiles, rolling_long_term, tiles_of
from hrvdaemon.hrv.rolling_rsa import rolling_rsa
from hrvdaemon.hrv.rolling_spectrum import rolling_spectrum
from hrvdaemon.hrv.rolling_stress import rolling_stress_detrended
from hrvdaemon.hrv.rolling_time_domain import RANKS, RollingMetrics
from hrvdaemon.hrv.rolling_windows import ROUNDING_S, Floats, Windows, windows_at_beats, windows_every
from hrvdaemon.hrv.stretch import OF_THE_TACHOGRAM
from hrvdaemon.hrv.tachogram import Tachogram, tachogram_of
from hrvdaemon.hrv.window_parts import CutTachogram, cut
from hrvdaemon.vocabulary.epochs import Quality

KEYS = tuple(RULES)
"""Every metric rolls."""

_OF_PARTS = (*spectrum.KEYS, "rsa_ln_ms2", "coherence")


def rolling_metrics(
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
        Metrics wanted, from ``RULES``; without it time domain and Poincaré.
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
        For unknown keys, lengths that are not above 0, times that do not ascend, more than two million beats a window.

    Examples
    --------
    >>> from hrvdaemon.hrv.correction import uncorrected
    >>> rr_ms = np.tile([800.0, 900.0], 300)
    >>> series = uncorrected(rr_ms, None, np.cumsum(rr_ms) / 1000)
    >>> found = rolling_metrics(series, 300.0, 60.0, keys=("rmssd_ms", "hti"))
    >>> found.metrics["rmssd_ms"].tolist(), found.metrics["hti"].round(1).tolist()
    ([100.0, 100.0, 100.0, 100.0], [2.0, 2.0, 2.0, 2.0])
    """
    if not isinstance(series, NNSeries):
        raise ValueError(  # noqa: TRY004 the documented error of every input
            f"expected an NNSeries from corrected() or uncorrected(), came {type(series).__name__}"
        )
    if unknown := set(keys) - set(KEYS):
        raise ValueError(f"expected keys from RULES, came {sorted(unknown)}")
    if isinstance(step_s, str) and step_s != "beat":
        raise ValueError(f'expected step_s in seconds, or "beat", came {step_s!r}')
    if entropy_every < 1:
        raise ValueError(f"expected entropy_every from 1, came {entropy_every}")
    end_s = series.end_s
    windows = windows_at_beats(end_s, window_s) if step_s == "beat" else windows_every(end_s, window_s, step_s)
    return RollingSource.of(series, keys, judge_quality=judge_quality).metrics(windows, keys, entropy_every)


@dataclass(frozen=True, slots=True, kw_only=True)
class RollingSource:
    """A series with what windows of any length read of it; the last two are None where no metric wants them."""

    series: NNSeries
    judge_quality: bool
    nn: NNSeries | None
    tachogram: Tachogram | None

    @classmethod
    def of(cls, series: NNSeries, keys: tuple[str, ...], *, judge_quality: bool) -> "RollingSource":
        """What ``keys`` need, and no more."""
        if set(keys) <= set(time_domain.KEYS):
            return cls(series=series, judge_quality=judge_quality, nn=None, tachogram=None)
        nn = series.in_range
        needs_tachogram = not OF_THE_TACHOGRAM.isdisjoint(keys)
        tachogram = tachogram_of(nn.rr_ms, nn.starts, nn.end_s) if needs_tachogram else None
        return cls(series=series, judge_quality=judge_quality, nn=nn, tachogram=tachogram)

    def metrics(self, windows: Windows, keys: tuple[str, ...], entropy_every: int = 1) -> RollingMetrics:
        """Metrics of windows, long ones by medians as ``one_window`` has them."""
        is_long = windows.length_s > WINDOWED_FROM_S
        whole = tuple(key for key in keys if not (is_long and key in MEDIANS))
        by_sums = tuple(key for key in whole if key in time_domain.KEYS)
        result = time_domain.rolling_time_domain(self.series, windows, keys=by_sums, judge_quality=self.judge_quality)
        others = self._others(replace(windows, first_beat=None), whole, entropy_every)
        found = result.metrics | {key: self._carried(key, others, result) for key in others if key in RULES}
        if is_long:
            found |= self._medians(replace(windows, first_beat=None), set(keys) & MEDIANS, entropy_every)
        return replace(result, metrics={key: found[key] for key in keys})

    def _others(self, windows: Windows, keys: tuple[str, ...], entropy_every: int) -> dict[str, Floats]:
        """Values without regard to what a window carries; ``unbroken_s`` beside those of parts."""
        if self.nn is None:
            return {}
        nn, found = self.nn, dict[str, Floats]()
        if wanted := tuple(key for key in keys if key in geometric.KEYS):
            found |= geometric.rolling_geometric(nn, windows, wanted)
        if self.tachogram is not None:
            found |= self._of_the_tachogram(self.tachogram, nn, windows, keys)
        if "mean_hr_inst_bpm" in keys:
            found["mean_hr_inst_bpm"] = rolling_mean_hr_inst(nn, windows)
        if any(key in lomb_scargle.KEYS for key in keys):
            powers = lomb_scargle.rolling_lomb_scargle(nn, windows)
            found |= {key: powers[key] for key in keys if key in powers}
        if "dfa_alpha1" in keys:
            found["dfa_alpha1"] = rolling_dfa_alpha1(nn, windows)
        if "sample_entropy" in keys:
            found["sample_entropy"] = np.full(len(windows), np.nan)
            found["sample_entropy"][::entropy_every] = rolling_sample_entropy(nn, windows.thinned(entropy_every))
        return found | self._long_term(windows, keys)

    def _of_the_tachogram(
        self, tachogram: Tachogram, nn: NNSeries, windows: Windows, keys: tuple[str, ...]
    ) -> dict[str, Floats]:
        found: dict[str, Floats] = {}
        if (key := "stress_index_sqrt_detrended") in keys:
            found[key] = rolling_stress_detrended(nn, tachogram.detrended_rr_ms, windows)
        if any(key in _OF_PARTS for key in keys):
            pieces = cut(tachogram, windows)
            found |= _of_parts(pieces, keys) | {"unbroken_s": pieces.unbroken_s}
        return found

    def _long_term(self, windows: Windows, keys: tuple[str, ...]) -> dict[str, Floats]:
        wanted = {"sdann_ms", "sdnn_index_ms"} & set(keys)
        if not wanted or self.nn is None:
            return {}
        if windows.length_s < LONG_TERM_S - ROUNDING_S:
            return {key: np.full(len(windows), np.nan) for key in wanted}
        values = rolling_long_term(self.series, self.nn, windows, judge_quality=self.judge_quality)
        return {key: values[key] for key in wanted}

    def _medians(self, windows: Windows, keys: set[str], entropy_every: int) -> dict[str, Floats]:
        found: dict[str, Floats] = {}
        if rest := tuple(key for key in keys if key not in {"coherence", "sample_entropy"}):
            found |= self._median_of(tiles_of(windows), rest)
        if "coherence" in keys:
            found |= self._median_of(tiles_of(windows, COHERENCE_S), ("coherence",))
        if "sample_entropy" in keys:
            found["sample_entropy"] = np.full(len(windows), np.nan)
            some = self._median_of(tiles_of(windows.thinned(entropy_every)), ("sample_entropy",))
            found["sample_entropy"][::entropy_every] = some["sample_entropy"]
        return found

    def _median_of(self, tiles: Tiles, keys: tuple[str, ...]) -> dict[str, Floats]:
        """Over the tiles of grade good."""
        of_tiles = self.metrics(tiles.windows, keys)
        is_good = of_tiles.n_nn > 0
        if self.judge_quality:
            is_good &= of_tiles.quality >= RANKS.index(Quality.GOOD)
        return {key: tiles.medians(np.where(is_good, of_tiles.metrics[key], np.nan)) for key in keys}

    def _carried(self, key: str, others: dict[str, Floats], result: RollingMetrics) -> Floats:
        """NaN where a window does not carry the metric."""
        rule, values = RULES[key], others[key]
        carries = (result.n_nn >= rule.beats) & (result.n_pairs >= rule.pairs) & np.isfinite(values)
        carries &= result.windows.length_s >= rule.length_s - ROUNDING_S
        if self.judge_quality:
            carries &= result.quality >= RANKS.index(rule.quality)
        if rule.unbroken_s > 0:
            carries &= others["unbroken_s"] >= rule.unbroken_s - ROUNDING_S
        return np.where(carries, values, np.nan)


def _of_parts(pieces: CutTachogram, keys: tuple[str, ...]) -> dict[str, Floats]:
    """What is read from gap-free parts of the tachogram."""
    found: dict[str, Floats] = {}
    wanted = tuple(key for key in keys if key in spectrum.KEYS)
    if "rsa_ln_ms2" in keys:
        wanted = (*wanted, spectrum.SLOW_HZ)
    if wanted:
        found |= rolling_spectrum(pieces, wanted)
    if "rsa_ln_ms2" in keys:
        found["rsa_ln_ms2"] = rolling_rsa(pieces, found.pop(spectrum.SLOW_HZ))
    if "coherence" in keys:
        found["coherence"] = rolling_coherence(pieces)
    return found
