"""Bluetooth as BlueZ has it: the service answers, an adapter is there, it is the one of the config, and it is on."""

import sys
from typing import Any

from hrvdaemon.cli.checks import Circumstances, Found, fail, ok, warn
from hrvdaemon.sources.link_state import LINK_WORDS, LinkState
from hrvdaemon.vocabulary.errors import RadioUnavailable

BLUEZ = "org.bluez"
ADAPTER = f"{BLUEZ}.Adapter1"
ELSEWHERE = "This system is asked by the check of the strap."

Objects = dict[str, dict[str, dict[str, Any]]]
"""Path, interface, property."""


class BluezFault(RadioUnavailable):
    """BlueZ gave no list; ``state`` says why. Caught in this file."""

    def __init__(self, state: LinkState, came: str) -> None:
        self.state = state
        super().__init__(came)


async def service(_: Circumstances) -> Found:
    """The system bus, bluetoothd behind it, and the permission to ask it."""
    if sys.platform != "linux":
        return ok(ELSEWHERE)
    try:
        await bluez_objects()
    except BluezFault as fault:
        return _words(fault.state)
    return ok("It answers.")


async def adapter(circumstances: Circumstances) -> Found:
    """Present, the right one, and on."""
    if sys.platform != "linux":
        return ok(ELSEWHERE)
    try:
        found = await bluez_objects()
    except BluezFault:
        return warn("Not looked at: the Bluetooth service does not answer.", "Mend the service first.")
    config = circumstances.config
    return judged(_adapters(found), config.strap.adapter if config else None)


def judged(adapters: dict[str, bool], wanted: str | None) -> Found:
    """``adapters`` by kernel name, and whether each is on; ``wanted`` is the config's."""
    if not adapters:
        return _words(LinkState.NO_BLUETOOTH)
    if wanted is not None and wanted not in adapters:
        there = ", ".join(adapters)
        return fail(
            f"The config wants the adapter {wanted}; there is {there}.",
            f"Plug it in, or write {next(iter(adapters))} into the config.",
        )
    on = [name for name, is_on in adapters.items() if is_on and wanted in (None, name)]
    return ok(f"{', '.join(on)} is on.") if on else _words(LinkState.BLUETOOTH_OFF)


def _adapters(objects: Objects) -> dict[str, bool]:
    return {
        path.rpartition("/")[2]: bool(interfaces[ADAPTER].get("Powered"))
        for path, interfaces in sorted(objects.items())
        if ADAPTER in interfaces
    }


def _words(state: LinkState) -> Found:
    words = LINK_WORDS[state]
    return fail(words.sentence, words.next_step or "Wait a moment.")


async def bluez_objects() -> Objects:
    """Everything BlueZ knows. BluezFault if it can not be asked."""
    from dbus_fast import BusType, Message, MessageType  # noqa: PLC0415  Linux only
    from dbus_fast.aio import MessageBus  # noqa: PLC0415  as above

    bus = MessageBus(bus_type=BusType.SYSTEM)
    try:
        await bus.connect()
        asked = Message(
            destination=BLUEZ, path="/", interface="org.freedesktop.DBus.ObjectManager", member="GetManagedObjects"
        )
        reply = await bus.call(asked)
    except (OSError, EOFError) as error:
        state = LinkState.NOT_ALLOWED if isinstance(error, PermissionError) else LinkState.NO_SERVICE
        raise BluezFault(state, str(error)) from error
    finally:
        bus.disconnect()
    if reply.message_type is MessageType.ERROR:
        is_denied = reply.error_name == "org.freedesktop.DBus.Error.AccessDenied"
        raise BluezFault(LinkState.NOT_ALLOWED if is_denied else LinkState.NO_SERVICE, str(reply.error_name))
    return _plain(reply.body[0])


def _plain(tree: Any) -> Objects:
    return {
        path: {
            interface: {name: variant.value for name, variant in properties.items()}
            for interface, properties in interfaces.items()
        }
        for path, interfaces in tree.items()
    }
