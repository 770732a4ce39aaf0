import json
import math
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from hrvdaemon.cli import scan as command
from hrvdaemon.sources.radio import Radio
from hrvdaemon.sources.sightings import Sighting
from hrvdaemon.vocabulary.errors import BadUsage, NothingToSay, RadioUnavailable

SYSTEM_BUS = Path("/run/dbus/system_bus_socket")


class Device:
    def __init__(self, address: str, name: str | None) -> None:
        self.address, self.name = address, name


class Advertisement:
    local_name = None
    rssi = -58


H10 = Device("C4:11:22:33:44:55", "Polar H10")
HELD = Device("C4:11:22:33:44:66", "[bold]TICKR")


class Scanner:
    """Sees one strap as soon as it starts, or none."""

    def __init__(self, callback: Any, near: Sequence[Device]) -> None:
        self.callback, self.near = callback, near

    async def start(self) -> None:
        for device in self.near:
            self.callback(device, Advertisement())

    async def stop(self) -> None: ...


def no_client(*_: Any, **__: Any) -> Any:
    raise AssertionError("a scan does not connect")


@pytest.fixture
def radio(monkeypatch: pytest.MonkeyPatch) -> Any:
    def set_up(near: Sequence[Device], held: Sequence[Device] = ()) -> None:
        async def links(_bluez: Any) -> Sequence[Device]:
            return held

        scripted = Radio(
            scanner=lambda callback, _uuids, *, bluez: Scanner(callback, near), client=no_client, links=links
        )
        monkeypatch.setattr(command, "bleak_radio", lambda: scripted)

    return set_up


def test_json_has_the_keys_of_the_contract(radio: Any, capsys: pytest.CaptureFixture[str]) -> None:
    radio([H10], held=[HELD])
    command.scan(timeout=0.01, json=True)
    assert json.loads(capsys.readouterr().out) == [
        {
            "name": "Polar H10",
            "address": "C4:11:22:33:44:55",
            "rssi_dbm": -58,
            "rr": None,
            "battery_percent": None,
            "held": False,
        },
        {
            "name": "[bold]TICKR",
            "address": "C4:11:22:33:44:66",
            "rssi_dbm": None,
            "rr": None,
            "battery_percent": None,
            "held": True,
        },
    ]


def test_the_table_shows_name_address_signal_and_who_holds_it() -> None:
    straps = [
        Sighting(device=H10, name="Polar H10", rssi_dbm=-58, is_held=False),
        Sighting(device=HELD, name="[bold]TICKR", rssi_dbm=None, is_held=True),
    ]
    screen = StringIO()
    Console(width=120, file=screen).print(command.table(straps))
    shown = screen.getvalue()
    for words in ("Polar H10", "C4:11:22:33:44:55", "-58 dBm", "[bold]TICKR", "unknown", "by this computer"):
        assert words in shown


def test_no_strap_is_an_answer_with_a_next_step(radio: Any) -> None:
    radio([])
    with pytest.raises(NothingToSay, match=r"No heart-rate strap was seen in 0.01 s. Moisten the electrodes") as answer:
        command.scan(timeout=0.01)
    assert answer.value.exit_code == 1


def test_no_strap_in_json_is_an_empty_list_beside_the_answer(radio: Any, capsys: pytest.CaptureFixture[str]) -> None:
    radio([])
    with pytest.raises(NothingToSay):
        command.scan(timeout=0.01, json=True)
    assert json.loads(capsys.readouterr().out) == []


@pytest.mark.parametrize("timeout", [0.0, -1.0, 601.0, math.nan, math.inf])
def test_a_timeout_that_makes_no_sense_is_wrong_usage(timeout: float) -> None:
    with pytest.raises(BadUsage, match="--timeout: expected seconds from above 0 to 600, came"):
        command.scan(timeout=timeout)


@pytest.mark.skipif(SYSTEM_BUS.exists(), reason="a system D-Bus is here, and perhaps a real adapter")
def test_the_real_radio_without_bluetooth_ends_with_words_and_status_four() -> None:
    with pytest.raises(
        RadioUnavailable, match=r"Bluetooth service does not answer.*systemctl enable --now bluetooth"
    ) as fault:
        command.scan(timeout=0.1)
    assert fault.value.exit_code == 4
