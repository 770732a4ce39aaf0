"""The terminal as a face: four pictures a second on a screen of its own, or lines of text where that does not suit."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

from rich.console import Console
from rich.live import Live

from hrvdaemon.channel import Channel
from hrvdaemon.sinks.now import Now
from hrvdaemon.terminal.keyboard import keyboard
from hrvdaemon.terminal.keys import Key, leaves
from hrvdaemon.terminal.plain import Narrator
from hrvdaemon.terminal.screens import screen

FRAME_S = 0.25


async def show(
    now: Callable[[], Now],
    *,
    act: Callable[[Key], Awaitable[None]],
    console: Console,
    plain: bool,
    until: asyncio.Event,
    frame_s: float = FRAME_S,
) -> None:
    """Draw until ``until`` is set, by the caller or by the wearer closing the view.

    ``act`` is given each key that is not the view's own; what it raises ends the view and is raised here. Without a
    terminal, or with ``plain``, lines are written instead. The terminal is left as it was found.
    """
    view = _View(now=now, act=act, until=until)
    draw = _write if plain or not console.is_terminal or console.is_dumb_terminal else _draw
    with keyboard() as keys:
        listening = asyncio.create_task(view.listen(keys), name="keys")
        listening.add_done_callback(lambda _: until.set())
        try:
            await draw(view, console, frame_s)
        finally:
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await listening


@dataclass(slots=True)
class _View:
    now: Callable[[], Now]
    act: Callable[[Key], Awaitable[None]]
    until: asyncio.Event
    why: bool = False

    async def listen(self, keys: Channel[Key]) -> None:
        async for key in keys:
            if leaves(key, self.now()):
                return
            if key is Key.WHY:
                self.why = not self.why
            else:
                self.why = False
                await self.act(key)

    async def pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self.until.wait(), seconds)


async def _draw(view: _View, console: Console, frame_s: float) -> None:
    with Live(console=console, screen=True, auto_refresh=False) as live:
        while not view.until.is_set():
            live.update(screen(view.now(), why=view.why), refresh=True)
            await view.pause(frame_s)


async def _write(view: _View, console: Console, frame_s: float) -> None:
    narrator = Narrator()
    while True:
        text = narrator.more(view.now(), why=view.why)
        if text:
            console.print(text, end="", markup=False, highlight=False, soft_wrap=True)
        if view.until.is_set():
            return
        await view.pause(frame_s)
