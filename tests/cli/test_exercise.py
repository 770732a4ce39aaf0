"""An exercise is asked for, guided, and ends with its outcome; what cannot begin says so."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

import hrvdaemon.cli.exercise
from hrvdaemon.cli.exercise import _exercise, exercise
from hrvdaemon.control_client import ControlClient
from hrvdaemon.vocabulary import inputs
from hrvdaemon.vocabulary.errors import BadUsage, DaemonNotRunning, Unavailable


async def test_it_guides_and_tells_the_outcome(daemon: Any, capsys: pytest.CaptureFixture[str]) -> None:
    guiding = asyncio.create_task(_exercise(ControlClient(daemon.path), "paced_6", plain=True))
    printed = ""
    async with asyncio.timeout(20):
        while "in 4 … " not in printed:
            await asyncio.sleep(0.01)
            printed += capsys.readouterr().out
        daemon.finish()
        await guiding
    assert daemon.asked == [inputs.ExerciseRequested(mono_ms=1, exercise="paced_6")]
    assert printed.startswith("slow breathing, about 2 minutes left. Esc stops it.\n")
    assert "Heart rate afterwards: 4 lower." in capsys.readouterr().out


async def test_one_that_runs_already_is_shown_and_not_doubled(daemon: Any) -> None:
    client = ControlClient(daemon.path)
    await client.send(inputs.ExerciseRequested(mono_ms=0))
    guiding = asyncio.create_task(_exercise(client, None, plain=True))
    async with asyncio.timeout(20):
        while not daemon.live._watchers:  # noqa: ASYNC110  a watcher that comes tells nobody
            await asyncio.sleep(0.01)
        daemon.finish()
        await guiding
    assert len(daemon.asked) == 1


async def test_an_unknown_name_is_answered_with_the_known_ones(daemon: Any) -> None:
    with pytest.raises(BadUsage, match='one of paced_6, came "ice_bath"'):
        await _exercise(ControlClient(daemon.path), "ice_bath", plain=True)


async def test_one_that_does_not_begin_is_not_waited_for_for_ever(daemon: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hrvdaemon.cli.exercise, "BEGINS_S", 0.05)
    daemon.begins = False
    with pytest.raises(Unavailable, match="no exercise began"):
        await _exercise(ControlClient(daemon.path), None, plain=True)


def test_without_a_daemon_it_says_how_to_start_one(tmp_path: Path, config_for: Any) -> None:
    with pytest.raises(DaemonNotRunning, match="hrvdaemon run"):
        exercise(config=config_for(tmp_path / "c.sock"))
