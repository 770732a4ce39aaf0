"""bleak's scanner and client over a bumble device: the daemon's own code talks to a virtual strap, no kernel between.

    laptop = await central(Radio("LAPTOP", link=air))
    radio = radio_over(Computer(laptop))

bleak does not call its backend interface stable: whoever raises bleak's version reads this file again. What BlueZ adds is
not here: it hides 0x1800, says MTU 23, doubles notifications, and forgets devices.
"""

import asyncio
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bleak import BleakClient, BleakScanner
from bleak.assigned_numbers import CharacteristicPropertyName
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient
from bleak.backends.descriptor import BleakGATTDescriptor
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData, BaseBleakScanner
from bleak.backends.service import BleakGATTService, BleakGATTServiceCollection
from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakError,
    BleakGATTProtocolError,
    BleakGATTProtocolErrorCode,
)
from bumble import hci
from bumble.att import ATT_Error
from bumble.core import UUID, AdvertisingData, BaseBumbleError
from bumble.core import TimeoutError as BumbleTimeout
from bumble.device import Connection, Device, DeviceConfiguration, Peer

from hrvdaemon.sources.radio import Radio as DaemonsRadio
from tests.virtual_strap.air import Radio

UUID_LISTS = (
    AdvertisingData.Type.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS,
    AdvertisingData.Type.INCOMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS,
    AdvertisingData.Type.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS,
    AdvertisingData.Type.INCOMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS,
)


@dataclass(eq=False)
class Computer:
    """What plays this computer's adapter; ``central`` None: there is none."""

    central: Device | None

    @property
    def adapter(self) -> Device:
        if self.central is None:
            raise BleakBluetoothNotAvailableError(
                "No Bluetooth adapters found", BleakBluetoothNotAvailableReason.NO_BLUETOOTH
            )
        return self.central


async def central(radio: Radio, *, address: str = "F0:F1:F2:F3:F4:F5") -> Device:
    """A device that scans and connects, powered on."""
    config = DeviceConfiguration(name="laptop", address=hci.Address(address))
    device = Device.from_config_with_hci(config, radio, radio)
    await device.power_on()
    return device


def radio_over(computer: Computer) -> DaemonsRadio:
    """The daemon's seam to the air, filled with bleak's own front classes over this computer's adapter."""

    async def links(_bluez: Mapping[str, str]) -> list[BLEDevice]:
        held = computer.adapter.connections.values()
        return [BLEDevice(_text(link.peer_address), None, link.peer_address) for link in held]

    return DaemonsRadio(
        scanner=lambda callback, uuids, *, bluez: BleakScanner(
            callback, uuids, bluez=bluez, backend=BumbleScanner, computer=computer
        ),
        client=lambda device, callback, /, *, timeout, bluez: BleakClient(
            device, callback, timeout=timeout, bluez=bluez, backend=BumbleClient, computer=computer
        ),
        links=links,
    )


class BumbleScanner(BaseBleakScanner):
    """bleak hands over three positional arguments, and ``bluez`` and ``cb`` by keyword."""

    def __init__(
        self, detection_callback: Any, service_uuids: Any, _mode: Any, *, computer: Computer, **_system: Any
    ) -> None:
        super().__init__(detection_callback, service_uuids)
        self._computer = computer
        self._scanning: Device | None = None

    async def start(self) -> None:
        self._scanning = adapter = self._computer.adapter
        self.seen_devices = {}
        adapter.on("advertisement", self._on_advertisement)
        if not adapter.scanning:
            await adapter.start_scanning(filter_duplicates=False)

    async def stop(self) -> None:
        adapter, self._scanning = self._scanning, None
        if adapter is None:
            return
        adapter.remove_listener("advertisement", self._on_advertisement)
        if not adapter.listeners("advertisement"):
            await adapter.stop_scanning()

    def _on_advertisement(self, advertisement: Any) -> None:
        uuids = list(_service_uuids(advertisement.data))
        if not self.is_allowed_uuid(uuids):
            return
        name = advertisement.data.get(AdvertisingData.Type.COMPLETE_LOCAL_NAME, raw=True)
        text = name.decode(errors="replace") if name else None
        address = _text(advertisement.address)
        seen = AdvertisementData(text, {}, {}, uuids, None, advertisement.rssi, (advertisement,))
        device = self.create_or_update_device(address, address, text, advertisement.address, seen)
        self.call_detection_callbacks(device, seen)


class BumbleClient(BaseBleakClient):
    """``disconnected_callback`` arrives wrapped and takes no argument."""

    def __init__(self, device: BLEDevice, *, computer: Computer, **bleaks: Any) -> None:
        super().__init__(device, disconnected_callback=bleaks["disconnected_callback"], timeout=bleaks["timeout"])
        self._computer = computer
        self._peer_address = device.details
        self._link: Connection | None = None

    @property
    def name(self) -> str:
        return self.address

    @property
    def mtu_size(self) -> int:
        return self._link.att_mtu if self._link else 23

    @property
    def is_connected(self) -> bool:
        return self._link is not None

    async def connect(self, pair: bool, **_options: Any) -> None:
        link = self._held() or await self._reach()
        self._link = link
        link.on("disconnection", lambda _reason: self._on_disconnection(link))
        try:
            async with asyncio.timeout(self._timeout):
                self.services = await self._discovered(link)
        except BaseException as error:
            await self.disconnect()
            if isinstance(error, (BaseBumbleError, asyncio.InvalidStateError)):
                raise BleakError("failed to discover services, device disconnected") from error
            raise

    def _held(self) -> Connection | None:
        return self._computer.adapter.find_connection_by_bd_addr(self._peer_address)

    async def _reach(self) -> Connection:
        adapter = self._computer.adapter
        try:
            return await adapter.connect_le(self._peer_address, timeout=self._timeout)
        except BumbleTimeout:
            raise TimeoutError from None
        except asyncio.CancelledError:
            await adapter.send_sync_command(hci.HCI_LE_Create_Connection_Cancel_Command())
            raise

    async def _discovered(self, link: Connection) -> BleakGATTServiceCollection:
        peer, found = Peer(link), BleakGATTServiceCollection()
        await peer.request_mtu(517)
        await peer.discover_all()  # type: ignore[no-untyped-call]  # bumble has no types there
        for service in peer.services:
            ours = BleakGATTService(service, service.handle, _full(service.uuid))
            found.add_service(ours)
            for characteristic in service.characteristics:
                found.add_characteristic(self._characteristic(characteristic, ours))
        return found

    def _characteristic(self, theirs: Any, service: BleakGATTService) -> BleakGATTCharacteristic:
        names: list[CharacteristicPropertyName] = [each.name.lower().replace("_", "-") for each in theirs.properties]
        return BleakGATTCharacteristic(
            theirs, theirs.handle, _full(theirs.uuid), names, lambda: self.mtu_size - 3, service
        )

    def _on_disconnection(self, link: Connection) -> None:
        if self._link is link:
            self._link = self.services = None
            if self._disconnected_callback:
                self._disconnected_callback()

    async def disconnect(self) -> None:
        if self._link:
            await self._link.disconnect()

    async def pair(self, *_args: Any, **_kwargs: Any) -> None:
        raise NotImplementedError

    async def unpair(self) -> None:
        raise NotImplementedError

    async def _att(self, call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """One ATT transaction. It goes on when its caller is cancelled: the strap answers all the same."""
        if self._link is None:
            raise BleakError("Not connected")
        transaction = asyncio.ensure_future(call(*args, **kwargs))
        transaction.add_done_callback(lambda done: done.cancelled() or done.exception())
        try:
            return await asyncio.shield(transaction)
        except ATT_Error as error:
            raise BleakGATTProtocolError(BleakGATTProtocolErrorCode(error.error_code)) from error

    async def read_gatt_char(self, characteristic: BleakGATTCharacteristic, **_options: Any) -> bytearray:
        return bytearray(await self._att(characteristic.obj.read_value))

    async def read_gatt_descriptor(self, descriptor: BleakGATTDescriptor, **_options: Any) -> bytearray:
        return bytearray(await self._att(descriptor.obj.read_value))

    async def write_gatt_char(self, characteristic: BleakGATTCharacteristic, data: Any, response: bool) -> None:
        await self._att(characteristic.obj.write_value, bytes(data), with_response=response)

    async def write_gatt_descriptor(self, descriptor: BleakGATTDescriptor, data: Any) -> None:
        await self._att(descriptor.obj.write_value, bytes(data), with_response=True)

    async def start_notify(self, characteristic: BleakGATTCharacteristic, callback: Any, **_options: Any) -> None:
        await self._att(characteristic.obj.subscribe, lambda value: callback(bytearray(value)))

    async def stop_notify(self, characteristic: BleakGATTCharacteristic) -> None:
        await self._att(characteristic.obj.unsubscribe)


def _service_uuids(data: AdvertisingData) -> Iterable[str]:
    for kind in UUID_LISTS:
        for group in data.get_all(kind):
            assert isinstance(group, list)
            yield from map(_full, group)


def _full(short: UUID) -> str:
    """128-bit form in lower case, as bleak compares it."""
    return str(uuid.UUID(bytes=short.to_bytes(force_128=True)[::-1]))


def _text(address: hci.Address) -> str:
    return address.to_string(with_type_qualifier=False)
