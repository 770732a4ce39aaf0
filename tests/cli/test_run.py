"""The daemon as a process: it starts, it ends with 0 on both signals, and what is wrong is said before it starts."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from hrvdaemon.cli import main
from hrvdaemon.store.journal import journal_inputs
from hrvdaemon.store.queries import open_readonly, runs
from hrvdaemon.store.sole_writer import sole_writer
from hrvdaemon.vocabulary.inputs import PacketReceived, RunEnded, RunStarted

Done = subprocess.CompletedProcess[str]
LINE = [sys.executable, "-m", "hrvdaemon"]


def run(*arguments: object) -> Done:
    done = subprocess.run([*LINE, *map(str, arguments)], capture_output=True, text=True, timeout=60, check=False)
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        path = tmp_path / "hrvdaemon.toml"
        path.write_text(text)
        return path

    return write


def test_a_config_full_of_mistakes_is_2_and_each_is_named(write: Callable[[str], Path]) -> None:
    path = write('[mqtt]\nport = "high"\nhots = "x"\n[strap]\nadress = "AA"\n[detector]\ngates.min_pair = 3\n')
    done = run("run", "--config", path)
    assert done.returncode == 2
    for line, key in ((2, "mqtt.port"), (3, "mqtt.hots"), (5, "strap.adress"), (7, "detector.gates.min_pair")):
        assert f"{path}:{line}: {key}" in done.stderr
    assert "mqtt.host" in done.stderr
    assert "strap.address" in done.stderr


def test_a_config_that_is_not_there_is_2(tmp_path: Path) -> None:
    done = run("run", "--config", tmp_path / "none.toml")
    assert done.returncode == 2
    assert "none.toml" in done.stderr


def test_a_database_that_can_not_be_made_is_4_and_says_why(write: Callable[[str], Path], tmp_path: Path) -> None:
    (tmp_path / "a-file").write_text("in the way")
    done = run("run", "--simulated", "rest", "--config", write(f'[store]\npath = "{tmp_path / "a-file" / "hrv.db"}"\n'))
    assert done.returncode == 4
    assert "hrvdaemon: the database" in done.stderr
    assert "can not be opened" in done.stderr


def test_an_unknown_simulated_strap_is_2() -> None:
    done = run("run", "--simulated", "holiday")
    assert done.returncode == 2
    assert "expected one of rest, slow_breathing" in done.stderr


@pytest.mark.parametrize("place", ["a-file", "a-file/c.sock"])
def test_a_control_socket_that_can_not_be_is_4_and_nothing_was_begun(
    tmp_path: Path, write: Callable[[str], Path], capsys: pytest.CaptureFixture[str], place: str
) -> None:
    (tmp_path / "a-file").write_text("in the way")
    config = write(f'[store]\npath = "{tmp_path / "hrv.db"}"\n[control]\nsocket = "{tmp_path / place}"\n')
    with pytest.raises(SystemExit) as left:
        main(["run", "--simulated", "rest", "--config", str(config)])
    said = capsys.readouterr().err
    assert (left.value.code, "Traceback" in said) == (4, False)
    assert said.startswith("hrvdaemon: expected a")
    assert not list(tmp_path.glob("*.db"))


def test_a_second_daemon_is_4_and_says_who_holds_the_database(
    tmp_path: Path, write: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    config = write(f'[store]\npath = "{tmp_path / "hrv.db"}"\n[control]\nsocket = "{tmp_path / "c.sock"}"\n')
    with sole_writer(tmp_path / "simulated.db"), pytest.raises(SystemExit) as left:
        main(["run", "--simulated", "rest", "--config", str(config)])
    said = capsys.readouterr().err
    assert (left.value.code, "Traceback" in said) == (4, False)
    assert f"hrvdaemon: another hrvdaemon (process {os.getpid()}) is recording" in said


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_with_0_and_everything_is_stored(
    write: Callable[[str], Path], tmp_path: Path, number: signal.Signals
) -> None:
    socket, database = tmp_path / "c.sock", tmp_path / "hrv.db"
    config = write(f'[store]\npath = "{database}"\n[control]\nsocket = "{socket}"\n')
    daemon = subprocess.Popen(
        [*LINE, "run", "--simulated", "rest", "--config", str(config)], stderr=subprocess.PIPE, text=True
    )
    try:
        for _ in range(3_000):
            if socket.exists():
                break
            assert daemon.poll() is None
            with pytest.raises(subprocess.TimeoutExpired):
                daemon.wait(0.02)
        status = run("status", "--json", "--config", config)
        assert status.returncode == 0
        assert json.loads(status.stdout)["sensor"]["link"] == "connected"
        daemon.send_signal(number)
        _, said = daemon.communicate(timeout=30)
    finally:
        daemon.kill()
    assert (daemon.returncode, "Traceback" in said) == (0, False)
    assert not database.exists()
    with closing(open_readonly(tmp_path / "simulated.db")) as connection:
        [stored] = runs(connection)
        inputs = list(journal_inputs(connection, stored.started.run))
    assert stored.end_reason == number.name
    assert isinstance(inputs[0], RunStarted)
    assert isinstance(inputs[-1], RunEnded)
    assert any(isinstance(given, PacketReceived) for given in inputs)
    assert not socket.exists()
