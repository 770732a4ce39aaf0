"""A followed daemon's picture is the daemon's own; one that goes away is waited for."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

import hrvdaemon.cli.following
from hrvdaemon.cli.following import Followed
from hrvdaemon.control_client import ControlClient
from hrvdaemon.terminal.keys import Key
from hrvdaemon.vocabulary import inputs
from hrvdaemon.vocabulary.errors import DaemonNotRunning
from hrvdaemon.vocabulary.inputs import Tick
from hrvdaemon.vocabulary.units import SensorId


@pytest_asyncio.fixture
async def followed(daemon: Any) -> AsyncIterator[Followed]:
    followed = Followed(ControlClient(daemon.path))
    following = asyncio.create_task(followed.follow())
    await asyncio.wait_for(followed.until(lambda now: now.mono_ms > 0), 10)
    yield followed
    following.cancel()
    with suppress(asyncio.CancelledError):
        await following


async def test_its_picture_is_the_daemons_own(daemon: Any, followed: Followed) -> None:
    daemon.live.report(store="ok")
    daemon.step(inputs.SensorConnected(mono_ms=5, sensor=SensorId("a"), name="Polar H10"))
    now = await asyncio.wait_for(followed.until(lambda now: now.sensor is not None), 10)
    assert (now.sensor, now.zone, now.anchor_ms) == ("Polar H10", "UTC", daemon.live.now().anchor_ms)


async def test_its_clock_goes_on_between_ticks(
    daemon: Any, followed: Followed, monkeypatch: pytest.MonkeyPatch
) -> None:
    local = [100.0]
    monkeypatch.setattr("hrvdaemon.cli.following.time.monotonic", lambda: local[0])
    followed.take(Tick(mono_ms=60_000))
    local[0] += 0.25
    assert followed.now().mono_ms == 60_250


async def test_a_key_becomes_what_it_asks_for(daemon: Any, followed: Followed) -> None:
    await followed.act(Key.LATER)
    await followed.act(Key.START)
    await asyncio.wait_for(followed.until(lambda now: now.is_guided), 10)
    await followed.act(Key.ESCAPE)
    assert [type(asked).__name__ for asked in daemon.asked] == ["ExerciseRequested", "ExerciseStopped"]


async def test_a_daemon_that_went_away_is_waited_for(
    daemon: Any, followed: Followed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hrvdaemon.cli.following, "RETRY_S", 0.01)
    await daemon.stop()
    await asyncio.wait_for(_link(followed, "waiting for hrvdaemon to come back"), 10)
    await followed.act(Key.START)
    await daemon.start()
    await asyncio.wait_for(followed.until(lambda now: now.mono_ms > 0), 10)
    assert followed.now().zone == "UTC"


async def _link(followed: Followed, link: str) -> None:
    while followed.now().link != link:  # noqa: ASYNC110  a link that breaks tells nobody
        await asyncio.sleep(0.01)


async def test_a_daemon_that_was_never_there_is_not_waited_for(tmp_path: Path) -> None:
    with pytest.raises(DaemonNotRunning):
        await Followed(ControlClient(tmp_path / "c.sock")).follow()
