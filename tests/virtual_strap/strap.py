"""A virtual heart-rate strap: GATT services on a bumble controller, and the habits of real straps.

It advertises until a central connects, is silent to all others while connected, and advertises again after the end of
the link, however that came. It beats all the time and sends only what was beaten since its last packet; what it sent is
in ``sent``. The same strap runs in one process with the daemon, and beside a kernel on /dev/vhci.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bumble.att import ATT_Error, ErrorCode
from bumble.core import AdvertisingData
from bumble.device import Connection, Device, DeviceConfiguration
from bumble.gatt import (
    GATT_BATTERY_LEVEL_CHARACTERISTIC,
    GATT_BATTERY_SERVICE,
    GATT_BODY_SENSOR_LOCATION_CHARACTERISTIC,
    GATT_DEVICE_INFORMATION_SERVICE,
    GATT_FIRMWARE_REVISION_STRING_CHARACTERISTIC,
    GATT_HEART_RATE_MEASUREMENT_CHARACTERISTIC,
    GATT_HEART_RATE_SERVICE,
    GATT_MANUFACTURER_NAME_STRING_CHARACTERISTIC,
    GATT_MODEL_NUMBER_STRING_CHARACTERISTIC,
    Characteristic,
    CharacteristicValue,
    Service,
)
from bumble.hci import Address

from tests.virtual_strap.air import Radio
from tests.virtual_strap.heart import Habits, Heart, packet_of

ADDRESS = "C4:11:22:33:44:55"
PACKET_EVERY_S = 1.0
HCI_UNITS_PER_MS = 1.6
"""bumble's controller takes the advertising interval, which HCI has in units of 0.625 ms, for milliseconds."""
CHEST = b"\x01"
NOTIFY, READ = Characteristic.Properties.NOTIFY, Characteristic.Properties.READ
READABLE, CLOSED = Characteristic.Permissions.READABLE, Characteristic.Permissions(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What a strap is. ``name`` is put on the air as it is; bytes need not be UTF-8. ``battery_percent`` None hides 0x180F."""

    name: str | bytes = "Virtual H10"
    address: str = ADDRESS
    battery_percent: int | None = 87
    has_measurement: bool = True
    announces_heart_rate: bool = True
    wants_pairing: bool = False
    advertises_again: bool = True
    advertising_interval_ms: float = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SentBeat:
    """One beat of the strap. It is heard if a central had notifications on and the radio was in range.

    A beat that is not heard arrives all the same where the radio comes back before the link is given up.
    """

    number: int
    at_s: float
    is_heard: bool


class Strap:
    """``await power_on()``, then ``beat()`` for a steady rhythm, or ``send`` packets. ``await power_off()`` ends it.

    With ``sends`` false it beats on and says nothing, as a strap that hangs.
    """

    def __init__(self, radio: Radio, traits: Traits = Traits(), habits: Habits = Habits()) -> None:  # noqa: B008 frozen
        self.radio = radio
        self.traits = traits
        self.habits = habits
        self.sends = True
        self.sent: list[SentBeat] = []
        self.advertising_since_s: list[float] = []
        self.connections: list[Connection] = []
        self.subscribed = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._measurement = _notifying(GATT_HEART_RATE_MEASUREMENT_CHARACTERISTIC)
        self._measurement.on("subscription", self._on_subscription)
        self.device = self._device()

    @property
    def address(self) -> str:
        return self.traits.address

    @property
    def is_in_range(self) -> bool:
        return self.radio.link.is_in_range(self.radio)

    @property
    def heard(self) -> list[int]:
        """Numbers of the beats that a central had to get."""
        return [beat.number for beat in self.sent if beat.is_heard]

    async def power_on(self) -> None:
        await self.device.power_on()
        await self.advertise()

    async def power_off(self) -> None:
        """Stop beating and advertising; a link stays as it is."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.device.stop_advertising()

    async def advertise(self) -> None:
        """Nothing while a central is connected, as most straps: one at a time."""
        if not self.connections and not self.device.is_advertising:
            await self.device.start_advertising(auto_restart=False)
            self.advertising_since_s.append(asyncio.get_running_loop().time())

    async def hang_up(self) -> None:
        """End the link from the strap's side: 0x13, remote user terminated connection."""
        for connection in list(self.connections):
            await connection.disconnect()

    async def send(self, data: bytes, *, unasked: bool = False) -> None:
        """One notification to whoever subscribed; ``unasked``: to whoever is connected."""
        if unasked:
            for connection in list(self.connections):
                await self.device.notify_subscriber(connection, self._measurement, data, force=True)
        else:
            await self.device.notify_subscribers(self._measurement, data)

    async def play(self, packets: Iterable[bytes], *, every_s: float = PACKET_EVERY_S) -> None:
        """Send these packets, one after the other, from when a central subscribes."""
        await self.subscribed.wait()
        for data in packets:
            await self.send(data)
            await asyncio.sleep(every_s)

    def beat(self) -> None:
        """Beat and send once a second until ``power_off``, connected or not."""
        self._start(self._rhythm(), "heart")

    async def _rhythm(self) -> None:
        loop = asyncio.get_running_loop()
        next_s = loop.time()
        heart = Heart(next_s)
        while True:
            next_s += PACKET_EVERY_S
            await asyncio.sleep(next_s - loop.time())
            numbers = heart.until(loop.time())
            is_heard = self.subscribed.is_set() and self.is_in_range and self.habits.sends_rr and self.sends
            self.sent += [SentBeat(number=number, at_s=loop.time(), is_heard=is_heard) for number in numbers]
            if self.sends:
                await self.send(packet_of(numbers, self.habits))

    def _start(self, work: Any, name: str) -> None:
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _on_subscription(self, connection: Connection, notify: bool, _indicate: bool) -> None:
        if notify and self.traits.wants_pairing:
            del self.device.gatt_server.subscribers[connection]  # bumble has noted it already
            raise ATT_Error(ErrorCode.INSUFFICIENT_AUTHENTICATION)
        (self.subscribed.set if notify else self.subscribed.clear)()

    def _on_connection(self, connection: Connection) -> None:
        self.connections.append(connection)
        connection.on("disconnection", lambda _reason: self._on_disconnection(connection))

    def _on_disconnection(self, connection: Connection) -> None:
        self.connections.remove(connection)
        self.subscribed.clear()
        if self.traits.advertises_again:
            self._start(self.advertise(), "advertise")

    def _device(self) -> Device:
        interval_ms = self.traits.advertising_interval_ms / HCI_UNITS_PER_MS
        config = DeviceConfiguration(
            name=self.traits.name if isinstance(self.traits.name, str) else "Virtual strap",
            address=Address(self.traits.address),
            advertising_interval_min=interval_ms,
            advertising_interval_max=interval_ms,
        )
        device = Device.from_config_with_hci(config, self.radio, self.radio)
        device.add_services(self._services())
        device.advertising_data = advertising_data(self.traits)
        device.on("connection", self._on_connection)
        return device

    def _services(self) -> list[Service]:
        location = _readable(GATT_BODY_SENSOR_LOCATION_CHARACTERISTIC, CHEST)
        measurement = [self._measurement] if self.traits.has_measurement else []
        services = [Service(GATT_HEART_RATE_SERVICE, [*measurement, location]), _device_information()]
        if self.traits.battery_percent is not None:
            level = _readable(GATT_BATTERY_LEVEL_CHARACTERISTIC, bytes([self.traits.battery_percent]))
            services.append(Service(GATT_BATTERY_SERVICE, [level]))
        return services


def advertising_data(traits: Traits) -> bytes:
    """Flags, the service and the name as length-type-value (Core 5.2, vol 3 C 11)."""
    name = traits.name.encode() if isinstance(traits.name, str) else traits.name
    parts = [(AdvertisingData.Type.FLAGS, b"\x06")]
    if traits.announces_heart_rate:
        parts.append((AdvertisingData.Type.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS, b"\x0d\x18"))
    if name:
        parts.append((AdvertisingData.Type.COMPLETE_LOCAL_NAME, name))
    return b"".join(bytes([len(value) + 1, kind]) + value for kind, value in parts)


def _readable(uuid: Any, value: bytes) -> Characteristic[bytes]:
    return Characteristic(uuid, READ, READABLE, value)


def _notifying(uuid: Any) -> Characteristic[bytes]:
    return Characteristic(uuid, NOTIFY, CLOSED, CharacteristicValue(read=lambda _connection: b""))


def _device_information() -> Service:
    strings = {
        GATT_MANUFACTURER_NAME_STRING_CHARACTERISTIC: b"Virtual Straps",
        GATT_MODEL_NUMBER_STRING_CHARACTERISTIC: b"V10",
        GATT_FIRMWARE_REVISION_STRING_CHARACTERISTIC: b"1.0.0",
    }
    return Service(GATT_DEVICE_INFORMATION_SERVICE, [_readable(uuid, value) for uuid, value in strings.items()])
