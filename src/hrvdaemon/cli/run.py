"""``hrvdaemon run``: the daemon."""

import asyncio
import logging
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from hrvdaemon.vocabulary.errors import BadUsage

if TYPE_CHECKING:
    from hrvdaemon.supervisor.strap_sources import MakeStrap

SIMULATED = "simulated"

log = logging.getLogger(__name__)


def run(*, config: Path | None = None, simulated: str | None = None) -> None:
    """Connect to the strap and go on until Ctrl-C or SIGTERM.

    Parameters
    ----------
    config
        Config file; without it the usual one, or the defaults.
    simulated
        A simulated strap instead (for example stress_ramp), in real time, to try the rest without one. It has a
        database of its own, simulated.db beside the wearer's: what nobody lived teaches no baseline.
    """
    from hrvdaemon.clock import MachineClock  # noqa: PLC0415  numpy only once it is needed
    from hrvdaemon.config import load  # noqa: PLC0415  as above
    from hrvdaemon.supervisor.daemon import run_daemon  # noqa: PLC0415  as above
    from hrvdaemon.supervisor.strap_sources import bluetooth  # noqa: PLC0415  as above

    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    logging.getLogger("bleak").setLevel(logging.WARNING)
    settings = load(config)
    if simulated is None:
        asyncio.run(run_daemon(settings, MachineClock(), bluetooth))
        return
    apart = replace(settings, database=settings.database.with_stem(SIMULATED))
    log.info("event=simulated database=%s", apart.database)
    asyncio.run(run_daemon(apart, MachineClock(), _simulated(simulated)))


def _simulated(name: str) -> "MakeStrap":
    from hrvdaemon.simulation.named import SCENARIOS  # noqa: PLC0415  as above
    from hrvdaemon.supervisor.strap_sources import simulated  # noqa: PLC0415  as above

    if name not in SCENARIOS:
        raise BadUsage(f"--simulated: expected one of {', '.join(SCENARIOS)}, came {name!r}")
    return simulated(name)
