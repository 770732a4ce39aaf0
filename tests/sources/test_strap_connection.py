import asyncio
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from hrvdaemon.sources.sightings import Sighting
from hrvdaemon.sources.strap_connection import StrapConnection
from hrvdaemon.vocabulary.inputs import BatteryRead, Input, PacketReceived, SensorLost

PACKET = bytearray.fromhex("10 48 4a 03")


class Device:
    address = "C4:11:22:33:44:55"
    name = None


@pytest.fixture
def played(jumping: Callable[[Any], Any]) -> Callable[..., list[Input]]:
    """Inputs of a connection to which these things happen, one after the other; the clock counts 1, 2, 3."""

    def play(*happenings: Callable[[StrapConnection], None]) -> list[Input]:
        inputs: list[Input] = []
        clock = count(1)

        async def story() -> None:
            connection = StrapConnection(
                Sighting(device=Device(), name="H10", rssi_dbm=-60, is_held=False),
                silence_s=10,
                put=inputs.append,
                mono_ms=lambda: next(clock),
                received=lambda _: None,
            )
            for happens in happenings:
                happens(connection)
            await asyncio.sleep(60)

        jumping(story())
        return inputs

    return play


def packet(connection: StrapConnection) -> None:
    connection.on_packet(None, PACKET)


def loss(connection: StrapConnection) -> None:
    connection.on_disconnect(None)


def kinds(inputs: list[Input]) -> list[str]:
    return [type(each).__name__ for each in inputs]


def test_the_bytes_are_a_copy(played: Callable[..., list[Input]]) -> None:
    buffer = bytearray(PACKET)

    def overwritten(connection: StrapConnection) -> None:
        connection.on_packet(None, buffer)
        buffer[1] = 0

    received = played(overwritten, loss)[1]
    assert isinstance(received, PacketReceived)
    assert received.data == bytes(PACKET)


def test_a_packet_is_stamped_before_anything_else(played: Callable[..., list[Input]]) -> None:
    assert [each.mono_ms for each in played(packet, packet, loss)] == [1, 1, 2, 3]


def test_nothing_comes_after_the_loss(played: Callable[..., list[Input]]) -> None:
    def late(connection: StrapConnection) -> None:
        packet(connection)
        connection.battery(50)
        connection.announce()

    assert kinds(played(packet, loss, late)) == ["SensorConnected", "PacketReceived", "SensorLost"]


def test_only_the_first_reason_counts(played: Callable[..., list[Input]]) -> None:
    inputs = played(packet, loss, lambda connection: connection.lose("stopped"))
    assert [each.reason for each in inputs if isinstance(each, SensorLost)] == ["link lost"]


def test_a_link_that_was_never_announced_is_not_lost(played: Callable[..., list[Input]]) -> None:
    assert played(loss) == []


def test_a_break_while_bleak_is_still_connecting_is_bleaks_own_affair(played: Callable[..., list[Input]]) -> None:
    assert kinds(played(loss, packet))[:2] == ["SensorConnected", "PacketReceived"]


def test_silence_ends_it_once_also_without_any_packet(played: Callable[..., list[Input]]) -> None:
    inputs = played(lambda connection: connection.announce())
    assert kinds(inputs) == ["SensorConnected", "SensorLost"]
    assert isinstance(inputs[1], SensorLost)
    assert inputs[1].reason == "no data for 10 s"


def test_the_battery_carries_its_sensor(played: Callable[..., list[Input]]) -> None:
    battery = played(packet, lambda connection: connection.battery(80), loss)[2]
    assert battery == BatteryRead(mono_ms=2, sensor=battery.sensor, percent=80)  # type: ignore[union-attr] # is one
