"""The signal half of the pipeline: packets to beats, rolling metrics and closed minutes. Knows nothing of behaviour."""

from collections.abc import Iterator

from hrvdaemon.hrv.artefacts import ClassifiedBeat
from hrvdaemon.hrv.beat_timeline import Gap, UnitSuspected
from hrvdaemon.hrv.heart_rate_measurement import HeartRateMeasurement
from hrvdaemon.hrv.minute_epochs import ClosedMinute, MinuteEpochs
from hrvdaemon.hrv.respiration import breathing_rate_hz
from hrvdaemon.hrv.signal_path import Heard, PathSettings, SignalPath
from hrvdaemon.pipeline.run_clock import RunClock
from hrvdaemon.pipeline.settings import Settings
from hrvdaemon.vocabulary.epochs import Epoch, Quality
from hrvdaemon.vocabulary.errors import MalformedPacket
from hrvdaemon.vocabulary.events import (
    BeatsClassified,
    Event,
    GapDetected,
    HrvUpdated,
    PacketRejected,
    SignalQualityChanged,
    WearingStarted,
    WindowSummarised,
)
from hrvdaemon.vocabulary.inputs import HEART_RATE_MEASUREMENT, PacketReceived, SensorConnected, SensorLost
from hrvdaemon.vocabulary.units import GRAINS_PER_MS, MINUTE_MS, SensorId

NEW_WEARING_MS = 10 * MINUTE_MS
SILENCE_MS = 10_000
WINDOW_MS = 5 * MINUTE_MS
RESPIRATION_MS = 2 * MINUTE_MS

_FAULT = (
    "the intervals add up to milliseconds, not to 1/1024 s: if this strap sends milliseconds, add its name to"
    " timeline.millisecond_sensors"
)


class Signal:
    """One wearer's straps; the one that streams is used."""

    def __init__(self, settings: Settings, clock: RunClock, mono_ms: int) -> None:
        self.settings = settings
        self.heard_ms: int | None = None
        self._names: dict[SensorId, str] = {}
        self.start_run(clock, mono_ms)

    def start_run(self, clock: RunClock, mono_ms: int) -> None:
        """A run begins: nothing of the signal outlasts it."""
        self._names.clear()
        self.start_clock(clock, mono_ms)
        self._forget_wearing()

    def start_clock(self, clock: RunClock, mono_ms: int) -> None:
        """Minutes begin where this clock has them."""
        self.clock = clock
        self.minutes = MinuteEpochs(clock.whole(mono_ms, MINUTE_MS))

    def _forget_wearing(self) -> None:
        self.path: SignalPath | None = None
        self._used: SensorId | None = None
        self._quality: Quality | None = None

    def connected(self, sensor: SensorConnected) -> None:
        """Remember a strap's name."""
        self._names[sensor.sensor] = sensor.name

    def lost(self, sensor: SensorLost, mono_ms: int) -> Iterator[Event]:
        """The link is gone; beats before and after are not neighbours."""
        if sensor.sensor == self._used:
            yield from self.interrupt(f"strap lost: {sensor.reason}", mono_ms)
            self._used = None

    def packet(self, packet: PacketReceived, mono_ms: int) -> list[Event]:
        """Events of one notification; whether it carried beats is seen in ``heard_ms``."""
        if packet.characteristic != HEART_RATE_MEASUREMENT:
            return []
        try:
            measurement = HeartRateMeasurement.from_bytes(packet.data)
        except MalformedPacket as error:
            at = self.clock.wall(mono_ms)
            return [PacketRejected(mono_ms=mono_ms, at=at, sensor=packet.sensor, data=packet.data, why=str(error))]
        events = self._use(packet.sensor, measurement, mono_ms)
        if self.path is not None and packet.sensor == self._used:
            before = self.path.n_beats
            events += self._events(self.path.feed(measurement, mono_ms), mono_ms)
            self.heard_ms = mono_ms if self.path.n_beats > before else self.heard_ms
        return events

    def interrupt(self, why: str, mono_ms: int) -> list[Event]:
        """No data from here on; pending beats become final."""
        return [] if self.path is None else self._events(self.path.interrupt(why), mono_ms)

    def hrv_updated(self, mono_ms: int) -> Iterator[Event]:
        """The rolling metrics as of now."""
        if self.path is None:
            return
        minute, five_minutes = self.path.windows()
        at = self.clock.wall(mono_ms)
        yield HrvUpdated(mono_ms=mono_ms, at=at, hr_bpm=self.path.hr_bpm(), minute=minute, five_minutes=five_minutes)
        if minute.quality is not self._quality:
            self._quality = minute.quality
            yield SignalQualityChanged(mono_ms=mono_ms, at=at, quality=minute.quality, why="")

    def close_minute(self, number: int, epoch_number: int) -> Epoch | None:
        """Close a minute for ever; None if it had no beat."""
        closed = self.minutes.close(number)
        return None if closed is None else self._epoch(closed, epoch_number)

    def window_summarised(self, start_ms: int, number: int, mono_ms: int) -> WindowSummarised | None:
        """Five minutes of the wall clock; None without beats."""
        metrics = None if self.path is None else self.path.recent.metrics(start_ms, start_ms + WINDOW_MS)
        if metrics is None or metrics.n_beats == 0:
            return None
        at, start_at = self.clock.wall(mono_ms), self.clock.wall(start_ms)
        return WindowSummarised(mono_ms=mono_ms, at=at, number=number, start_at=start_at, metrics=metrics)

    def _use(self, sensor: SensorId, measurement: HeartRateMeasurement, mono_ms: int) -> list[Event]:
        """Begin a wearing, or go over to another strap once the used one is silent."""
        events: list[Event] = []
        if not measurement.rr_ticks or measurement.heart_rate_bpm == 0 or measurement.has_contact is False:
            return events
        silent_ms = None if self.heard_ms is None else mono_ms - self.heard_ms
        if silent_ms is None or silent_ms >= NEW_WEARING_MS:
            self._forget_wearing()
            self.heard_ms = mono_ms
            events.append(WearingStarted(mono_ms=mono_ms, at=self.clock.wall(mono_ms), sensor=sensor))
        if self._used is None or (self._used != sensor and silent_ms is not None and silent_ms > SILENCE_MS):
            events += self._go_over(sensor, mono_ms)
        return events

    def _go_over(self, sensor: SensorId, mono_ms: int) -> list[Event]:
        """Use this strap from here on; another one's beats are no neighbours, and its habits are its own."""
        self._used = sensor
        if self.path is not None and self.path.sensor == sensor:
            return []
        events = self.interrupt("another strap", mono_ms)
        # a wearing numbers on from its second, so that no two share a segment and a restart at one numbers alike
        last_segment = mono_ms // 1000 if self.path is None else self.path.segment
        self.path = self._new_path(sensor, last_segment)
        return events

    def _new_path(self, sensor: SensorId, last_segment: int) -> SignalPath:
        known = {name.strip() for name in self.settings.timeline.millisecond_sensors.split(",")} - {""}
        settings = PathSettings(self.settings.timeline, self.settings.artefacts)
        sends_milliseconds = bool(known & {sensor, self._names.get(sensor, "")})
        return SignalPath(settings, sensor, sends_milliseconds=sends_milliseconds, last_segment=last_segment)

    def _events(self, heard: list[Heard], mono_ms: int) -> list[Event]:
        """Beats in a row and of one segment are one event."""
        events: list[Event] = []
        beats: list[ClassifiedBeat] = []
        for item in heard:
            if not isinstance(item, ClassifiedBeat):
                events += self._classified(beats, mono_ms)
                events.append(self._told(item, mono_ms))
                beats = []
            elif beats and beats[-1].segment != item.segment:
                events += self._classified(beats, mono_ms)
                beats = [item]
            else:
                beats.append(item)
        events += self._classified(beats, mono_ms)
        return events

    def _classified(self, beats: list[ClassifiedBeat], mono_ms: int) -> list[Event]:
        if not beats:
            return []
        classified = BeatsClassified(
            mono_ms=mono_ms,
            at=self.clock.wall(mono_ms),
            sensor=self._used or SensorId(""),
            segment=beats[0].segment,
            rr_ticks=tuple([beat.rr_ticks for beat in beats]),
            beat_mono_ms=tuple([beat.time_grains // GRAINS_PER_MS for beat in beats]),
            kinds="".join([beat.kind for beat in beats]),
            n_late=[self.minutes.add(beat) for beat in beats].count(False),
        )
        return [classified]

    def _told(self, item: Gap | UnitSuspected, mono_ms: int) -> Event:
        at = self.clock.wall(mono_ms)
        if isinstance(item, UnitSuspected):
            quality = self._quality or Quality.UNUSABLE
            return SignalQualityChanged(mono_ms=mono_ms, at=at, quality=quality, why=_FAULT)
        lasted = None if item.duration_grains is None else item.duration_grains // GRAINS_PER_MS
        return GapDetected(mono_ms=mono_ms, at=at, why=item.why, duration_ms=lasted)

    def _epoch(self, minute: ClosedMinute, number: int) -> Epoch:
        end_ms = minute.start_ms + MINUTE_MS
        times, intervals = ([], []) if self.path is None else self.path.recent.ordinary(end_ms - RESPIRATION_MS, end_ms)
        return Epoch(
            number=number,
            start_at=self.clock.wall(minute.start_ms),
            start_mono_ms=minute.start_ms,
            metrics=minute.metrics,
            hr_10s_bpm=minute.hr_10s_bpm,
            respiration_hz=breathing_rate_hz(times, intervals),
            is_irregular=minute.is_irregular,
            motion=None,
        )
