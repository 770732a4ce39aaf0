"""The options of init, and what is left when someone leaves."""

import math
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hrvdaemon.cli.init import _check, init
from hrvdaemon.vocabulary.errors import BadUsage

SYSTEM_BUS = Path("/run/dbus/system_bus_socket")


@pytest.fixture(autouse=True)
def apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, air: Any) -> Path:
    """Nothing of this computer's config, daemon or radio."""
    for name in ("CONFIGURATION_DIRECTORY", "RUNTIME_DIRECTORY", "XDG_RUNTIME_DIR"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setattr("hrvdaemon.cli.init.bleak_radio", air.radio)
    return tmp_path


@pytest.mark.parametrize("strap", ["Polar H10", "C4:11:22:33:44", " ", "C4:11:22:33:44:55:66", "none at all"])
def test_what_no_strap_has_for_an_address_is_refused(strap: str) -> None:
    with pytest.raises(BadUsage, match="--strap: expected an address"):
        _check(40.0, strap)


@pytest.mark.parametrize("strap", ["none", "C4:11:22:33:44:55", "0a1B2c3D-0000-1111-2222-333344445555", None])
def test_an_address_of_any_system_and_none_are_taken(strap: str | None) -> None:
    _check(40.0, strap)


def test_every_answer_can_be_an_option(apart: Path) -> None:
    init(strap="C4:11:22:33:44:55", reach="quiet", yes=True, adapter="hci1")
    assert 'address = "C4:11:22:33:44:55"\nadapter = "hci1"' in (apart / "hrvdaemon.toml").read_text()


def test_strap_none_is_without_one(apart: Path) -> None:
    init(strap="none", reach="terminal")
    assert "address" not in (apart / "hrvdaemon.toml").read_text()


def test_yes_asks_nothing_and_takes_the_terminal(apart: Path) -> None:
    init(strap="none", yes=True)
    assert 'reach = "terminal"' in (apart / "hrvdaemon.toml").read_text()


def test_without_a_terminal_and_an_answer_it_says_the_option(apart: Path) -> None:
    with pytest.raises(BadUsage, match="hrvdaemon init --reach terminal --yes"):
        init(strap="none")
    assert list(apart.iterdir()) == []


@pytest.mark.parametrize("strap", ["", " ", "C4\n[mqtt]", "\x1b[31m"])
def test_an_address_that_can_be_none_is_refused(strap: str) -> None:
    with pytest.raises(BadUsage, match="--strap: expected an address"):
        init(strap=strap, reach="quiet", yes=True)


@pytest.mark.parametrize("timeout", [0.0, 601.0, math.nan])
def test_a_timeout_that_makes_no_sense_is_wrong_usage(timeout: float) -> None:
    with pytest.raises(BadUsage, match="--timeout"):
        init(timeout=timeout)


def test_a_broker_that_can_not_be_is_refused_before_anything_is_written(apart: Path) -> None:
    with pytest.raises(BadUsage, match=r"mqtt\.host"):
        init(strap="none", reach="mqtt", broker="two words", yes=True)
    assert list(apart.iterdir()) == []


@pytest.fixture
def terminal(apart: Path) -> Iterator[tuple[int, "subprocess.Popen[bytes]"]]:
    """The command on a terminal of its own, waiting at its question."""
    ours, theirs = pty.openpty()
    arguments = [sys.executable, "-m", "hrvdaemon", "init", "--strap", "none"]
    with subprocess.Popen(arguments, stdin=theirs, stdout=theirs, stderr=theirs, env=os.environ) as process:
        os.close(theirs)
        shown, until = b"", time.monotonic() + 30
        while b"smart home" not in shown and time.monotonic() < until:
            shown += os.read(ours, 4096)
        yield ours, process
        process.kill()
    os.close(ours)


def test_escape_leaves_with_130_and_nothing_written(terminal: Any, apart: Path) -> None:
    ours, process = terminal
    os.write(ours, b"\x1b")
    assert process.wait(20) == 130
    assert b"Nothing was written." in os.read(ours, 4096)
    assert list(apart.iterdir()) == []


def test_an_interrupt_leaves_with_130_and_nothing_written(terminal: Any, apart: Path) -> None:
    ours, process = terminal
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 130
    assert b"Nothing was written." in os.read(ours, 4096)
    assert list(apart.iterdir()) == []
