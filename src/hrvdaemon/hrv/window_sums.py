"""Integer sums over classified beats, and the metrics they carry.

Everything the time domain needs is a sum of integers in ticks, so what lies between two moments of a running sum is
their difference, exactly: rolling, minute and session windows are the same code and the same numbers. Rounding happens
once, in the last division and square root. Conventions: docs/methods.md.
"""

from dataclasses import dataclass
from math import log, sqrt
from operator import sub

from hrvdaemon.hrv.artefacts import ClassifiedBeat
from hrvdaemon.hrv.signal_quality import grade
from hrvdaemon.vocabulary.epochs import BeatKind, Quality, WindowMetrics
from hrvdaemon.vocabulary.units import TICKS_PER_SECOND, ms_from_ticks

PNN50_TICKS = 52
"""Smallest whole number of ticks above 50 ms (51.2 ticks)."""

Moment = tuple[int, ...]
"""The sums at one beat, in the order of ``WindowSums.__slots__``."""
NOTHING: Moment = (0,) * 12


@dataclass(frozen=True, slots=True, kw_only=True)
class MinimumLengths:
    """Below these a metric is None (science B.6)."""

    hr_s: float = 10.0
    rmssd_s: float = 60.0
    rmssd_pairs: int = 30
    sdnn_s: float = 120.0


MINIMUM = MinimumLengths()


class WindowSums:
    """Sums over a set of beats in a row.

    Original intervals and the others are summed apart: nearly all are original, and that way cost least.
    """

    __slots__ = (
        "n_added",
        "n_artefacts",
        "n_nn",
        "n_others",
        "n_out_of_range",
        "n_over_50",
        "n_pairs",
        "sum_diff_squared",
        "sum_nn",
        "sum_nn_squared",
        "sum_others",
        "sum_others_squared",
    )

    n_nn: int
    sum_nn: int
    sum_nn_squared: int
    """Original intervals."""
    n_pairs: int
    n_over_50: int
    sum_diff_squared: int
    """Differences of two original neighbours."""
    n_others: int
    n_out_of_range: int
    sum_others: int
    sum_others_squared: int
    """Intervals that are not original; the sums are of those in range."""
    n_artefacts: int
    n_added: int
    """Beats that correction would add less those it would take away."""

    def __init__(self, moment: Moment = NOTHING) -> None:
        (
            self.n_added,
            self.n_artefacts,
            self.n_nn,
            self.n_others,
            self.n_out_of_range,
            self.n_over_50,
            self.n_pairs,
            self.sum_diff_squared,
            self.sum_nn,
            self.sum_nn_squared,
            self.sum_others,
            self.sum_others_squared,
        ) = moment

    def add(self, beat: ClassifiedBeat, before: ClassifiedBeat | None) -> None:
        """Count a beat, and its difference to ``before`` where both are original neighbours in one segment."""
        if not beat.is_original:
            self._add_other(beat, before)
            return
        rr = beat.rr_ticks
        self.n_nn += 1
        self.sum_nn += rr
        self.sum_nn_squared += rr * rr
        if before is not None and before.is_original and before.segment == beat.segment:
            difference = rr - before.rr_ticks
            self.n_pairs += 1
            self.sum_diff_squared += difference * difference
            if not -PNN50_TICKS < difference < PNN50_TICKS:
                self.n_over_50 += 1

    def _add_other(self, beat: ClassifiedBeat, before: ClassifiedBeat | None) -> None:
        kind, rr = beat.kind, beat.rr_ticks
        self.n_others += 1
        if kind is not BeatKind.NORMAL and not _is_other_part(beat, before):
            self.n_artefacts += 1
            self.n_added += (kind is BeatKind.MISSED) - (kind is BeatKind.EXTRA)
        if kind is BeatKind.OUT_OF_RANGE:
            self.n_out_of_range += 1
        else:
            self.sum_others += rr
            self.sum_others_squared += rr * rr

    def moment(self) -> Moment:
        """The sums as they are now, for ``since``."""
        return (
            self.n_added,
            self.n_artefacts,
            self.n_nn,
            self.n_others,
            self.n_out_of_range,
            self.n_over_50,
            self.n_pairs,
            self.sum_diff_squared,
            self.sum_nn,
            self.sum_nn_squared,
            self.sum_others,
            self.sum_others_squared,
        )

    @classmethod
    def between(cls, before: Moment, after: Moment) -> "WindowSums":
        """What was added from one moment to the other."""
        return cls(tuple(map(sub, after, before)))

    @property
    def n_beats(self) -> int:
        """Beats as they came."""
        return self.n_nn + self.n_others

    @property
    def n_corrected(self) -> int:
        """Beats after correction: an extra one gone, a missed one put back."""
        return self.n_beats + self.n_added

    @property
    def n_valid(self) -> int:
        """Intervals in range."""
        return self.n_beats - self.n_out_of_range

    @property
    def sum_valid(self) -> int:
        """Of the intervals in range."""
        return self.sum_nn + self.sum_others

    @property
    def variation(self) -> float:
        """Coefficient of variation of all intervals in range; 0 below two."""
        n, total = self.n_valid, self.sum_valid
        if n < 2 or total == 0:
            return 0.0
        return sqrt((n * (self.sum_nn_squared + self.sum_others_squared) - total * total) / (n * (n - 1))) * n / total

    def metrics(self, window_s: float) -> WindowMetrics:
        """The window's metrics; None where it is too short, too sparse or too disturbed for one."""
        n_beats = self.n_beats
        coverage = min(self.sum_valid / (TICKS_PER_SECOND * window_s), 1.0)
        share = self.n_artefacts / max(n_beats + self.n_added, 1)
        quality = grade(share, coverage)
        shows = quality is not Quality.UNUSABLE
        mean_rr_ms = self._mean_rr_ms()
        rmssd_ms = self._rmssd_ms(window_s) if shows else None
        return WindowMetrics(
            window_s=window_s,
            n_beats=n_beats,
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
        n, total = self.n_corrected - self.n_out_of_range, self.sum_valid
        return ms_from_ticks(total / n) if n > 0 and total >= MINIMUM.hr_s * TICKS_PER_SECOND else None

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
