"""A time limit that holds even when the work does not honour its cancellation.

``asyncio.timeout`` cancels once and then waits for ever. bleak answers a cancelled ``connect`` with a D-Bus call of its
own, and a frozen bluetoothd answers neither, so the daemon would hang with it.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

_left_behind: set[asyncio.Task[Any]] = set()


async def within(limit_s: float, work: Coroutine[Any, Any, T], *, grace_s: float = 2.0) -> T:
    """Result of ``work``. TimeoutError after ``limit_s``, at the latest ``grace_s`` later.

    Cancelling the caller cancels the work and waits no longer than ``grace_s`` for it. Work that still has not ended
    is left behind: its result is dropped and its error is read, so that asyncio does not complain.
    """
    name = getattr(work, "__qualname__", "the call")
    task = asyncio.create_task(work, name=name)
    try:
        await asyncio.wait({task}, timeout=limit_s)
        if task.done():
            return _result(task)
    finally:
        await _end(task, grace_s)
    raise TimeoutError(f"expected {name} to end within {limit_s:g} s, it did not")


def _result(task: asyncio.Task[T]) -> T:
    if task.cancelled():  # by a library of its own accord; it must not look as if we had been cancelled
        raise ConnectionAbortedError(f"{task.get_name()}: given up by itself")
    return task.result()


async def _end(task: asyncio.Task[Any], grace_s: float) -> None:
    if not task.done():
        _left_behind.add(task)
        task.add_done_callback(_forget)
        task.cancel()
        await asyncio.wait({task}, timeout=grace_s)
    else:
        _forget(task)  # its error may be read by nobody, if the caller was cancelled in the turn in which it failed


def _forget(task: asyncio.Task[Any]) -> None:
    _left_behind.discard(task)
    if not task.cancelled():
        task.exception()
