"""States of the link that the strap itself causes, each produced by what causes it: a person sees its sentence then."""

import asyncio

import pytest

from hrvdaemon.sources.link_state import LinkState
from hrvdaemon.vocabulary.inputs import PacketReceived, SensorConnected
from tests.virtual_strap.heart import Habits
from tests.virtual_strap.room import Room, played
from tests.virtual_strap.strap import Traits

OTHER = "C4:11:22:33:44:66"


@pytest.mark.parametrize(
    ("habits", "state"),
    [
        (Habits(sends_rr=False), "heart_rate_only"),
        (Habits(has_contact=False), "off_skin"),
        (Habits(has_contact=True), "streaming"),
        (Habits(energy_kj=300, is_wide=True), "streaming"),
    ],
)
@played
async def test_what_the_packets_say_of_the_strap_is_said(habits: Habits, state: str) -> None:
    async with Room() as room:
        await room.strap(habits=habits)
        room.start()
        await room.until(LinkState(state), limit_s=120)


@played
async def test_a_strap_that_wants_pairing_is_said() -> None:
    async with Room() as room:
        await room.strap(Traits(wants_pairing=True))
        room.start()
        await room.until(LinkState.NEEDS_PAIRING)
    assert room.of(SensorConnected) == []


@played
async def test_a_strap_that_sends_nothing_is_said_and_let_go() -> None:
    async with Room() as room:
        strap = await room.strap(beats=False)
        room.start()
        await room.until(LinkState.NO_DATA)
        assert not strap.connections
        strap.beat()
        await room.until(LinkState.STREAMING)


@played
async def test_what_can_not_be_read_is_said_and_a_readable_packet_ends_it() -> None:
    async with Room() as room:
        strap = await room.strap(beats=False)
        room.start()
        await strap.play([b"\x01"] * 30)
        assert room.states[-1] is LinkState.UNREADABLE
        assert len(room.of(SensorConnected)) == 1
        strap.beat()
        await room.until(LinkState.STREAMING)


@played
async def test_three_losses_in_five_minutes_are_a_weak_signal() -> None:
    async with Room() as room:
        strap = await room.strap()
        room.start()
        for lasted_s in (20, 45, 80):
            await room.streams()
            assert "weak_signal" not in room.states
            await asyncio.sleep(lasted_s)
            await strap.hang_up()
            await room.until(LinkState.LOST)
        await room.until(LinkState.WEAK_SIGNAL)


@played
async def test_a_link_that_ends_always_after_the_same_time_is_said() -> None:
    async with Room() as room:
        strap = await room.strap()
        room.start()
        for _ in range(3):
            await room.streams()
            assert "equal_drops" not in room.states
            await asyncio.sleep(150)
            await strap.hang_up()
            await room.until(LinkState.LOST)
        await room.until(LinkState.EQUAL_DROPS)


@played
async def test_another_strap_in_sight_is_said_and_left_alone() -> None:
    """Where none is configured, the one that sent beats is the wearer's."""
    async with Room() as room:
        strap = await room.strap()
        room.start()
        await room.streams()
        room.air.leave(strap.radio)
        other = await room.strap(Traits(address=OTHER, name="Virtual H9"))
        await room.until(LinkState.ANOTHERS)
        assert not other.connections
        room.air.come_back(strap.radio)
        await room.until(LinkState.STREAMING)
    assert {each.sensor for each in room.of(PacketReceived)} == {strap.address}


@played
async def test_of_several_straps_the_first_in_the_order_is_used_and_the_next_where_it_is_away() -> None:
    async with Room() as room:
        first = await room.strap()
        await room.strap(Traits(address=OTHER))
        room.start(address=first.address, others=(OTHER,))
        await room.streams()
        assert {each.sensor for each in room.of(PacketReceived)} == {first.address}
        room.air.leave(first.radio)
        await room.until(LinkState.LOST)
        await room.until(LinkState.STREAMING)
    assert room.of(PacketReceived)[-1].sensor == OTHER
