"""Windows over final beats: those that end at the newest one, and any other within seven minutes on request.

A running sum is noted at each beat, so a window is the difference of two of them, whatever its length. Where a window
begins moves on with time and never back, also where a strap's clock does.
"""

from hrvdaemon.hrv.artefacts import ClassifiedBeat
from hrvdaemon.hrv.window_sums import Moment, WindowSums
from hrvdaemon.vocabulary.epochs import WindowMetrics
from hrvdaemon.vocabulary.units import GRAINS_PER_MS, GRAINS_PER_SECOND, ms_from_ticks

KEPT_S = 420
"""Five minutes of a summary, its grace of 15 s, and the minute a clock may be off."""
_BLOCK = 1000
"""Beats that are let go at once, so that letting go costs nothing."""


class RecentBeats:
    """The final beats of the last seven minutes, and the sums up to each."""

    def __init__(self) -> None:
        self._beats: list[ClassifiedBeat] = []
        self._moments: list[Moment] = []
        self._sums = WindowSums()
        self._latest = 0
        self._firsts: dict[int, int] = {KEPT_S: 0}

    def add(self, beat: ClassifiedBeat) -> None:
        """Keep a beat; the oldest go."""
        beats = self._beats
        self._sums.add(beat, beats[-1] if beats else None)
        beats.append(beat)
        self._moments.append(self._sums.moment())
        if len(beats) == 1 or beat.time_grains > self._latest:
            self._latest = beat.time_grains
        if len(beats) % _BLOCK == 0:
            self._forget()

    def last(self, length_s: int) -> WindowMetrics:
        """Metrics of the last so many seconds before the newest beat, however long ago that is; at most ``KEPT_S``."""
        if not self._beats:
            return WindowSums().metrics(float(length_s))
        first = self._first(length_s, self._latest - length_s * GRAINS_PER_SECOND)
        sums = WindowSums.between(self._moments[first], self._moments[-1])
        sums.add(self._beats[first], None)  # whatever was before it is not in the window
        return sums.metrics(float(length_s))

    def between(self, start_ms: int, end_ms: int) -> list[ClassifiedBeat]:
        """Beats with start <= time < end, on the run's clock."""
        start, end = start_ms * GRAINS_PER_MS, end_ms * GRAINS_PER_MS
        return [beat for beat in self._kept() if start <= beat.time_grains < end]

    def metrics(self, start_ms: int, end_ms: int) -> WindowMetrics:
        """Metrics of any window that is still kept."""
        sums, before = WindowSums(), None
        for beat in self.between(start_ms, end_ms):
            sums.add(beat, before)
            before = beat
        return sums.metrics((end_ms - start_ms) / 1000)

    def ordinary(self, start_ms: int, end_ms: int) -> tuple[list[float], list[float]]:
        """Times (s, on the run's clock) and RR intervals (ms) of the original beats of a window."""
        beats = [beat for beat in self.between(start_ms, end_ms) if beat.is_original]
        return [b.time_grains / GRAINS_PER_SECOND for b in beats], [ms_from_ticks(b.rr_ticks) for b in beats]

    def _kept(self) -> list[ClassifiedBeat]:
        return self._beats[self._first(KEPT_S, self._latest - KEPT_S * GRAINS_PER_SECOND - 1) :]

    def _first(self, length_s: int, oldest: int) -> int:
        """The first beat of a window, which is the first one later than ``oldest``."""
        first = self._firsts.get(length_s, 0)
        while first < len(self._beats) and self._beats[first].time_grains <= oldest:
            first += 1
        self._firsts[length_s] = first
        return first

    def _forget(self) -> None:
        self._kept()
        spare = self._firsts[KEPT_S]
        del self._beats[:spare], self._moments[:spare]
        self._firsts = {length_s: max(first - spare, 0) for length_s, first in self._firsts.items()}
