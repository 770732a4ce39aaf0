"""``hrvdaemon watch``: the terminal view of a daemon that runs elsewhere on this machine."""

import asyncio
import signal
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any

from hrvdaemon.config import control_socket
from hrvdaemon.control_client import ControlClient


def watch(*, plain: bool = False, config: Path | None = None) -> None:
    """Watch your heart live: heart rate, variability, and what they mean against your own usual.

    The daemon goes on when this is closed.

    Parameters
    ----------
    plain
        Lines of text instead of a moving screen, for screen readers.
    config
        Config file of the daemon, where it is not the usual one.
    """
    asyncio.run(_watch(ControlClient(control_socket(config)), plain=plain))


async def _watch(client: ControlClient, *, plain: bool) -> None:
    from rich.console import Console  # noqa: PLC0415  only once a daemon is looked at

    from hrvdaemon.cli.following import Followed  # noqa: PLC0415  as above
    from hrvdaemon.terminal.view import show  # noqa: PLC0415  as above

    followed = Followed(client)
    until = set_by(signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    async def view() -> None:
        await followed.until(lambda now: now.mono_ms > 0)
        await show(followed.now, act=followed.act, console=Console(highlight=False), plain=plain, until=until)

    await beside(followed.follow(), view())


def set_by(*signals: signal.Signals) -> asyncio.Event:
    """An event that these signals set, so that a view can put the terminal back before the end."""
    until = asyncio.Event()
    for number in signals:
        asyncio.get_running_loop().add_signal_handler(number, until.set)
    return until


async def beside(background: Coroutine[Any, Any, None], foreground: Coroutine[Any, Any, None]) -> None:
    """Run both until either ends; what the first one raised is raised here."""
    tasks = [asyncio.create_task(background, name="follow"), asyncio.create_task(foreground, name="view")]
    done, running = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in running:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    for task in done:
        task.result()
