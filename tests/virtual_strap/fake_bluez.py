"""A scripted org.bluez: bleak's own BlueZ backend and dbus-fast talk to it over a dbus-daemon; no kernel, no root.

It keeps the habits of bluetoothd 5.66 that a daemon has to live with:

- each notification is told once for every D-Bus connection that ever asked for it and is still open (bleak#2002)
- a device that is gone from the tree answers UnknownObject
- le-connection-abort-by-local comes with Connected true and false, and bleak waits for those two
- a strap in sight is shown while a scan runs, and not while it is connected
"""

import asyncio
from collections import deque
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

from dbus_fast import BusType, Message, MessageType, Variant
from dbus_fast.aio import MessageBus

from tests.virtual_strap.heart import packet

BLUEZ = "org.bluez"
BUS = "org.freedesktop.DBus"
OBJECT_MANAGER = f"{BUS}.ObjectManager"
PROPERTIES = f"{BUS}.Properties"
ADAPTER, DEVICE, SERVICE, CHARACTERISTIC = (
    f"{BLUEZ}.{name}" for name in ("Adapter1", "Device1", "GattService1", "GattCharacteristic1")
)
ADAPTER_PATH = "/org/bluez/hci0"
STRAP = "C4:11:22:33:44:55"
DEVICE_PATH = f"{ADAPTER_PATH}/dev_{STRAP.replace(':', '_')}"
HEART_RATE, BATTERY = f"{DEVICE_PATH}/service0010", f"{DEVICE_PATH}/service0020"
MEASUREMENT, LEVEL = f"{HEART_RATE}/char0011", f"{BATTERY}/char0021"
ABORT = "le-connection-abort-by-local"
PACKET_EVERY_S = 0.02

Properties = dict[str, Variant]
Answer = tuple[str, list[Any]]
NOTHING: Answer = ("", [])


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error as BlueZ sends it."""

    name: str
    text: str = ""


HANG = "hang"
Fault = Refusal | str


def short(uuid: str) -> Variant:
    return Variant("s", f"0000{uuid}-0000-1000-8000-00805f9b34fb")


@dataclass
class FakeBluez:
    """``await start()``. ``faults`` holds for each method what its next calls get, ``standing`` what all others get."""

    in_sight: bool = True
    sends: bool = True
    name: str = "Fake H10"
    faults: dict[str, deque[Fault | None]] = field(default_factory=dict)
    standing: dict[str, Fault] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    sent: list[bytes] = field(default_factory=list)
    tree: dict[str, dict[str, Properties]] = field(default_factory=dict)
    _askers: list[str] = field(default_factory=list)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def start(self) -> None:
        """bluetoothd begins: an adapter that is on, and no device."""
        self.tree.clear()
        self._askers.clear()
        self.bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
        self.bus.add_message_handler(self._on_message)
        rule = f"type='signal',sender='{BUS}',interface='{BUS}',member='NameOwnerChanged'"
        await self._ask_bus("AddMatch", "s", rule)
        self.add(ADAPTER_PATH, ADAPTER, _adapter())
        await self.bus.request_name(BLUEZ)
        self._do(self._live())

    async def crash(self) -> None:
        """bluetoothd is killed: its name goes, and nobody is told of any device."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.bus.disconnect()
        await self.bus.wait_for_disconnect()  # type: ignore[no-untyped-call]  # dbus-fast has no types there

    async def connections(self) -> int:
        """How many D-Bus connections there are, our own among them."""
        (names,) = await self._ask_bus("ListNames")
        return sum(name.startswith(":") for name in names)

    @property
    def is_connected(self) -> bool:
        return self._is(DEVICE_PATH, DEVICE, "Connected")

    # What happens to the adapter and the strap

    def switch(self, is_on: bool) -> None:
        """The adapter, by rfkill or a settings window. Its links end."""
        if not is_on:
            self.lose_link()
            self.standing["StartDiscovery"] = Refusal(f"{BLUEZ}.Error.NotReady", "Resource Not Ready")
        else:
            self.standing.pop("StartDiscovery", None)
        self.change(ADAPTER_PATH, ADAPTER, Powered=Variant("b", is_on))

    def unplug(self) -> None:
        self.remove(ADAPTER_PATH)

    def plug_in(self) -> None:
        self.add(ADAPTER_PATH, ADAPTER, _adapter())

    def lose_link(self) -> None:
        """The strap went out of range, or hung up."""
        if DEVICE_PATH in self.tree:
            self.change(DEVICE_PATH, DEVICE, Connected=Variant("b", False), ServicesResolved=Variant("b", False))

    def forget(self) -> None:
        """BlueZ drops the device, as half a minute after a scan, or by RemoveDevice."""
        self.remove(DEVICE_PATH)

    # The tree, and who is told of it

    def add(self, path: str, interface: str, properties: Properties) -> None:
        self.tree.setdefault(path, {})[interface] = properties
        self._tell("/", OBJECT_MANAGER, "InterfacesAdded", "oa{sa{sv}}", [path, {interface: properties}])

    def remove(self, path: str) -> None:
        for each in [each for each in self.tree if each == path or each.startswith(f"{path}/")]:
            self._tell("/", OBJECT_MANAGER, "InterfacesRemoved", "oas", [each, list(self.tree.pop(each))])

    def change(self, path: str, interface: str, **properties: Variant) -> None:
        self.tree[path][interface].update(properties)
        self._tell(path, PROPERTIES, "PropertiesChanged", "sa{sv}as", [interface, properties, []])

    def notify(self, data: bytes) -> None:
        """One notification of the strap, told as often as it was asked for."""
        self.sent.append(data)
        for _ in self._askers:
            self.change(MEASUREMENT, CHARACTERISTIC, Value=Variant("ay", data))

    def _is(self, path: str, interface: str, name: str) -> bool:
        return bool(self.tree.get(path, {}).get(interface, {name: Variant("b", False)})[name].value)

    def _tell(self, path: str, interface: str, member: str, signature: str, body: list[Any]) -> None:
        if self.bus.connected:
            self.bus.send(Message.new_signal(path, interface, member, signature, body))

    # The strap

    async def _live(self) -> None:
        """Advertise while a scan runs, and send while connected."""
        number = 0
        while True:
            await asyncio.sleep(PACKET_EVERY_S)
            if self.is_connected and self._askers and self.sends:
                number += 1
                self.notify(packet(60, [700 + number % 600]))
            elif self.in_sight and not self.is_connected and self._is(ADAPTER_PATH, ADAPTER, "Discovering"):
                self._show()

    def _show(self) -> None:
        if DEVICE_PATH in self.tree:
            self.change(DEVICE_PATH, DEVICE, RSSI=Variant("n", -61))
        else:
            self.add(DEVICE_PATH, DEVICE, _device(self.name))

    def _resolve(self) -> None:
        heart_rate = {"Device": Variant("o", DEVICE_PATH), "Primary": Variant("b", True), "Includes": Variant("ao", [])}
        for path, uuid in ((HEART_RATE, "180d"), (BATTERY, "180f")):
            self.add(path, SERVICE, {"UUID": short(uuid), **heart_rate})
        self.add(MEASUREMENT, CHARACTERISTIC, _characteristic("2a37", HEART_RATE, "notify", b""))
        self.add(LEVEL, CHARACTERISTIC, _characteristic("2a19", BATTERY, "read", b"\x57"))
        self.change(DEVICE_PATH, DEVICE, ServicesResolved=Variant("b", True))

    # Method calls

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _on_message(self, message: Message) -> bool | None:
        if message.member == "NameOwnerChanged" and not message.body[2]:
            self._askers = [asker for asker in self._askers if asker != message.body[0]]
        if message.message_type is not MessageType.METHOD_CALL or message.destination == "":
            return None
        if not (message.interface or "").startswith((BLUEZ, OBJECT_MANAGER, PROPERTIES)):
            return None
        self.calls.append(str(message.member))
        self._do(self._answer(message))
        return True

    async def _answer(self, message: Message) -> None:
        waiting = self.faults.get(str(message.member))
        fault = waiting.popleft() if waiting else self.standing.get(str(message.member))
        if fault == HANG:
            await asyncio.Event().wait()
        elif isinstance(fault, Refusal):
            self._refuse(message, fault)
        elif message.path not in self.tree and message.path != "/":
            text = f'Method "{message.member}" with signature "" on interface "{message.interface}" doesn\'t exist'
            self._refuse(message, Refusal(f"{BUS}.Error.UnknownObject", text))
        else:
            signature, body = self._result(message)
            self.bus.send(Message.new_method_return(message, signature, body))

    def _refuse(self, message: Message, refusal: Refusal) -> None:
        if refusal.text == ABORT:
            self.change(DEVICE_PATH, DEVICE, Connected=Variant("b", True))
            self.change(DEVICE_PATH, DEVICE, Connected=Variant("b", False))
        self.bus.send(Message.new_error(message, refusal.name, refusal.text))

    def _result(self, message: Message) -> Answer:
        path, body = str(message.path), message.body
        match message.member:
            case "GetManagedObjects":
                return "a{oa{sa{sv}}}", [self.tree]
            case "StartDiscovery" | "StopDiscovery" as member:
                self.change(path, ADAPTER, Discovering=Variant("b", member == "StartDiscovery"))
            case "RemoveDevice":
                self.remove(body[0])
            case "Connect":
                self.change(path, DEVICE, Connected=Variant("b", True))
                self._resolve()
            case "Disconnect":
                self.lose_link()
            case "StartNotify":
                self._askers.append(str(message.sender))
                self.change(path, CHARACTERISTIC, Notifying=Variant("b", True))
            case "StopNotify":
                self._askers.remove(str(message.sender))
            case "ReadValue":
                return "ay", [self.tree[path][CHARACTERISTIC]["Value"].value]
            case _:
                pass
        return NOTHING

    async def _ask_bus(self, member: str, signature: str = "", *body: Any) -> list[Any]:
        call = Message(
            destination=BUS,
            path="/org/freedesktop/DBus",
            interface=BUS,
            member=member,
            signature=signature,
            body=[*body],
        )
        reply = await self.bus.call(call)
        assert reply.message_type is MessageType.METHOD_RETURN, reply.body
        return list(reply.body)


def _adapter() -> Properties:
    flags = {name: Variant("b", False) for name in ("Discovering", "Discoverable", "Pairable")}
    named = {"Address": Variant("s", "00:11:22:33:44:55"), "Name": Variant("s", "x"), "Alias": Variant("s", "x")}
    lists = {"UUIDs": Variant("as", []), "Roles": Variant("as", ["central"])}
    return {**named, **lists, **flags, "Powered": Variant("b", True)}


def _device(name: str) -> Properties:
    flags = ("Paired", "Bonded", "Trusted", "Blocked", "Connected", "ServicesResolved")
    return {
        "Address": Variant("s", STRAP),
        "AddressType": Variant("s", "random"),
        "Name": Variant("s", name),
        "Alias": Variant("s", name),
        "RSSI": Variant("n", -60),
        "UUIDs": Variant("as", [short("180d").value]),
        "Adapter": Variant("o", ADAPTER_PATH),
        **{flag: Variant("b", False) for flag in flags},
    }


def _characteristic(uuid: str, service: str, flag: str, value: bytes) -> Properties:
    return {
        "UUID": short(uuid),
        "Service": Variant("o", service),
        "Value": Variant("ay", value),
        "Notifying": Variant("b", False),
        "Flags": Variant("as", [flag]),
        "MTU": Variant("q", 185),
    }
