"""An RR series as what a strap would have sent, and what a strap sent as an RR series."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from hrvdaemon import __version__
from hrvdaemon.formats.problem import Problem
from hrvdaemon.formats.rr_series import RRSeries
from hrvdaemon.formats.strap_in_use import StrapInUse
from hrvdaemon.hrv.artefacts import TimedBeat
from hrvdaemon.hrv.beat_timeline import BeatTimeline, Moment, TimelineSettings
from hrvdaemon.hrv.heart_rate_measurement import HeartRateMeasurement
from hrvdaemon.vocabulary.errors import MalformedPacket
from hrvdaemon.vocabulary.inputs import (
    HEART_RATE_MEASUREMENT,
    Input,
    PacketReceived,
    RunEnded,
    RunStarted,
    SensorConnected,
    SensorLost,
)
from hrvdaemon.vocabulary.units import (
    GRAINS_PER_MS,
    GRAINS_PER_SECOND,
    GRAINS_PER_TICK,
    SECOND_MS,
    Instant,
    RunId,
    SensorId,
    ms_from_ticks,
    ticks_from_ms,
)

SENSOR = SensorId("recording")
RECORDING = "hrvdaemon-recording"

_CONTACT_LOST = bytes(HeartRateMeasurement(heart_rate_bpm=0, has_contact=False))


def inputs_from_rr(series: RRSeries, *, start_at: Instant, zone: str, run: RunId) -> Iterator[Input]:
    """One run: a strap connects, and for each second sends what beats ended in it, as one real packet.

    A packet is stamped where its last beat ended. At a gap, a rejected value say, a packet with contact lost comes
    first, so that no difference crosses it.
    """
    yield RunStarted(
        mono_ms=0, at=start_at, run=run, version=__version__, zone=zone, boot_id=f"recording-{run}", seed=0
    )
    yield SensorConnected(mono_ms=0, sensor=SENSOR, name=series.format)
    last_ms = 0
    for mono_ms, data in _packets(series):
        last_ms = mono_ms
        yield PacketReceived(mono_ms=mono_ms, sensor=SENSOR, data=data)
    yield RunEnded(mono_ms=last_ms, reason="end of recording")


def _packets(series: RRSeries) -> Iterator[tuple[int, bytes]]:
    ticks: list[int] = []
    second = last_ms = 0
    for rr_ms, is_gap, end_s in zip(series.rr_ms.tolist(), series.gaps.tolist(), series.end_s.tolist(), strict=True):
        if ticks and (is_gap or int(end_s) != second):
            yield last_ms, _packet(ticks)
            ticks = []
        if is_gap and last_ms:
            yield last_ms, _CONTACT_LOST
        ticks.append(ticks_from_ms(rr_ms))
        second, last_ms = int(end_s), round(end_s * SECOND_MS)
    if ticks:
        yield last_ms, _packet(ticks)


def _packet(ticks: list[int]) -> bytes:
    heart_rate = round(60_000 * len(ticks) / ms_from_ticks(sum(ticks)))
    return bytes(HeartRateMeasurement(heart_rate_bpm=min(max(heart_rate, 1), 0xFFFF), rr_ticks=tuple(ticks)))


def series_from_inputs(inputs: Iterable[Input]) -> RRSeries:
    """The intervals of every heart rate measurement, on the time axis of the stream (``BeatTimeline``).

    Packets that can not be read are problems. The series is empty if there was no interval.
    """
    problems: list[Problem] = []
    beats = list(_beats(inputs, problems))
    end_grains = np.maximum.accumulate(np.array([beat.end_grains for beat in beats], np.int64))
    start = int(end_grains[0]) - beats[0].rr_ticks * GRAINS_PER_TICK if beats else 0
    return RRSeries(
        rr_ms=np.array([ms_from_ticks(beat.rr_ticks) for beat in beats], np.float64),
        gaps=np.array([beat.is_first for beat in beats], "?"),
        end_s=(end_grains - start) / GRAINS_PER_SECOND,
        start_at=Instant(start // GRAINS_PER_MS) if beats else None,
        unit="ticks",
        format=RECORDING,
        problems=tuple(problems),
    )


class _Beat(NamedTuple):
    end_grains: int
    rr_ticks: int
    is_first: bool


def _beats(inputs: Iterable[Input], problems: list[Problem]) -> Iterator[_Beat]:
    """Beats on the wall clock of the run they belong to."""
    timeline, straps, zero_ms, segment = BeatTimeline(TimelineSettings()), StrapInUse(), 0, -1
    for number, item in enumerate(inputs, 1):
        if isinstance(item, RunStarted):
            timeline, straps, segment = BeatTimeline(TimelineSettings()), StrapInUse(), -1
            zero_ms = item.at - item.mono_ms
        for beat in _timed_beats(timeline, straps, item, number, problems):
            end = beat.time_grains + zero_ms * GRAINS_PER_MS
            if beat.rr_ticks > 0:
                yield _Beat(end, beat.rr_ticks, beat.segment != segment)
            segment = beat.segment if beat.rr_ticks > 0 else -1


def _timed_beats(
    timeline: BeatTimeline, straps: StrapInUse, item: Input, number: int, problems: list[Problem]
) -> Iterator[TimedBeat]:
    moments: Sequence[Moment] = ()
    match item:
        case PacketReceived(characteristic=characteristic) if characteristic == HEART_RATE_MEASUREMENT:
            try:
                measurement = HeartRateMeasurement.from_bytes(item.data)
            except MalformedPacket as error:
                problems.append(Problem(0, f"input {number}: {error}"))
                return
            if straps.hears(item.sensor, measurement, item.mono_ms):
                moments = timeline.feed(measurement, item.mono_ms)
        case SensorLost() if straps.loses(item.sensor):
            moments = timeline.interrupt(item.reason)
        case _:
            return
    yield from (moment for moment in moments if isinstance(moment, TimedBeat))
