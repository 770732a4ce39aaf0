"""Two straps in one recording: batch analysis takes the beats that the stream takes."""

import re
from pathlib import Path

from hrvdaemon.formats import strap_in_use
from hrvdaemon.formats.packets import series_from_inputs
from hrvdaemon.formats.strap_in_use import StrapInUse
from hrvdaemon.hrv.heart_rate_measurement import HeartRateMeasurement
from hrvdaemon.vocabulary.inputs import Input, PacketReceived, RunStarted, SensorLost
from hrvdaemon.vocabulary.units import RunId, SensorId, instant

CHEST, ARM = SensorId("chest"), SensorId("arm")
BEAT = HeartRateMeasurement(heart_rate_bpm=60, rr_ticks=(1024,))
ONLY_RATE = HeartRateMeasurement(heart_rate_bpm=60)
OFF_SKIN = HeartRateMeasurement(heart_rate_bpm=60, rr_ticks=(1024,), has_contact=False)
STARTED = RunStarted(
    mono_ms=0, at=instant("2026-03-10T08:00:00Z"), run=RunId("r"), version="0.1.0", zone="UTC", boot_id="b", seed=0
)


def packet(second: float, sensor: SensorId, measurement: HeartRateMeasurement) -> PacketReceived:
    return PacketReceived(mono_ms=round(second * 1000), sensor=sensor, data=bytes(measurement))


def test_the_limit_is_that_of_the_stream() -> None:
    """Read from its source: to import the pipeline for a number would cost every ``analyse`` a start."""
    source = Path(strap_in_use.__file__).parents[1] / "pipeline" / "signal.py"
    stated = re.search(r"^SILENCE_MS = ([\d_]+)$", source.read_text(), re.MULTILINE)
    assert stated is not None
    assert int(stated[1]) == strap_in_use.SILENCE_MS


def test_the_strap_that_streams_is_used_until_it_is_silent_for_ten_seconds() -> None:
    straps = StrapInUse()
    assert straps.hears(CHEST, BEAT, 0)
    assert not straps.hears(ARM, BEAT, 10_000)
    assert straps.hears(CHEST, ONLY_RATE, 10_000)  # it counts, and says nothing of beats
    assert straps.hears(ARM, BEAT, 10_001)
    assert straps.used == ARM
    assert not straps.hears(CHEST, BEAT, 10_500)


def test_a_strap_without_beats_takes_over_from_none() -> None:
    straps = StrapInUse()
    assert straps.hears(CHEST, BEAT, 0)
    for measurement in (ONLY_RATE, OFF_SKIN):
        assert not straps.hears(ARM, measurement, 60_000)


def test_only_the_loss_of_the_used_strap_counts() -> None:
    straps = StrapInUse()
    straps.hears(CHEST, BEAT, 0)
    assert not straps.loses(ARM)
    assert straps.loses(CHEST)
    assert straps.hears(ARM, BEAT, 100)


def test_two_straps_at_once_give_each_beat_once_and_a_gap_where_one_takes_over() -> None:
    chest = HeartRateMeasurement(heart_rate_bpm=70, rr_ticks=(900,))
    both: list[Input] = [STARTED]
    for second in range(1, 11):
        both += [packet(second, CHEST, chest), packet(second + 0.5, ARM, BEAT)]
    both += [packet(second, ARM, BEAT) for second in range(12, 32)]
    series = series_from_inputs(both)
    ticks = [round(ms * 1.024) for ms in series.rr_ms.tolist()]
    assert ticks == [900] * 10 + [1024] * 11  # the arm from 21 s on, when the chest has been silent for more than ten
    assert series.gaps.tolist() == [True] + [False] * 9 + [True] + [False] * 10


def test_the_loss_of_another_strap_interrupts_nothing() -> None:
    inputs: list[Input] = [STARTED, packet(1, CHEST, BEAT), packet(2, CHEST, BEAT)]
    inputs += [SensorLost(mono_ms=2_500, sensor=ARM, reason="gone"), packet(3, CHEST, BEAT)]
    assert series_from_inputs(inputs).gaps.tolist() == [True, False, False]
    inputs[3] = SensorLost(mono_ms=2_500, sensor=CHEST, reason="gone")
    assert series_from_inputs(inputs).gaps.tolist() == [True, False, True]
