"""A loop whose time jumps to what is due next, and sources and sinks by hand."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import pytest

from hrvdaemon.channel import Channel
from hrvdaemon.supervisor.engine import Engine
from hrvdaemon.supervisor.lifetime import Put, Sink, Source, Supervisor
from hrvdaemon.vocabulary.inputs import Input, RunStarted
from hrvdaemon.vocabulary.steps import Step
from hrvdaemon.vocabulary.units import RunId, instant
from tests.jumping_loop import JumpingLoop


@dataclass
class Collected:
    """A sink that keeps what it was given, taking ``each_s`` for every step; ``ended`` says how it ended."""

    each_s: float = 0.0
    steps: list[Step] = field(default_factory=list)
    ended: str = "not at all"

    async def run(self, channel: Channel[Step]) -> None:
        try:
            async for step in channel:
                await asyncio.sleep(self.each_s)
                self.steps.append(step)
        except asyncio.CancelledError:
            self.ended = "cancelled"
            raise
        self.ended = "drained"

    @property
    def inputs(self) -> list[Input]:
        return [step.input for step in self.steps]


class Bench:
    """One supervised run on the jumping loop, whose clock is the run's."""

    started = RunStarted(
        mono_ms=0, at=instant("2026-03-10T12:00:00Z"), run=RunId("r"), version="1", zone="UTC", boot_id="b", seed=1
    )

    def collecting(self, each_s: float = 0.0) -> Collected:
        return Collected(each_s)

    def source(self, name: str, run: Callable[[Put], Awaitable[None]]) -> Source:
        return Source(name, run)

    def live(
        self,
        sources: list[Source],
        sinks: list[Sink],
        *,
        during: Callable[[Supervisor, "asyncio.Task[None]"], Awaitable[None]] | None = None,
        first: list[Input] | None = None,
    ) -> float:
        """Run to the end; the jumping loop's seconds that it took. ``during`` plays beside it."""

        async def work() -> float:
            loop = asyncio.get_running_loop()
            supervisor = Supervisor(lambda: round(loop.time() * 1000))
            begin = [self.started] if first is None else first
            running = asyncio.ensure_future(
                supervisor.run(Engine(supervisor.take), begin, sources=sources, sinks=sinks)
            )
            beside = None if during is None else asyncio.ensure_future(during(supervisor, running))
            try:
                await running
            finally:
                if beside is not None:
                    await beside
            assert asyncio.all_tasks() == {asyncio.current_task()}, "a task outlived the run"
            return loop.time()

        return self.jumping(work())

    def jumping(self, work: Coroutine[Any, Any, float]) -> float:
        with asyncio.Runner(loop_factory=JumpingLoop) as runner:
            return runner.run(work)


@pytest.fixture
def bench() -> Bench:
    return Bench()
