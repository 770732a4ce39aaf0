"""One wearing's way from measurements to final beats and rolling metrics.

A wearing is what lies between two silences of ten minutes. A new one gets a new path, with nothing remembered: so the
journal from the start of a wearing on is all that is needed to be exactly where an uninterrupted run would be.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from hrvdaemon.hrv.artefacts import ArtefactSettings, ClassifiedBeat, StreamingArtefacts, TimedBeat
from hrvdaemon.hrv.beat_timeline import BeatTimeline, Gap, TimelineSettings, UnitSuspected
from hrvdaemon.hrv.heart_rate_measurement import HeartRateMeasurement
from hrvdaemon.hrv.rolling import RecentBeats, RollingWindow
from hrvdaemon.vocabulary.epochs import WindowMetrics
from hrvdaemon.vocabulary.units import GRAINS_PER_SECOND, TICKS_PER_SECOND, SensorId, ms_from_ticks

SHOWN_HR_S = 10
SHORTEST_RR_TICKS = 0.3 * TICKS_PER_SECOND
LONGEST_RR_TICKS = 2 * TICKS_PER_SECOND
WARM_UP_BEATS = 30
"""Artefact thresholds have seen too little before (science A.2)."""

Heard = ClassifiedBeat | Gap | UnitSuspected


@dataclass(frozen=True, slots=True)
class PathSettings:
    timeline: TimelineSettings
    artefacts: ArtefactSettings


class SignalPath:
    """Feed measurements; final beats, gaps and faults come out in order."""

    def __init__(
        self, settings: PathSettings, sensor: SensorId, *, sends_milliseconds: bool = False, last_segment: int = 0
    ) -> None:
        self.sensor = sensor
        self._timeline = BeatTimeline(
            settings.timeline, sends_milliseconds=sends_milliseconds, last_segment=last_segment
        )
        self._artefacts = StreamingArtefacts(settings.artefacts)
        self._minute = RollingWindow(60)
        self._five_minutes = RollingWindow(300)
        self._newest: deque[TimedBeat] = deque()
        self.recent = RecentBeats()
        self.n_beats = 0

    @property
    def segment(self) -> int:
        """The newest segment; a path that follows this one in the same wearing numbers on from here."""
        return self._timeline.segment

    @property
    def is_warming_up(self) -> bool:
        """Fewer than thirty beats since the strap was put on."""
        return self.n_beats < WARM_UP_BEATS

    def feed(self, measurement: HeartRateMeasurement, mono_ms: int) -> Iterator[Heard]:
        """What one notification makes final."""
        for moment in self._timeline.feed(measurement, mono_ms):
            match moment:
                case TimedBeat():
                    yield from self._beat(moment)
                case Gap():
                    yield from self._gap(moment)
                case UnitSuspected():
                    yield moment

    def interrupt(self, why: str) -> Iterator[Heard]:
        """No data from here on: what is pending becomes final with what is known."""
        for gap in self._timeline.interrupt(why):
            yield from self._gap(gap)

    def hr_bpm(self) -> float | None:
        """Heart rate of the last ten seconds, uncorrected intervals in range; None without one."""
        ticks = [beat.rr_ticks for beat in self._newest]
        return 60_000 / ms_from_ticks(sum(ticks) / len(ticks)) if ticks else None

    def windows(self) -> tuple[WindowMetrics, WindowMetrics]:
        """The last 60 s and 300 s before the newest final beat."""
        return self._minute.metrics(), self._five_minutes.metrics()

    def _beat(self, beat: TimedBeat) -> Iterator[ClassifiedBeat]:
        self.n_beats += 1
        if SHORTEST_RR_TICKS <= beat.rr_ticks <= LONGEST_RR_TICKS:
            self._newest.append(beat)
        oldest = beat.time_grains - SHOWN_HR_S * GRAINS_PER_SECOND
        while self._newest and self._newest[0].time_grains <= oldest:
            self._newest.popleft()
        yield from self._finish(self._artefacts.add(beat))

    def _gap(self, gap: Gap) -> Iterator[Heard]:
        yield from self._finish(self._artefacts.end_segment())
        yield gap

    def _finish(self, beats: list[ClassifiedBeat]) -> Iterator[ClassifiedBeat]:
        for beat in beats:
            self._minute.add(beat)
            self._five_minutes.add(beat)
            self.recent.add(beat)
            yield beat
