"""``hrvdaemon pause``, ``resume`` and ``tag``: what the wearer wants, told to the running daemon."""

import asyncio
from pathlib import Path
from typing import Literal

from hrvdaemon.config import control_socket
from hrvdaemon.control_client import ControlClient
from hrvdaemon.vocabulary.bounds import LONGEST_PAUSE_MIN
from hrvdaemon.vocabulary.errors import BadUsage
from hrvdaemon.vocabulary.inputs import Input, PauseRequested, Tag, TagSet

_UNITS = {"min": 1, "m": 1, "h": 60, "d": 24 * 60}


def pause(duration: str = "2h", /, *, config: Path | None = None) -> None:
    """No invitations for a while.

    Parameters
    ----------
    duration
        Such as 45m, 2h or 1d.
    config
        Config file of the daemon, where it is not the usual one.
    """
    minutes = _minutes(duration)
    _ask(PauseRequested(mono_ms=0, minutes=minutes), config)
    print(f"No invitations for {minutes} minutes. `hrvdaemon resume` ends the pause.")


def resume(*, config: Path | None = None) -> None:
    """End a pause."""
    _ask(PauseRequested(mono_ms=0, minutes=0), config)
    print("Invitations are possible again.")


def tag(
    what: Literal["caffeine", "nicotine", "meal", "ill", "exercising", "numb", "far_away", "faint", "exhausted"],
    /,
    *,
    config: Path | None = None,
) -> None:
    """Say what is going on, or how you are, so that it is taken into account.

    Parameters
    ----------
    what
        What explains your heart right now; or numb, far_away, faint, exhausted: nothing that calms further is offered
        then.
    config
        Config file of the daemon, where it is not the usual one.
    """
    _ask(TagSet(mono_ms=0, tag=Tag(what)), config)
    print(f"Noted: {what}.")


def _ask(asked: Input, config: Path | None) -> None:
    asyncio.run(ControlClient(control_socket(config)).send(asked))


def _minutes(duration: str) -> int:
    number = duration.rstrip("abcdefghijklmnopqrstuvwxyz")
    unit = duration[len(number) :] or "min"
    if not number.isdecimal() or unit not in _UNITS or not 0 < int(number) * _UNITS[unit] <= LONGEST_PAUSE_MIN:
        raise BadUsage(f"expected a duration such as 45m, 2h or 1d, at most 7d, came {duration!r}")
    return int(number) * _UNITS[unit]
