"""``hrvdaemon scan``: the contract's keys, a live table, plain lines, and nobody's strap taken away."""

import json
import math
from pathlib import Path
from typing import Any

import pytest

from hrvdaemon.cli import scan as command
from hrvdaemon.vocabulary.errors import BadUsage, NothingToSay, RadioUnavailable

SYSTEM_BUS = Path("/run/dbus/system_bus_socket")
TICKR = "C4:11:22:33:44:66"


@pytest.fixture(autouse=True)
def scripted(monkeypatch: pytest.MonkeyPatch, air: Any, tmp_path: Path) -> None:
    """No test finds this computer's config or daemon; the last one finds its radio."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("CONFIGURATION_DIRECTORY", str(tmp_path))
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(tmp_path))
    monkeypatch.setattr(command, "bleak_radio", air.radio)


def test_json_has_the_keys_of_the_contract(air: Any, air_strap: Any, capsys: pytest.CaptureFixture[str]) -> None:
    air.held.append(air_strap(TICKR, "[bold]TICKR"))
    command.scan(timeout=0.01, json=True)
    assert json.loads(capsys.readouterr().out) == [
        {
            "name": "Polar H10 5C2E1F2B",
            "address": "C4:11:22:33:44:55",
            "rssi_dbm": -58,
            "rr": True,
            "battery_percent": 87,
            "held": False,
        },
        {
            "name": "[bold]TICKR",
            "address": TICKR,
            "rssi_dbm": None,
            "rr": None,
            "battery_percent": None,
            "held": True,
        },
    ]
    assert air.visited == ["C4:11:22:33:44:55"]


def test_a_strap_without_intervals_has_rr_false(air: Any, capsys: pytest.CaptureFixture[str]) -> None:
    air.straps[0].sends = ["003c"] * 8
    command.scan(timeout=0.01, json=True)
    assert json.loads(capsys.readouterr().out)[0]["rr"] is False


def test_no_connect_asks_nobody(air: Any, capsys: pytest.CaptureFixture[str]) -> None:
    command.scan(timeout=0.01, json=True, no_connect=True)
    assert json.loads(capsys.readouterr().out)[0]["rr"] is None
    assert air.visited == []


def test_without_a_terminal_there_are_plain_lines(capsys: pytest.CaptureFixture[str]) -> None:
    command.scan(timeout=0.01)
    assert capsys.readouterr().out.splitlines() == [
        "Polar H10 5C2E1F2B, address C4:11:22:33:44:55, signal strong (-58 dBm), sends RR intervals, battery 87 %",
        "Next step: hrvdaemon init",
    ]


def test_a_strap_that_lets_nobody_in_spoils_nothing(
    air: Any, air_strap: Any, capsys: pytest.CaptureFixture[str], off: Exception
) -> None:
    air.straps.insert(0, air_strap(TICKR, "TICKR", rssi=-50, fault=OSError("no")))
    command.scan(timeout=0.01)
    shown = capsys.readouterr().out.splitlines()
    assert shown[0] == f"TICKR, address {TICKR}, signal strong (-50 dBm), held perhaps"
    assert "sends RR intervals" in shown[1]
    assert shown[2].startswith("TICKR was not asked. Come closer, and close other apps")


def test_a_terminal_gets_a_table_that_changes_while_it_looks(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in {"TTY_COMPATIBLE": "1", "TERM": "xterm-256color", "COLUMNS": "120", "LINES": "30"}.items():
        monkeypatch.setenv(name, value)
    command.scan(timeout=0.3)
    shown = capsys.readouterr().out
    assert "Looking for straps, 0.3 s …" in shown
    assert "Asking Polar H10 5C2E1F2B what it sends …" in shown
    last = shown.rpartition("Heart-rate straps")[2]
    for words in ("Polar H10 5C2E1F2B", "C4:11:22:33:44:55", "strong (-58 dBm)", "RR intervals", "87 %", "no"):
        assert words in last


def test_plain_is_plain_on_a_terminal_too(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    command.scan(timeout=0.01, plain=True)
    assert "\x1b" not in capsys.readouterr().out


def test_the_adapter_of_the_config_is_used_and_the_options_one_before_it(air: Any, tmp_path: Path) -> None:
    config = tmp_path / "a.toml"
    config.write_text('[strap]\nadapter = "hci1"\n')
    command.scan(timeout=0.01, config=config)
    command.scan(timeout=0.01, config=config, adapter="hci2")
    assert [call for call in air.calls if call.startswith("scan")] == ["scan hci1", "scan hci2"]


def test_a_config_with_mistakes_keeps_nobody_from_looking(air: Any, tmp_path: Path) -> None:
    config = tmp_path / "a.toml"
    config.write_text("[strap\n")
    command.scan(timeout=0.01, config=config)
    assert air.visited == ["C4:11:22:33:44:55"]


def test_no_strap_is_an_answer_with_a_next_step(air: Any) -> None:
    air.straps.clear()
    with pytest.raises(NothingToSay, match=r"No heart-rate strap was seen in 0.01 s. Moisten the electrodes") as answer:
        command.scan(timeout=0.01)
    assert answer.value.exit_code == 1


def test_no_strap_in_json_is_an_empty_list_beside_the_answer(air: Any, capsys: pytest.CaptureFixture[str]) -> None:
    air.straps.clear()
    with pytest.raises(NothingToSay):
        command.scan(timeout=0.01, json=True)
    assert json.loads(capsys.readouterr().out) == []


def test_bluetooth_that_is_off_is_said_with_status_four(air: Any, off: Exception) -> None:
    air.scan_faults.append(off)
    with pytest.raises(RadioUnavailable, match=r"Bluetooth is switched off\. Switch it on") as fault:
        command.scan(timeout=0.01)
    assert fault.value.exit_code == 4


@pytest.mark.parametrize("timeout", [0.0, -1.0, 601.0, math.nan, math.inf])
def test_a_timeout_that_makes_no_sense_is_wrong_usage(timeout: float) -> None:
    with pytest.raises(BadUsage, match="--timeout: expected seconds from above 0 to 600, came"):
        command.scan(timeout=timeout)


@pytest.mark.skipif(SYSTEM_BUS.exists(), reason="a system D-Bus is here, and perhaps a real adapter")
def test_the_real_radio_without_bluetooth_ends_with_words_and_status_four(monkeypatch: pytest.MonkeyPatch) -> None:
    from hrvdaemon.sources.radio import bleak_radio

    monkeypatch.setattr(command, "bleak_radio", bleak_radio)
    with pytest.raises(
        RadioUnavailable, match=r"Bluetooth service does not answer.*systemctl enable --now bluetooth"
    ) as fault:
        command.scan(timeout=0.1)
    assert fault.value.exit_code == 4
