"""Every command has help, and each exit code of the contract has its case."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from hrvdaemon import __version__
from hrvdaemon.cli import COMMANDS, main
from hrvdaemon.vocabulary.errors import BadInput, DaemonNotRunning, NothingToSay

REST = Path(__file__).parents[2] / "fixtures" / "rest.jsonl"


@pytest.fixture
def code(capsys: pytest.CaptureFixture[str]) -> Callable[..., int]:
    """Exit code of a command; none of them may show a traceback unless it is a bug of ours."""

    def run(*arguments: object) -> int:
        with pytest.raises(SystemExit) as left:
            main([str(argument) for argument in arguments])
        assert isinstance(left.value.code, int)
        return left.value.code

    return run


def raising(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """``hrvdaemon status`` meets this."""

    def status() -> None:
        raise error

    monkeypatch.setattr("hrvdaemon.cli.status.status", status)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(code: Callable[..., int], capsys: pytest.CaptureFixture[str], command: str) -> None:
    assert code(command, "--help") == 0
    printed = capsys.readouterr()
    assert printed.out.startswith(f"Usage: hrvdaemon {command}")
    assert printed.err == ""


def test_the_whole_has_help_that_names_every_command(
    code: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert code("--help") == 0
    printed = capsys.readouterr().out
    assert all(f" {command} " in printed for command in COMMANDS)


def test_the_version_is_the_packages(code: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    assert code("--version") == 0
    assert capsys.readouterr().out.strip() == __version__


def test_done_is_0(code: Callable[..., int]) -> None:
    assert code("replay", REST, "--json") == 0


@pytest.mark.parametrize(
    ("error", "expected"),
    [(NothingToSay("no"), 1), (BadInput("what came"), 3), (DaemonNotRunning("start it"), 4)],
)
def test_an_error_of_the_tree_has_its_code_and_is_said_in_one_line(
    monkeypatch: pytest.MonkeyPatch,
    code: Callable[..., int],
    capsys: pytest.CaptureFixture[str],
    error: Exception,
    expected: int,
) -> None:
    raising(monkeypatch, error)
    assert code("status") == expected
    assert capsys.readouterr().err == f"hrvdaemon: {error}\n"


@pytest.mark.parametrize(
    "arguments",
    [("nothing-known",), ("status", "--nonsense"), ("replay", "--speed"), ("tag", "chocolate"), ("replay",)],
)
def test_wrong_usage_is_2(
    code: Callable[..., int], capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    assert code(*arguments) == 2
    printed = capsys.readouterr()
    assert "Traceback" not in printed.err
    assert printed.err != ""


def test_a_bug_of_ours_is_70_and_shows_where(
    monkeypatch: pytest.MonkeyPatch, code: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    raising(monkeypatch, ZeroDivisionError("in the middle"))
    assert code("status") == 70
    said = capsys.readouterr().err
    assert "ZeroDivisionError: in the middle" in said
    assert said.endswith("hrvdaemon: this is a bug of ours; please report what is above\n")


def test_interrupted_is_130(monkeypatch: pytest.MonkeyPatch, code: Callable[..., int]) -> None:
    raising(monkeypatch, KeyboardInterrupt())
    assert code("status") == 130


def test_a_run_that_ended_for_want_of_something_says_so_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, code: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    group = ExceptionGroup("the run ended", [DaemonNotRunning("the disk"), ExceptionGroup("in it", [BadInput("that")])])
    raising(monkeypatch, group)
    assert code("status") == 4
    assert capsys.readouterr().err == "hrvdaemon: the disk\nhrvdaemon: that\n"


def test_a_bug_among_other_failures_is_a_bug(
    monkeypatch: pytest.MonkeyPatch, code: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    raising(monkeypatch, ExceptionGroup("the run ended", [DaemonNotRunning("the disk"), KeyError("oops")]))
    assert code("status") == 70
    assert "KeyError: 'oops'" in capsys.readouterr().err


def command(*arguments: object, stdout: int = subprocess.PIPE) -> "subprocess.Popen[str]":
    line = [sys.executable, "-m", "hrvdaemon", *map(str, arguments)]
    return subprocess.Popen(line, stdout=stdout, stderr=subprocess.PIPE, text=True)


def test_a_reader_that_goes_away_is_no_mistake() -> None:
    """As of ``hrvdaemon replay --json … | head -c 0``."""
    read, write = os.pipe()
    process = command("replay", REST, "--json", stdout=write)
    os.close(read)
    os.close(write)
    _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (0, "")


def test_ctrl_c_in_the_middle_leaves_with_130_and_keeps_silent(tmp_path: Path) -> None:
    """The first events tell that the replay, an hour at real speed, is on its way."""
    first = tmp_path / "slow.jsonl"
    head = REST.read_text().splitlines()[:2]
    late = json.loads(head[1]) | {"type": "Tick", "mono_ms": 3_600_000}
    first.write_text("\n".join([*head, json.dumps({"type": "Tick", "mono_ms": late["mono_ms"]})]) + "\n")
    events = tmp_path / "events.jsonl"
    process = command("replay", first, "--speed", "1", "--events", events)
    for _ in range(6_000):
        if events.exists():
            break
        assert process.poll() is None
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.01)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.3)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in said
