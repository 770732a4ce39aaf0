import asyncio
import time
from collections.abc import Callable, Iterator
from typing import Any

from hrvdaemon.sources.sleep_watch import sleep_watch, slept_ms


def played(jumping: Callable[[Any], Any], asleep_ms: list[int]) -> list[float]:
    """When ``woke`` was called, with these totals of sleep read once a second."""
    woke: list[float] = []
    totals: Iterator[int] = iter(asleep_ms)

    async def story() -> None:
        loop = asyncio.get_running_loop()
        watching = asyncio.create_task(sleep_watch(lambda: woke.append(loop.time()), lambda: next(totals)))
        await asyncio.sleep(len(asleep_ms) - 0.5)
        watching.cancel()

    jumping(story())
    return woke


def test_each_suspend_is_told_once_within_a_second(jumping: Callable[[Any], Any]) -> None:
    assert played(jumping, [500, 500, 60_500, 60_500, 62_500]) == [2.0, 4.0]


def test_a_jitter_of_the_clocks_is_no_suspend(jumping: Callable[[Any], Any]) -> None:
    assert played(jumping, [500, 501, 499, 2_498, 2_000]) == []


def test_on_this_system_the_sleep_so_far_is_the_difference_of_its_two_clocks() -> None:
    if hasattr(time, "CLOCK_BOOTTIME"):
        difference_s = time.clock_gettime(time.CLOCK_BOOTTIME) - time.clock_gettime(time.CLOCK_MONOTONIC)
        assert abs(slept_ms() - difference_s * 1000) < 1000
    else:
        assert slept_ms() >= 0


def test_where_there_are_no_such_clocks_nothing_ever_sleeps(monkeypatch: Any) -> None:
    for name in ("CLOCK_BOOTTIME", "CLOCK_UPTIME_RAW"):
        monkeypatch.delattr(time, name, raising=False)
    assert slept_ms() == 0
