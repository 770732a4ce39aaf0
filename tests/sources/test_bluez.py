"""Signs of BlueZ on a real, private D-Bus; and what is made of each signal without one."""

import asyncio
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from hrvdaemon.sources import bluez
from hrvdaemon.sources.bluez import BLUEZ, Change, bluez_watch, change_told, forget, is_running

INSTALL = "apt-get install dbus"
CONFIG = """<busconfig><type>custom</type><listen>unix:dir={folder}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>"""


def powered(value: object) -> dict[str, object]:
    return {"Powered": SimpleNamespace(value=value)}


@pytest.mark.parametrize(
    ("member", "body", "change"),
    [
        ("NameOwnerChanged", [BLUEZ, ":1.5", ""], Change.GONE),
        ("NameOwnerChanged", [BLUEZ, "", ":1.9"], Change.BACK),
        ("NameOwnerChanged", ["org.example", ":1.5", ""], None),
        ("PropertiesChanged", ["org.bluez.Adapter1", powered(True), []], Change.BACK),
        ("PropertiesChanged", ["org.bluez.Adapter1", powered(False), []], None),
        ("PropertiesChanged", ["org.bluez.Adapter1", {"Discovering": SimpleNamespace(value=True)}, []], None),
        ("PropertiesChanged", ["org.bluez.Device1", powered(True), []], None),
        ("NameAcquired", [":1.7"], None),
        (None, [], None),
    ],
)
def test_a_signal_is_a_change_or_nothing(member: str | None, body: list[Any], change: Change | None) -> None:
    assert change_told(member, body) is change


async def test_elsewhere_than_on_linux_nothing_is_watched() -> None:
    await asyncio.wait_for(bluez_watch(lambda _: None, platform="darwin"), 5)


async def test_without_a_bus_it_waits_and_raises_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path / 'none'}")
    watching = asyncio.create_task(bluez_watch(lambda _: None, platform="linux"))
    done, _ = await asyncio.wait({watching}, timeout=0.2)
    watching.cancel()
    assert not done


@pytest.fixture
def bus(require_binary: Callable[[str, str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A D-Bus of its own in the place of the system's."""
    binary = require_binary("dbus-daemon", INSTALL)
    config = tmp_path / "bus.conf"
    config.write_text(CONFIG.format(folder=tmp_path))
    process = subprocess.Popen(
        [binary, f"--config-file={config}", "--nofork", "--print-address"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", process.stdout.readline().strip())
    yield
    process.terminate()
    process.wait(10)
    process.stdout.close()


async def named(name: str) -> Any:
    """A connection that owns this name, as bluetoothd owns org.bluez."""
    from dbus_fast import BusType
    from dbus_fast.aio import MessageBus

    connection = await MessageBus(bus_type=BusType.SYSTEM).connect()
    await connection.request_name(name)
    return connection


async def test_bluetoothd_is_seen_to_go_and_to_come_back(bus: None) -> None:
    changes: asyncio.Queue[Change] = asyncio.Queue()
    watching = asyncio.create_task(bluez_watch(changes.put_nowait, platform="linux"))
    daemon = await named("org.example")
    seen: list[Change] = []
    async with asyncio.timeout(10):
        while not seen:  # the watch has begun once it sees the first change
            await daemon.request_name(BLUEZ)
            await asyncio.sleep(0.02)
            await daemon.release_name(BLUEZ)
            await asyncio.sleep(0.02)
            while not changes.empty():
                seen.append(changes.get_nowait())
        await daemon.request_name(BLUEZ)
        assert await changes.get() is Change.BACK
        daemon.disconnect()  # what a kill does
        assert await changes.get() is Change.GONE
    watching.cancel()
    await asyncio.wait({watching})
    assert watching.cancelled()


async def test_a_service_runs_while_somebody_has_its_name(bus: None) -> None:
    assert not await is_running(platform="linux")
    daemon = await named(BLUEZ)
    assert await is_running(platform="linux")
    daemon.disconnect()
    assert await is_running(platform="darwin")


async def test_the_end_of_the_bus_ends_no_watch(bus: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """It tries again later; how often it did is counted by the pauses."""
    pauses: list[float] = []
    begun = asyncio.Event()

    async def watch_once(_: Any) -> None:
        begun.set()
        raise EOFError

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            raise asyncio.CancelledError

    monkeypatch.setattr(bluez, "_watch", watch_once)
    monkeypatch.setattr(asyncio, "sleep", pause)
    with pytest.raises(asyncio.CancelledError):
        await bluez_watch(lambda _: None, platform="linux")
    assert pauses == [bluez.RETRY_S] * 3
    assert begun.is_set()


def device(*, paired: bool = False, **details: Any) -> Any:
    known = {"path": "/org/bluez/hci1/dev_C4_11_22_33_44_55", "props": {"Paired": paired}}
    return SimpleNamespace(address="C4:11:22:33:44:55", name="H10", details={**known, **details})


async def test_forgetting_asks_the_devices_own_adapter(bus: None) -> None:
    from dbus_fast import Message, MessageType

    daemon = await named(BLUEZ)
    asked: list[tuple[Any, ...]] = []

    def on_message(message: Any) -> Any:
        if message.message_type is MessageType.METHOD_CALL and message.member == "RemoveDevice":
            asked.append((message.path, message.interface, message.body))
            return Message.new_method_return(message)
        return None

    daemon.add_message_handler(on_message)
    await asyncio.wait_for(forget(device()), 10)
    assert asked == [("/org/bluez/hci1", "org.bluez.Adapter1", ["/org/bluez/hci1/dev_C4_11_22_33_44_55"])]
    await asyncio.wait_for(forget(device(paired=True)), 10)
    assert len(asked) == 1, "a paired device would lose its keys"
    daemon.disconnect()


async def test_what_bluez_refuses_is_told_in_its_words(bus: None) -> None:
    daemon = await named(BLUEZ)
    with pytest.raises(RuntimeError, match=r"expected org\.bluez to do RemoveDevice, came"):
        await asyncio.wait_for(forget(device()), 10)
    daemon.disconnect()


@pytest.mark.parametrize("elsewhere", [{"path": None}, {"props": None}])
async def test_a_device_of_another_system_is_left_alone(
    elsewhere: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """No bus is asked: there is none at this address."""
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path / 'none'}")
    await forget(device(**elsewhere))
    await forget(SimpleNamespace(address="x", name=None, details=object()))
    await forget(SimpleNamespace(address="x", name=None))
