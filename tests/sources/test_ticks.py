"""One tick a second, stamped with the run's clock."""

import asyncio

import pytest

from hrvdaemon.sources.ticks import ticks
from hrvdaemon.vocabulary.inputs import Input, Tick


async def test_a_tick_follows_each_second_with_the_runs_clock() -> None:
    put: list[Input] = []
    now_ms, slept = 500, list[float]()

    async def sleep(seconds: float) -> None:
        nonlocal now_ms
        if len(slept) == 3:
            raise asyncio.CancelledError
        slept.append(seconds)
        now_ms += round(1000 * seconds) + 2

    with pytest.raises(asyncio.CancelledError):
        await ticks(put.append, lambda: now_ms, sleep)
    assert put == [Tick(mono_ms=1502), Tick(mono_ms=2504), Tick(mono_ms=3506)]
    assert slept == [1, 1, 1]
