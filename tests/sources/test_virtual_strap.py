"""The daemon's own source on bleak's API, real GATT bytes and a virtual radio: every fault that needs no BlueZ."""

import asyncio
from pathlib import Path

import pytest

from hrvdaemon.sources.link_state import LinkState
from hrvdaemon.vocabulary.inputs import BatteryRead, PacketReceived, SensorConnected, SensorLost
from tests.virtual_strap.accounts import accounts
from tests.virtual_strap.heart import packet
from tests.virtual_strap.room import Room, played
from tests.virtual_strap.strap import Traits
from tests.virtual_strap.watched import mono_ms

OTHER = "C4:11:22:33:44:66"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "hrv.db"


@played
async def test_a_strap_is_found_connected_and_streams(database: Path) -> None:
    async with Room(database=database) as room:
        strap = await room.strap()
        room.start()
        await room.until(LinkState.STREAMING)
        await asyncio.sleep(60.5)
    assert room.states == ["searching", "connecting", "waiting_for_beats", "streaming"]
    assert [(each.sensor, each.name) for each in room.of(SensorConnected)] == [(strap.address, "Virtual H10")]
    assert [each.percent for each in room.of(BatteryRead)] == [87]
    ledger = accounts(database, strap)
    assert ledger.is_balanced
    assert ledger.n_stored == ledger.n_heard > 60


@played
async def test_a_strap_without_a_battery_service_streams_all_the_same() -> None:
    async with Room() as room:
        await room.strap(Traits(battery_percent=None))
        room.start()
        await room.until(LinkState.STREAMING)
        await asyncio.sleep(10.5)
    assert room.of(BatteryRead) == []
    assert len(room.of(SensorConnected)) == 1


@played
async def test_a_strap_that_hangs_up_is_found_again(database: Path) -> None:
    async with Room(database=database) as room:
        strap = await room.strap()
        room.start()
        for _ in range(3):
            await room.streams()
            await asyncio.sleep(20.5)
            await strap.hang_up()
        await room.streams()
    assert [each.reason for each in room.of(SensorLost)] == ["link lost"] * 3 + ["stopped"]
    assert accounts(database, strap).is_balanced


@played
async def test_out_of_range_is_a_loss_after_the_supervision_timeout_and_back_is_found(database: Path) -> None:
    async with Room(supervision_timeout_s=4, database=database) as room:
        strap = await room.strap()
        room.start()
        await room.streams()
        left_ms = mono_ms()
        room.air.leave(strap.radio)
        await room.until(LinkState.LOST)
        assert room.of(SensorLost)[0].mono_ms == left_ms + 4000
        await room.until(LinkState.NOT_FOUND)
        await asyncio.sleep(500)
        room.air.come_back(strap.radio)
        await room.streams(limit_s=15)
        await asyncio.sleep(10.5)
    ledger = accounts(database, strap)
    assert ledger.is_balanced
    assert ledger.n_stored < len(strap.sent) - 500


@played
async def test_beats_around_half_an_hour_away_are_no_neighbours(database: Path) -> None:
    async with Room(database=database) as room:
        strap = await room.strap()
        room.start()
        await room.streams()
        room.air.leave(strap.radio)
        await asyncio.sleep(1800)
        room.air.come_back(strap.radio)
        await room.streams(limit_s=15)
    assert accounts(database, strap).is_balanced


@played
async def test_a_fade_shorter_than_the_supervision_timeout_loses_no_beat(database: Path) -> None:
    """What was repeated until it was acknowledged comes in one burst."""
    async with Room(supervision_timeout_s=6, database=database) as room:
        strap = await room.strap()
        room.start()
        await room.streams()
        room.air.leave(strap.radio)
        await asyncio.sleep(5.5)
        room.air.come_back(strap.radio)
        await asyncio.sleep(20.5)
        subscribed_from = strap.heard[0]
    arrivals = [each.mono_ms for each in room.of(PacketReceived)]
    assert max(arrivals.count(moment) for moment in arrivals) == 5
    ledger = accounts(database, strap)
    assert ledger.is_balanced
    assert ledger.n_stored == strap.sent[-1].number - subscribed_from + 1
    assert [each.reason for each in room.of(SensorLost)] == ["stopped"]


@played
async def test_a_strap_that_leaves_while_it_is_connected_to_is_given_up_and_found_again() -> None:
    """The attempt is taken back in the controller too, or no later one would be allowed."""
    async with Room() as room:
        strap = await room.strap()
        room.start(connect_limit_s=15)
        await room.until(LinkState.CONNECTING)
        room.air.leave(strap.radio)
        began_ms = mono_ms()
        await room.until(LinkState.REFUSED)
        assert mono_ms() - began_ms <= 17_000
        room.air.come_back(strap.radio)
        await room.streams()
    assert room.states[2:4] == ["refused", "searching"]


@played
async def test_of_two_straps_with_one_name_the_address_decides() -> None:
    async with Room() as room:
        await room.strap()
        other = await room.strap(Traits(address=OTHER))
        room.start(address=OTHER.lower())
        await room.until(LinkState.STREAMING)
        await asyncio.sleep(10.5)
    assert {each.sensor for each in room.of(PacketReceived)} == {OTHER}
    assert len(other.heard) > 8


@played
async def test_two_straps_with_one_name_are_never_mixed_in_one_connection() -> None:
    async with Room() as room:
        await room.strap()
        await room.strap(Traits(address=OTHER))
        room.start(name="h10")
        for _ in range(5):
            await room.streams()
            await asyncio.sleep(5)
            for strap in room.straps:
                await strap.hang_up()
        await room.streams()
    linked = None
    for each in room.inputs:
        if isinstance(each, SensorConnected):
            linked = each.sensor
        elif isinstance(each, PacketReceived):
            assert each.sensor == linked


@played
async def test_a_device_without_a_heart_rate_is_said_and_its_turn_comes_later() -> None:
    async with Room() as room:
        watch = await room.strap(Traits(has_measurement=False, advertises_again=False))
        room.start()
        await room.until(LinkState.NO_HEART_RATE)
        await watch.power_off()
        await room.strap(Traits(address=OTHER))
        await room.until(LinkState.STREAMING)


@played
async def test_notifications_before_the_services_are_known_do_no_harm() -> None:
    async with Room() as room:
        strap = await room.strap()

        async def chatter() -> None:
            for _ in range(50):
                await strap.send(packet(61, [1000]), unasked=True)
                await asyncio.sleep(0.005)

        strap.device.on("connection", lambda _: asyncio.ensure_future(chatter()))
        room.start()
        await room.streams()
    assert len(room.of(SensorConnected)) == 1
    assert "streaming" in room.states


@played
async def test_a_packet_that_comes_before_the_answer_to_the_subscription_is_kept() -> None:
    early = packet(61, [1000])
    async with Room() as room:
        strap = await room.strap(beats=False)
        strap.device.gatt_server.on(
            "characteristic_subscription", lambda link, *_: asyncio.ensure_future(strap.send(early))
        )
        room.start()
        await room.until(LinkState.STREAMING)
    assert [each.data for each in room.of(PacketReceived)] == [early]
    assert [type(each) for each in room.inputs[:2]] == [SensorConnected, PacketReceived]


@pytest.mark.parametrize(
    ("odd", "has_beats"),
    [
        (b"", False),
        (b"\x00", False),
        (b"\x10", False),
        (bytes(512), False),
        (b"\xff" * 20, True),
        (b"\x10\x3c" + b"\x00\x04" * 255, True),
        (b"\x1f" + b"\xff" * 511, True),
    ],
    ids=lambda odd: f"{len(odd)} bytes {odd[:2].hex()}" if isinstance(odd, bytes) else None,
)
@played
async def test_odd_packets_harm_no_beat_around_them(database: Path, odd: bytes, has_beats: bool) -> None:
    async with Room(database=database) as room:
        strap = await room.strap()
        room.start()
        await room.streams()
        await asyncio.sleep(10.5)
        await strap.send(odd)
        await asyncio.sleep(10.5)
    assert odd in [each.data for each in room.of(PacketReceived)]
    assert len(room.of(SensorConnected)) == 1
    ledger = accounts(database, strap)
    assert not ledger.silently_lost
    assert ledger.is_balanced or has_beats


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Ремень 心拍", "Ремень 心拍"),
        (b"Str\xe4p", "Str�p"),
        (b"Strap\x00\x00", "Strap"),
        (b"\x1b[31mStrap\x1b[0m", "[31mStrap[0m"),
        (b"\xff\xfe\xfd", "���"),
        ("\u202epartS", "partS"),
        ("", "C4:11:22:33:44:55"),
    ],
)
@played
async def test_a_name_in_any_encoding_is_shown_without_what_a_terminal_obeys(name: str | bytes, shown: str) -> None:
    async with Room() as room:
        await room.strap(Traits(name=name))
        room.start()
        await room.until(LinkState.STREAMING)
    assert room.of(SensorConnected)[0].name == shown


@played
async def test_a_strap_that_announces_no_service_is_found_by_its_name() -> None:
    async with Room() as room:
        await room.strap(Traits(announces_heart_rate=False))
        room.start(name="virtual")
        await room.until(LinkState.STREAMING)


@played
async def test_without_an_adapter_it_is_said_and_one_that_is_plugged_in_is_used() -> None:
    async with Room() as room:
        await room.strap()
        room.computer.central = None
        room.start()
        await room.until(LinkState.NO_BLUETOOTH)
        await asyncio.sleep(300)
        assert room.states == ["no_bluetooth"]
        room.computer.central = room.laptop
        await room.until(LinkState.STREAMING, limit_s=35)


@played
async def test_a_link_left_over_by_a_killed_process_is_taken_over(database: Path) -> None:
    async with Room(database=database) as room:
        strap = await room.strap()
        await room.laptop.connect_le(strap.device.random_address)
        room.start(address=strap.address)
        await room.until(LinkState.STREAMING)
        await asyncio.sleep(10.5)
    assert "searching" not in room.states
    assert accounts(database, strap).is_balanced


@played
async def test_stopping_lets_the_strap_go_and_it_is_free_for_others() -> None:
    async with Room() as room:
        strap = await room.strap()
        room.start()
        await room.streams()
        await room.leave_off()
        await asyncio.sleep(0.1)
        assert not strap.connections
        assert strap.device.is_advertising
        assert room.inputs[-1] == SensorLost(
            mono_ms=room.of(SensorLost)[0].mono_ms, sensor=room.of(PacketReceived)[0].sensor, reason="stopped"
        )
