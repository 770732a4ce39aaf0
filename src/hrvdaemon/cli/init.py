"""``hrvdaemon init``: from nothing to a config, in a minute and with one question.

Nothing is written before every answer is there; Esc and Ctrl-C leave everything as it was.
"""

import asyncio
import re
from datetime import datetime
from pathlib import Path
from typing import Literal

from hrvdaemon.cli.one_key import Keys, keys_of
from hrvdaemon.cli.setting_up import Given, SettingUp
from hrvdaemon.cli.strap_search import running_daemon
from hrvdaemon.sources.radio import bleak_radio
from hrvdaemon.vocabulary.errors import BadUsage

LONGEST_S = 600.0
NO_STRAP = "none"


def init(
    *,
    strap: str | None = None,
    reach: Literal["desktop", "terminal", "mqtt", "quiet"] | None = None,
    broker: str | None = None,
    yes: bool = False,
    timeout: float = 40.0,
    adapter: str | None = None,
    config: Path | None = None,
) -> None:
    """Find your strap and write the config. It takes about a minute; Esc leaves, and then nothing is changed.

    Parameters
    ----------
    strap
        Address of the strap, or "none" to look for none; without it the strap is looked for.
    reach
        How an invitation reaches you; without it you are asked.
    broker
        MQTT broker, where that is how; without it this computer. Another machine is spoken to over TLS.
    yes
        Ask nothing: take the strongest strap, and change a config that is there (a copy is kept).
    timeout
        Seconds to look for the strap.
    adapter
        Bluetooth adapter to use, such as hci1.
    config
        Config file to write, where it is not the usual one.
    """
    _check(timeout, strap)
    given = Given(
        address=None if strap == NO_STRAP else strap,
        is_without=strap == NO_STRAP,
        reach=reach or ("terminal" if yes else None),
        broker=broker,
        yes=yes,
        timeout_s=timeout,
        adapter=adapter,
        config=config,
    )
    if not asyncio.run(_init(given)):
        raise KeyboardInterrupt


ADDRESS = re.compile("([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}|[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
"""Six pairs of digits; on macOS the system's own UUID for the device."""


def _check(timeout: float, strap: str | None) -> None:
    if not 0 < timeout <= LONGEST_S:
        raise BadUsage(f"--timeout: expected seconds from above 0 to {LONGEST_S:g}, came {timeout:g}")
    if strap is not None and strap != "none" and not ADDRESS.fullmatch(strap.strip()):
        raise BadUsage(f"--strap: expected an address as `hrvdaemon scan` shows it, or none, came {strap!r}")


async def _init(given: Given) -> bool:
    """False if the person left; then nothing was written."""
    with keys_of() as keys:
        _check_can_ask(given, keys)
        setting_up = SettingUp(given, None if given.yes else keys, radio=bleak_radio, daemon=running_daemon, now=_now)
        try:
            done = await setting_up.run()
        except asyncio.CancelledError:
            if not setting_up.has_written:
                print("\nNothing was written.")
            raise
    if not done:
        print("Nothing was written.")
    return done


def _now() -> datetime:
    """Local, as the names of files are read."""
    return datetime.now().astimezone()


def _check_can_ask(given: Given, keys: Keys | None) -> None:
    if keys is None and given.reach is None:
        raise BadUsage("expected a terminal to ask in, came none; say it: hrvdaemon init --reach terminal --yes")
