"""Wall-clock day and minute of an instant in a time zone. Zone and instant are arguments; nothing asks the machine."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from hrvdaemon.vocabulary.units import MINUTE_MS, Instant

MINUTES_A_DAY = 1440


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
    """The first instant after ``at`` at which a local clock shows this minute of the day."""
    here = datetime.fromtimestamp(at / 1000, UTC).astimezone(ZoneInfo(zone))
    target = here.replace(hour=minute // 60, minute=minute % 60, second=0, microsecond=0)
    while target.timestamp() * 1000 <= at:
        target = (target.replace(tzinfo=None) + timedelta(days=1)).replace(tzinfo=here.tzinfo)
    return Instant(round(target.timestamp() * 1000))


def is_within(minute: int, start: int, end: int) -> bool:
    """Whether a minute of the day lies in [start, end), which may span midnight."""
    return start <= minute < end if start <= end else minute >= start or minute < end
