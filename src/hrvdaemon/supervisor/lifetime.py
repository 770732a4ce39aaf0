"""Lifetime: every task has a name, a beginning and an order of ending.

Ending (design: lifetime), in this order: the sources end; what they still put is fed; ``RunEnded`` flushes the
pipeline; each sink's channel closes and is drained within its deadline; the late are cancelled; a failure that was
held is raised again, so that systemd restarts.

What happens when something fails:

=========================  ===========================================================================
strap out of range         the source reconnects for ever with jitter; the wearer sees it, nothing ends
broker away                the sink backs off and goes on; nothing else notices
disk full                  the store keeps a bounded ring in memory, says so, and writes when it can
a face goes away           its channel drops the oldest
a source or sink crashes   a bug: the run ends in order, what was recorded is stored, the error is raised
the pipeline raises        a bug: as above; the journal holds the input that caused it, and those behind it
=========================  ===========================================================================
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from hrvdaemon.channel import Channel
from hrvdaemon.supervisor.engine import Engine
from hrvdaemon.vocabulary.inputs import Input, RunEnded
from hrvdaemon.vocabulary.steps import Step

Put = Callable[[Input], None]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Source:
    """``run`` puts inputs until it is done or cancelled; cancelled, it cleans up and may still put."""

    name: str
    run: Callable[[Put], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Sink:
    """``run`` reads its channel until it closes. ``limit`` None: nothing is dropped."""

    name: str
    run: Callable[[Channel[Step]], Awaitable[None]]
    limit: int | None = None
    drain_s: float = 10.0


class Supervisor:
    """One run, from ``RunStarted`` to ``RunEnded``. ``end`` may be called from a signal handler."""

    def __init__(self, mono_ms: Callable[[], int]) -> None:
        self._mono_ms = mono_ms
        self._sinks: list[tuple[Sink, Channel[Step]]] = []
        self._inbox: Channel[Input] = Channel()
        self._end = asyncio.Event()
        self._reason = "sources ended"
        self._failures: list[Exception] = []

    def end(self, reason: str) -> None:
        """Ask for an orderly end."""
        if not self._end.is_set():
            self._reason = reason
            self._end.set()

    def put(self, given: Input) -> None:
        """An input that reached us; it is fed in its turn."""
        self._inbox.put(given)

    def take(self, step: Step) -> None:
        """Hand a step to every sink."""
        for _, channel in self._sinks:
            channel.put(step)

    async def run(
        self, engine: Engine, first: Iterable[Input], *, sources: Iterable[Source], sinks: Iterable[Sink]
    ) -> None:
        """Feed ``first``, RunStarted last, and run until the sources are done, ``end`` is called, or something fails.

        Raises
        ------
        ExceptionGroup
            Of what failed, after everything was drained.
        CancelledError
            If it was cancelled, after it ended in order all the same.
        """
        self._sinks = [(sink, Channel[Step](sink.limit)) for sink in sinks]
        drains = [self._start(sink.name, sink.run(channel)) for sink, channel in self._sinks]
        for given in first:
            self._guarded(engine.feed, given)
        feeding = self._start("pipeline", self._feed(engine))
        cancelled = await self._run_sources(sources)
        self._inbox.close()
        await feeding
        self._guarded(engine.feed, RunEnded(mono_ms=self._mono_ms(), reason=self._reason))
        await self._drain(drains)
        if self._failures:
            raise ExceptionGroup("the run ended because something failed", self._failures)
        if cancelled is not None:
            raise cancelled

    async def _feed(self, engine: Engine) -> None:
        """Until the inbox is closed and empty; once the pipeline has failed, what else came is kept, not fed."""
        feed: Callable[[Input], object] = engine.feed
        async for given in self._inbox:
            try:
                feed(given)
            except Exception as error:  # noqa: BLE001  held, and raised again once everything is drained
                self._fail(error)
                feed = engine.keep

    async def _run_sources(self, sources: Iterable[Source]) -> asyncio.CancelledError | None:
        """Until they are done or it is time to end; a cancellation is held back, so that the end keeps its order."""
        tasks, cancelled = [self._start(source.name, source.run(self.put)) for source in sources], None
        try:
            await self._until_ended(tasks)
        except asyncio.CancelledError as error:
            self.end("cancelled")
            cancelled = error
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return cancelled

    async def _until_ended(self, tasks: list[asyncio.Task[None]]) -> None:
        done = asyncio.create_task(self._all_done(tasks), name="sources")
        ending = asyncio.create_task(self._end.wait(), name="end")
        try:
            await asyncio.wait([done, ending], return_when=asyncio.FIRST_COMPLETED)
        finally:
            done.cancel()
            ending.cancel()

    @staticmethod
    async def _all_done(tasks: list[asyncio.Task[None]]) -> bool:
        await asyncio.wait(tasks)
        return True

    async def _drain(self, drains: list[asyncio.Task[None]]) -> None:
        """All channels close first and all sinks are awaited together, so the stop takes as long as the slowest one."""
        for _, channel in self._sinks:
            channel.close()
        sinks = [sink for sink, _ in self._sinks]
        await asyncio.gather(*(self._drained(sink, task) for sink, task in zip(sinks, drains, strict=True)))
        await asyncio.gather(*drains, return_exceptions=True)

    @staticmethod
    async def _drained(sink: Sink, task: asyncio.Task[None]) -> None:
        _, late = await asyncio.wait({task}, timeout=sink.drain_s)
        if late:
            log.warning("sink=%s event=cancelled reason=not drained in %s s", sink.name, sink.drain_s)
            task.cancel()

    def _start(self, name: str, work: Awaitable[None]) -> asyncio.Task[None]:
        async def guarded() -> None:
            try:
                await work
            except Exception as error:  # noqa: BLE001  held, and raised again once everything is drained
                self._fail(error)

        return asyncio.create_task(guarded(), name=name)

    def _guarded(self, feed: Callable[[Input], object], given: Input) -> None:
        try:
            feed(given)
        except Exception as error:  # noqa: BLE001  as above
            self._fail(error)

    def _fail(self, error: Exception) -> None:
        self._failures.append(error)
        self.end(f"failed: {type(error).__name__}")
