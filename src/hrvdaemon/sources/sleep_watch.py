"""Notices that the computer slept, by the clock that goes on in suspend against the one that stands still.

After a suspend the link is gone or worthless, but nobody says so, and the event loop's own timers slept as well.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable

LOOK_S = 1.0
LEAST_MS = 2_000
"""Shorter is no sleep: the two clocks are not read in the same instant, and a link outlasts it."""


def slept_ms() -> int:
    """Milliseconds in suspend since boot. 0 where the system has no such pair of clocks (Windows)."""
    pairs = (("CLOCK_BOOTTIME", "CLOCK_MONOTONIC"), ("CLOCK_MONOTONIC", "CLOCK_UPTIME_RAW"))  # Linux, macOS
    for goes_on, stands_still in pairs:
        if hasattr(time, goes_on) and hasattr(time, stands_still):
            on, still = (time.clock_gettime_ns(getattr(time, name)) for name in (goes_on, stands_still))
            return (on - still) // 1_000_000
    return 0


async def sleep_watch(
    woke: Callable[[], None],
    slept_ms: Callable[[], int] = slept_ms,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Call ``woke`` within a second after each suspend, for ever."""
    before_ms = slept_ms()
    while True:
        await sleep(LOOK_S)
        now_ms = slept_ms()
        if now_ms - before_ms >= LEAST_MS:
            woke()
        before_ms = now_ms
