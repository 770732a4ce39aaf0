"""One daemon a database: a second one would take the first one's run for one that a crash cut off, and end it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hrvdaemon.vocabulary.errors import DatabaseUnavailable


@contextmanager
def sole_writer(database: Path) -> Iterator[None]:
    """Hold ``database`` for this process; take it before anything in it is read.

    A lock (flock(2)) on a file beside it, which stays: the kernel lets the lock go when the process ends, however it
    ends, and a file that was taken away could be locked twice. DatabaseUnavailable if another process holds it.
    """
    try:
        database.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = os.open(database.with_name(f"{database.name}.lock"), os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        raise DatabaseUnavailable(f"the database {database} can not be opened: {error}") from error
    try:
        _hold(lock, database)
        yield
    finally:
        os.close(lock)


def _hold(lock: int, database: Path) -> None:
    """Lock, and write into the file who holds it."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if not isinstance(error, BlockingIOError):
            raise DatabaseUnavailable(f"the database {database} can not be locked: {error}") from error
        holder = os.pread(lock, 20, 0).decode("ascii", "replace").strip() or "unknown"
        raise DatabaseUnavailable(
            f"another hrvdaemon (process {holder}) is recording in {database}; end that one first, or give this one a "
            "database of its own"
        ) from error
    os.ftruncate(lock, 0)
    os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
