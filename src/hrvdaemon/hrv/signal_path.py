"""One wearing's way from measurements to final beats and rolling metrics.

A wearing is what lies between two silences of ten minutes. A new one gets a new path, with nothing remembered: so the
journal from the start of a wearing on is all that is needed to be exactly where an uninterrupted run would be.
"""

from collections import deque
from dataclasses import dataclass

from hrvdaemon.hrv.artefacts import (
    HIGHEST_RR_TICKS,
    LOWEST_RR_TICKS,
    ArtefactSettings,
    ClassifiedBeat,
    StreamingArtefacts,
    TimedBeat,
)
from hrvdaemon.hrv.beat_timeline import BeatTimeline, Gap, TimelineSettings, UnitSuspected
from hrvdaemon.hrv.heart_rate_measurement import HeartRateMeasurement
from hrvdaemon.hrv.rolling import RecentBeats
from hrvdaemon.vocabulary.epochs import WindowMetrics
from hrvdaemon.vocabulary.units import GRAINS_PER_SECOND, SensorId, ms_from_ticks

SHOWN_HR_S = 10
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

    def feed(self, measurement: HeartRateMeasurement, mono_ms: int) -> list[Heard]:
        """What one notification makes final."""
        heard: list[Heard] = []
        for moment in self._timeline.feed(measurement, mono_ms):
            match moment:
                case TimedBeat():
                    heard += self._beat(moment)
                case Gap():
                    heard += self._gap(moment)
                case UnitSuspected():
                    heard.append(moment)
        return heard

    def interrupt(self, why: str) -> list[Heard]:
        """No data from here on: what is pending becomes final with what is known."""
        return [heard for gap in self._timeline.interrupt(why) for heard in self._gap(gap)]

    def hr_bpm(self) -> float | None:
        """Heart rate of the last ten seconds, uncorrected intervals in range; None without one."""
        ticks = [beat.rr_ticks for beat in self._newest]
        return 60_000 / ms_from_ticks(sum(ticks) / len(ticks)) if ticks else None

    def windows(self) -> tuple[WindowMetrics, WindowMetrics]:
        """The last 60 s and 300 s before the newest final beat."""
        return self.recent.last(60), self.recent.last(300)

    def _beat(self, beat: TimedBeat) -> list[ClassifiedBeat]:
        self.n_beats += 1
        if LOWEST_RR_TICKS <= beat.rr_ticks <= HIGHEST_RR_TICKS:
            self._newest.append(beat)
        oldest = beat.time_grains - SHOWN_HR_S * GRAINS_PER_SECOND
        while self._newest and self._newest[0].time_grains <= oldest:
            self._newest.popleft()
        return self._kept(self._artefacts.add(beat))

    def _gap(self, gap: Gap) -> list[Heard]:
        return [*self._kept(self._artefacts.end_segment()), gap]

    def _kept(self, beats: list[ClassifiedBeat]) -> list[ClassifiedBeat]:
        for beat in beats:
            self.recent.add(beat)
        return beats
