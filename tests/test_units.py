"""The systemd units: systemd itself reads them, and the system unit is as closed as docs/reliability.md says."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SYSTEM = ROOT / "systemd" / "hrvdaemon.service"
USER = ROOT / "systemd" / "user" / "hrvdaemon.service"
UNITS = {"system": SYSTEM, "user": USER}
INSTALL = "apt-get install systemd"
MOST_EXPOSED = 15
"""In tenths: 1.5 of 10, where systemd-analyze calls up to 2 "OK" and a unit without any wall 9.6."""

RequireBinary = Callable[[str, str], str]


@pytest.fixture(scope="module")
def analyze(require_binary: RequireBinary) -> Callable[..., subprocess.CompletedProcess[str]]:
    """``analyze(folder, "verify", …)`` runs systemd-analyze with a runtime folder of its own."""
    binary = require_binary("systemd-analyze", INSTALL)

    def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        environ = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "XDG_RUNTIME_DIR": str(folder), "LC_ALL": "C.UTF-8"}
        command = [binary, *arguments]
        return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)

    return run


Analyze = Callable[..., subprocess.CompletedProcess[str]]


def _settings(unit: Path) -> dict[str, list[str]]:
    """Every key with its values in order; comments and sections left out."""
    pairs = re.findall(r"^(\w+)=(.*)$", unit.read_text(encoding="utf-8"), re.MULTILINE)
    return {key: [value for name, value in pairs if name == key] for key, _ in pairs}


@pytest.mark.parametrize("name", UNITS)
def test_systemd_finds_nothing_wrong(analyze: Analyze, tmp_path: Path, name: str) -> None:
    """In a copy whose program exists: the real path is the wearer's."""
    program = tmp_path / "hrvdaemon"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    text = re.sub(
        r"^ExecStart=\S+", f"ExecStart={program}", UNITS[name].read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    (tmp_path / "hrvdaemon.service").write_text(text)
    verified = analyze(tmp_path, f"--{name}", "verify", "--man=no", str(tmp_path / "hrvdaemon.service"))
    complaints = [line for line in (verified.stdout + verified.stderr).splitlines() if "hrvdaemon" in line]
    assert (verified.returncode, complaints) == (0, [])


def test_the_system_unit_is_closed_enough(analyze: Analyze, tmp_path: Path) -> None:
    rated = analyze(tmp_path, "security", "--offline=true", f"--threshold={MOST_EXPOSED}", "--no-pager", str(SYSTEM))
    assert rated.returncode == 0, rated.stdout[-300:]
    assert "Overall exposure level" in rated.stdout


def test_the_gate_can_fail(analyze: Analyze, tmp_path: Path) -> None:
    (tmp_path / "open.service").write_text("[Service]\nExecStart=/bin/true\n")
    rated = analyze(
        tmp_path, "security", "--offline=true", f"--threshold={MOST_EXPOSED}", str(tmp_path / "open.service")
    )
    assert rated.returncode != 0


def test_the_user_unit_is_rated_for_the_record(analyze: Analyze, tmp_path: Path) -> None:
    """A user's systemd has few walls to build; its figure is printed, not gated."""
    rated = analyze(tmp_path, "security", "--offline=true", "--threshold=100", "--no-pager", str(USER))
    figure = re.search(r"exposure level for \S+: ([\d.]+)", rated.stdout)
    assert figure is not None, rated.stdout
    print(f"user unit: {figure[1]}")


@pytest.mark.parametrize("unit", UNITS.values(), ids=UNITS)
def test_the_daemon_is_told_to_end_and_has_time_to(unit: Path) -> None:
    settings = _settings(unit)
    assert settings["Type"] == ["notify"]
    assert settings["TimeoutStopSec"] == ["30"]
    assert settings["WatchdogSec"] == ["60"]  # or more: it may go on counting in suspend
    assert "KillSignal" not in settings  # systemd's own default is SIGTERM
    assert settings["ExecStart"][0].endswith("/hrvdaemon run")


@pytest.mark.parametrize("unit", UNITS.values(), ids=UNITS)
def test_a_config_with_mistakes_is_not_tried_for_ever(unit: Path) -> None:
    assert _settings(unit)["RestartPreventExitStatus"] == ["2"]


def test_the_boot_is_named_where_proc_is_hidden() -> None:
    settings = _settings(SYSTEM)
    assert settings["ProcSubset"] == ["pid"]
    assert "HRVDAEMON_BOOT_ID=%b" in settings["Environment"]


@pytest.mark.parametrize("unit", UNITS.values(), ids=UNITS)
def test_no_comment_stands_behind_a_value(unit: Path) -> None:
    """systemd would read it as part of the value."""
    assert [line for line in unit.read_text(encoding="utf-8").splitlines() if "=" in line and " #" in line[1:]] == []
