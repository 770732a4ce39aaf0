"""What bleak's errors mean, and a canary: the installed bleak, unmocked, still has what we call."""

import inspect
import subprocess
import sys
from types import SimpleNamespace
from typing import Any, ClassVar

import bleak
import pytest
from bleak import exc
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData

from hrvdaemon.sources.bluez import forget
from hrvdaemon.sources.link_state import LINK_WORDS, LinkState
from hrvdaemon.sources.radio import (
    BATTERY_LEVEL,
    HEART_RATE_MEASUREMENT,
    HEART_RATE_SERVICE,
    RadioFault,
    bleak_radio,
    meaning,
)
from hrvdaemon.sources.sightings import bluez_options

Reason = exc.BleakBluetoothNotAvailableReason


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (exc.BleakBluetoothNotAvailableError("off", Reason.POWERED_OFF), LinkState.BLUETOOTH_OFF),
        (exc.BleakBluetoothNotAvailableError("?", Reason.UNKNOWN), LinkState.BLUETOOTH_OFF),
        (exc.BleakBluetoothNotAvailableError("none", Reason.NO_BLUETOOTH), LinkState.NO_BLUETOOTH),
        (exc.BleakBluetoothNotAvailableError("classic", Reason.NO_BLE_CENTRAL_ROLE), LinkState.NO_BLUETOOTH),
        (exc.BleakBluetoothNotAvailableError("no", Reason.DENIED_BY_USER), LinkState.NOT_ALLOWED),
        (exc.BleakBluetoothNotAvailableError("no", Reason.DENIED_BY_SYSTEM), LinkState.NOT_ALLOWED),
        (exc.BleakDBusError("org.bluez.Error.NotReady", ["Resource Not Ready"]), LinkState.BLUETOOTH_OFF),
        (exc.BleakDBusError("org.bluez.Error.InProgress", []), LinkState.BUSY),
        (exc.BleakDBusError("org.freedesktop.DBus.Error.NoReply", ["gone"]), LinkState.NO_SERVICE),
        (exc.BleakDBusError("org.freedesktop.DBus.Error.Spawn.ChildExited", ["1"]), LinkState.NO_SERVICE),
        (exc.BleakDBusError("org.freedesktop.DBus.Error.AccessDenied", ["Rejected"]), LinkState.NOT_ALLOWED),
        (exc.BleakDBusError("org.bluez.Error.Failed", ["le-connection-abort-by-local"]), None),
        (
            exc.BleakDBusError("org.bluez.Error.Failed", ["br-connection-profile-unavailable"]),
            LinkState.CLASSIC_BLUETOOTH,
        ),
        (exc.BleakDBusError("org.bluez.Error.NotPermitted", ["Not paired"]), LinkState.NEEDS_PAIRING),
        (exc.BleakDBusError("org.bluez.Error.NotPermitted", ["Notify acquired"]), LinkState.HELD),
        (
            exc.BleakDBusError("org.bluez.Error.AuthenticationFailed", ["Authentication Failed"]),
            LinkState.NEEDS_PAIRING,
        ),
        (exc.BleakDBusError("org.freedesktop.DBus.Error.UnknownObject", ["gone"]), None),
        (exc.BleakGATTProtocolError(0x05), LinkState.NEEDS_PAIRING),
        (exc.BleakGATTProtocolError(0x0F), LinkState.NEEDS_PAIRING),
        (exc.BleakGATTProtocolError(0x0E), None),
        (exc.BleakCharacteristicNotFoundError(HEART_RATE_MEASUREMENT), LinkState.NO_HEART_RATE),
        (exc.BleakDeviceNotFoundError("C4:11:22:33:44:55", "gone"), None),
        (exc.BleakError("adapter 'hci1' not found"), LinkState.NO_BLUETOOTH),
        (exc.BleakError("device 'dev_C4' not found"), None),
        (FileNotFoundError(2, "No such file or directory"), LinkState.NO_SERVICE),
        (ConnectionRefusedError(111, "Connection refused"), LinkState.NO_SERVICE),
        (PermissionError(13, "Permission denied"), LinkState.NOT_ALLOWED),
        (TimeoutError(), None),
        (AssertionError(), None),
    ],
)
def test_each_error_has_its_meaning(error: Exception, state: LinkState | None) -> None:
    assert meaning(error) is state


@pytest.mark.parametrize(
    ("error", "came"),
    [
        (
            exc.BleakBluetoothNotAvailableError("No adapters.", Reason.NO_BLUETOOTH),
            "BleakBluetoothNotAvailableError: No adapters.",
        ),
        (exc.BleakDBusError("org.bluez.Error.Failed", ["aborted"]), "BleakDBusError: [org.bluez.Error.Failed] aborted"),
        (TimeoutError(), "TimeoutError"),
    ],
)
def test_a_fault_tells_the_state_its_next_step_and_what_came(error: Exception, came: str) -> None:
    fault = RadioFault(LinkState.BUSY, error)
    assert fault.came == came
    assert str(fault) == f"{LINK_WORDS[LinkState.BUSY]} (came {came})"


@pytest.mark.parametrize(
    ("error", "is_stale"),
    [
        (exc.BleakCharacteristicNotFoundError(HEART_RATE_MEASUREMENT), True),
        (exc.BleakDBusError("org.freedesktop.DBus.Error.UnknownObject", ["gone"]), True),
        (exc.BleakDBusError("org.bluez.Error.Failed", ["le-connection-abort-by-local"]), False),
        (TimeoutError(), False),
    ],
)
def test_a_fault_tells_whether_the_list_of_services_may_be_stale(error: Exception, is_stale: bool) -> None:
    assert RadioFault(meaning(error) or LinkState.REFUSED, error).is_stale is is_stale


def test_bleak_is_not_imported_before_a_radio_is_asked_for() -> None:
    program = "import sys, hrvdaemon.sources.ble, hrvdaemon.cli.scan; sys.exit('bleak' in sys.modules or 'dbus_fast' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False, timeout=60).returncode == 0


def test_the_installed_bleak_takes_our_calls() -> None:
    def callback(*_: Any) -> None: ...

    inspect.signature(bleak.BleakScanner).bind(callback, [HEART_RATE_SERVICE], bluez=bluez_options("hci1"))
    inspect.signature(bleak.BleakClient).bind("C4:11:22:33:44:55", callback, timeout=20.0, bluez=bluez_options("hci1"))
    inspect.signature(bleak.BleakClient.start_notify).bind(None, HEART_RATE_MEASUREMENT, callback)
    inspect.signature(bleak.BleakClient.read_gatt_char).bind(None, BATTERY_LEVEL)
    for method in ("connect", "disconnect"):
        inspect.signature(getattr(bleak.BleakClient, method)).bind(None)
    for method in ("start", "stop"):
        inspect.signature(getattr(bleak.BleakScanner, method)).bind(None)


@pytest.mark.skipif(not hasattr(bleak, "BleakAdapter"), reason="bleak before 3.1 can not list links")
def test_the_installed_bleak_lists_links() -> None:
    inspect.signature(bleak.BleakAdapter.get).bind(bluez={})
    inspect.signature(bleak.BleakAdapter.get_connected_devices).bind(None, [HEART_RATE_SERVICE])


def test_the_installed_bleak_speaks_of_devices_as_we_do() -> None:
    device = BLEDevice("C4:11:22:33:44:55", "H10", None)
    assert (device.address, device.name) == ("C4:11:22:33:44:55", "H10")
    assert {"local_name", "rssi", "service_uuids"} <= set(AdvertisementData._fields)


def test_every_reason_that_bluetooth_is_not_available_has_a_meaning() -> None:
    assert {reason.name for reason in Reason} == {
        "NO_BLUETOOTH", "NO_BLE_CENTRAL_ROLE", "POWERED_OFF", "DENIED_BY_USER", "DENIED_BY_SYSTEM", "DENIED_BY_UNKNOWN", "UNKNOWN",
    }  # fmt: skip


def test_the_scanner_filters_by_the_long_uuid() -> None:
    assert bleak.uuids.normalize_uuid_16(0x180D) == HEART_RATE_SERVICE
    assert bleak.uuids.normalize_uuid_16(0x2A37) == HEART_RATE_MEASUREMENT
    assert bleak.uuids.normalize_uuid_16(0x2A19) == BATTERY_LEVEL


def test_the_real_radio_is_bleak() -> None:
    radio = bleak_radio()
    assert (radio.scanner, radio.client) == (bleak.BleakScanner, bleak.BleakClient)
    assert radio.forget is forget


class Backend:
    """In the place of bleak's own: notes how it is called."""

    calls: ClassVar[list[tuple[str, Any]]] = []

    def __init__(self, _device: Any, **_: Any) -> None:
        characteristic = SimpleNamespace(uuid=HEART_RATE_MEASUREMENT, properties=["notify"])
        self.services = SimpleNamespace(get_characteristic=lambda _: characteristic)
        self.is_connected = True

    async def connect(self, pair: bool, **_: Any) -> None:
        self.calls.append(("connect", pair))

    async def start_notify(self, _characteristic: Any, _callback: Any, **options: Any) -> None:
        self.calls.append(("notify", options["bluez"]))


@pytest.mark.parametrize("pair", [True, False])
@pytest.mark.parametrize("use_start_notify", [True, False])
async def test_bleak_pairs_and_acquires_only_where_that_was_asked_for(
    monkeypatch: pytest.MonkeyPatch, pair: bool, use_start_notify: bool
) -> None:
    monkeypatch.setattr(bleak, "get_platform_client_backend_type", lambda: (Backend, "by hand"))
    Backend.calls.clear()
    radio = bleak_radio(pair=pair, use_start_notify=use_start_notify)
    client = radio.client(BLEDevice("C4:11:22:33:44:55", "H10", None), print, timeout=5, bluez={})
    await client.connect()
    await client.start_notify(HEART_RATE_MEASUREMENT, print)
    assert Backend.calls == [("connect", pair), ("notify", {} if use_start_notify else {"use_start_notify": False})]
