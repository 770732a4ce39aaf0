"""The demo as a command: JSON lines on the run's clock, a database that stays, and an end when it was asked for."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hrvdaemon.cli import main
from hrvdaemon.store.sole_writer import sole_writer
from hrvdaemon.vocabulary.units import instant


def left_with(*arguments: object) -> object:
    with pytest.raises(SystemExit) as left:
        main(["demo", *map(str, arguments)])
    return left.value.code


def test_every_event_is_a_json_line_on_the_runs_clock(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    database = tmp_path / "demo.db"
    assert left_with("--headless", "--json", "--speed", 1e9, "--duration", 1, "--db", database) == 0
    printed = capsys.readouterr()
    events = [json.loads(line) for line in printed.out.splitlines()]
    assert {"BeatsClassified", "HrvUpdated", "EpochClosed", "DecisionMade"} <= {event["type"] for event in events}
    assert len({instant(event["at"]) - event["mono_ms"] for event in events}) == 1, "one clock for all"
    assert "A simulated wearer; nothing here is measured from you." in printed.err
    assert f"Everything of this demo is in {database}" in printed.err
    assert left_with_why(database) == 0


def left_with_why(database: Path) -> object:
    with pytest.raises(SystemExit) as left:
        main(["why", "--db", str(database)])
    return left.value.code


def test_without_json_it_says_so_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert left_with("--headless", "--speed", 1e9, "--duration", 0.2, "--db", tmp_path / "demo.db") == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    assert "hrvdaemon why latest --db" in printed.out


def test_a_database_that_is_there_already_is_not_touched(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "hrv.db"
    path.write_text("mine")
    assert left_with("--headless", "--db", path) == 2
    assert path.read_text() == "mine"
    assert "expected a file that does not exist yet" in capsys.readouterr().err


def test_a_database_that_can_not_be_made_is_4(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a-file").write_text("in the way")
    assert left_with("--headless", "--duration", 5, "--db", tmp_path / "a-file" / "demo.db") == 4
    said = capsys.readouterr().err
    assert "Traceback" not in said
    assert "can not be opened" in said


@pytest.mark.parametrize(
    "arguments", [("--speed", "0"), ("--speed", "nan"), ("--duration", "-1"), ("--duration", "inf")]
)
def test_numbers_that_make_no_sense_are_2(arguments: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert left_with("--headless", *arguments) == 2
    assert f"{arguments[0]}: expected a number above 0, came {arguments[1]}" in capsys.readouterr().err


def test_the_last_demos_database_makes_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path))
    for _ in range(2):
        assert left_with("--headless", "--speed", 1e9, "--duration", 0.2) == 0
    assert (tmp_path / "demo.db").exists()
    assert not (tmp_path / "hrvdaemon.db").exists()


def test_a_second_demo_at_once_leaves_the_first_ones_database_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path))
    (tmp_path / "demo.db").write_text("being written")
    with sole_writer(tmp_path / "demo.db"):
        assert left_with("--headless", "--speed", 1e9, "--duration", 0.2) == 4
    assert (tmp_path / "demo.db").read_text() == "being written"
    assert "is recording in" in capsys.readouterr().err


def test_ctrl_c_ends_it_with_0(tmp_path: Path) -> None:
    database = tmp_path / "demo.db"
    line = [sys.executable, "-m", "hrvdaemon", "demo", "--headless", "--json", "--db", str(database)]
    process = subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    for _ in range(3_000):
        if database.exists():
            break
        assert process.poll() is None
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.02)
    process.send_signal(signal.SIGINT)
    out, said = process.communicate(timeout=60)
    assert (process.returncode, "Traceback" in said) == (0, False)
    assert all(json.loads(line)["type"] for line in out.splitlines())
