"""The doctor's Bluetooth checks against a scripted org.bluez on a dbus-daemon of our own."""

import sys
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio

from hrvdaemon.cli.checks import Result
from hrvdaemon.cli.checks.bluetooth import adapter, service
from hrvdaemon.sources.link_state import LINK_WORDS, LinkState
from tests.virtual_strap.fake_bluez import FakeBluez, Refusal
from tests.virtual_strap.private_bus import private_bus

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="BlueZ is Linux's")


@pytest_asyncio.fixture
async def bluez(require_binary: Callable[[str, str], str]) -> AsyncIterator[FakeBluez]:
    with private_bus(require_binary("dbus-daemon", "apt-get install dbus")):
        bluez = FakeBluez()
        await bluez.start()
        yield bluez
        await bluez.crash()


async def test_an_adapter_that_is_on_off_or_gone(bluez: FakeBluez, circumstances: Any) -> None:
    assert await service(circumstances()) == (Result.OK, "It answers.", None)
    assert await adapter(circumstances()) == (Result.OK, "hci0 is on.", None)
    assert (await adapter(circumstances('[strap]\nadapter = "hci7"\n')))[0] is Result.FAIL
    bluez.switch(is_on=False)
    assert (await adapter(circumstances()))[1] == LINK_WORDS[LinkState.BLUETOOTH_OFF].sentence
    bluez.unplug()
    assert (await adapter(circumstances()))[1] == LINK_WORDS[LinkState.NO_BLUETOOTH].sentence


@pytest.mark.parametrize(
    ("error", "state"),
    [
        ("org.freedesktop.DBus.Error.AccessDenied", LinkState.NOT_ALLOWED),
        ("org.freedesktop.DBus.Error.NoReply", LinkState.NO_SERVICE),
    ],
)
async def test_a_refusal_is_told_from_an_absence(
    bluez: FakeBluez, circumstances: Any, error: str, state: LinkState
) -> None:
    bluez.standing["GetManagedObjects"] = Refusal(error)
    assert (await service(circumstances()))[1] == LINK_WORDS[state].sentence


async def test_each_look_leaves_no_connection_behind(bluez: FakeBluez, circumstances: Any) -> None:
    before = await bluez.connections()
    for _ in range(5):
        await service(circumstances())
    assert await bluez.connections() == before


async def test_a_bus_without_bluez_is_said(require_binary: Callable[[str, str], str], circumstances: Any) -> None:
    with private_bus(require_binary("dbus-daemon", "apt-get install dbus")):
        assert (await service(circumstances()))[1] == LINK_WORDS[LinkState.NO_SERVICE].sentence
