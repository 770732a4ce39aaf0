"""Units and identities: what a number means is in its type or its name.

Three clocks meet in this project, and each has its own unit:

- ``*_ticks``   1/1024 s, the unit of an RR interval on the air (Bluetooth SIG, Heart Rate Service 1.0)
- ``mono_ms``   milliseconds since boot, suspend included; it orders inputs and drives what is due
- ``Instant``   milliseconds since 1970-01-01 UTC, an anchor on ``mono_ms`` that only ``ClockChanged`` may move

``*_grains`` (1/128 000 s) is their common measure: a millisecond is 128 grains and a tick is 125, so beat times
are exact integers on the same axis as arrivals.
"""

from datetime import UTC, datetime
from typing import NewType

Instant = NewType("Instant", int)
RunId = NewType("RunId", str)
SensorId = NewType("SensorId", str)
PromptId = NewType("PromptId", str)
SessionId = NewType("SessionId", str)

TICKS_PER_SECOND = 1024
GRAINS_PER_MS = 128
GRAINS_PER_TICK = 125
GRAINS_PER_SECOND = 128_000
SECOND_MS = 1_000
MINUTE_MS = 60_000
HOUR_MS = 3_600_000
DAY_MS = 86_400_000


def ms_from_ticks(ticks: float) -> float:
    """Milliseconds of a duration in 1/1024 s; 1024 ticks are exactly 1000 ms. The one conversion in the stream."""
    return ticks * 1000 / TICKS_PER_SECOND


def ticks_from_ms(milliseconds: float) -> int:
    """Nearest whole number of ticks, at most 0.49 ms off."""
    return round(milliseconds * TICKS_PER_SECOND / 1000)


def iso(at: Instant | int) -> str:
    """ISO 8601 in UTC with milliseconds, the one way an instant is written: ``2026-11-22T14:00:00.000Z``."""
    seconds, milliseconds = divmod(at, SECOND_MS)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{milliseconds:03d}Z"


def instant(text: str) -> Instant:
    """Instant of an ISO 8601 time; a time without an offset is read as UTC. ValueError if it is not one."""
    moment = datetime.fromisoformat(text)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return Instant(round(moment.timestamp() * SECOND_MS))
