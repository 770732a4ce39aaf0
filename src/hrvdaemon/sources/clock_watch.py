"""Notices when the wall clock or the time zone is no longer what the run's anchor says, and tells it as an input."""

import asyncio
from collections.abc import Awaitable, Callable

from hrvdaemon.vocabulary.inputs import ClockChanged, Input
from hrvdaemon.vocabulary.units import Instant

LARGEST_SLEW_MS = 1_000
"""A clock that is steered slowly stays one clock; anything above is a jump."""


async def clock_watch(
    put: Callable[[Input], None],
    mono_ms: Callable[[], int],
    at: Callable[[], Instant],
    zone: Callable[[], str],
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Compare wall time with the run's clock every ten seconds, for ever."""
    offset, where = at() - mono_ms(), zone()
    while True:
        await sleep(10)
        now_ms, now_at, here = mono_ms(), at(), zone()
        if abs(now_at - now_ms - offset) > LARGEST_SLEW_MS or here != where:
            offset, where = now_at - now_ms, here
            put(ClockChanged(mono_ms=now_ms, at=now_at, zone=here))
