"""The daemon's own source, engine and store on any radio, and a test that watches what comes out of them."""

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TypeVar

from hrvdaemon.sources.ble import BluetoothStrap
from hrvdaemon.sources.link_state import LinkState
from hrvdaemon.sources.radio import Radio
from hrvdaemon.sources.strap_settings import StrapSettings
from hrvdaemon.store.writer import recorder
from hrvdaemon.supervisor.engine import Engine
from hrvdaemon.vocabulary.inputs import Input, PacketReceived, RunEnded, RunStarted
from hrvdaemon.vocabulary.steps import Step
from hrvdaemon.vocabulary.units import Instant, RunId

RUN = RunId("virtual")
BEGAN_AT = Instant(1_760_000_000_000)
"""Wall time at the loop's 0."""

K = TypeVar("K")


def mono_ms() -> int:
    """The loop's time is the run's clock."""
    return round(asyncio.get_running_loop().time() * 1000)


class Watched:
    """``daemon`` starts the source; then ``until`` and ``streams`` wait for what is told, and ``close`` ends it.

    What came out is in ``inputs``, ``states`` and, with ``database``, in that file once it is closed.
    """

    def __init__(self, database: Path | None = None) -> None:
        self.inputs: list[Input] = []
        self.states: list[LinkState] = []
        self._changed = asyncio.Event()
        self._source: asyncio.Task[None] | None = None
        self._closing = ExitStack()
        self._engine = Engine(self._closing.enter_context(recorder(database)) if database else _nowhere)
        at, boot = Instant(BEGAN_AT + mono_ms()), "virtual"
        self._engine.feed(RunStarted(mono_ms=mono_ms(), at=at, run=RUN, version="0", zone="UTC", boot_id=boot, seed=1))

    def daemon(self, radio: Radio, *, jitter: Callable[[], float] = lambda: 0.5, **settings: Any) -> None:
        """Start the daemon's source; one at a time."""
        source = BluetoothStrap(
            StrapSettings(**settings),
            put=self._take,
            mono_ms=mono_ms,
            radio=radio,
            jitter=jitter,
            report=self._report,
        )
        self._source = asyncio.get_running_loop().create_task(source.run(), name="source")

    async def leave_off(self) -> None:
        """Cancel the daemon's source, as SIGTERM does, and wait until it has let go."""
        source, self._source = self._source, None
        if source is not None:
            assert not source.done(), f"the source ended by itself: {source}"
            source.cancel()
            await asyncio.wait({source})

    async def close(self) -> None:
        """Let go and end the run. What was just sent is on its way, and is waited for."""
        await asyncio.sleep(0.01)
        await self.leave_off()
        self._engine.feed(RunEnded(mono_ms=mono_ms(), reason="stopped"))
        self._closing.close()

    async def until(self, is_so: LinkState | Callable[[], bool], *, limit_s: float = 60.0) -> None:
        """Wait until the newest state is this one, or until something is so after an input or a state. TimeoutError."""
        async with asyncio.timeout(limit_s):
            while not (self.states[-1:] == [is_so] if isinstance(is_so, LinkState) else is_so()):
                self._changed.clear()
                await self._changed.wait()

    async def streams(self, *, limit_s: float = 60.0) -> None:
        """Wait for a packet that comes from now on."""
        n_before = len(self.of(PacketReceived))
        await self.until(lambda: len(self.of(PacketReceived)) > n_before, limit_s=limit_s)

    def of(self, kind: type[K]) -> list[K]:
        return [each for each in self.inputs if isinstance(each, kind)]

    def _take(self, given: Input) -> None:
        self.inputs.append(given)
        self._engine.feed(given)
        self._changed.set()

    def _report(self, state: LinkState, *_: Any) -> None:
        self.states.append(state)
        self._changed.set()


def _nowhere(_: Step) -> None:
    pass
