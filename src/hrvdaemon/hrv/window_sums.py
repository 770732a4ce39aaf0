"""Integer sums over classified beats, and the metrics they carry.

Everything the time domain needs is a sum of integers in ticks, so adding a beat and taking it away again leaves
exactly what was there: rolling, minute and session windows are the same code and the same numbers. Rounding happens
once, in the last division and square root. Conventions: docs/methods.md.
"""

from dataclasses import dataclass
from math import log, sqrt

from hrvdaemon.hrv.artefacts import ClassifiedBeat
from hrvdaemon.hrv.signal_quality import grade
from hrvdaemon.vocabulary.epochs import BeatKind, Quality, WindowMetrics
from hrvdaemon.vocabulary.units import TICKS_PER_SECOND, ms_from_ticks

PNN50_TICKS = 52
"""Smallest whole number of ticks above 50 ms (51.2 ticks)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MinimumLengths:
    """Below these a metric is None (science B.6)."""

    hr_s: float = 10.0
    rmssd_s: float = 60.0
    rmssd_pairs: int = 30
    sdnn_s: float = 120.0


MINIMUM = MinimumLengths()


class WindowSums:
    """Sums over a set of beats in a row. ``add`` and ``remove`` are inverses."""

    __slots__ = (
        "n_artefacts",
        "n_beats",
        "n_corrected",
        "n_nn",
        "n_over_50",
        "n_pairs",
        "n_valid",
        "sum_diff_squared",
        "sum_nn",
        "sum_nn_squared",
        "sum_valid",
        "sum_valid_squared",
    )

    def __init__(self) -> None:
        for name in self.__slots__:
            setattr(self, name, 0)

    n_beats: int
    n_artefacts: int
    n_corrected: int
    """Beats after correction: an extra one gone, a missed one put back."""
    n_valid: int
    n_nn: int
    n_pairs: int
    n_over_50: int
    sum_valid: int
    sum_valid_squared: int
    sum_nn: int
    sum_nn_squared: int
    sum_diff_squared: int

    def add(self, beat: ClassifiedBeat, before: ClassifiedBeat | None) -> None:
        """Count a beat, and its difference to ``before`` where both are original neighbours in one segment."""
        self._count(beat, before, 1)
        self._count_pair(beat, before, 1)

    def remove(self, beat: ClassifiedBeat, after: ClassifiedBeat | None) -> None:
        """Undo the oldest beat, and the difference that ``after`` had to it."""
        self._count(beat, None, -1)
        if after is not None:
            self._count_pair(after, beat, -1)
            if _is_other_part(after, beat):
                self._count(after, beat, -1)
                self._count(after, None, 1)

    def _count(self, beat: ClassifiedBeat, before: ClassifiedBeat | None, sign: int) -> None:
        kind, rr = beat.kind, beat.rr_ticks
        self.n_beats += sign
        self.n_corrected += sign
        if beat.is_original:
            self.n_nn += sign
            self.sum_nn += sign * rr
            self.sum_nn_squared += sign * rr * rr
        if kind is not BeatKind.NORMAL and not _is_other_part(beat, before):
            self.n_artefacts += sign
            self.n_corrected += sign * ((kind is BeatKind.MISSED) - (kind is BeatKind.EXTRA))
        if kind is not BeatKind.OUT_OF_RANGE:
            self.n_valid += sign
            self.sum_valid += sign * rr
            self.sum_valid_squared += sign * rr * rr

    def _count_pair(self, beat: ClassifiedBeat, before: ClassifiedBeat | None, sign: int) -> None:
        if before is None or before.segment != beat.segment:
            return
        if beat.is_original and before.is_original:
            difference = beat.rr_ticks - before.rr_ticks
            self.n_pairs += sign
            self.sum_diff_squared += sign * difference * difference
            self.n_over_50 += sign * (abs(difference) >= PNN50_TICKS)

    @property
    def variation(self) -> float:
        """Coefficient of variation of all intervals in range; 0 below two."""
        n, total = self.n_valid, self.sum_valid
        if n < 2 or total == 0:
            return 0.0
        return sqrt((n * self.sum_valid_squared - total * total) / (n * (n - 1))) * n / total

    def metrics(self, window_s: float) -> WindowMetrics:
        """The window's metrics; None where it is too short, too sparse or too disturbed for one."""
        coverage = min(self.sum_valid / (TICKS_PER_SECOND * window_s), 1.0)
        share = self.n_artefacts / max(self.n_corrected, 1)
        quality = grade(share, coverage)
        mean_rr_ms = self._mean_rr_ms()
        rmssd_ms = self._rmssd_ms(window_s) if quality is not Quality.UNUSABLE else None
        shows = quality is not Quality.UNUSABLE
        return WindowMetrics(
            window_s=window_s,
            n_beats=self.n_beats,
            n_pairs=self.n_pairs,
            coverage=coverage,
            artefact_share=share,
            quality=quality,
            mean_rr_ms=mean_rr_ms,
            mean_hr_bpm=60_000 / mean_rr_ms if mean_rr_ms else None,
            sdnn_ms=self._sdnn_ms() if shows and window_s >= MINIMUM.sdnn_s else None,
            rmssd_ms=rmssd_ms,
            ln_rmssd=log(rmssd_ms) if rmssd_ms else None,
            pnn50_percent=100 * self.n_over_50 / self.n_pairs if rmssd_ms is not None else None,
        )

    def _mean_rr_ms(self) -> float | None:
        """Time-preserving: corrections move beats, they add no time."""
        n = self.n_corrected - (self.n_beats - self.n_valid)
        return (
            ms_from_ticks(self.sum_valid / n) if n > 0 and self.sum_valid >= MINIMUM.hr_s * TICKS_PER_SECOND else None
        )

    def _rmssd_ms(self, window_s: float) -> float | None:
        if window_s < MINIMUM.rmssd_s or self.n_pairs < MINIMUM.rmssd_pairs:
            return None
        return ms_from_ticks(sqrt(self.sum_diff_squared / self.n_pairs))

    def _sdnn_ms(self) -> float | None:
        n = self.n_nn
        if n < 2:
            return None
        return ms_from_ticks(sqrt((n * self.sum_nn_squared - self.sum_nn * self.sum_nn) / (n * (n - 1))))


def _is_other_part(beat: ClassifiedBeat, before: ClassifiedBeat | None) -> bool:
    """Whether a beat is the rest of an extra one: two parts of one beat are one artefact."""
    return before is not None and before.kind is BeatKind.EXTRA and before.segment == beat.segment
