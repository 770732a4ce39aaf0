"""A running daemon's picture in this process: its records folded as they come, its health asked for now and then."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

from hrvdaemon.control_client import ControlClient
from hrvdaemon.sinks.now import Now, fold
from hrvdaemon.terminal.keys import Key, asked_by
from hrvdaemon.vocabulary.errors import BadUsage, DaemonNotRunning, Unavailable
from hrvdaemon.vocabulary.events import Event
from hrvdaemon.vocabulary.inputs import Input, Tick

HEALTH_S = 1
"""What keeps a strap from sending is seen a second later here than in the daemon's own status."""
RETRY_S = 2


class Followed:
    """The picture of the daemon behind ``client``; its clock is the run's, carried on between two ticks."""

    def __init__(self, client: ControlClient) -> None:
        self._client = client
        self._now = Now()
        self._ticked_s = time.monotonic()
        self._heard = asyncio.Event()

    def now(self) -> Now:
        """The picture at this moment of the daemon's clock."""
        since_ms = round((time.monotonic() - self._ticked_s) * 1000)
        return replace(self._now, mono_ms=self._now.mono_ms + since_ms)

    def take(self, record: Input | Event) -> None:
        """Fold one record."""
        before = self._now.mono_ms
        self._now = fold(self._now, record)
        if isinstance(record, Tick) or self._now.mono_ms > before:
            self._ticked_s = time.monotonic()
        self._heard.set()

    async def until(self, is_true: Callable[[Now], bool]) -> Now:
        """Wait for a picture of which that is true."""
        while not is_true(self._now):
            self._heard.clear()
            await self._heard.wait()
        return self.now()

    async def follow(self) -> None:
        """For ever. A daemon that goes away is waited for; DaemonNotRunning only if none was there at first."""
        self._hear(await self._client.status())
        while True:
            with suppress(DaemonNotRunning):
                await self._follow_once()
            self._now = replace(self._now, link="waiting for hrvdaemon to come back", link_state=None)
            await asyncio.sleep(RETRY_S)

    async def act(self, key: Key) -> None:
        """Ask the daemon for what the key means; while it is away, or knows nothing of it, the key does nothing."""
        asked = asked_by(key, self.now())
        if asked is not None:
            with suppress(Unavailable, BadUsage):
                await self._client.send(asked)

    async def _follow_once(self) -> None:
        """From a blank picture: the daemon first tells what makes the present one."""
        self._now = Now()
        self._hear(await self._client.status())
        asking = asyncio.create_task(self._ask_health(), name="health")
        try:
            async for record in self._client.events():
                self.take(record)
        finally:
            asking.cancel()

    async def _ask_health(self) -> None:
        while True:
            await asyncio.sleep(HEALTH_S)
            with suppress(Unavailable):
                self._hear(await self._client.status())

    def _hear(self, told: dict[str, Any]) -> None:
        """Of the status, what no record carries."""
        strap = {
            name: told["sensor"].get(name)
            for name in ("link", "link_state", "next_step", "warning", "model", "rssi_dbm")
        }
        self._now = replace(self._now, **strap, store=told["store"], broker=told["broker"])
