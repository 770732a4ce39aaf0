"""Each test is a fault from docs/straps.md, played against a scripted radio on a clock that jumps."""

from collections import deque
from itertools import pairwise
from typing import Any

import pytest
from bleak.exc import BleakCharacteristicNotFoundError, BleakDBusError, BleakError, BleakGATTProtocolError

from hrvdaemon.sources.link_state import LinkState
from hrvdaemon.vocabulary.inputs import BatteryRead, PacketReceived, SensorConnected, SensorLost

IN_PROGRESS = BleakDBusError("org.bluez.Error.InProgress", ["Operation already in progress"])
ABORTED = BleakDBusError("org.bluez.Error.Failed", ["le-connection-abort-by-local"])


def test_a_strap_in_sight_is_streaming_within_two_seconds(stage: Any) -> None:
    stage.play(5)
    assert stage.kinds() == ["SensorConnected", "PacketReceived", "BatteryRead", "PacketReceived", "SensorLost"]
    assert stage.of(SensorConnected)[0].name == "Polar H10 5C2E1F2B"
    assert stage.of(PacketReceived)[0].mono_ms == 1250  # seen after 0.25 s, first notification 1 s later
    assert stage.states == ["searching", "connecting", "waiting_for_beats", "streaming"]


def test_packets_are_stamped_when_they_arrive_and_their_bytes_are_untouched(stage: Any) -> None:
    stage.play(4.5)
    packets = stage.of(PacketReceived)
    assert [packet.mono_ms for packet in packets] == [1250, 2250, 3250, 4250]
    assert [packet.data.hex() for packet in packets] == ["103c0100", "103c0200", "103c0300", "103c0400"]
    assert {packet.sensor for packet in packets} == {"C4:11:22:33:44:55"}
    assert all(type(packet.data) is bytes for packet in packets)


def test_a_lost_link_is_told_once_and_found_again(stage: Any) -> None:
    stage.at(10, stage.air.lose_link)
    stage.play(20)
    lost = stage.of(SensorLost)
    assert [(each.mono_ms, each.reason) for each in lost] == [(10_000, "link lost"), (20_000, "stopped")]
    assert len(stage.of(SensorConnected)) == 2
    assert stage.of(PacketReceived)[-1].mono_ms > 19_000
    assert stage.states[4:] == ["lost", "searching", "connecting", "waiting_for_beats", "streaming"]


def test_two_hundred_losses_double_no_packet_and_leave_no_client_behind(stage: Any) -> None:
    for loss in range(200):
        stage.at(10 + 10 * loss, stage.air.lose_link)
    stage.play(2020)
    data = [packet.data for packet in stage.of(PacketReceived)]
    assert len(stage.air.clients) == len(stage.of(SensorConnected)) == len(stage.of(SensorLost)) == 201
    assert len(data) == len(set(data)) == stage.air.n_sent
    assert not any(client.holds_bus for client in stage.air.clients)


def test_every_connection_has_a_client_and_a_device_of_its_own(stage: Any) -> None:
    for second in (10, 20, 30):
        stage.at(second, stage.air.lose_link)
    stage.play(40)
    assert [client.device.generation for client in stage.air.clients] == [0, 1, 2, 3]
    assert len({id(scanner) for scanner in stage.air.scanners}) == 4


def test_ten_seconds_of_silence_are_a_loss(stage: Any) -> None:
    stage.at(20.3, lambda: setattr(stage.air, "sends", False))
    stage.play(31)
    lost = stage.of(SensorLost)[0]
    assert (lost.mono_ms, lost.reason) == (30_250, "no data for 10 s")  # last packet at 20.25 s
    assert "lost" in stage.states


def test_a_crash_of_bluetoothd_tells_nobody_and_is_survived(stage: Any) -> None:
    stage.at(20.3, stage.air.crash)
    stage.at(50, stage.air.restart)
    stage.play(90)
    assert [lost.reason for lost in stage.of(SensorLost)] == ["no data for 10 s", "stopped"]
    assert "no_service" in stage.states
    assert stage.states[-1] is LinkState.STREAMING
    assert stage.of(PacketReceived)[-1].mono_ms > 89_000


def test_a_frozen_bluetoothd_does_not_freeze_the_daemon(stage: Any, stubborn: str) -> None:
    stage.air.faults = {"scan": deque([stubborn]), "connect": deque([stubborn]), "disconnect": deque([stubborn])}
    stage.play(120)
    assert stage.states[:3] == ["no_service", "searching", "connecting"]
    assert stage.states[-1] is LinkState.STREAMING


def test_a_connection_that_never_comes_is_given_up_after_its_limit(stage: Any, hang: str) -> None:
    stage.air.faults["connect"] = deque([hang])
    stage.play(30, connect_limit_s=15)
    assert stage.air.times("disconnect")[0] == 15.25
    assert stage.states[2:5] == ["refused", "searching", "connecting"]
    assert stage.states[-1] is LinkState.STREAMING


def test_without_notifications_there_was_no_connection(stage: Any) -> None:
    stage.air.faults["notify"] = deque([BleakDBusError("org.freedesktop.DBus.Error.UnknownObject", ["gone"])])
    stage.play(10)
    assert len(stage.of(SensorConnected)) == 1
    assert len(stage.air.times("disconnect")) == 2
    assert "refused" in stage.states


def test_the_sensor_is_announced_when_its_notifications_are_on(stage: Any) -> None:
    stage.air.notify_takes_s = 0.5
    stage.play(5)
    assert stage.of(SensorConnected)[0].mono_ms == 750


def test_a_packet_before_the_answer_to_start_notify_announces_the_sensor(stage: Any) -> None:
    stage.air.notify_takes_s = 3.0
    stage.play(6)
    assert stage.kinds()[:2] == ["SensorConnected", "PacketReceived"]
    assert len(stage.of(SensorConnected)) == 1
    assert stage.states == ["searching", "connecting", "waiting_for_beats", "streaming"]


@pytest.mark.parametrize("fault", ["hang", "stubborn"])
def test_a_disconnect_that_hangs_delays_the_reconnect_by_its_limit_only(
    stage: Any, hang: str, stubborn: str, fault: str
) -> None:
    stage.air.faults["disconnect"] = deque([hang if fault == "hang" else stubborn])
    stage.at(10, stage.air.lose_link)
    stage.play(30, disconnect_limit_s=5)
    assert stage.air.times("scan")[1] == 15.5 + (2.0 if fault == "stubborn" else 0.0)
    assert stage.states[-1] is LinkState.STREAMING


def test_the_pause_doubles_while_no_connection_comes_about(stage: Any) -> None:
    stage.air.standing["connect"] = ABORTED
    stage.play(120)
    tries = stage.air.times("connect")
    assert [round(later - earlier - 0.25, 3) for earlier, later in pairwise(tries)] == [
        0.5,
        1,
        2,
        4,
        8,
        15,
        15,
        15,
        15,
        15,
        15,
    ]


def test_the_pause_starts_anew_after_data(stage: Any) -> None:
    stage.air.faults["connect"] = deque([ABORTED] * 5)
    stage.at(60, stage.air.lose_link)
    stage.play(70)
    assert stage.air.times("scan")[-1] == 60.5


def test_a_strap_that_connects_and_sends_nothing_is_not_stormed(stage: Any) -> None:
    stage.air.sends = False
    stage.play(115)
    tries = stage.air.times("connect")
    assert [round(later - earlier - 10.25, 3) for earlier, later in pairwise(tries)] == [0.5, 1, 2, 4, 8, 15]
    assert "no_data" in stage.states
    assert "lost" not in stage.states


def test_chance_spreads_the_pauses(stage: Any) -> None:
    stage.jitter = 0.5
    stage.air.standing["connect"] = ABORTED
    stage.play(10)
    first, second, third = stage.air.times("connect")[:3]
    assert (round(second - first - 0.25, 3), round(third - second - 0.25, 3)) == (0.75, 1.5)


def test_a_strap_that_comes_back_after_an_hour_streams_within_fifteen_seconds(stage: Any) -> None:
    stage.at(10, stage.air.walk_away)
    stage.at(3610, stage.air.come_back)
    stage.play(3700)
    returned = [packet for packet in stage.of(PacketReceived) if packet.mono_ms > 3_610_000]
    assert returned[0].mono_ms <= 3_625_000
    assert len(stage.of(SensorLost)) == 2
    assert stage.states.count(LinkState.NOT_FOUND) == 1


def test_a_scanner_that_sees_nothing_is_built_anew(stage: Any) -> None:
    stage.air.in_range = False
    stage.play(100, scan_window_s=30)
    assert stage.air.times("scan") == [0.0, 30.5, 61.0, 91.5]
    assert len(stage.air.scanners) == 4


def test_bluetooth_switched_off_is_said_and_waited_for(stage: Any) -> None:
    stage.at(10, stage.air.switch_off)
    stage.at(600, stage.air.switch_on)
    stage.play(660)
    assert stage.states[4:6] == ["lost", "bluetooth_off"]
    assert stage.states.count(LinkState.BLUETOOTH_OFF) == 1
    assert stage.states[-1] is LinkState.STREAMING
    assert len(stage.air.times("scan")) < 60


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (FileNotFoundError(2, "No such file or directory"), "no_service"),
        (PermissionError(13, "Permission denied"), "not_allowed"),
        (BleakError("adapter 'hci7' not found"), "no_bluetooth"),
        (KeyError("Powered"), "no_service"),
    ],
)
def test_no_radio_is_never_the_end_of_the_daemon(stage: Any, error: Exception, state: str) -> None:
    stage.air.standing["scan"] = error
    stage.play(3600)
    assert stage.states == [state]
    assert stage.inputs == []


@pytest.mark.parametrize("fault", [None, ConnectionRefusedError(111, "no system bus")])
def test_without_a_bluetooth_service_no_adapter_is_asked_for(stage: Any, fault: Exception | None) -> None:
    stage.air.standing["scan"] = BleakError("No Bluetooth adapters found.")
    stage.air.is_served = False
    if fault is not None:
        stage.air.standing["is_served"] = fault
    stage.play(60)
    assert stage.states == ["no_service"]


def test_a_scan_in_progress_is_waited_for(stage: Any) -> None:
    stage.air.faults["scan"] = deque([IN_PROGRESS, IN_PROGRESS])
    stage.play(10)
    assert stage.air.times("scan") == [0.0, 0.5, 1.5]
    assert stage.states[0] is LinkState.BUSY
    assert stage.states[-1] is LinkState.STREAMING


def test_a_scan_that_can_not_be_stopped_does_not_lose_what_it_saw(stage: Any) -> None:
    stage.air.standing["stop"] = IN_PROGRESS
    stage.play(5)
    assert stage.of(PacketReceived)[0].mono_ms == 1250


@pytest.mark.parametrize(
    ("step", "error", "state"),
    [
        ("notify", BleakGATTProtocolError(0x05), "needs_pairing"),
        ("notify", BleakDBusError("org.bluez.Error.NotPermitted", ["Not paired"]), "needs_pairing"),
        ("notify", BleakCharacteristicNotFoundError("2a37"), "no_heart_rate"),
        ("connect", BleakError("failed to discover services, device disconnected"), "refused"),
        ("connect", BleakDBusError("org.bluez.Error.Failed", ["Input/output error"]), "refused"),
    ],
)
def test_what_the_strap_asks_for_is_said_and_tried_again(stage: Any, step: str, error: Exception, state: str) -> None:
    stage.air.faults[step] = deque([error])
    stage.play(10)
    assert state in stage.states
    assert stage.states[-1] is LinkState.STREAMING


def test_stopping_lets_the_strap_go(stage: Any) -> None:
    stage.play(10)
    assert stage.air.times("disconnect") == [10.0]
    assert stage.inputs[-1] == SensorLost(mono_ms=10_000, sensor=stage.inputs[0].sensor, reason="stopped")
    assert stage.ended_after_s == 0


def test_stopping_takes_no_longer_than_its_limit_when_the_strap_does_not_let_go(stage: Any, stubborn: str) -> None:
    stage.air.standing["disconnect"] = stubborn
    stage.play(10, disconnect_limit_s=5)
    assert stage.ended_after_s == 7


def test_stopping_while_connecting_cancels_the_connection(stage: Any, hang: str) -> None:
    stage.air.standing["connect"] = hang
    stage.play(10)
    assert stage.air.times("disconnect") == [10.0]
    assert stage.inputs == []


def test_stopping_while_scanning_stops_the_scan(stage: Any) -> None:
    stage.air.in_range = False
    stage.play(10)
    assert stage.air.times("stop") == [10.0]


def test_the_address_decides_in_any_case(stage: Any) -> None:
    stage.play(5, address="c4:11:22:33:44:55", name="another")
    assert stage.of(PacketReceived)


def test_another_address_is_left_alone(stage: Any) -> None:
    stage.play(60, address="c4:11:22:33:44:56")
    assert stage.air.times("connect") == []


def test_a_part_of_the_name_is_enough_also_where_no_service_is_announced(stage: Any) -> None:
    stage.air.announces_heart_rate = False
    stage.play(5, name="polar h10")
    assert stage.of(PacketReceived)


def test_without_address_and_name_only_heart_rate_is_looked_for(stage: Any) -> None:
    stage.air.announces_heart_rate = False
    stage.play(60)
    assert stage.air.times("connect") == []


def test_a_strap_without_a_name_is_called_by_its_address(stage: Any) -> None:
    stage.air.name = None
    stage.play(5)
    assert stage.of(SensorConnected)[0].name == "C4:11:22:33:44:55"


def test_the_adapter_is_named_to_scanner_and_client(stage: Any) -> None:
    stage.play(5, adapter="hci1")
    assert stage.air.bluez == [{"adapter": "hci1"}, {"adapter": "hci1"}]


def test_a_link_left_over_by_a_killed_process_is_taken_over(stage: Any) -> None:
    stage.air.links = [stage.air.device()]
    stage.play(5, name="H10")
    assert stage.air.times("scan") == []
    assert stage.of(PacketReceived)


def test_a_link_that_may_be_another_wearers_is_left_alone(stage: Any) -> None:
    stage.air.links = [stage.air.device()]
    stage.play(5)
    assert stage.air.times("links") == []
    assert len(stage.air.times("scan")) == 1


def test_a_link_that_is_not_there_any_more_is_not_tried_twice(stage: Any) -> None:
    stage.air.links = [stage.air.device()]
    stage.air.generation += 1
    stage.play(10, name="H10")
    assert stage.air.times("links") == [0.0]
    assert stage.air.times("connect") == [0.0, 0.75]
    assert stage.states[-1] is LinkState.STREAMING


def test_links_are_asked_for_again_only_after_a_window_without_a_sighting(stage: Any) -> None:
    stage.air.in_range = False
    stage.play(70, name="H10")
    assert stage.air.times("links") == [0.0, 30.5, 61.0]


def test_the_battery_is_read_once_for_each_connection(stage: Any) -> None:
    stage.at(30, stage.air.lose_link)
    stage.play(60)
    assert [battery.percent for battery in stage.of(BatteryRead)] == [87, 87]


@pytest.mark.parametrize("fault", [BleakCharacteristicNotFoundError("2a19"), "hang", KeyError("Value")])
def test_a_hidden_battery_disturbs_nothing(stage: Any, hang: str, fault: Exception | str) -> None:
    stage.air.standing["battery"] = hang if fault == "hang" else fault
    stage.play(60)
    assert stage.of(BatteryRead) == []
    assert len(stage.of(PacketReceived)) == 59
    assert len(stage.of(SensorConnected)) == 1


@pytest.mark.parametrize("level", [b"", b"\x65", b"\xff"])
def test_a_battery_level_outside_its_range_is_none(stage: Any, level: bytes) -> None:
    stage.air.battery = level
    stage.play(10)
    assert stage.of(BatteryRead) == []


def test_a_loss_during_the_battery_read_is_noticed_at_once(stage: Any, hang: str) -> None:
    stage.air.standing["battery"] = hang
    stage.at(2, stage.air.lose_link)
    stage.play(10)
    assert stage.air.times("disconnect")[0] == 2.0
