"""Which strap is taken: the wearer's own, in their order, and never two at a time."""

from pathlib import Path
from typing import Any

import pytest
from bleak.exc import BleakDBusError

from hrvdaemon.sources.link_state import LinkState
from hrvdaemon.sources.strap_memory import KnownStrap, StrapMemory
from hrvdaemon.vocabulary.inputs import PacketReceived, SensorConnected, SensorLost

OWN = "C4:11:22:33:44:55"
OTHER = "C4:99:99:99:99:99"
NO_INTERVAL = b"\x00\x3c"


@pytest.fixture
def neighbour(stage: Any) -> Any:
    """A second strap in sight; it can be connected to like the first."""
    device = stage.air.device()
    device.address, device.name = OTHER, "TICKR 1234"
    stage.air.neighbours = [device]
    return device


def test_of_several_in_sight_the_nearest_is_taken_the_first_time(stage: Any, neighbour: Any) -> None:
    stage.air.rssi_dbm = -85
    stage.play(10, choose_s=2)
    assert stage.air.connected == [OTHER]


def test_afterwards_the_same_one_is_taken_at_once_though_another_is_nearer(stage: Any, neighbour: Any) -> None:
    stage.at(20, lambda: setattr(stage.air, "rssi_dbm", -85))
    stage.at(20, stage.air.lose_link)
    stage.play(40, choose_s=2)
    assert stage.air.connected == [OWN, OWN]
    assert stage.air.times("connect") == [2.25, 20.75]  # 0.5 s pause, first advertisement 0.25 s later


def test_another_persons_strap_is_left_alone_while_ones_own_is_away(stage: Any, neighbour: Any) -> None:
    stage.at(20, stage.air.walk_away)
    stage.at(200, stage.air.come_back)
    stage.play(300)
    assert set(stage.air.connected) == {OWN}
    assert "anothers" in stage.states
    assert stage.states[-1] is LinkState.STREAMING


def test_after_a_restart_it_is_still_the_same_one(stage: Any, neighbour: Any, tmp_path: Path) -> None:
    stage.memory = StrapMemory(tmp_path / "hrv.strap")
    stage.play(10)
    assert StrapMemory(tmp_path / "hrv.strap").known == KnownStrap(address=OWN, name="Polar H10 5C2E1F2B")
    stage.memory = StrapMemory(tmp_path / "hrv.strap")
    stage.air.connected.clear()
    stage.air.rssi_dbm = -95
    stage.play(10, choose_s=2)
    assert stage.air.connected == [OWN]


def test_a_device_that_changed_its_address_is_known_by_its_whole_name(stage: Any) -> None:
    stage.memory.keep(KnownStrap(address=OTHER, name="Polar H10 5C2E1F2B"))
    stage.play(10)
    assert stage.air.connected == [OWN]
    assert stage.memory.known == KnownStrap(address=OWN, name="Polar H10 5C2E1F2B")


def test_a_link_left_over_to_the_known_strap_is_taken_over(stage: Any) -> None:
    stage.memory.keep(KnownStrap(address=OWN, name=""))
    stage.air.links = [stage.air.device()]
    stage.play(5)
    assert stage.air.times("scan") == []
    assert stage.of(PacketReceived)


def test_the_first_in_the_configs_order_is_taken(stage: Any, neighbour: Any) -> None:
    """The second one is seen first, and stronger."""
    stage.air.rssi_dbm = -90
    stage.play(10, name="H10", others=("TICKR",), choose_s=2)
    assert stage.air.connected == [OWN]


def test_the_second_in_the_order_is_taken_where_the_first_is_away(stage: Any, neighbour: Any) -> None:
    stage.air.in_range = True
    stage.play(10, address="C4:00:00:00:00:00", others=(OTHER.lower(), "H10"), choose_s=2)
    assert stage.air.connected == [OTHER]
    assert stage.air.times("connect") == [2.25]


def test_while_one_streams_no_other_is_looked_for(stage: Any, neighbour: Any) -> None:
    stage.play(600, name="TICKR", others=("H10",), switch_after_s=60)
    assert stage.air.connected == [OTHER]
    assert len(stage.air.times("scan")) == 1


def test_a_strap_off_the_skin_is_left_for_another_one_in_sight(stage: Any, neighbour: Any) -> None:
    """No beats from second 10 on; looked for at 61 s; the first one's link has ended before the second one's begins."""
    stage.air.make = lambda n: b"\x10\x3c\x00\x04" if n < 10 or len(stage.air.connected) > 1 else NO_INTERVAL
    stage.play(120, name="H10", others=("TICKR",), switch_after_s=60, choose_s=2)
    assert stage.air.connected == [OWN, OTHER]
    links = [type(each).__name__ for each in stage.inputs if isinstance(each, SensorConnected | SensorLost)]
    assert links == ["SensorConnected", "SensorLost", "SensorConnected", "SensorLost"]
    lost = stage.of(SensorLost)[0]
    assert (lost.reason, lost.sensor) == ("another strap of the wearer is in sight", OWN)
    assert stage.of(SensorConnected)[1].mono_ms == lost.mono_ms, "it was seen a moment ago"
    assert stage.states[-1] is LinkState.STREAMING


@pytest.mark.parametrize("error", [None, BleakDBusError("org.bluez.Error.InProgress", [])])
def test_a_strap_off_the_skin_is_kept_where_no_other_is_in_sight(stage: Any, error: Exception | None) -> None:
    stage.air.make = lambda n: b"\x10\x3c\x00\x04" if n < 10 else NO_INTERVAL
    stage.at(30, lambda: stage.air.standing.update(scan=error))
    stage.play(400, name="H10", others=("TICKR",), switch_after_s=60)
    assert stage.air.connected == [OWN]
    assert len(stage.of(SensorLost)) == 1
    assert stage.states[-1] is LinkState.OFF_SKIN


def test_a_configured_strap_that_is_away_is_not_found_whatever_else_is_in_sight(stage: Any, neighbour: Any) -> None:
    stage.play(40, address="C4:00:00:00:00:00")
    assert stage.states == ["searching", "not_found"]


def test_an_empty_entry_among_the_others_takes_nobodys_strap(stage: Any, neighbour: Any) -> None:
    stage.play(40, name="H7", others=("",))
    assert stage.air.connected == []
