"""Each state of the link is produced by the fault that causes it, played against the scripted radio."""

from collections.abc import Callable
from typing import Any

import pytest
from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakCharacteristicNotFoundError,
    BleakDBusError,
    BleakError,
    BleakGATTProtocolError,
)

from hrvdaemon.sources.link_state import LinkState
from hrvdaemon.sources.strap_memory import KnownStrap, StrapMemory

NO_INTERVAL, ZERO, CUT = b"\x00\x3c", b"\x10\x00", b"\x18"


def dbus(name: str, *said: str) -> BleakDBusError:
    return BleakDBusError(name, list(said))


def standing(step: str, error: Exception) -> Callable[[Any], None]:
    def happens(stage: Any) -> None:
        stage.air.standing[step] = error

    return happens


def sends(make: Callable[[int], bytes]) -> Callable[[Any], None]:
    def happens(stage: Any) -> None:
        stage.air.make = make

    return happens


def strap_with_an_interval_first(then: bytes) -> Callable[[int], bytes]:
    return lambda n: b"\x10\x3c\x00\x04" if n == 1 else then


def nobody_there(stage: Any) -> None:
    stage.air.in_range = False


def a_link_of_another_program(stage: Any) -> None:
    stage.air.in_range = False
    stage.air.links = [stage.air.device()]


def only_anothers_strap(stage: Any) -> None:
    stage.memory.keep(KnownStrap(address="C4:99:99:99:99:99", name="Polar H9 00000000"))


def walks_away(stage: Any) -> None:
    stage.at(10, stage.air.walk_away)


def silent(stage: Any) -> None:
    stage.air.sends = False


def packets_with_holes(stage: Any) -> None:
    """Four a second apart, then three seconds of nothing."""
    for second in range(100):
        stage.at(second + 0.5, lambda on=second % 6 < 4: setattr(stage.air, "sends", on))


def hangs_up_by_the_clock(stage: Any) -> None:
    """30 s after each announcement, as with refused connection parameters (bluepy#53)."""
    stage.air.hangs_up_after_s = 30


OFF = BleakBluetoothNotAvailableReason.POWERED_OFF
CAUSES: dict[LinkState, Callable[[Any], None]] = {
    LinkState.SEARCHING: nobody_there,
    LinkState.NOT_FOUND: nobody_there,
    LinkState.ANOTHERS: only_anothers_strap,
    LinkState.HELD: a_link_of_another_program,
    LinkState.CONNECTING: lambda _: None,
    LinkState.WAITING_FOR_BEATS: lambda _: None,
    LinkState.STREAMING: lambda _: None,
    LinkState.WEAK_SIGNAL: packets_with_holes,
    LinkState.EQUAL_DROPS: hangs_up_by_the_clock,
    LinkState.OFF_SKIN: sends(strap_with_an_interval_first(NO_INTERVAL)),
    LinkState.HEART_RATE_ONLY: sends(lambda _: NO_INTERVAL),
    LinkState.UNREADABLE: sends(lambda _: CUT),
    LinkState.LOST: walks_away,
    LinkState.NO_DATA: silent,
    LinkState.REFUSED: standing("connect", BleakError("failed to discover services, device disconnected")),
    LinkState.BUSY: standing("scan", dbus("org.bluez.Error.InProgress", "Operation already in progress")),
    LinkState.NEEDS_PAIRING: standing("notify", BleakGATTProtocolError(0x05)),
    LinkState.NO_HEART_RATE: standing("notify", BleakCharacteristicNotFoundError("2a37")),
    LinkState.CLASSIC_BLUETOOTH: standing(
        "connect", dbus("org.bluez.Error.NotAvailable", "br-connection-profile-unavailable")
    ),
    LinkState.BLUETOOTH_OFF: standing("scan", BleakBluetoothNotAvailableError("off", OFF)),
    LinkState.NO_BLUETOOTH: standing("scan", BleakError("adapter 'hci7' not found")),
    LinkState.NO_SERVICE: standing("scan", dbus("org.freedesktop.DBus.Error.ServiceUnknown", "not provided")),
    LinkState.NOT_ALLOWED: standing("scan", PermissionError(13, "Permission denied")),
}


def test_every_state_has_a_cause_here() -> None:
    assert set(CAUSES) == set(LinkState)


@pytest.mark.parametrize("state", LinkState)
def test_a_state_comes_from_its_cause(stage: Any, state: LinkState) -> None:
    CAUSES[state](stage)
    stage.play(140)
    assert state in stage.states


ORDINARY = {LinkState.SEARCHING, LinkState.CONNECTING, LinkState.WAITING_FOR_BEATS, LinkState.STREAMING}


def test_without_a_fault_no_other_state_is_said(stage: Any) -> None:
    stage.play(600)
    assert set(stage.states) == ORDINARY


@pytest.mark.parametrize(
    ("step", "error", "state"),
    [
        ("notify", dbus("org.bluez.Error.NotPermitted", "Not paired"), LinkState.NEEDS_PAIRING),
        ("notify", dbus("org.bluez.Error.NotPermitted", "Notify acquired"), LinkState.HELD),
        ("connect", dbus("org.bluez.Error.Failed", "br-connection-page-timeout"), LinkState.CLASSIC_BLUETOOTH),
        ("scan", dbus("org.bluez.Error.NotReady", "Resource Not Ready"), LinkState.BLUETOOTH_OFF),
    ],
)
def test_other_faults_of_the_same_meaning_say_the_same(
    stage: Any, step: str, error: Exception, state: LinkState
) -> None:
    stage.air.standing[step] = error
    stage.play(10)
    assert state in stage.states
    assert LinkState.STREAMING not in stage.states


def test_off_the_skin_and_back_is_streaming_again(stage: Any) -> None:
    stage.air.make = lambda n: ZERO if 10 < n < 60 else b"\x10\x3c\x00\x04"
    stage.play(100)
    assert stage.states[3:] == ["streaming", "off_skin", "streaming"]
    assert len(stage.air.clients) == 1, "nothing is gained by connecting anew"


def test_a_strap_that_was_never_used_is_no_ones(stage: Any) -> None:
    """A memory of none: the first strap in sight is taken."""
    assert stage.memory.known is None
    stage.play(10)
    assert stage.memory.known == KnownStrap(address="C4:11:22:33:44:55", name="Polar H10 5C2E1F2B")


def test_a_device_that_never_sends_an_interval_is_not_remembered(stage: Any) -> None:
    stage.air.make = lambda _: NO_INTERVAL
    stage.play(60)
    assert stage.memory.known is None


def test_a_configured_strap_is_not_asked_of_the_memory(stage: Any) -> None:
    stage.memory = StrapMemory()
    stage.memory.keep(KnownStrap(address="C4:99:99:99:99:99", name=""))
    stage.play(10, name="H10")
    assert stage.states[-1] is LinkState.STREAMING
    assert stage.memory.known == KnownStrap(address="C4:99:99:99:99:99", name="")
