"""A scripted radio and a clock that jumps: a night of link losses takes milliseconds and nothing sleeps.

``FakeAir`` stands for bluetoothd and one strap, called as bleak's classes are. It keeps the habits that the source must
live with: notifications double for each client that was not disconnected (bleak#2002), a device object is worth nothing
after a loss (bleak#676), a connection attempt beside a scan fails (bluez#569), a strap is silent to others while linked.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from bleak.exc import BleakCharacteristicNotFoundError, BleakDBusError, BleakError

from hrvdaemon.sources.ble import BluetoothStrap, StrapSettings
from hrvdaemon.sources.link_state import LinkState
from hrvdaemon.sources.radio import HEART_RATE_SERVICE, Radio
from hrvdaemon.sources.strap_memory import StrapMemory
from hrvdaemon.sources.strap_reading import StrapDetails
from hrvdaemon.vocabulary.inputs import Input
from tests.jumping_loop import JumpingLoop

HANG = "hang"
STUBBORN = "hang, and ignore the first cancellation"
Fault = Exception | str | None


@dataclass(eq=False)
class FakeDevice:
    address: str
    name: str | None
    generation: int


@dataclass(eq=False)
class FakeAdvertisement:
    local_name: str | None
    rssi: int


@dataclass
class FakeAir:
    address: str = "C4:11:22:33:44:55"
    name: str | None = "Polar H10 5C2E1F2B"
    announces_heart_rate: bool = True
    in_range: bool = True
    sends: bool = True
    is_served: bool = True
    battery: bytes = b"\x57"
    texts: dict[str, bytes] = field(default_factory=lambda: {"2a29": b"Polar Electro Oy", "2a24": b"H10\0"})
    rssi_dbm: int = -61
    neighbours: list[FakeDevice] = field(default_factory=list)
    """Other heart-rate straps in sight."""
    make: Callable[[int], bytes] | None = None
    """The bytes of the n-th packet; None: 60 per minute and one interval."""
    hangs_up_after_s: float | None = None
    """After the subscription."""
    notify_takes_s: float = 0.0
    faults: dict[str, deque[Fault]] = field(default_factory=dict)
    standing: dict[str, Fault] = field(default_factory=dict)
    calls: list[tuple[float, str]] = field(default_factory=list)
    clients: list["FakeClient"] = field(default_factory=list)
    scanners: list["FakeScanner"] = field(default_factory=list)
    links: list[FakeDevice] = field(default_factory=list)
    bluez: list[dict[str, str]] = field(default_factory=list)
    generation: int = 0
    n_sent: int = 0
    connected: list[str] = field(default_factory=list)
    crashed: bool = False

    def times(self, name: str) -> list[float]:
        return [round(at, 3) for at, call in self.calls if call == name]

    async def call(self, name: str) -> None:
        """Note the call and do what the script says: nothing, an error, or no answer."""
        self.calls.append((asyncio.get_running_loop().time(), name))
        waiting = self.faults.get(name)
        fault = waiting.popleft() if waiting else self.standing.get(name)
        if isinstance(fault, Exception):
            raise fault
        if fault == STUBBORN:
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError:
                await asyncio.sleep(3600)
        elif fault == HANG:
            await asyncio.sleep(86_400)

    def device(self) -> FakeDevice:
        return FakeDevice(address=self.address, name=self.name, generation=self.generation)

    @property
    def linked(self) -> "FakeClient | None":
        return next((client for client in self.clients if client.is_connected and not client.is_zombie), None)

    @property
    def is_visible(self) -> bool:
        return self.in_range and self.linked is None and not self.crashed

    def lose_link(self) -> None:
        """Supervision timeout: the strap advertises again, every device object from before is void."""
        client = self.linked
        self.generation += 1
        if client is not None:
            client.is_connected = False
            client.disconnected_callback(client)

    def walk_away(self) -> None:
        self.in_range = False
        self.lose_link()

    def come_back(self) -> None:
        self.in_range = True

    def crash(self) -> None:
        """bluetoothd is killed: no callback, is_connected stays true, no data, disconnect raises."""
        if self.linked is not None:
            self.linked.is_zombie = True
        self.generation += 1
        self.crashed = True
        self.standing["scan"] = BleakDBusError("org.freedesktop.DBus.Error.ServiceUnknown", ["not provided"])

    def restart(self) -> None:
        self.crashed = False
        del self.standing["scan"]

    def switch_off(self) -> None:
        self.standing["scan"] = BleakDBusError("org.bluez.Error.NotReady", ["Resource Not Ready"])
        self.lose_link()

    def switch_on(self) -> None:
        del self.standing["scan"]

    def packet(self) -> bytearray:
        """Heart rate 60 and one RR interval, numbered by its ticks so that each is distinct, unless ``make`` says."""
        self.n_sent += 1
        if self.make is not None:
            return bytearray(self.make(self.n_sent))
        return bytearray(b"\x10\x3c" + (self.n_sent % 65_536).to_bytes(2, "little"))

    def send(self) -> None:
        """What BlueZ does: one PropertiesChanged for each client that subscribed and was never disconnected."""
        client = self.linked
        if client is None or client.callback is None or not self.sends:
            return
        packet = self.packet()
        for _ in range(sum(each.holds_bus and each.callback is not None for each in self.clients)):
            client.callback(None, bytearray(packet))


class FakeScanner:
    def __init__(
        self, air: FakeAir, detection_callback: Callable[..., None], service_uuids: list[str] | None, *, bluez: Any
    ) -> None:
        self.air, self.detection_callback, self.service_uuids = air, detection_callback, service_uuids
        self.is_scanning = False
        air.bluez.append(bluez)
        air.scanners.append(self)

    async def start(self) -> None:
        await self.air.call("scan")
        assert not any(scanner.is_scanning for scanner in self.air.scanners), "two scans at a time"
        self.is_scanning = True
        asyncio.get_running_loop().call_later(0.25, self._advertise)

    async def stop(self) -> None:
        self.is_scanning = False
        await self.air.call("stop")

    def _advertise(self) -> None:
        if not self.is_scanning:
            return
        asyncio.get_running_loop().call_later(0.25, self._advertise)
        other = FakeDevice(address="00:00:00:00:00:01", name="a kettle", generation=0)
        if self.service_uuids is None:
            self.detection_callback(other, FakeAdvertisement(local_name=None, rssi=-40))
        if self.air.is_visible and (self.service_uuids is None or self.air.announces_heart_rate):
            assert self.service_uuids in (None, [HEART_RATE_SERVICE])
            advertisement = FakeAdvertisement(local_name=self.air.name, rssi=self.air.rssi_dbm)
            self.detection_callback(self.air.device(), advertisement)
        for neighbour in self.air.neighbours:
            self.detection_callback(neighbour, FakeAdvertisement(local_name=neighbour.name, rssi=-70))


class FakeClient:
    def __init__(
        self,
        air: FakeAir,
        device: FakeDevice,
        disconnected_callback: Callable[..., None],
        *,
        timeout: float,
        bluez: Any,
    ) -> None:
        self.air, self.device, self.disconnected_callback = air, device, disconnected_callback
        self.is_connected = self.is_zombie = self.holds_bus = False
        self.callback: Callable[[Any, bytearray], None] | None = None
        air.bluez.append(bluez)
        air.clients.append(self)

    async def connect(self) -> None:
        assert not any(scanner.is_scanning for scanner in self.air.scanners), "a connection beside a scan fails"
        self.holds_bus = True
        await self.air.call("connect")
        if self.device.generation != self.air.generation or not self.air.in_range:
            raise BleakError("device 'dev_C4_11_22_33_44_55' not found")
        self.is_connected = True
        self.air.connected.append(self.device.address)

    async def start_notify(self, characteristic: str, callback: Callable[[Any, bytearray], None]) -> None:
        await self.air.call("notify")
        assert characteristic.startswith("00002a37")
        self.callback = callback
        if self.air.hangs_up_after_s is not None:
            asyncio.get_running_loop().call_later(self.air.hangs_up_after_s, self.air.lose_link)
        asyncio.get_running_loop().call_later(1, self._beat)
        await asyncio.sleep(self.air.notify_takes_s)

    def _beat(self) -> None:
        if self.is_connected:
            asyncio.get_running_loop().call_later(1, self._beat)
            self.air.send()

    async def read_gatt_char(self, characteristic: str) -> bytearray:
        if characteristic.startswith("00002a19"):
            await self.air.call("battery")
            return bytearray(self.air.battery)
        await self.air.call("details")
        if characteristic[4:8] not in self.air.texts:
            raise BleakCharacteristicNotFoundError(characteristic)
        return bytearray(self.air.texts[characteristic[4:8]])

    async def disconnect(self) -> None:
        """As bleak 3.1: the bus is released and the callback called whatever happens."""
        try:
            await self.air.call("disconnect")
            if self.is_zombie:
                raise BleakDBusError("org.freedesktop.DBus.Error.NoReply", ["Message recipient disconnected"])
        finally:
            self.holds_bus = False
            if self.is_connected:
                self.is_connected = False
                self.disconnected_callback(self)


@dataclass
class Stage:
    """A strap source on a scripted air: say what happens when, play it, and look at what came out."""

    air: FakeAir = field(default_factory=FakeAir)
    jitter: float = 0.0
    inputs: list[Input] = field(default_factory=list)
    states: list[LinkState] = field(default_factory=list)
    script: list[tuple[float, Callable[[], None]]] = field(default_factory=list)
    strap: BluetoothStrap = field(init=False)
    details: list[StrapDetails] = field(default_factory=list)
    memory: StrapMemory = field(default_factory=StrapMemory)
    ended_after_s: float = 0.0

    def at(self, second: float, happens: Callable[[], None]) -> None:
        self.script.append((second, happens))

    def of(self, kind: type) -> list[Any]:
        return [each for each in self.inputs if isinstance(each, kind)]

    def kinds(self) -> list[str]:
        """Names of the inputs in order, runs of one kind written once."""
        names = [type(each).__name__ for each in self.inputs]
        return [name for name, before in zip(names, [None, *names], strict=False) if name != before]

    def radio(self) -> Radio:
        async def links(bluez: Any) -> list[FakeDevice]:
            await self.air.call("links")
            return self.air.links

        async def forget(_: Any) -> None:
            await self.air.call("forget")

        async def is_served() -> bool:
            await self.air.call("is_served")
            return self.air.is_served

        return Radio(
            scanner=lambda callback, uuids, *, bluez: FakeScanner(self.air, callback, uuids, bluez=bluez),
            client=lambda device, callback, *, timeout, bluez: FakeClient(
                self.air, device, callback, timeout=timeout, bluez=bluez
            ),
            links=links,
            forget=forget,
            is_served=is_served,
        )

    def play(self, seconds: float, **settings: Any) -> None:
        """Run the source for so many seconds of its own clock, then cancel it and note how long it took to end.

        The first strap seen is taken at once, unless the settings say ``choose_s``.
        """
        settings = {"choose_s": 0.0} | settings
        with asyncio.Runner(loop_factory=JumpingLoop) as runner:
            runner.run(self._play(seconds, StrapSettings(**settings)))

    async def _play(self, seconds: float, settings: StrapSettings) -> None:
        loop = asyncio.get_running_loop()
        for second, happens in self.script:
            loop.call_at(second, happens)
        self.strap = BluetoothStrap(
            settings,
            put=self.inputs.append,
            mono_ms=lambda: round(loop.time() * 1000),
            radio=self.radio(),
            jitter=lambda: self.jitter,
            report=self.states.append,
            describe=self.details.append,
            memory=self.memory,
        )
        task = asyncio.create_task(self.strap.run(), name="strap")
        await asyncio.sleep(seconds)
        assert not task.done(), f"the source ended by itself: {task}"
        task.cancel()
        await asyncio.wait({task})
        self.ended_after_s = loop.time() - seconds
        assert task.cancelled()


@pytest.fixture
def stage() -> Stage:
    return Stage()


@pytest.fixture
def jumping() -> Callable[[Any], Any]:
    """Run a coroutine on a clock that jumps; its result."""

    def run(work: Any) -> Any:
        with asyncio.Runner(loop_factory=JumpingLoop) as runner:
            return runner.run(work)

    return run


@pytest.fixture
def hang() -> str:
    return HANG


@pytest.fixture
def stubborn() -> str:
    return STUBBORN
