"""A queue that never makes its writer wait, and says what it let go."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from hrvdaemon.channel import Channel


async def read(channel: Channel[int]) -> list[int]:
    return [item async for item in channel]


async def test_items_come_out_in_their_order_and_the_reader_ends_after_close() -> None:
    channel = Channel[int]()
    for item in range(5):
        channel.put(item)
    channel.close()
    assert await read(channel) == [0, 1, 2, 3, 4]


async def test_a_reader_waits_for_what_comes_later() -> None:
    channel = Channel[int]()
    reading = asyncio.create_task(read(channel))
    for item in range(3):
        await asyncio.sleep(0)
        channel.put(item)
    await asyncio.sleep(0)
    assert not reading.done()
    channel.close()
    assert await reading == [0, 1, 2]


async def test_close_ends_a_reader_that_waits() -> None:
    channel = Channel[int]()
    reading = asyncio.create_task(read(channel))
    await asyncio.sleep(0)
    channel.close()
    assert await reading == []


async def test_what_is_put_after_close_is_ignored() -> None:
    channel = Channel[int]()
    channel.put(1)
    channel.close()
    channel.put(2)
    channel.close()
    assert await read(channel) == [1]
    assert await read(channel) == []


async def test_a_full_channel_lets_the_oldest_go_and_counts_it() -> None:
    channel = Channel[int](limit=3)
    for item in range(10):
        channel.put(item)
    assert (len(channel), channel.n_dropped) == (3, 7)
    channel.close()
    assert await read(channel) == [7, 8, 9]


def test_without_a_limit_nothing_is_dropped() -> None:
    channel = Channel[int]()
    for item in range(100_000):
        channel.put(item)
    assert (len(channel), channel.n_dropped) == (100_000, 0)


async def test_a_reader_that_is_cancelled_takes_nothing_with_it() -> None:
    channel = Channel[int]()
    reading = asyncio.create_task(read(channel))
    await asyncio.sleep(0)
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    channel.put(1)
    channel.close()
    assert await read(channel) == [1]


@given(limit=st.integers(1, 8), steps=st.lists(st.one_of(st.integers(0, 99), st.none()), max_size=60))
def test_the_reader_gets_a_tail_of_what_was_put_and_the_rest_is_counted(limit: int, steps: list[int | None]) -> None:
    """None is a turn of the loop, in which the reader may take what is there."""

    async def play() -> tuple[list[int], int]:
        channel = Channel[int](limit=limit)
        reading = asyncio.create_task(read(channel))
        for step in steps:
            if step is None:
                await asyncio.sleep(0)
            else:
                channel.put(step)
        channel.close()
        return await reading, channel.n_dropped

    put = [step for step in steps if step is not None]
    got, n_dropped = asyncio.run(play())
    assert len(got) + n_dropped == len(put)
    remaining = iter(put)
    assert all(item in remaining for item in got), "in order"
    assert got[-limit:] == put[-len(got[-limit:]) :] if got else put == []
