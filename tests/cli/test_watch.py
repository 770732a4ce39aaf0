"""Watching over the socket: shown until closed, ended cleanly by a signal, and never alone in the dark."""

import asyncio
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from hrvdaemon.cli.watch import beside, set_by, watch
from hrvdaemon.control_client import ControlClient
from hrvdaemon.vocabulary import inputs
from hrvdaemon.vocabulary.errors import DaemonNotRunning
from hrvdaemon.vocabulary.units import SensorId


async def test_it_writes_what_the_daemon_sees_until_a_signal(daemon: Any, capsys: pytest.CaptureFixture[str]) -> None:
    from hrvdaemon.cli.watch import _watch

    daemon.step(inputs.SensorConnected(mono_ms=5, sensor=SensorId("a"), name="Polar H10"))
    watching = asyncio.create_task(_watch(ControlClient(daemon.path), plain=True))
    printed = ""
    async with asyncio.timeout(10):
        while "Polar H10" not in printed:
            await asyncio.sleep(0.01)
            printed += capsys.readouterr().out
        os.kill(os.getpid(), signal.SIGTERM)
        await watching
    assert printed.startswith("hrvdaemon, your heart in words.")
    assert "No beats are coming in." in printed


def test_without_a_daemon_it_says_how_to_start_one(tmp_path: Path, config_for: Any) -> None:
    with pytest.raises(DaemonNotRunning, match="hrvdaemon run"):
        watch(config=config_for(tmp_path / "c.sock"))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_each_signal_asks_it_to_end(number: signal.Signals) -> None:
    until = set_by(number)
    os.kill(os.getpid(), number)
    await asyncio.wait_for(until.wait(), 10)


async def test_the_end_of_one_ends_the_other() -> None:
    ended: list[str] = []

    async def endless() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("endless")

    async def brief() -> None:
        await asyncio.sleep(0)

    await beside(endless(), brief())
    await beside(brief(), endless())
    assert ended == ["endless", "endless"]


async def test_an_error_of_either_is_raised_as_it_is() -> None:
    async def fails() -> None:
        raise DaemonNotRunning("gone")

    async def endless() -> None:
        await asyncio.Event().wait()

    with pytest.raises(DaemonNotRunning, match="gone"):
        await beside(fails(), endless())
