"""``hrvdaemon demo``: the whole daemon with a simulated wearer."""

import asyncio
import sys
from pathlib import Path

from hrvdaemon.vocabulary.errors import BadUsage
from hrvdaemon.vocabulary.units import Instant


def demo(
    *,
    speed: float = 60.0,
    duration: float | None = None,
    headless: bool = False,
    json: bool = False,
    plain: bool = False,
    db: Path | None = None,
) -> None:
    """A simulated wearer's afternoon: an invitation, an exercise, what it changed. No strap needed.

    Parameters
    ----------
    speed
        Simulated seconds a second, but for the exercise itself, which takes its two minutes.
    duration
        End after so many seconds; without it when the afternoon is over (headless: with the first outcome).
    headless
        No screen; the simulated wearer answers by itself.
    json
        Each event as one JSON line, no screen.
    plain
        Lines of text instead of a moving screen.
    db
        Where to keep it all; without it demo.db in the data folder, made anew each time.
    """
    from hrvdaemon.store.sole_writer import sole_writer  # noqa: PLC0415  as below
    from hrvdaemon.supervisor.demo import WORD, Wanted, run_demo  # noqa: PLC0415  numpy only once it is needed

    for option, value in (("--speed", speed), ("--duration", duration)):
        if value is not None and not 0 < value < float("inf"):
            raise BadUsage(f"{option}: expected a number above 0, came {value:g}")
    database, start_at, zone = _place(db), *_afternoon()
    told = sys.stderr if json else sys.stdout
    wanted = Wanted(
        speed=speed,
        duration_s=duration,
        headless=headless,
        json=json,
        plain=plain,
        database=database,
        start_at=start_at,
        zone=zone,
    )
    with sole_writer(database):
        if db is None:
            _make_room(database)
        print(
            f"hrvdaemon demo. {WORD}\nFirst three earlier hours at full speed, while it is still learning …", file=told
        )
        asyncio.run(run_demo(wanted))
    print(f"Everything of this demo is in {database}", file=told)
    print(f"Why it invited: hrvdaemon why latest --db {database}", file=told)


def _place(db: Path | None) -> Path:
    """The demo's database; a file that the wearer names must not be there yet."""
    if db is not None:
        if db.exists():
            raise BadUsage(f"--db: expected a file that does not exist yet, came {db}")
        return db
    from hrvdaemon.config import default_database  # noqa: PLC0415  as above

    return default_database().with_name("demo.db")


def _make_room(database: Path) -> None:
    """The last demo's database goes away; nobody writes it any more, because it is ours now."""
    for suffix in ("", "-wal", "-shm"):
        database.with_name(database.name + suffix).unlink(missing_ok=True)


def _afternoon() -> tuple[Instant, str]:
    """Today at 13:00, here."""
    from datetime import datetime, time  # noqa: PLC0415  as above
    from zoneinfo import ZoneInfo  # noqa: PLC0415  as above

    from hrvdaemon.clock import zone  # noqa: PLC0415  as above

    here = ZoneInfo(zone())
    start = datetime.combine(datetime.now(here).date(), time(13), here)
    return Instant(round(start.timestamp() * 1000)), here.key
