"""A visit says what a strap sends, takes it from nobody, and always ends with letting go."""

import asyncio
from typing import Any

import pytest
from bleak.exc import BleakDBusError, BleakError

from hrvdaemon.sources.link_state import LinkState
from hrvdaemon.sources.radio import Radio
from hrvdaemon.sources.sightings import Sighting
from hrvdaemon.sources.strap_visit import PACKETS_WITHOUT_RR, Visit, visit

WITH_RR, HEART_RATE_ONLY, SLOW_HEART, OFF_SKIN, NO_BEAT_YET = "103c0004", "003c", "103c", "043c", "0000"
"""Heart Rate Service 1.0, 3.1: bit 4 says that intervals follow, bits 1-2 contact."""


class Strap:
    """Sends ``packets``, one a second, to who subscribes."""

    def __init__(
        self, packets: list[str], *, battery: str | Exception = "57", faults: dict[str, Any] | None = None
    ) -> None:
        self.packets, self.battery, self.faults = packets, battery, faults or {}
        self.calls: list[str] = []

    async def _call(self, name: str) -> None:
        self.calls.append(name)
        fault = self.faults.get(name)
        if isinstance(fault, Exception):
            raise fault
        if fault == "hang":
            await asyncio.sleep(3600)

    async def connect(self) -> None:
        await self._call("connect")

    async def start_notify(self, characteristic: str, callback: Any) -> None:
        await self._call("notify")
        loop = asyncio.get_running_loop()
        for second, packet in enumerate(self.packets, 1):
            loop.call_later(second, callback, None, bytearray.fromhex(packet))

    async def read_gatt_char(self, characteristic: str) -> bytearray:
        await self._call("battery")
        if isinstance(self.battery, Exception):
            raise self.battery
        return bytearray.fromhex(self.battery)

    async def disconnect(self) -> None:
        await self._call("disconnect")


def visited(jumping: Any, strap: Strap) -> tuple[Visit, float]:
    """What the visit brought, and how many seconds it took."""

    class Device:
        address, name = "C4:11:22:33:44:55", "Polar H10"

    def no_scanner(*_: Any, **__: Any) -> Any:
        raise AssertionError("a visit does not scan")

    radio = Radio(scanner=no_scanner, client=lambda *_, **__: strap)
    sighting = Sighting(device=Device(), name="Polar H10", rssi_dbm=-60, is_held=False)

    async def timed() -> tuple[Visit, float]:
        found = await visit(radio, sighting, adapter=None)
        return found, asyncio.get_running_loop().time()

    result: tuple[Visit, float] = jumping(timed())
    return result


def test_the_first_interval_says_that_it_sends_them(jumping: Any) -> None:
    strap = Strap([NO_BEAT_YET, HEART_RATE_ONLY, WITH_RR])
    assert visited(jumping, strap) == (Visit(rr=True, battery_percent=87), 3)
    assert strap.calls == ["connect", "notify", "battery", "disconnect"]


def test_a_field_without_an_interval_is_that_of_a_slow_heart(jumping: Any) -> None:
    assert visited(jumping, Strap([SLOW_HEART]))[0].rr is True


def test_heart_rate_only_is_said_after_so_many_packets_and_not_before(jumping: Any) -> None:
    enough = [HEART_RATE_ONLY] * PACKETS_WITHOUT_RR
    assert visited(jumping, Strap(enough))[0].rr is False
    assert visited(jumping, Strap(enough[1:]))[0].rr is None


@pytest.mark.parametrize("packet", [OFF_SKIN, NO_BEAT_YET, "", "11"])
def test_packets_of_a_strap_that_is_not_worn_say_nothing_of_intervals(jumping: Any, packet: str) -> None:
    assert visited(jumping, Strap([packet] * 20))[0].rr is None


def test_a_silent_strap_is_left_after_the_time_to_listen(jumping: Any) -> None:
    assert visited(jumping, Strap([])) == (Visit(battery_percent=87), 10)


@pytest.mark.parametrize("battery", ["", "65", BleakError("hidden")])
def test_a_battery_that_is_hidden_or_impossible_is_not_known(jumping: Any, battery: str | Exception) -> None:
    assert visited(jumping, Strap([WITH_RR], battery=battery))[0] == Visit(rr=True)


@pytest.mark.parametrize(
    ("step", "fault", "state"),
    [
        ("connect", BleakError("failed to discover services, device disconnected"), LinkState.REFUSED),
        ("connect", "hang", LinkState.REFUSED),
        ("notify", BleakDBusError("org.bluez.Error.NotPermitted", ["Not paired"]), LinkState.NEEDS_PAIRING),
        ("notify", "hang", LinkState.REFUSED),
    ],
)
def test_a_strap_that_lets_nobody_in_is_let_go_and_says_why(
    jumping: Any, step: str, fault: Any, state: LinkState
) -> None:
    strap = Strap([WITH_RR], faults={step: fault})
    assert visited(jumping, strap)[0] == Visit(fault=state)
    assert strap.calls[-1] == "disconnect"


def test_every_step_has_a_limit(jumping: Any) -> None:
    strap = Strap([], faults={"battery": "hang", "disconnect": "hang"})
    found, took_s = visited(jumping, strap)
    assert found == Visit()
    assert took_s == 10 + 5 + 5


def test_a_visit_that_is_cancelled_lets_go(jumping: Any) -> None:
    strap = Strap([])

    async def cancelled() -> None:
        radio = Radio(scanner=None, client=lambda *_, **__: strap)  # type: ignore[arg-type]  # no scan, and the fake has what is called

        class Device:
            address, name = "C4:11:22:33:44:55", "Polar H10"

        work = visit(radio, Sighting(device=Device(), name="", rssi_dbm=None, is_held=False), adapter=None)
        task = asyncio.create_task(work)
        await asyncio.sleep(4)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    jumping(cancelled())
    assert strap.calls == ["connect", "notify", "disconnect"]
