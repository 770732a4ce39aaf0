"""``hrvdaemon exercise``: ask the daemon for a guided exercise and show its pacer until its outcome is known."""

import asyncio
import signal
from pathlib import Path
from typing import TYPE_CHECKING

from hrvdaemon.cli.watch import beside, set_by
from hrvdaemon.config import control_socket
from hrvdaemon.control_client import ControlClient
from hrvdaemon.vocabulary.errors import Unavailable
from hrvdaemon.vocabulary.inputs import ExerciseRequested
from hrvdaemon.vocabulary.units import SessionId

if TYPE_CHECKING:
    from hrvdaemon.cli.following import Followed

BEGINS_S = 10


def exercise(name: str | None = None, /, *, plain: bool = False, config: Path | None = None) -> None:
    """Two minutes of a guided exercise, with your heart beside it. Esc stops at any time.

    Parameters
    ----------
    name
        Which one; without it, one that suits is chosen.
    plain
        Counted lines of text instead of a moving bar.
    config
        Config file of the daemon, where it is not the usual one.
    """
    asyncio.run(_exercise(ControlClient(control_socket(config)), name, plain=plain))


async def _exercise(client: ControlClient, name: str | None, *, plain: bool) -> None:
    """Ctrl-C interrupts as usual (130); the exercise itself goes on in the daemon until it is stopped there."""
    from rich.console import Console  # noqa: PLC0415  only once a daemon is asked

    from hrvdaemon.cli.following import Followed  # noqa: PLC0415  as above
    from hrvdaemon.regulation.explanations import outcome_sentences  # noqa: PLC0415  as above
    from hrvdaemon.terminal.view import show  # noqa: PLC0415  as above

    console = Console(highlight=False)
    plain = plain or not console.is_terminal
    followed = Followed(client)
    until = set_by(signal.SIGTERM, signal.SIGHUP)

    async def guide() -> None:
        session = await _begin(client, followed, name)
        ending = asyncio.create_task(_end_with(session, followed, until), name="outcome")
        await show(followed.now, act=followed.act, console=console, plain=plain, until=until)
        ending.cancel()

    await beside(followed.follow(), guide())
    finished = followed.now().finished
    if finished is not None and not plain:  # lines of text have said it already
        console.print("\n".join(outcome_sentences(finished.outcome)), markup=False)


async def _begin(client: ControlClient, followed: "Followed", name: str | None) -> SessionId:
    """The session that runs now; an exercise that already runs is shown, not doubled."""
    picture = await followed.until(lambda now: now.mono_ms > 0)
    if picture.exercise is None:
        await client.send(ExerciseRequested(mono_ms=picture.mono_ms, exercise=name))
    try:
        async with asyncio.timeout(BEGINS_S):
            picture = await followed.until(lambda now: now.exercise is not None)
    except TimeoutError as error:
        raise Unavailable(f"no exercise began within {BEGINS_S} s; see: hrvdaemon status") from error
    assert picture.exercise is not None  # noqa: S101  what was waited for
    return picture.exercise.session


async def _end_with(session: SessionId, followed: "Followed", until: asyncio.Event) -> None:
    await followed.until(lambda now: now.finished is not None and now.finished.session == session)
    until.set()
