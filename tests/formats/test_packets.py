from collections.abc import Sequence

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from hrvdaemon.formats.packets import inputs_from_rr, series_from_inputs
from hrvdaemon.formats.rr_series import RRSeries
from hrvdaemon.formats.rr_text import read_rr_text
from hrvdaemon.hrv.heart_rate_measurement import HeartRateMeasurement
from hrvdaemon.vocabulary.inputs import (
    BatteryRead,
    Input,
    PacketReceived,
    RunEnded,
    RunStarted,
    SensorConnected,
    SensorLost,
)
from hrvdaemon.vocabulary.units import RunId, SensorId, instant, ticks_from_ms

START = instant("2026-03-10T08:00:00Z")


def sent(series: RRSeries) -> list[Input]:
    return list(inputs_from_rr(series, start_at=START, zone="Europe/Berlin", run=RunId("file")))


def measurements(inputs: Sequence[Input]) -> list[HeartRateMeasurement]:
    return [HeartRateMeasurement.from_bytes(item.data) for item in inputs if isinstance(item, PacketReceived)]


def test_a_run_begins_connects_sends_and_ends() -> None:
    inputs = sent(read_rr_text(["800", "900"], "ms"))
    assert [type(item) for item in inputs] == [RunStarted, SensorConnected, PacketReceived, PacketReceived, RunEnded]
    assert isinstance(inputs[0], RunStarted)
    assert (inputs[0].at, inputs[0].zone, inputs[0].run) == (START, "Europe/Berlin", "file")


def test_the_beats_of_one_second_are_one_packet_stamped_where_the_last_one_ended() -> None:
    inputs = sent(read_rr_text(["400", "400", "400", "400"], "ms"))
    assert [packet.rr_ticks for packet in measurements(inputs)] == [(410, 410), (410, 410)]
    assert [item.mono_ms for item in inputs if isinstance(item, PacketReceived)] == [800, 1600]
    assert measurements(inputs)[0].heart_rate_bpm == 150


def test_at_a_rejected_value_contact_is_lost() -> None:
    packets = measurements(sent(read_rr_text(["800", "word", "810", "820"], "ms")))
    assert [packet.has_contact for packet in packets] == [None, False, None, None]
    assert packets[1].rr_ticks == ()


def test_the_longest_interval_fits() -> None:
    (packet,) = measurements(sent(read_rr_text(["65535"], "ticks")))
    assert packet.rr_ticks == (65535,)


@settings(deadline=None)
@given(st.lists(st.integers(300, 2000), min_size=1, max_size=200), st.sets(st.integers(0, 199)))
def test_what_was_sent_is_what_was_there(rr_ticks: list[int], rejected: set[int]) -> None:
    lines = ["word" if i in rejected else str(rr) for i, rr in enumerate(rr_ticks)]
    series = read_rr_text(lines, "ticks")
    back = series_from_inputs(sent(series))
    frozen = any(len(set(rr_ticks[i : i + 15])) == 1 for i in range(len(rr_ticks) - 14))
    if not frozen:
        assert back.rr_ms.tolist() == series.rr_ms.tolist()
        assert back.gaps.tolist() == series.gaps.tolist()
        assert np.abs(back.end_s - series.end_s).max(initial=0) < 0.5 * (1 + series.gaps.sum())


def test_ticks_are_sent_unchanged() -> None:
    ticks = [813, 814, 799]
    packets = measurements(sent(read_rr_text([str(value) for value in ticks], "ticks")))
    assert [value for packet in packets for value in packet.rr_ticks] == ticks
    assert ticks_from_ms(read_rr_text(["813"], "ticks").rr_ms[0]) == 813


def packet(mono_ms: int, data: str) -> PacketReceived:
    return PacketReceived(mono_ms=mono_ms, sensor=SensorId("strap"), data=bytes.fromhex(data))


def test_a_strap_that_was_lost_leaves_a_gap_and_a_bad_packet_a_problem() -> None:
    series = series_from_inputs(
        [
            packet(1000, "104b2003"),
            packet(1800, "10"),
            BatteryRead(mono_ms=1900, sensor=SensorId("strap"), percent=80),
            SensorLost(mono_ms=2000, sensor=SensorId("strap"), reason="out of range"),
            packet(9000, "104b2103"),
        ]
    )
    assert series.rr_ms.tolist() == [781.25, 782.2265625]
    assert series.gaps.tolist() == [True, True]
    assert "input 2" in series.problems[0].message


def test_two_runs_are_no_neighbours_and_lie_where_the_wall_clock_put_them(three_inputs: tuple[Input, ...]) -> None:
    first = three_inputs[0]
    assert isinstance(first, RunStarted)
    again = RunStarted(
        mono_ms=0, at=instant("2026-03-10T09:00:00Z"), run=RunId("r2"), version="", zone="UTC", boot_id="c", seed=0
    )
    series = series_from_inputs([*three_inputs, again, packet(1000, "104b2103")])
    assert series.gaps.tolist() == [True, True]
    assert series.end_s[1] - series.end_s[0] == 3600


def test_no_packets_are_no_intervals() -> None:
    assert series_from_inputs([]).rr_ms.size == 0
