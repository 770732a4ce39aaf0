"""A guest's exit status comes back; one that dies is told, a panic once more tried. The machines here are shell commands."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.machine import GuestDied, run, user_mode_linux
from tests.e2e.packages import CanNotStart

LIMIT_S = 20.0


@dataclass(frozen=True)
class Shell:
    """``script`` sees the shared folder as $1."""

    script: str
    name: str = "a shell"

    def command(self, shared: Path) -> list[str]:
        return ["sh", "-c", self.script, "sh", str(shared)]


def test_the_status_of_the_command_is_the_status(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    status = run(
        Shell('echo booted; bash "$1/command"; echo $? > "$1/rc"'), ["sh", "-c", "exit 7"], tmp_path, limit_s=LIMIT_S
    )
    assert status == 7
    assert "booted" in capfd.readouterr().out
    assert (tmp_path / "console.log").read_text() == "booted\n"


def test_a_guest_without_a_status_has_died_whatever_it_said(tmp_path: Path) -> None:
    (tmp_path / "rc").write_text("0")
    with pytest.raises(GuestDied, match=r"(?s)ended by itself.*all is well"):
        run(Shell("echo all is well"), ["true"], tmp_path, limit_s=LIMIT_S)


def test_a_guest_that_hangs_is_ended_with_all_it_started(tmp_path: Path) -> None:
    with pytest.raises(GuestDied, match=r"did not end within 0\.2 s"):
        run(Shell("sleep 60 & sleep 60"), ["true"], tmp_path, limit_s=0.2)


def test_a_panic_is_tried_once_more(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    machine = Shell(
        'if [ -e "$1/again" ]; then echo 0 > "$1/rc"; else touch "$1/again"; echo "Kernel panic - not syncing"; fi'
    )
    assert run(machine, ["true"], tmp_path, limit_s=LIMIT_S) == 0
    assert "panicked; once more" in capfd.readouterr().out


def test_a_second_panic_is_the_end(tmp_path: Path) -> None:
    machine = Shell('echo x >> "$1/boots"; echo "Kernel panic"')
    with pytest.raises(GuestDied):
        run(machine, ["true"], tmp_path, limit_s=LIMIT_S)
    assert (tmp_path / "boots").read_text() == "x\nx\n"


def test_a_folder_that_a_kernel_can_not_be_told_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "two words"
    folder.mkdir()
    with pytest.raises(CanNotStart, match="set TMPDIR"):
        run(Shell("true"), ["true"], folder, limit_s=LIMIT_S)


def test_a_kernel_is_asked_for_by_its_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HRVDAEMON_UML_KERNEL", raising=False)
    assert user_mode_linux() is None
    kernel = tmp_path / "linux"
    kernel.touch()
    monkeypatch.setenv("HRVDAEMON_UML_KERNEL", str(kernel))
    with pytest.raises(CanNotStart, match="expected a User-Mode Linux kernel that can be run"):
        user_mode_linux()
    kernel.chmod(0o755)
    machine = user_mode_linux(time_travel=True)
    assert machine is not None
    assert "time-travel" in machine.command(tmp_path)
