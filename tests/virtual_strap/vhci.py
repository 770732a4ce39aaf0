"""An adapter for the real bluetoothd: a virtual radio on /dev/vhci. For a virtual machine, as root.

    air = Air()
    async with bluez_adapter(air) as adapter:  # adapter.path is /org/bluez/hci0, and it is powered
        strap = Strap(Radio("STRAP", link=air))
        await strap.power_on()

Needs dbus-daemon, bluetoothd and the driver hci_vhci.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from bumble import hci
from bumble.transport import open_transport
from dbus_fast import BusType, Message, MessageType, Variant
from dbus_fast.aio import MessageBus

from tests.virtual_strap.air import Air, Radio

ADAPTER = "org.bluez.Adapter1"
OBJECT_MANAGER = "org.freedesktop.DBus.ObjectManager"
PROPERTIES = "org.freedesktop.DBus.Properties"
ASK_AGAIN_S = 0.2


class BluezRefused(Exception):
    """org.bluez answered with an error, or is not there."""


@dataclass(eq=False)
class Adapter:
    """The kernel's adapter with this radio. ``path`` is where bluetoothd shows it, another one after a restart."""

    radio: Radio
    path: str = ""

    async def power(self, is_on: bool = True, *, limit_s: float = 30.0) -> None:
        """Find it and switch it; bluetoothd refuses while it sets an adapter up, so it is asked again. TimeoutError."""
        async with asyncio.timeout(limit_s):
            while True:
                try:
                    self.path = await adapter_path()
                    await call(self.path, PROPERTIES, "Set", "ssv", (ADAPTER, "Powered", Variant("b", is_on)))
                except BluezRefused:
                    await asyncio.sleep(ASK_AGAIN_S)
                else:
                    return


@asynccontextmanager
async def bluez_adapter(air: Air) -> AsyncIterator[Adapter]:
    """A powered adapter, until the end of the block.

    The controller has no public address: LocalLink labels what it carries with the sender's random one, and Linux takes
    a static random address where there is no other. Two features are off, because Linux then waits for an Enhanced
    Connection Complete that bumble does not send (google/bumble#841).
    """
    async with await open_transport("vhci") as transport:
        radio = Radio("LAPTOP", host_source=transport.source, host_sink=transport.sink, link=air)
        radio.le_features &= ~(hci.LeFeatureMask.LL_PRIVACY | hci.LeFeatureMask.LE_EXTENDED_ADVERTISING)
        adapter = Adapter(radio)
        await adapter.power()
        yield adapter


async def adapter_path() -> str:
    """Object path of the first adapter. BluezRefused if there is none, or no bluetoothd."""
    (tree,) = await call("/", OBJECT_MANAGER, "GetManagedObjects")
    for path, interfaces in tree.items():
        if ADAPTER in interfaces:
            return str(path)
    raise BluezRefused("org.bluez shows no adapter")


async def call(path: str, interface: str, member: str, signature: str = "", body: Sequence[Any] = ()) -> list[Any]:
    """One method of org.bluez, on a D-Bus connection of its own: what it answers. BluezRefused."""
    bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
    try:
        reply = await bus.call(
            Message(
                destination="org.bluez",
                path=path,
                interface=interface,
                member=member,
                signature=signature,
                body=list(body),
            )
        )
    finally:
        bus.disconnect()
    if reply.message_type is MessageType.ERROR:
        raise BluezRefused(f"{member}: {reply.error_name}")
    return list(reply.body)
