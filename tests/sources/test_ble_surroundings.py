"""What happens around the link: suspend, BlueZ going and coming, stale services, drops by the clock, polite readings."""

import logging
from collections import deque
from typing import Any

import pytest
from bleak.exc import BleakCharacteristicNotFoundError, BleakDBusError, BleakError

from hrvdaemon.sources.link_state import LinkState
from hrvdaemon.sources.strap_reading import StrapDetails
from hrvdaemon.vocabulary.inputs import BatteryRead, PacketReceived, SensorConnected, SensorLost

UNKNOWN_OBJECT = BleakDBusError("org.freedesktop.DBus.Error.UnknownObject", ["no such object"])


def slept(stage: Any) -> None:
    stage.strap.end_link("the computer slept")
    stage.strap.try_now()


def bluetooth_is_back(stage: Any) -> None:
    stage.strap.try_now()


def test_after_a_suspend_the_link_is_made_anew_at_once(stage: Any) -> None:
    stage.at(60.3, lambda: slept(stage))
    stage.play(70)
    assert [lost.reason for lost in stage.of(SensorLost)] == ["the computer slept", "stopped"]
    assert stage.air.times("connect") == [0.25, 60.55]


def test_after_a_suspend_a_long_pause_ends_at_once(stage: Any) -> None:
    stage.air.standing["connect"] = BleakError("le-connection-abort-by-local")
    stage.at(120, stage.air.standing.clear)
    stage.at(120, lambda: slept(stage))
    stage.play(123)
    assert stage.states[-1] is LinkState.STREAMING


def test_after_a_suspend_the_scan_is_begun_anew_and_nothing_is_called_unseen(stage: Any) -> None:
    stage.air.in_range = False
    stage.at(10, lambda: slept(stage))
    stage.play(15)
    assert stage.air.times("scan") == [0.0, 10.0]
    assert stage.states == ["searching"]


def test_bluetooth_going_away_is_a_loss_before_the_watchdog(stage: Any) -> None:
    stage.at(20.3, stage.air.crash)
    stage.at(20.4, lambda: stage.strap.end_link("Bluetooth service ended"))
    stage.at(50, stage.air.restart)
    stage.at(50, lambda: bluetooth_is_back(stage))
    stage.play(60)
    assert stage.of(SensorLost)[0].mono_ms == 20_400
    assert stage.of(SensorConnected)[1].mono_ms == 50_250


def test_a_sign_that_bluetooth_is_back_ends_no_link_and_hurries_no_later_one(stage: Any) -> None:
    stage.at(20, lambda: bluetooth_is_back(stage))
    stage.at(30, stage.air.lose_link)
    stage.play(40)
    assert len(stage.of(SensorConnected)) == 2
    assert stage.air.times("scan") == [0.0, 30.5]


@pytest.mark.parametrize("error", [BleakCharacteristicNotFoundError("2a37"), UNKNOWN_OBJECT])
def test_stale_services_are_forgotten_after_the_disconnect_and_before_the_next_scan(
    stage: Any, error: Exception
) -> None:
    stage.air.faults["notify"] = deque([error])
    stage.play(10)
    steps = [call for _, call in stage.air.calls]
    assert steps[:8] == ["scan", "stop", "connect", "notify", "disconnect", "forget", "scan", "stop"]
    assert stage.states[-1] is LinkState.STREAMING


@pytest.mark.parametrize("fault", [UNKNOWN_OBJECT, "hang"])
def test_services_that_can_not_be_forgotten_stop_nothing(stage: Any, hang: str, fault: Exception | str) -> None:
    stage.air.faults["notify"] = deque([BleakCharacteristicNotFoundError("2a37")])
    stage.air.standing["forget"] = hang if fault == "hang" else fault
    stage.play(15)
    assert stage.states[-1] is LinkState.STREAMING


def test_another_fault_forgets_nothing(stage: Any) -> None:
    stage.air.faults["connect"] = deque([BleakError("failed to discover services, device disconnected")])
    stage.air.faults["notify"] = deque([BleakDBusError("org.bluez.Error.NotPermitted", ["Not paired"])])
    stage.play(20)
    assert stage.air.times("forget") == []


def test_drops_by_the_clock_are_noticed_once_the_third_came_and_logged(
    stage: Any, caplog: pytest.LogCaptureFixture
) -> None:
    stage.air.hangs_up_after_s = 30
    with caplog.at_level(logging.WARNING):
        stage.play(115)
    assert stage.states.count(LinkState.EQUAL_DROPS) == 1
    assert [record.getMessage() for record in caplog.records] == ["event=equal_drops every_s=30"]
    assert stage.states.index(LinkState.EQUAL_DROPS) > len(stage.states) - 3


def test_a_loss_by_our_own_watchdog_is_no_drop_by_the_clock(stage: Any) -> None:
    for second in range(20, 200, 40):
        stage.at(second + 0.3, lambda: setattr(stage.air, "sends", False))
        stage.at(second + 12, lambda: setattr(stage.air, "sends", True))
    stage.play(200)
    assert len(stage.of(SensorLost)) >= 4
    assert LinkState.EQUAL_DROPS not in stage.states


def test_the_battery_is_read_again_every_ten_minutes(stage: Any) -> None:
    stage.play(1900)
    assert [battery.mono_ms for battery in stage.of(BatteryRead)] == [1_250, 601_250, 1_201_250, 1_801_250]


def test_a_battery_that_answers_the_second_time_only_is_read(stage: Any) -> None:
    stage.air.faults["battery"] = deque([KeyError("Value")])
    stage.play(700)
    assert len(stage.of(BatteryRead)) == 1


def test_what_the_strap_says_of_itself_is_told_with_its_signal(stage: Any) -> None:
    stage.play(10)
    assert stage.details == [StrapDetails(rssi_dbm=-61, manufacturer="Polar Electro Oy", model="H10", firmware=None)]


def test_texts_are_asked_for_once_and_the_signal_is_told_with_each_link(stage: Any) -> None:
    stage.at(20, lambda: setattr(stage.air, "rssi_dbm", -80))
    stage.at(20, stage.air.lose_link)
    stage.play(40)
    assert len(stage.air.times("details")) == 3
    assert [(each.rssi_dbm, each.model) for each in stage.details] == [(-61, "H10"), (-80, "H10")]


def test_texts_are_not_asked_for_where_that_is_not_wanted(stage: Any) -> None:
    stage.play(10, device_information=False)
    assert stage.air.times("details") == []
    assert stage.details == [StrapDetails(rssi_dbm=-61)]


def test_texts_that_hang_or_are_rubbish_disturb_nothing(stage: Any, hang: str) -> None:
    stage.air.texts = {"2a29": b"\xff\xfe\x1b[31m", "2a24": b"x" * 512}
    stage.air.faults["details"] = deque([hang])
    stage.play(60)
    assert len(stage.of(PacketReceived)) == 59
    assert stage.details == [StrapDetails(rssi_dbm=-61, manufacturer=None, model="x" * 64)]


def test_zero_bytes_and_512_bytes_are_passed_on_untouched(stage: Any) -> None:
    stage.air.make = lambda n: b"" if n % 2 else b"\xff" * 512
    stage.play(20)
    assert {len(packet.data) for packet in stage.of(PacketReceived)} == {0, 512}
    assert len(stage.of(SensorConnected)) == 1
