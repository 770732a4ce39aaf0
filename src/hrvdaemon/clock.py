"""The clocks of a run: the machine's, and one that a demo turns by hand. Only shells may read them."""

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from hrvdaemon.vocabulary.units import Instant

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_LOCALTIME = Path("/etc/localtime")


class Clock(Protocol):
    """What a run needs to know of time."""

    def mono_ms(self) -> int:
        """Milliseconds since boot, suspend included."""

    def at(self) -> Instant:
        """Wall time."""


class MachineClock:
    """CLOCK_BOOTTIME where there is one (Linux); else the monotonic clock, which may pause in suspend."""

    def __init__(self) -> None:
        self._clock = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)

    def mono_ms(self) -> int:
        """Milliseconds since boot."""
        return time.clock_gettime_ns(self._clock) // 1_000_000

    def at(self) -> Instant:
        """Wall time, rounded to a millisecond."""
        return Instant((time.time_ns() + 500_000) // 1_000_000)


@dataclass(slots=True)
class TurnedClock:
    """Stands still until it is turned: the demo's clock, and the tests'."""

    now_ms: int
    start_at: Instant

    def mono_ms(self) -> int:
        """Where it was turned to."""
        return self.now_ms

    def at(self) -> Instant:
        """Wall time that goes with it; it started at 0."""
        return Instant(self.start_at + self.now_ms)


def boot_id() -> str:
    """Names this boot; ``HRVDAEMON_BOOT_ID`` where the unit hides /proc, "unknown" where nothing tells.

    Without dashes: systemd's ``%b`` has none, and the same boot must have one name.
    """
    given = os.environ.get("HRVDAEMON_BOOT_ID") or (_BOOT_ID.read_text() if _BOOT_ID.exists() else "unknown")
    return given.strip().replace("-", "")


def zone() -> str:
    """IANA name of the machine's time zone: TZ, else /etc/timezone or the target of /etc/localtime, else UTC."""
    timezone = Path("/etc/timezone")
    named = timezone.read_text().strip() if timezone.exists() else ""
    linked = str(_LOCALTIME.resolve()).rpartition("zoneinfo/")[2] if _LOCALTIME.is_symlink() else ""
    for name in (os.environ.get("TZ", ""), linked, named):
        if name and _is_zone(name):
            return name
    return "UTC"


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
