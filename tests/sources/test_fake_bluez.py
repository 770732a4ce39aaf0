"""The daemon's own source on bleak's real BlueZ backend, against a scripted org.bluez on a dbus-daemon of our own.

Each fault says what a person is told while it lasts, and the strap streams again when it is over. Limits are shortened: a
packet comes every 20 ms, so half a second of silence is a long one here.
"""

import asyncio
import sys
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from dbus_fast import Message, Variant

from hrvdaemon.sources import sightings
from hrvdaemon.sources.link_state import LINK_WORDS, LinkState
from hrvdaemon.sources.radio import bleak_radio
from hrvdaemon.vocabulary.inputs import BatteryRead, PacketReceived, SensorConnected, SensorLost
from tests.virtual_strap.fake_bluez import ABORT, DEVICE, DEVICE_PATH, HANG, Answer, FakeBluez, Refusal
from tests.virtual_strap.private_bus import private_bus
from tests.virtual_strap.watched import Watched

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="BlueZ is Linux's")

IN_PROGRESS = Refusal("org.bluez.Error.InProgress", "Operation already in progress")
NOT_READY = Refusal("org.bluez.Error.NotReady", "Resource Not Ready")
UNKNOWN_OBJECT = Refusal("org.freedesktop.DBus.Error.UnknownObject", "Method doesn't exist")


def failed(text: str) -> Refusal:
    return Refusal("org.bluez.Error.Failed", text)


class Desk(Watched):
    """A scripted bluetoothd and the daemon's source on it."""

    def __init__(self) -> None:
        super().__init__()
        self.bluez = FakeBluez()

    def start(self, **settings: Any) -> None:
        limits: dict[str, Any] = {
            "data_watchdog_s": 1.0,
            "scan_window_s": 1.0,
            "pause_first_s": 0.05,
            "pause_cap_s": 0.2,
            "choose_s": 0.02,
        }
        limits |= {"connect_limit_s": 0.5, "subscribe_limit_s": 0.4, "battery_limit_s": 0.4, "disconnect_limit_s": 0.4}
        self.daemon(bleak_radio(), **{**limits, **settings})

    def has_read_the_battery(self, n_times: int) -> bool:
        return len(self.of(BatteryRead)) == n_times

    async def after(self, state: LinkState, *, limit_s: float = 5.0) -> None:
        """Wait for packets again; this state was said before, and it has words."""
        await self.until(lambda: state in self.states, limit_s=limit_s)
        assert LINK_WORDS[state].sentence
        await self.streams(limit_s=limit_s)


def n_descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


@pytest.fixture(scope="module")
def bus(require_binary: Callable[[str, str], str]) -> Iterator[str]:
    with private_bus(require_binary("dbus-daemon", "apt-get install dbus")) as address:
        yield address


@pytest.fixture
async def desk(bus: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    from bleak.backends.bluezdbus import manager
    from bleak.backends.bluezdbus.version import BlueZFeatures

    monkeypatch.setattr(BlueZFeatures, "checked_bluez_version", True)  # it asks the machine's own bluetoothctl
    monkeypatch.setattr(sightings, "START_LIMIT_S", 0.4)
    monkeypatch.setattr(sightings, "STOP_LIMIT_S", 0.4)
    desk = Desk()
    await desk.bluez.start()
    yield desk
    await desk.close()
    await desk.bluez.crash()
    ours = manager._global_instances.pop(asyncio.get_running_loop(), None)
    if ours is not None and ours._bus is not None:
        ours._bus.disconnect()
        if ours._bus_watcher_task is not None:
            await asyncio.wait({ours._bus_watcher_task})


async def test_a_strap_is_found_connected_and_streams(desk: Desk) -> None:
    desk.start()
    await desk.streams()
    await desk.until(lambda: bool(desk.of(BatteryRead)))
    await desk.leave_off()
    assert desk.states == ["searching", "connecting", "waiting_for_beats", "streaming"]
    assert [(each.sensor, each.name) for each in desk.of(SensorConnected)] == [("C4:11:22:33:44:55", "Fake H10")]
    assert [each.percent for each in desk.of(BatteryRead)] == [87]
    assert not desk.bluez.is_connected
    assert desk.bluez.calls[-1] == "Disconnect"


async def test_ten_losses_double_no_packet_and_leave_no_connection_behind(desk: Desk) -> None:
    """A client that is not disconnected leaves a D-Bus connection, and BlueZ tells each packet once more for it."""
    held = []
    desk.start()
    for n_losses in range(10):
        await desk.until(partial(desk.has_read_the_battery, n_losses + 1))
        await desk.streams()
        held.append((await desk.bluez.connections(), n_descriptors()))
        desk.bluez.lose_link()
        await desk.until(LinkState.LOST)
    await desk.streams()
    arrived = [each.data for each in desk.of(PacketReceived)]
    assert len(arrived) == len(set(arrived))
    assert set(arrived) <= set(desk.bluez.sent)
    assert len(set(held)) == 1


ONCE = {
    "a scan is going on": ("StartDiscovery", IN_PROGRESS, "busy"),
    "the adapter is not ready": ("StartDiscovery", NOT_READY, "bluetooth_off"),
    "the scan may not be set up": ("SetDiscoveryFilter", failed("Busy"), None),
    "input/output error": ("Connect", failed("Input/output error"), "refused"),
    "connection aborted by software": ("Connect", failed("Software caused connection abort"), "refused"),
    "the strap refuses": ("Connect", failed("le-connection-refused"), "refused"),
    "a connection is being made": ("Connect", IN_PROGRESS, "busy"),
    "classic Bluetooth was tried": (
        "Connect",
        Refusal("org.bluez.Error.NotAvailable", "br-connection-profile-unavailable"),
        "classic_bluetooth",
    ),
    "the policy of D-Bus forbids it": (
        "Connect",
        Refusal("org.freedesktop.DBus.Error.AccessDenied", "Rejected send message"),
        "not_allowed",
    ),
    "bluetoothd does not answer": (
        "Connect",
        Refusal("org.freedesktop.DBus.Error.NoReply", "Message recipient disconnected"),
        "no_service",
    ),
    "the services are those of before": ("StartNotify", UNKNOWN_OBJECT, "refused"),
    "the strap is not paired": ("StartNotify", Refusal("org.bluez.Error.NotPermitted", "Not paired"), "needs_pairing"),
    "insufficient authentication": ("StartNotify", failed("Operation failed with ATT error: 0x05"), "needs_pairing"),
    "insufficient authorization": (
        "StartNotify",
        Refusal("org.bluez.Error.NotAuthorized", "Not authorized"),
        "needs_pairing",
    ),
    "insufficient encryption": ("StartNotify", failed("Operation failed with ATT error: 0x0f"), "needs_pairing"),
    "another program took the notifications": (
        "StartNotify",
        Refusal("org.bluez.Error.NotPermitted", "Notify acquired"),
        "held",
    ),
    "it is being subscribed to": ("StartNotify", IN_PROGRESS, "busy"),
    "the link broke while it was subscribed to": ("StartNotify", failed("Not connected"), "refused"),
}


@pytest.mark.parametrize(("method", "refusal", "state"), ONCE.values(), ids=ONCE)
async def test_a_refusal_is_said_and_the_next_try_streams(
    desk: Desk, method: str, refusal: Refusal, state: str | None
) -> None:
    desk.bluez.faults[method] = deque([refusal])
    desk.start()
    await desk.after(LinkState(state or "streaming"))
    assert desk.states[-1] is LinkState.STREAMING
    assert desk.bluez.calls.count(method) >= 2


async def test_stale_services_are_dropped_before_the_next_try(desk: Desk) -> None:
    desk.bluez.faults["StartNotify"] = deque([UNKNOWN_OBJECT])
    desk.start()
    await desk.after(LinkState.REFUSED)
    assert desk.bluez.calls.count("RemoveDevice") == 1


async def test_a_scan_that_can_not_be_stopped_loses_no_sighting(desk: Desk) -> None:
    desk.bluez.standing["StopDiscovery"] = IN_PROGRESS
    desk.start()
    await desk.streams()
    assert desk.states == ["searching", "connecting", "waiting_for_beats", "streaming"]


async def test_an_abort_by_the_own_computer_is_tried_again_by_bleak(desk: Desk) -> None:
    desk.bluez.faults["Connect"] = deque([failed(ABORT)])
    desk.start()
    await desk.streams()
    assert desk.bluez.calls.count("Connect") == 2
    assert "refused" not in desk.states


async def test_aborts_without_end_are_given_up_after_the_limit(desk: Desk) -> None:
    desk.bluez.standing["Connect"] = failed(ABORT)
    desk.start()
    await desk.until(LinkState.REFUSED)
    del desk.bluez.standing["Connect"]
    await desk.after(LinkState.REFUSED)


@pytest.mark.parametrize(
    ("method", "state"),
    [
        ("GetManagedObjects", "no_service"),
        ("StartDiscovery", "no_service"),
        ("StopDiscovery", "streaming"),
        ("Connect", "refused"),
        ("StartNotify", "refused"),
        ("ReadValue", "streaming"),
    ],
)
async def test_a_call_that_is_never_answered_is_given_up_after_its_limit(desk: Desk, method: str, state: str) -> None:
    desk.bluez.faults[method] = deque([HANG])
    desk.start()
    await desk.after(LinkState(state))


async def test_a_disconnect_that_is_never_answered_holds_nothing_up(desk: Desk) -> None:
    desk.bluez.faults["Disconnect"] = deque([HANG])
    desk.start()
    await desk.streams()
    desk.bluez.sends = False
    await desk.until(LinkState.LOST)
    desk.bluez.sends = True
    await desk.streams()
    desk.bluez.standing["Disconnect"] = HANG
    began_s = asyncio.get_running_loop().time()
    await desk.leave_off()
    assert asyncio.get_running_loop().time() - began_s < 2.5


async def test_services_that_are_never_resolved_are_given_up(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as unresolved:
        unresolved.setattr(desk.bluez, "_resolve", lambda: None)
        desk.start()
        await desk.until(LinkState.REFUSED)
    await desk.after(LinkState.REFUSED)


async def test_a_device_that_is_forgotten_before_it_is_connected_to_is_looked_for_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = desk.bluez._result

    def forgetful(message: Message) -> Answer:
        answer = result(message)
        if message.member == "StopDiscovery" and desk.bluez.calls.count("StopDiscovery") == 1:
            desk.bluez.forget()
        return answer

    monkeypatch.setattr(desk.bluez, "_result", forgetful)
    desk.start()
    await desk.after(LinkState.REFUSED)


@pytest.mark.parametrize("is_told", [True, False])
async def test_a_device_that_is_removed_while_it_streams_is_a_loss(desk: Desk, is_told: bool) -> None:
    desk.start()
    await desk.streams()
    if is_told:
        desk.bluez.lose_link()
    desk.bluez.forget()
    await desk.until(lambda: bool(desk.of(SensorLost)))
    await desk.after(LinkState.LOST)


async def test_an_adapter_that_is_switched_off_and_on(desk: Desk) -> None:
    desk.start()
    await desk.streams()
    desk.bluez.switch(False)
    await desk.until(LinkState.BLUETOOTH_OFF)
    await asyncio.sleep(0.5)
    assert desk.states[-2:] == ["lost", "bluetooth_off"]
    desk.bluez.switch(True)
    await desk.after(LinkState.BLUETOOTH_OFF)


async def test_an_adapter_that_is_unplugged_and_plugged_in(desk: Desk) -> None:
    desk.start()
    await desk.streams()
    desk.bluez.unplug()
    await desk.until(LinkState.NO_BLUETOOTH)
    desk.bluez.plug_in()
    await desk.after(LinkState.NO_BLUETOOTH)


async def test_an_adapter_by_another_name_is_said(desk: Desk) -> None:
    desk.start(adapter="hci7")
    await desk.until(LinkState.NO_BLUETOOTH)


async def test_a_crash_of_bluetoothd_that_tells_nobody_is_survived(desk: Desk) -> None:
    desk.start()
    await desk.streams()
    await desk.bluez.crash()
    await desk.until(LinkState.NO_SERVICE)
    await desk.bluez.start()
    await desk.after(LinkState.NO_SERVICE)
    n_before = len(desk.of(PacketReceived))
    await desk.until(lambda: len(desk.of(PacketReceived)) > n_before + 10)
    arrived = [each.data for each in desk.of(PacketReceived)][n_before:]
    assert all(before != after for before, after in pairwise(arrived))
    assert len([lost for lost in desk.of(SensorLost) if lost.reason != "stopped"]) == 1


async def test_without_bluetoothd_it_is_said_and_one_that_starts_is_used(desk: Desk) -> None:
    await desk.bluez.crash()
    desk.start()
    await desk.until(LinkState.NO_SERVICE)
    await desk.bluez.start()
    await desk.after(LinkState.NO_SERVICE)


async def test_without_a_system_bus_it_is_said(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus")
        desk.start()
        await desk.until(LinkState.NO_SERVICE)
    await desk.after(LinkState.NO_SERVICE)


async def test_a_strap_that_is_silent_from_the_start_is_said(desk: Desk) -> None:
    desk.bluez.sends = False
    desk.start()
    await desk.until(LinkState.NO_DATA)
    desk.bluez.sends = True
    await desk.after(LinkState.NO_DATA)


async def test_a_link_left_over_by_a_killed_process_is_taken_over_without_connecting(desk: Desk) -> None:
    desk.bluez._show()
    desk.bluez.change(DEVICE_PATH, DEVICE, Connected=Variant("b", True))
    desk.bluez._resolve()
    desk.start(name="fake")
    await desk.streams()
    assert "Connect" not in desk.bluez.calls
    assert "StartDiscovery" not in desk.bluez.calls


async def test_a_strap_out_of_sight_is_looked_for_and_found_when_it_is_there(desk: Desk) -> None:
    desk.bluez.in_sight = False
    desk.start()
    await desk.until(LinkState.NOT_FOUND)
    desk.bluez.in_sight = True
    await desk.after(LinkState.NOT_FOUND)
