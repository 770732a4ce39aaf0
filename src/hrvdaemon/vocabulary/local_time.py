"""Wall-clock day and minute of an instant in a time zone. Zone and instant are arguments; nothing asks the machine."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from hrvdaemon.vocabulary.units import MINUTE_MS, Instant

MINUTES_A_DAY = 1440
_DAYS_AHEAD = 4
"""Today may be past, a jump may skip a minute, and a zone may once have skipped a day."""


@dataclass(frozen=True, slots=True)
class LocalTime:
    """``day`` is the proleptic Gregorian ordinal; ``minute`` counts from local midnight."""

    day: int
    minute: int

    @property
    def hour(self) -> int:
        """Hour bin, 0 to 23."""
        return self.minute // 60


@lru_cache(maxsize=4096)
def local_time(minute_at: int, zone: str) -> LocalTime:
    """Local time of the minute that begins at or before ``minute_at`` (POSIX milliseconds)."""
    moment = datetime.fromtimestamp(minute_at // MINUTE_MS * 60, UTC).astimezone(ZoneInfo(zone))
    return LocalTime(moment.toordinal(), moment.hour * 60 + moment.minute)


def next_local(at: int, zone: str, *, minute: int) -> Instant:
    """The first instant after ``at`` at which a local clock shows this minute of the day.

    A day whose clock jumps over that minute has none; one that lives it twice has two.
    """
    today = datetime.fromtimestamp(at / 1000, UTC).astimezone(ZoneInfo(zone)).date()
    shown = (_instants_of(today + timedelta(days=days), minute, zone) for days in range(_DAYS_AHEAD))
    return next(moment for day in shown for moment in day if moment > at)


def _instants_of(day: date, minute: int, zone: str) -> list[Instant]:
    """When a clock shows a minute of a day: once, twice, or never where clocks change."""
    clock = time(minute // 60, minute % 60)
    moments = [datetime.combine(day, clock.replace(fold=fold), ZoneInfo(zone)) for fold in (0, 1)]
    instants = sorted({Instant(round(moment.timestamp() * 1000)) for moment in moments})
    return [moment for moment in instants if local_time(moment, zone) == LocalTime(day.toordinal(), minute)]


def is_within(minute: int, start: int, end: int) -> bool:
    """Whether a minute of the day lies in [start, end), which may span midnight."""
    return start <= minute < end if start <= end else minute >= start or minute < end
