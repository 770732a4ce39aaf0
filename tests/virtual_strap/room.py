"""A room with a computer and straps: the daemon's own source, engine and store on a virtual air.

    @played
    async def test_...() -> None:
        async with Room() as room:
            strap = await room.strap()
            room.start()
            await room.until(LinkState.STREAMING)

Time is the loop's. On a loop whose clock jumps, an hour with the daemon's real limits costs what its computing costs, and
a figure in seconds is what those limits make of it; computing and the radio's own pace take no time there.
"""

import asyncio
import functools
import inspect
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any, Self, TypeVar

from tests.jumping_loop import JumpingLoop
from tests.virtual_strap.air import Air, Radio
from tests.virtual_strap.backend import Computer, central, radio_over
from tests.virtual_strap.heart import Habits
from tests.virtual_strap.strap import Strap, Traits
from tests.virtual_strap.watched import Watched

T = TypeVar("T")


def play(story: Coroutine[Any, Any, T]) -> T:
    """Result of a coroutine on a clock that jumps."""
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        return runner.run(story)


def played(story: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    """A test on a clock that jumps."""

    @functools.wraps(story)
    def test(*args: Any, **kwargs: Any) -> None:
        play(_awaited(story, args, kwargs))

    test.__signature__ = inspect.signature(story)  # type: ignore[attr-defined]  # fixtures are asked for by it
    return test


async def _awaited(story: Callable[..., Awaitable[None]], args: Any, kwargs: Any) -> None:
    await story(*args, **kwargs)


class Room(Watched):
    """``async with`` it; at its end the source lets go, and an error that no one awaited fails the test."""

    def __init__(self, *, supervision_timeout_s: float = 0.5, database: Path | None = None) -> None:
        super().__init__(database)
        self.air = Air(supervision_timeout_s)
        self.straps: list[Strap] = []
        self.failures: list[dict[str, Any]] = []

    async def __aenter__(self) -> Self:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: self.failures.append(context))
        self.laptop = await central(Radio("LAPTOP", link=self.air))
        self.computer = Computer(self.laptop)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        await self.close()
        for strap in self.straps:
            await strap.power_off()
        if kind is None:
            assert self.failures == [], self.failures

    async def strap(
        self,
        traits: Traits = Traits(),  # noqa: B008 frozen
        habits: Habits = Habits(),  # noqa: B008 frozen
        *,
        beats: bool = True,
    ) -> Strap:
        """A strap that is worn: it advertises and beats."""
        strap = Strap(Radio(f"STRAP {len(self.straps)}", link=self.air), traits, habits)
        self.straps.append(strap)
        await strap.power_on()
        if beats:
            strap.beat()
        return strap

    def start(self, *, jitter: Callable[[], float] = lambda: 0.5, **settings: Any) -> None:
        """The daemon's source, on this computer's adapter."""
        self.daemon(radio_over(self.computer), jitter=jitter, **settings)
