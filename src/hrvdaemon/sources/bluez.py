"""What BlueZ tells and does beyond bleak: an early sign that it went away or came back, and forgetting a device.

Linux only, and optional: dbus-fast, which comes with bleak there, is imported when it is called, and no failure of this
file is more than a note in the log. Without it the data watchdog and the pauses do the same, some seconds later.
"""

import asyncio
import logging
import sys
from collections.abc import Callable
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dbus_fast import Message
    from dbus_fast.aio import MessageBus

logger = logging.getLogger(__name__)

BLUEZ = "org.bluez"
BUS = "org.freedesktop.DBus"
RETRY_S = 60.0
"""The system bus itself went away, or there is none."""

_RULES = (
    f"type='signal',sender='{BUS}',interface='{BUS}',member='NameOwnerChanged',arg0='{BLUEZ}'",
    f"type='signal',sender='{BLUEZ}',interface='{BUS}.Properties',member='PropertiesChanged',arg0='{BLUEZ}.Adapter1'",
)


class Change(Enum):
    """What happened to Bluetooth."""

    GONE = auto()
    """bluetoothd ended or crashed: every link is dead, also where bleak still calls it connected (bleak 3.1)."""
    BACK = auto()
    """bluetoothd runs again, or an adapter was switched on: the next try need not wait."""


async def bluez_watch(changed: Callable[[Change], None], *, platform: str = sys.platform) -> None:
    """Call ``changed`` for ever. Returns at once where there is no BlueZ; never raises but for cancellation."""
    while platform == "linux":
        try:
            await _watch(changed)
        except Exception as error:  # noqa: BLE001  a sign that comes early is not needed; dbus-fast raises many kinds
            logger.debug("BlueZ is not watched: %s: %s", type(error).__name__, error)
        await asyncio.sleep(RETRY_S)


async def _watch(changed: Callable[[Change], None]) -> None:
    """Until the system bus goes away."""

    def on_message(message: "Message") -> None:
        change = change_told(message.member, message.body)
        if change is not None:
            changed(change)

    bus = await _system_bus()
    try:
        bus.add_message_handler(on_message)
        for rule in _RULES:
            await _call(bus, BUS, "/org/freedesktop/DBus", BUS, "AddMatch", "s", rule)
        await bus.wait_for_disconnect()  # type: ignore[no-untyped-call]  # dbus-fast leaves it unannotated
    finally:
        bus.disconnect()


def change_told(member: str | None, body: list[Any]) -> Change | None:
    """What a signal says; None if nothing that matters here. ``body`` is as D-Bus has it."""
    match member, body:
        case "NameOwnerChanged", [str(name), _, str(owner)] if name == BLUEZ:
            return Change.BACK if owner else Change.GONE
        case "PropertiesChanged", [str(interface), dict(values), _] if interface == f"{BLUEZ}.Adapter1":
            return Change.BACK if getattr(values.get("Powered"), "value", None) is True else None
        case _:
            return None


async def forget(device: Any) -> None:
    """Let BlueZ drop the device and its list of services; it is found anew by the next scan.

    A paired device is left as it is: its keys would go as well. Elsewhere than on BlueZ nothing happens. Raises what
    dbus-fast raises, and RuntimeError with BlueZ's own words; the caller gives it a limit.
    """
    match getattr(device, "details", None):
        case {"path": str(path), "props": dict(known)} if not known.get("Paired"):
            pass
        case _:
            return
    bus = await _system_bus()
    try:
        await _call(bus, BLUEZ, path.rpartition("/")[0], f"{BLUEZ}.Adapter1", "RemoveDevice", "o", path)
    finally:
        bus.disconnect()


async def is_running(*, platform: str = sys.platform) -> bool:
    """Whether somebody answers as org.bluez; where there is no BlueZ by nature, True.

    bleak 3.1 says "no adapter" for both. Raises what dbus-fast raises; the caller gives it a limit.
    """
    if platform != "linux":
        return True
    bus = await _system_bus()
    try:
        return (await _call(bus, BUS, "/org/freedesktop/DBus", BUS, "NameHasOwner", "s", BLUEZ)) == [True]
    finally:
        bus.disconnect()


async def _system_bus() -> "MessageBus":
    from dbus_fast import BusType  # noqa: PLC0415  Linux only, see above
    from dbus_fast.aio import MessageBus  # noqa: PLC0415  as above

    bus = MessageBus(bus_type=BusType.SYSTEM)
    try:
        return await bus.connect()
    except BaseException:
        bus.disconnect()  # its socket is open also where connecting failed
        raise


async def _call(
    bus: "MessageBus", destination: str, path: str, interface: str, member: str, signature: str, argument: str
) -> list[Any]:
    from dbus_fast import Message, MessageType  # noqa: PLC0415  Linux only, see above

    reply = await bus.call(
        Message(
            destination=destination, path=path, interface=interface, member=member, signature=signature, body=[argument]
        )
    )
    if reply.message_type is MessageType.ERROR:
        raise RuntimeError(f"expected {destination} to do {member}, came {reply.error_name} {reply.body}")
    return list(reply.body)
