"""``hrvdaemon scan``: which heart-rate straps are near, live while it looks."""

import asyncio
from collections.abc import Sequence
from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING

from hrvdaemon.cli.strap_search import Search
from hrvdaemon.cli.straps import NOT_SEEN, Strap, advice, as_json, in_words, table
from hrvdaemon.sources.radio import bleak_radio
from hrvdaemon.vocabulary.errors import BadUsage, NothingToSay

if TYPE_CHECKING:
    from rich.console import Console

LONGEST_S = 600.0
NARROWEST = 72
"""Columns that the table needs; below it lines read better."""
NOT_ASKED = "hrvdaemon is running, so no strap was asked what it sends: a visit could take it away."


def scan(
    *,
    timeout: float = 8.0,
    json: bool = False,
    no_connect: bool = False,
    plain: bool = False,
    adapter: str | None = None,
    config: Path | None = None,
) -> None:
    """Look for heart-rate straps nearby.

    Each one is then asked, for some seconds, whether it sends RR intervals and how full its battery is.

    Parameters
    ----------
    timeout
        Seconds to look; straps show themselves about once a second.
    json
        Print a list of objects at the end instead of a table.
    no_connect
        Only look; ask no strap anything.
    plain
        Lines of text instead of a table, for screen readers.
    adapter
        Bluetooth adapter to use, such as hci1; without it the one of the config, or the first that is on.
    config
        Config file of the daemon, where it is not the usual one.
    """
    if not 0 < timeout <= LONGEST_S:
        raise BadUsage(f"--timeout: expected seconds from above 0 to {LONGEST_S:g}, came {timeout:g}")
    search = Search(bleak_radio(), timeout_s=timeout, adapter=adapter or _adapter(config), config=config)
    straps = asyncio.run(_found(search, ask=not no_connect, quiet=json, plain=plain))
    if json:
        print(dumps([as_json(strap) for strap in straps], indent=2, ensure_ascii=False))
    if not straps:
        raise NothingToSay(NOT_SEEN.format(seconds=timeout))


def _adapter(config: Path | None) -> str | None:
    """Of the config; one with mistakes must not keep anyone from looking."""
    from hrvdaemon.config import load  # noqa: PLC0415  --help does without it
    from hrvdaemon.vocabulary.errors import BadConfig  # noqa: PLC0415  as above

    try:
        return load(config).strap.adapter
    except BadConfig:
        return None


async def _found(search: Search, *, ask: bool, quiet: bool, plain: bool) -> list[Strap]:
    if quiet:
        return await search.run(_silent, ask=ask)
    from rich.console import Console  # noqa: PLC0415  --help and --json do without it

    console = Console(highlight=False)
    if plain or not console.is_terminal or console.is_dumb_terminal or console.width < NARROWEST:
        straps = await search.run(_silent, ask=ask)
        print("".join(f"{in_words(strap)}\n" for strap in straps), end="")
    else:
        straps = await _live(console, search, ask=ask)
    for line in _after(straps, was_asked=not search.daemon_runs):
        console.print(line, markup=False, soft_wrap=plain or not console.is_terminal)
    return straps


def _after(straps: Sequence[Strap], *, was_asked: bool) -> list[str]:
    if not straps:
        return []
    return [*advice(straps), "Next step: hrvdaemon init"] if was_asked else [NOT_ASKED]


def _silent(_straps: Sequence[Strap], _doing: str) -> None:
    pass


async def _live(console: "Console", search: Search, *, ask: bool) -> list[Strap]:
    from rich.live import Live  # noqa: PLC0415  as above

    with Live(console=console, transient=True) as live:
        straps = await search.run(lambda so_far, doing: live.update(table(so_far, f"{doing} …")), ask=ask)
    if straps:
        console.print(table(straps, "Heart-rate straps"))
    return straps
