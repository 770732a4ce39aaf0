"""The computer's clock and its disk."""

import os
import shutil
import subprocess
import time
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import hrvdaemon
from hrvdaemon.cli.checks import NOT_LOOKED_AT, Circumstances, Found, fail, ok, warn
from hrvdaemon.clock import zone

LITTLE_MB, TOO_LITTLE_MB = 500, 50
"""A day's recording takes a few megabytes, and SQLite needs room beside the file while it writes."""


def clock(_: Circumstances) -> Found:
    """Time, zone, and whether the network keeps it right: a Raspberry Pi has no clock that outlasts the power."""
    name = zone()
    now = time.time()
    detail = f"{datetime.fromtimestamp(now, ZoneInfo(name)):%Y-%m-%d %H:%M}, {name}"
    if now < Path(hrvdaemon.__file__).stat().st_mtime:
        return fail(
            f"{detail}: that is before hrvdaemon was installed.", "Set the clock: sudo timedatectl set-ntp true"
        )
    synchronized = _ntp()
    if synchronized == "no":
        return warn(f"{detail}; not set by the network.", "Turn it on: sudo timedatectl set-ntp true")
    return ok(f"{detail}{', set by the network' if synchronized == 'yes' else ''}.")


def _ntp() -> str | None:
    """``yes`` or ``no`` as systemd says; None where it is not asked."""
    program = shutil.which("timedatectl")
    if program is None:
        return None
    asked = [program, "show", "--property=NTPSynchronized", "--value"]
    done = subprocess.run(asked, capture_output=True, text=True, timeout=3, check=False)  # noqa: S603  no shell, fixed words
    return done.stdout.strip() or None


def disk(circumstances: Circumstances) -> Found:
    """Free space where the database is or will be."""
    if circumstances.config is None:
        return NOT_LOOKED_AT
    folder = nearest(circumstances.config.database.parent)
    free_mb = shutil.disk_usage(folder).free // 1_000_000
    detail = f"{free_mb} MB free at {folder}."
    if free_mb < TOO_LITTLE_MB:
        return fail(detail, "Free some space: recording stops when the disk is full.")
    if free_mb < LITTLE_MB:
        return warn(detail, "Free some space soon.")
    return ok(detail)


def nearest(folder: Path) -> Path:
    """The folder, or the first one above it that is there."""
    return next(each for each in (folder.absolute(), *folder.absolute().parents) if os.path.exists(each))  # noqa: PTH110  Path.exists raises for a folder that may not be read
