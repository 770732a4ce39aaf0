"""The commands that are printed do what they say when a shell runs them."""

import subprocess
from pathlib import Path

import pytest

from hrvdaemon.cli import service_offer
from hrvdaemon.cli.service_offer import command, commands, unit_file


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with a ``systemctl`` that only writes down how it was called."""
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "systemctl").write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/called\n')
    (tools / "systemctl").chmod(0o755)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", f"{tools}:/usr/bin:/bin")
    monkeypatch.setattr("sys.argv", ["pytest"])
    return tmp_path


def run(lines: list[str]) -> None:
    subprocess.run(["sh", "-e", "-c", "\n".join(lines)], check=True)


def installed(home: Path) -> str:
    return (home / ".config/systemd/user/hrvdaemon.service").read_text()


def test_the_unit_is_copied_as_it_is_where_the_program_is_in_its_usual_place(home: Path) -> None:
    program = home / ".local/bin/hrvdaemon"
    program.parent.mkdir(parents=True)
    program.touch()
    run(commands(None))
    unit = unit_file()
    assert unit is not None
    assert installed(home) == unit.read_text()
    assert (home / "called").read_text() == "--user daemon-reload\n--user enable --now hrvdaemon\n"


def test_elsewhere_the_unit_names_the_program_and_the_config_that_are_used(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = home / "my tools" / "hrvdaemon"
    program.parent.mkdir()
    program.touch()
    monkeypatch.setattr("sys.argv", [str(program)])
    run(commands(Path("/etc/50%/hrvdaemon.toml")))
    lines = [line for line in installed(home).splitlines() if line.startswith("ExecStart=")]
    assert lines == [f'ExecStart="{program}" run --config /etc/50%%/hrvdaemon.toml']


def test_of_several_wearers_each_has_a_unit_and_commands_of_its_own(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HRVDAEMON_INSTANCE", "ada")
    run(commands(None))
    assert (home / ".config/systemd/user/hrvdaemon@.service").is_file()
    assert (home / "called").read_text().endswith("--user enable --now hrvdaemon@ada\n")
    assert command("run", None) == "HRVDAEMON_INSTANCE=ada hrvdaemon run"


def test_a_command_names_the_config_that_was_written() -> None:
    assert command("watch", Path("/a b/c.toml")) == "hrvdaemon watch --config '/a b/c.toml'"


def test_without_systemd_nothing_is_offered(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert commands(None) == []


def test_without_the_unit_at_hand_nothing_is_offered(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service_offer, "unit_file", lambda: None)
    assert commands(None) == []
