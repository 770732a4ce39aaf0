"""The real bluetoothd of a guest, started, ended and killed; and btmon, which keeps all that the adapter hears."""

import asyncio
from asyncio.subprocess import Process
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dbus_fast import BusType, Message, MessageType
from dbus_fast.aio import MessageBus

from tests.e2e.packages import find

START_LIMIT_S = 60.0
END_LIMIT_S = 20.0
"""It takes its time after SIGTERM; a second one leaves at once while the first owns org.bluez."""
ASK_EVERY_S = 0.1


class SystemBus:
    """Questions to the bus itself."""

    def __init__(self) -> None:
        self._bus: MessageBus | None = None

    async def connect(self) -> None:
        """The bus may be a moment away after the guest's start."""
        async with asyncio.timeout(START_LIMIT_S):
            while self._bus is None:
                try:
                    self._bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
                except OSError:
                    await asyncio.sleep(ASK_EVERY_S)

    async def owns(self, name: str) -> bool:
        return await self._ask("NameHasOwner", "s", [name]) is True

    async def connections_of(self, pid: int) -> int:
        """How many connections to the bus a process has."""
        names = [name for name in await self._ask("ListNames") if name.startswith(":")]
        owners = [await self._ask("GetConnectionUnixProcessID", "s", [name]) for name in names]
        return owners.count(pid)

    async def _ask(self, member: str, signature: str = "", body: Sequence[Any] = ()) -> Any:
        """The answer; None for an error, such as for a connection that has just gone."""
        assert self._bus is not None
        question = Message(
            destination="org.freedesktop.DBus",
            path="/org/freedesktop/DBus",
            interface="org.freedesktop.DBus",
            member=member,
            signature=signature,
            body=list(body),
        )
        reply = await self._bus.call(question)
        assert reply is not None
        return None if reply.message_type is MessageType.ERROR else reply.body[0]


class Bluetoothd:
    """``start`` and ``end`` as often as a story likes; its log goes on in one file."""

    def __init__(self, bus: SystemBus, log: Path) -> None:
        self._bus = bus
        self._log = log
        self._process: Process | None = None

    async def start(self) -> None:
        """Until it owns its name. ``--experimental`` shows the battery as a characteristic in BlueZ 5.66."""
        program = find("bluetoothd") or "bluetoothd"
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                program, "-n", "-d", "--experimental", stdout=log, stderr=log
            )
        await self._until_owned(True, START_LIMIT_S)

    async def end(self, signal_number: int) -> None:
        """Send the signal and wait until it is gone; nothing if it is gone already."""
        if self._process is None or self._process.returncode is not None:
            return
        self._process.send_signal(signal_number)
        await asyncio.wait_for(self._process.wait(), END_LIMIT_S)
        await self._until_owned(False, END_LIMIT_S)

    async def _until_owned(self, is_owned: bool, limit_s: float) -> None:
        async with asyncio.timeout(limit_s):
            while True:
                if await self._bus.owns("org.bluez") is is_owned:
                    return
                await asyncio.sleep(ASK_EVERY_S)


async def start_btmon(capture: Path) -> Process:
    """Write what every adapter of this machine sends and hears, as btsnoop, until SIGTERM."""
    return await asyncio.create_subprocess_exec(
        find("btmon") or "btmon",
        *("-w", str(capture)),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
