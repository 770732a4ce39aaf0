"""Rolling windows over final beats: 60 s and 300 s kept as sums, anything else within seven minutes on request."""

from collections import deque
from itertools import pairwise

from hrvdaemon.hrv.artefacts import ClassifiedBeat
from hrvdaemon.hrv.window_sums import WindowSums
from hrvdaemon.vocabulary.epochs import WindowMetrics
from hrvdaemon.vocabulary.units import GRAINS_PER_MS, GRAINS_PER_SECOND, ms_from_ticks

KEPT_S = 420
"""Five minutes of a summary, its grace of 15 s, and the minute a clock may be off."""


class RollingWindow:
    """Metrics of the last ``length_s`` before the newest beat."""

    def __init__(self, length_s: int) -> None:
        self._length_s = length_s
        self._beats: deque[ClassifiedBeat] = deque()
        self._sums = WindowSums()

    def add(self, beat: ClassifiedBeat) -> None:
        """Take the newest beat in and let those go that are now too old."""
        self._sums.add(beat, self._beats[-1] if self._beats else None)
        self._beats.append(beat)
        oldest = beat.time_grains - self._length_s * GRAINS_PER_SECOND
        while self._beats[0].time_grains <= oldest:
            gone = self._beats.popleft()
            self._sums.remove(gone, self._beats[0] if self._beats else None)

    def metrics(self) -> WindowMetrics:
        """Ends at the newest beat, however long ago that is."""
        return self._sums.metrics(float(self._length_s))


class RecentBeats:
    """The final beats of the last seven minutes, for windows that were not known beforehand."""

    def __init__(self) -> None:
        self._beats: deque[ClassifiedBeat] = deque()

    def add(self, beat: ClassifiedBeat) -> None:
        """Keep a beat; the oldest go."""
        self._beats.append(beat)
        while self._beats[0].time_grains < beat.time_grains - KEPT_S * GRAINS_PER_SECOND:
            self._beats.popleft()

    def between(self, start_ms: int, end_ms: int) -> list[ClassifiedBeat]:
        """Beats with start <= time < end, on the run's clock."""
        start, end = start_ms * GRAINS_PER_MS, end_ms * GRAINS_PER_MS
        return [beat for beat in self._beats if start <= beat.time_grains < end]

    def metrics(self, start_ms: int, end_ms: int) -> WindowMetrics:
        """Metrics of any window that is still kept."""
        beats, sums = self.between(start_ms, end_ms), WindowSums()
        for before, beat in pairwise([None, *beats]):
            if beat is not None:
                sums.add(beat, before)
        return sums.metrics((end_ms - start_ms) / 1000)

    def ordinary(self, start_ms: int, end_ms: int) -> tuple[list[float], list[float]]:
        """Times (s, on the run's clock) and RR intervals (ms) of the original beats of a window."""
        beats = [beat for beat in self.between(start_ms, end_ms) if beat.is_original]
        return [b.time_grains / GRAINS_PER_SECOND for b in beats], [ms_from_ticks(b.rr_ticks) for b in beats]
