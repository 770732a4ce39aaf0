"""The units for several wearers: the plain units, line by line, but for the instance."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

UNITS = Path(__file__).parents[1] / "systemd"
INSTANCE = "HRVDAEMON_INSTANCE=%i"
PLAIN = {"system": UNITS / "hrvdaemon.service", "user": UNITS / "user" / "hrvdaemon.service"}
CHANGED = {
    "system": {"Description", "ConfigurationDirectory", "StateDirectory", "RuntimeDirectory", "#LoadCredential"},
    "user": {"Description"},
}


def template(plain: Path) -> Path:
    return plain.with_name("hrvdaemon@.service")


def lines(unit: Path) -> list[str]:
    return unit.read_text(encoding="utf-8").partition("[Unit]\n")[2].splitlines()


@pytest.mark.parametrize("name", PLAIN)
def test_a_template_is_the_plain_unit_but_for_its_instance(name: str) -> None:
    plain, other = lines(PLAIN[name]), lines(template(PLAIN[name]))
    other.remove(f"Environment={INSTANCE}")
    differing = [(a, b) for a, b in zip(plain, other, strict=True) if a != b]
    assert {a.partition("=")[0] for a, _ in differing} == CHANGED[name]
    assert all("%i" in b for _, b in differing)


def test_no_folder_of_the_system_template_is_shared_by_two_instances() -> None:
    folders = [line for line in lines(template(PLAIN["system"])) if re.match(r"\w+Directory=", line)]
    assert len(folders) == 3
    assert all(line.endswith("=hrvdaemon/%i") for line in folders)


@pytest.mark.parametrize("name", PLAIN)
def test_systemd_finds_nothing_wrong_with_an_instance(
    require_binary: Callable[[str, str], str], tmp_path: Path, name: str
) -> None:
    binary = require_binary("systemd-analyze", "apt-get install systemd")
    program = tmp_path / "hrvdaemon"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    text = re.sub(
        r"^ExecStart=\S+", f"ExecStart={program}", template(PLAIN[name]).read_text("utf-8"), flags=re.MULTILINE
    )
    unit = tmp_path / "hrvdaemon@first.service"
    unit.write_text(text)
    environ = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path), "LC_ALL": "C.UTF-8"}
    command = [binary, f"--{name}", "verify", "--man=no", str(unit)]
    verified = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)
    complaints = [line for line in (verified.stdout + verified.stderr).splitlines() if "hrvdaemon" in line]
    assert (verified.returncode, complaints) == (0, [])
