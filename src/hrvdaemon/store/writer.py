"""The store as a sink: one thread owns the database and writes steps in batches, each batch in one transaction.

A batch is due ``flush_s`` after its first step, or at once when a person said something, was asked something, or the
run begins or ends. When it can't be written, because the disk is full or another program holds the file, the steps wait
in memory in their order and are tried again; the store never drops while it can write.
"""

import asyncio
import logging
import sqlite3
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from hrvdaemon.channel import Channel
from hrvdaemon.store.batch import is_urgent, write_batch
from hrvdaemon.store.schema import open_for_writing
from hrvdaemon.store.trouble import in_words, is_trouble
from hrvdaemon.vocabulary.errors import DatabaseUnavailable
from hrvdaemon.vocabulary.steps import Step

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreSettings:
    """How the store trades durability for writes; the figures are those of the design."""

    flush_s: float = 10.0
    """A power cut loses at most this many seconds of beats, plus the commit in progress. Seconds."""
    waiting_steps: int = 20_000
    """Steps kept in memory while nothing can be written, some three hours; then the oldest are lost, and it is said."""
    batch_steps: int = 4_000
    """A batch of so many steps is written without waiting, so that a replay at full speed needs no more memory."""
    busy_timeout_s: float = 5.0
    """How long a statement waits for another program's lock."""


def _acknowledge_nothing(_: Step) -> None:
    pass


class Store:
    """Await ``run`` once. ``trouble`` is None, or what the wearer should know about why nothing is being written."""

    def __init__(
        self,
        path: Path,
        settings: StoreSettings,
        *,
        report: Callable[[str], None] = _LOG.warning,
        acknowledge: Callable[[Step], None] = _acknowledge_nothing,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """``acknowledge`` gets the last step of each batch once it and all before it are on the disk."""
        self._path = path
        self._settings = settings
        self._report = report
        self._acknowledge = acknowledge
        self._sleep = sleep
        self._waiting: deque[Step] = deque()
        self._some = asyncio.Event()
        self._due = asyncio.Event()
        self._closed = False
        self.trouble: str | None = None
        self.n_lost = 0

    async def run(self, steps: Channel[Step]) -> None:
        """Store steps until the channel is closed, then checkpoint and close the database.

        DatabaseUnavailable, before any step is taken, if it can't be opened. Cancelling loses what waits unwritten.
        """
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(1, "store") as thread:
            db = await loop.run_in_executor(thread, _open, self._path, self._settings)
            collecting = loop.create_task(self._collect(steps), name="store: collect")
            try:
                await self._write_until_closed(thread, db)
                await collecting
            finally:
                collecting.cancel()
                self._lose(len(self._waiting), "the daemon ended before they could be written")
                await loop.run_in_executor(thread, _close, db)

    async def _collect(self, steps: Channel[Step]) -> None:
        try:
            async for step in steps:
                self._take(step)
        finally:
            self._closed = True
            self._some.set()
            self._due.set()

    def _take(self, step: Step) -> None:
        self._waiting.append(step)
        self._some.set()
        if is_urgent(step) or (self.trouble is None and len(self._waiting) >= self._settings.batch_steps):
            self._due.set()
        self._keep_within_bounds()

    async def _write_until_closed(self, thread: ThreadPoolExecutor, db: Database) -> None:
        while not self._closed:
            await self._some.wait()
            await self._until_due()
            await self._flush(thread, db)
        await self._flush(thread, db)

    async def _until_due(self) -> None:
        timer = asyncio.ensure_future(self._sleep(self._settings.flush_s))
        due = asyncio.ensure_future(self._due.wait())
        try:
            await asyncio.wait((timer, due), return_when=asyncio.FIRST_COMPLETED)
        finally:
            timer.cancel()
            due.cancel()

    async def _flush(self, thread: ThreadPoolExecutor, db: Database) -> None:
        """One attempt at all that waits. What can't be written goes back to the front of the queue."""
        batch = list(self._waiting)
        self._waiting.clear()
        self._some.clear()
        self._due.clear()
        if not batch:
            return
        try:
            await asyncio.get_running_loop().run_in_executor(thread, write_batch, db.conn, batch)
        except sqlite3.Error as error:
            if not is_trouble(error):
                raise
            self._put_back(batch, in_words(error))
        else:
            self._written(batch[-1])

    def _put_back(self, batch: list[Step], trouble: str) -> None:
        self._waiting.extendleft(reversed(batch))
        self._some.set()
        if trouble != self.trouble:
            self._report(f"nothing is being stored in {self._path}: {trouble}. Sampling goes on in memory")
        self.trouble = trouble
        self._keep_within_bounds()

    def _written(self, last: Step) -> None:
        if self.trouble is not None:
            self._report(f"storing again in {self._path}; lost since the start: {self.n_lost} inputs")
        self.trouble = None
        self._acknowledge(last)

    def _keep_within_bounds(self) -> None:
        """Only in trouble: let the oldest step go that nobody said and nobody was asked."""
        if self.trouble is None:
            return
        while len(self._waiting) > self._settings.waiting_steps:
            oldest = next((i for i, step in enumerate(self._waiting) if not is_urgent(step)), None)
            if oldest is None:
                return
            del self._waiting[oldest]
            self._lose(1, "the memory kept for them is full")

    def _lose(self, n_steps: int, why: str) -> None:
        """Said the first time, and whenever many go at once."""
        is_first = self.n_lost == 0
        self.n_lost += n_steps
        if n_steps > 1 or (n_steps == 1 and is_first):
            self._report(f"inputs are lost, {why}: {self.n_lost} so far, not stored in {self._path}")


@contextmanager
def recorder(
    path: Path, settings: StoreSettings | None = None, *, imported: bool = False
) -> Iterator[Callable[[Step], None]]:
    """Store each step it is given in this thread, as ``replay --db`` does; what waits is written at the end.

    ``imported`` marks its runs as recordings, which neither learn nor count as the wearer's days (law 7).
    DatabaseUnavailable where it can't be written.
    """
    chosen, waiting = settings or StoreSettings(), list[Step]()
    db = _open(path, chosen)

    def keep(step: Step) -> None:
        waiting.append(step)
        if len(waiting) >= chosen.batch_steps:
            write_batch(db.conn, waiting, imported=imported)
            waiting.clear()

    try:
        yield keep
        write_batch(db.conn, waiting, imported=imported)
    except sqlite3.Error as error:
        if not is_trouble(error):
            raise
        raise DatabaseUnavailable(f"nothing more can be stored in {path}: {in_words(error)}") from error
    finally:
        _close(db)


def record_sync(path: Path, steps: Iterable[Step], settings: StoreSettings | None = None) -> None:
    """Store all steps in this thread. DatabaseUnavailable where it can't be written."""
    with recorder(path, settings) as keep:
        for step in steps:
            keep(step)


def _open(path: Path, settings: StoreSettings) -> Database:
    return open_for_writing(path, busy_timeout_ms=round(settings.busy_timeout_s * 1000))


def _close(db: Database) -> None:
    """A checkpoint that a reader or a full disk holds up is not needed: the next start makes it."""
    try:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.OperationalError as error:
        _LOG.info("checkpoint put off: %s", in_words(error))
    finally:
        db.close()
