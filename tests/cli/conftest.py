"""A daemon by hand behind a real control socket, for the commands that speak to one."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from hrvdaemon.sinks.live import Live
from hrvdaemon.sources.controls import Controls, serve
from hrvdaemon.vocabulary import events, inputs
from hrvdaemon.vocabulary.inputs import Input, RunStarted, Tick
from hrvdaemon.vocabulary.steps import Step
from hrvdaemon.vocabulary.units import Instant, RunId, SessionId, instant

BEGIN = instant("2026-11-22T14:00:00Z")
SESSION = SessionId("s1")


class HandmadeDaemon:
    """Folds what it is asked at once; ``begins`` says whether a requested exercise does."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.asked: list[Input] = []
        self.begins = True
        self._mono_ms = 0
        self._count = 0
        self.live = Live(version="0.1.0", mono_ms=lambda: self._mono_ms)
        self._serving: asyncio.Task[None] | None = None

    async def start(self) -> None:
        controls = Controls(
            status=self.live.status_json,
            subscribe=self.live.subscribe,
            put=self._put,
            mono_ms=lambda: self._mono_ms,
            exercises=("paced_6",),
        )
        self._serving = asyncio.create_task(serve(controls, self.path))
        async with asyncio.timeout(10):
            while not self.path.exists():  # noqa: ASYNC110  a file has no event
                await asyncio.sleep(0.01)

    async def stop(self) -> None:
        if self._serving is not None:
            self._serving.cancel()
            with suppress(asyncio.CancelledError):
                await self._serving

    def step(self, given: Input, *concluded: events.Event) -> None:
        self._count += 1
        self._mono_ms = max(self._mono_ms, given.mono_ms)
        self.live.feed(Step(run=RunId("r"), number=self._count, input=given, events=concluded))

    def finish(self) -> None:
        """The exercise's outcome is known."""
        self._mono_ms += 300_000
        outcome = events.Outcome(
            completed=True,
            before=None,
            after=None,
            delta_hr_bpm=-4.2,
            delta_ln_rmssd=0.2,
            smallest_detectable=0.5,
            is_clear=False,
            swing_bpm=None,
            tension_before=None,
            tension_after=None,
        )
        at = Instant(BEGIN + self._mono_ms)
        finished = events.ExerciseFinished(
            mono_ms=self._mono_ms,
            at=at,
            session=SESSION,
            exercise="paced_6",
            prompt=None,
            started_at=BEGIN,
            ended_at=at,
            outcome=outcome,
        )
        self.step(Tick(mono_ms=self._mono_ms), finished)

    def _put(self, asked: Input) -> None:
        self.asked.append(asked)
        self.step(asked, *(self._begun() if isinstance(asked, inputs.ExerciseRequested) and self.begins else ()))

    def _begun(self) -> tuple[Any, ...]:
        at = Instant(BEGIN + self._mono_ms)
        started = events.ExerciseStarted(
            mono_ms=self._mono_ms, at=at, session=SESSION, exercise="paced_6", prompt=None, duration_s=120.0
        )
        phase = events.PhaseStarted(
            mono_ms=self._mono_ms, at=at, session=SESSION, text="Breathe in gently", breath="in", duration_s=4.0
        )
        return started, phase


@pytest_asyncio.fixture
async def daemon(tmp_path: Path) -> AsyncIterator[HandmadeDaemon]:
    daemon = HandmadeDaemon(tmp_path / "c.sock")
    daemon.step(RunStarted(mono_ms=1, at=BEGIN, run=RunId("r"), version="1", zone="UTC", boot_id="b", seed=1))
    await daemon.start()
    yield daemon
    await daemon.stop()


@pytest.fixture
def config_for(tmp_path: Path) -> Callable[[Path], Path]:
    """A config that names this control socket."""

    def written(socket: Path) -> Path:
        path = tmp_path / "hrvdaemon.toml"
        path.write_text(f'[control]\nsocket = "{socket}"\n')
        return path

    return written
