"""The seam to bleak: what we need of a radio, the real one, and what its errors mean.

Rules of this file: bleak is imported inside functions only, so that commands without a radio do not pay for it (and
neither D-Bus, WinRT nor CoreBluetooth is touched); every call that may fail or hang goes through ``ask``; errors are
told apart here and nowhere else.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol, TypeVar

from hrvdaemon.sources.link_state import LINK_WORDS, LinkState
from hrvdaemon.sources.time_limit import within
from hrvdaemon.vocabulary.errors import RadioUnavailable

T = TypeVar("T")


def assigned_number(number: str) -> str:
    """128-bit form of a 16-bit UUID, the only form that bleak's filters compare (Bluetooth SIG base UUID)."""
    return f"0000{number}-0000-1000-8000-00805f9b34fb"


HEART_RATE_SERVICE = assigned_number("180d")
HEART_RATE_MEASUREMENT = assigned_number("2a37")
BATTERY_LEVEL = assigned_number("2a19")
MANUFACTURER_NAME = assigned_number("2a29")
MODEL_NUMBER = assigned_number("2a24")
FIRMWARE_REVISION = assigned_number("2a26")


class Device(Protocol):
    """bleak's BLEDevice. Valid for one connection only: BlueZ forgets it soon after the scan (bleak#676)."""

    @property
    def address(self) -> str: ...
    @property
    def name(self) -> str | None: ...


class Advertisement(Protocol):
    @property
    def local_name(self) -> str | None: ...
    @property
    def rssi(self) -> int: ...


class Scanner(Protocol):
    async def start(self) -> None: ...
    async def stop(self) -> None: ...


class Client(Protocol):
    async def connect(self) -> None: ...
    async def disconnect(self) -> None: ...
    async def start_notify(self, characteristic: str, callback: Callable[[Any, bytearray], None], /) -> None: ...
    async def read_gatt_char(self, characteristic: str, /) -> bytearray: ...


class ScannerClass(Protocol):
    def __call__(
        self,
        detection_callback: Callable[[Device, Advertisement], None],
        service_uuids: list[str] | None,
        *,
        bluez: Any,
    ) -> Scanner: ...


class ClientClass(Protocol):
    def __call__(
        self, device: Any, disconnected_callback: Callable[[Any], None], /, *, timeout: float, bluez: Any
    ) -> Client: ...


async def _no_links(_bluez: Mapping[str, str]) -> Sequence[Device]:
    return ()


async def _nothing_to_forget(_device: Device) -> None: ...


async def _always() -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Radio:
    """The classes that talk to the air, called as bleak's are. One for each process.

    ``links`` lists heart-rate straps that this computer is connected to already, for us or for another program.
    ``forget`` drops what the computer remembers of a device's services, unless the device is paired (bleak#882).
    ``is_served`` tells a system without a Bluetooth service from one without an adapter.
    ``scanning`` lets one scan at a time: a second one of the same process gets InProgress (bleak#1689).
    """

    scanner: ScannerClass
    client: ClientClass
    links: Callable[[Mapping[str, str]], Awaitable[Sequence[Device]]] = _no_links
    forget: Callable[[Device], Coroutine[Any, Any, None]] = _nothing_to_forget
    is_served: Callable[[], Coroutine[Any, Any, bool]] = _always
    scanning: asyncio.Lock = field(default_factory=asyncio.Lock)


def bleak_radio(*, pair: bool = False, use_start_notify: bool = True) -> Radio:
    """The real radio. Imports bleak; touches no adapter yet. For the options see ``StrapSettings``."""
    from bleak import BleakClient, BleakScanner  # noqa: PLC0415 only who uses the radio pays for it

    from hrvdaemon.sources.bluez import forget, is_running  # noqa: PLC0415 as above

    class AcquiringClient(BleakClient):
        """Subscribes by AcquireNotify where BlueZ offers it; bleak's own default is StartNotify since 3.0.2."""

        async def start_notify(self, *call: Any, **_: Any) -> None:
            await super().start_notify(*call, bluez={"use_start_notify": False})

    client = BleakClient if use_start_notify else AcquiringClient
    made: ClientClass = partial(client, pair=True) if pair else client
    return Radio(scanner=BleakScanner, client=made, links=_bleak_links, forget=forget, is_served=is_running)


async def _bleak_links(bluez: Mapping[str, str]) -> Sequence[Device]:
    try:
        from bleak import BleakAdapter  # noqa: PLC0415 new in bleak 3.1; before it, links can not be listed

        adapter = await BleakAdapter.get(bluez={"adapter": bluez["adapter"]} if bluez else {})
    except (ImportError, NotImplementedError):
        return ()
    return await adapter.get_connected_devices([HEART_RATE_SERVICE])


class RadioFault(RadioUnavailable):
    """What went wrong with the radio or the strap, for its owner; ``state`` says how to go on, ``came`` what came."""

    def __init__(self, state: LinkState, error: Exception) -> None:
        self.state = state
        self.came = _as_it_came(error)
        super().__init__(f"{LINK_WORDS[state]} (came {self.came})")
        self.is_stale = state is LinkState.NO_HEART_RATE or _is_unknown_object(error)
        """Whether the list of services may be one from before (bleak#882, bluez#1489)."""


def _is_unknown_object(error: Exception) -> bool:
    from bleak import exc  # noqa: PLC0415 as in meaning

    unknown = "org.freedesktop.DBus.Error.UnknownObject"
    return isinstance(error, exc.BleakDBusError) and error.dbus_error == unknown


def _as_it_came(error: Exception) -> str:
    from bleak import exc  # noqa: PLC0415 as in meaning

    said = error.args[0] if isinstance(error, exc.BleakBluetoothNotAvailableError) else error
    return f"{type(error).__name__}: {said}".removesuffix(": ")


async def ask(call: Coroutine[Any, Any, T], *, limit_s: float, otherwise: LinkState) -> T:
    """Result of a call to the radio; RadioFault if it fails or does not end. ``otherwise`` is for unknown errors."""
    try:
        return await within(limit_s, call)
    except Exception as error:  # bleak and dbus-fast raise KeyError, AssertionError and EOFError too
        raise RadioFault(meaning(error) or otherwise, error) from error


_DBUS_ERRORS = {
    "org.bluez.Error.InProgress": LinkState.BUSY,
    "org.bluez.Error.NotReady": LinkState.BLUETOOTH_OFF,
    "org.bluez.Error.NotPermitted": LinkState.NEEDS_PAIRING,  # "Not paired": create_gatt_dbus_error() in BlueZ
    "org.bluez.Error.NotAuthorized": LinkState.NEEDS_PAIRING,
    "org.bluez.Error.AuthenticationFailed": LinkState.NEEDS_PAIRING,
    "org.bluez.Error.AuthenticationRejected": LinkState.NEEDS_PAIRING,
    "org.bluez.Error.AuthenticationCanceled": LinkState.NEEDS_PAIRING,
    "org.bluez.Error.AuthenticationTimeout": LinkState.NEEDS_PAIRING,
    "org.freedesktop.DBus.Error.AccessDenied": LinkState.NOT_ALLOWED,
    "org.freedesktop.DBus.Error.NameHasNoOwner": LinkState.NO_SERVICE,
    "org.freedesktop.DBus.Error.NoReply": LinkState.NO_SERVICE,
    "org.freedesktop.DBus.Error.ServiceUnknown": LinkState.NO_SERVICE,
    "org.freedesktop.DBus.Error.Spawn.ChildExited": LinkState.NO_SERVICE,
}

_DBUS_SAYINGS = {
    "Notify acquired": LinkState.HELD,  # another program took the notifications for itself by AcquireNotify
    "br-connection-": LinkState.CLASSIC_BLUETOOTH,  # bleak#2014, bluez#577
}
"""How what BlueZ adds to an error begins, where the same error means several things."""

_NOT_AVAILABLE = {
    "NO_BLUETOOTH": LinkState.NO_BLUETOOTH,
    "NO_BLE_CENTRAL_ROLE": LinkState.NO_BLUETOOTH,
    "POWERED_OFF": LinkState.BLUETOOTH_OFF,
    "DENIED_BY_USER": LinkState.NOT_ALLOWED,
    "DENIED_BY_SYSTEM": LinkState.NOT_ALLOWED,
    "DENIED_BY_UNKNOWN": LinkState.NOT_ALLOWED,
}

_PAIRING_CODES = {
    0x05,
    0x08,
    0x0F,
}  # insufficient authentication, authorization, encryption (Core 5.2, vol 3 F 3.4.1.1)


def meaning(error: Exception) -> LinkState | None:  # noqa: PLR0911 a table: one line for each kind
    """What an error of bleak or of the system says about the link; None if only the circumstances can tell."""
    from bleak import exc  # noqa: PLC0415 whoever raised it has imported it already

    match error:
        case exc.BleakBluetoothNotAvailableError():
            return _NOT_AVAILABLE.get(error.reason.name, LinkState.BLUETOOTH_OFF)
        case exc.BleakDBusError():
            return _saying(error.dbus_error_details or "") or _DBUS_ERRORS.get(error.dbus_error)
        case exc.BleakGATTProtocolError():
            return LinkState.NEEDS_PAIRING if error.code in _PAIRING_CODES else None
        case exc.BleakCharacteristicNotFoundError():
            return LinkState.NO_HEART_RATE
        case exc.BleakError() if str(error).startswith("adapter "):  # bleak has no type of its own for this one
            return LinkState.NO_BLUETOOTH
        case PermissionError():
            return LinkState.NOT_ALLOWED
        case FileNotFoundError() | ConnectionRefusedError():  # no system D-Bus
            return LinkState.NO_SERVICE
        case _:
            return None


def _saying(details: str) -> LinkState | None:
    return next((state for begin, state in _DBUS_SAYINGS.items() if details.startswith(begin)), None)
