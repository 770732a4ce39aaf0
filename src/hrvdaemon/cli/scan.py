"""``hrvdaemon scan``: which heart-rate straps are near."""

import asyncio
from collections.abc import Sequence
from json import dumps
from typing import TYPE_CHECKING

from hrvdaemon.sources.radio import bleak_radio
from hrvdaemon.sources.sightings import Sighting, survey
from hrvdaemon.vocabulary.errors import BadUsage, NothingToSay

if TYPE_CHECKING:
    from rich.table import Table

LONGEST_S = 600.0

NO_STRAP = (
    "No heart-rate strap was seen in {seconds:g} s. Moisten the electrodes and wear it: most straps wake only on the "
    "skin. Close other apps and watches that use it: most straps serve one at a time and are silent to others. "
    "`hrvdaemon demo` needs no strap."
)


def scan(*, timeout: float = 8.0, json: bool = False) -> None:
    """Look for heart-rate straps nearby.

    Parameters
    ----------
    timeout
        Seconds to look; straps show themselves about once a second.
    json
        Print a list of objects instead of a table.
    """
    if not 0 < timeout <= LONGEST_S:
        raise BadUsage(f"--timeout: expected seconds from above 0 to {LONGEST_S:g}, came {timeout:g}")
    straps = asyncio.run(survey(bleak_radio(), window_s=timeout))
    if json:
        print(dumps([as_json(strap) for strap in straps], indent=2, ensure_ascii=False))
    elif straps:
        _show(straps)
    if not straps:
        raise NothingToSay(NO_STRAP.format(seconds=timeout))


def as_json(strap: Sighting) -> dict[str, str | int | bool | None]:
    """One strap by the keys of ``scan --json``. A scan does not connect, so it knows neither RR nor battery: None."""
    return {
        "name": strap.name,
        "address": strap.address,
        "rssi_dbm": strap.rssi_dbm,
        "rr": None,
        "battery_percent": None,
        "held": strap.is_held,
    }


def _show(straps: Sequence[Sighting]) -> None:
    from rich.console import Console  # noqa: PLC0415 --help and --json do without it

    Console().print(table(straps))


def table(straps: Sequence[Sighting]) -> "Table":
    """Straps as a person reads them, the strongest first."""
    from rich.table import Table  # noqa: PLC0415 as above
    from rich.text import Text  # noqa: PLC0415 as above

    rows = Table(title="Heart-rate straps", title_justify="left")
    for heading in ("name", "address", "signal", "held elsewhere"):
        rows.add_column(heading)
    for strap in straps:
        signal = "unknown" if strap.rssi_dbm is None else f"{strap.rssi_dbm} dBm"
        held = "by this computer" if strap.is_held else "no"
        rows.add_row(*(Text(cell) for cell in (strap.name or "(no name)", strap.address, signal, held)))
    return rows
