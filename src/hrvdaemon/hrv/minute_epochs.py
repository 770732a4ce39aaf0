"""Minutes of the wall clock, filled with final beats and closed once.

Minute [m, m+60 s) is closed 15 s after its end, from the beats whose time lies in it: a beat is final six beats late,
so closing on the minute would cost a resting wearer their coverage. A beat that comes later is counted late and
never reopens its minute (law 2).
"""

from dataclasses import dataclass, field

from hrvdaemon.hrv.artefacts import ClassifiedBeat
from hrvdaemon.hrv.window_sums import WindowSums
from hrvdaemon.vocabulary.epochs import WindowMetrics
from hrvdaemon.vocabulary.units import GRAINS_PER_MS, MINUTE_MS, ms_from_ticks

TENS = 6
IRREGULAR_SHARE = 0.20
IRREGULAR_VARIATION = 0.15
IRREGULAR_MINUTES = 10
"""Rhythm caution (science A.4): artefacts above 20 % and variation above 0.15 for ten minutes with contact."""


@dataclass(frozen=True, slots=True)
class ClosedMinute:
    """What a minute holds; ``start_ms`` on the run's clock."""

    start_ms: int
    metrics: WindowMetrics
    hr_10s_bpm: tuple[float | None, ...]
    is_irregular: bool


@dataclass(slots=True)
class _OpenMinute:
    sums: WindowSums = field(default_factory=WindowSums)
    tens: tuple[list[int], ...] = field(default_factory=lambda: tuple([] for _ in range(TENS)))
    newest: ClassifiedBeat | None = None


class MinuteEpochs:
    """Open minutes by number; minute 0 starts at ``origin_ms``, a whole wall-clock minute on the run's clock."""

    def __init__(self, origin_ms: int) -> None:
        self.origin_ms = origin_ms
        self._open: dict[int, _OpenMinute] = {}
        self._closed_until = 0
        self._irregular_minutes = 0

    def number(self, mono_ms: int) -> int:
        """The minute that holds this moment."""
        return (mono_ms - self.origin_ms) // MINUTE_MS

    def start_ms(self, number: int) -> int:
        """When a minute begins."""
        return self.origin_ms + number * MINUTE_MS

    @property
    def open_numbers(self) -> list[int]:
        """Minutes with beats that are not closed yet, in order."""
        return sorted(self._open)

    def add(self, beat: ClassifiedBeat) -> bool:
        """Take a final beat in. False: its minute is closed, the beat is late."""
        time_ms = beat.time_grains // GRAINS_PER_MS
        number = self.number(time_ms)
        if number < self._closed_until:
            return False
        minute = self._open.get(number)
        if minute is None:
            minute = self._open[number] = _OpenMinute()
        minute.sums.add(beat, minute.newest)
        minute.newest = beat
        if beat.is_original:
            minute.tens[(time_ms - self.start_ms(number)) * TENS // MINUTE_MS].append(beat.rr_ticks)
        return True

    def close(self, number: int) -> ClosedMinute | None:
        """Close a minute for ever; None if it had no beat."""
        self._closed_until = max(self._closed_until, number + 1)
        minute = self._open.pop(number, None)
        if minute is None:
            self._irregular_minutes = 0
            return None
        metrics = minute.sums.metrics(MINUTE_MS / 1000)
        is_irregular = metrics.artefact_share > IRREGULAR_SHARE and minute.sums.variation > IRREGULAR_VARIATION
        self._irregular_minutes = self._irregular_minutes + 1 if is_irregular else 0
        return ClosedMinute(
            start_ms=self.start_ms(number),
            metrics=metrics,
            hr_10s_bpm=tuple(map(_median_hr_bpm, minute.tens)),
            is_irregular=self._irregular_minutes >= IRREGULAR_MINUTES,
        )


def _median_hr_bpm(rr_ticks: list[int]) -> float | None:
    """Heart rate of the median interval; None without one."""
    if not rr_ticks:
        return None
    ordered, middle = sorted(rr_ticks), len(rr_ticks) // 2
    median = ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
    return 60_000 / ms_from_ticks(median)
