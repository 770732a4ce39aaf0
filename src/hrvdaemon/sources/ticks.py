"""Time as an input: one tick a second, so that what is due happens without a packet (law 2: ticks change no event)."""

import asyncio
from collections.abc import Awaitable, Callable

from hrvdaemon.vocabulary.inputs import Input, Tick


async def ticks(
    put: Callable[[Input], None],
    mono_ms: Callable[[], int],
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Put a tick each second, for ever."""
    while True:
        await sleep(1)
        put(Tick(mono_ms=mono_ms()))
