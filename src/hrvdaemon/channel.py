"""A closable queue between the pipeline and one sink, with its back-pressure stated where it is made.

``put`` never waits: the pipeline must not be held by a slow sink. A channel without ``limit`` keeps everything (the
store); with ``limit`` it lets the oldest go (page, terminal). After ``close`` the reader gets what is left and ends.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Channel(Generic[T]):
    """Iterate it with ``async for``; one reader."""

    def __init__(self, limit: int | None = None) -> None:
        self._items: deque[T] = deque(maxlen=limit)
        self._ready = asyncio.Event()
        self._closed = False
        self.n_dropped = 0

    def __len__(self) -> int:
        return len(self._items)

    def put(self, item: T) -> None:
        """Add an item; on a full channel the oldest is dropped and counted. Ignored after ``close``."""
        if self._closed:
            return
        if len(self._items) == self._items.maxlen:
            self.n_dropped += 1
        self._items.append(item)
        self._ready.set()

    def close(self) -> None:
        """Let the reader finish what is left."""
        self._closed = True
        self._ready.set()

    async def __aiter__(self) -> AsyncIterator[T]:
        while True:
            await self._ready.wait()
            while self._items:
                yield self._items.popleft()
            if self._closed:
                return
            self._ready.clear()
