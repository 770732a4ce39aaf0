"""The times that btmon prints: seconds from its start, with ``-t`` the time of day, with ``-T`` the date as well.

Where the last two are local is not said; they are read as those of the zone that is given, and that is told.
"""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from hrvdaemon.vocabulary.units import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS

_TIME = re.compile(r"(?:(\d{4}-\d{2}-\d{2}) )?(\d{2}):(\d{2}):(\d{2})\.(\d{6})\s*$")
_OFFSET = re.compile(r"(?:^|\s)(\d{1,9})\.(\d{6})\s*$")


class PrintedTimes:
    """``read`` line after line. A line without a time has that of the line before."""

    def __init__(self, zone: str = "UTC") -> None:
        self._zone = ZoneInfo(zone)
        self._last_ms = 0
        self._days_ms = 0
        self.notes: tuple[str, ...] = ()

    def read(self, line: str) -> int:
        """Milliseconds since 1970, or since any start where only times are printed."""
        if match := _TIME.search(line):
            self._last_ms = self._undated(match) if match[1] is None else self._dated(match)
        elif match := _OFFSET.search(line):
            self._last_ms = int(match[1]) * SECOND_MS + _milliseconds(match[2])
        return self._last_ms

    def _dated(self, match: re.Match[str]) -> int:
        self.notes = (f"btmon's times have no offset and are read as those of {self._zone.key}",)
        try:
            moment = datetime.fromisoformat(f"{match[1]}T{match[2]}:{match[3]}:{match[4]}").replace(tzinfo=self._zone)
            return round(moment.timestamp()) * SECOND_MS + _milliseconds(match[5])
        except (ValueError, OverflowError):
            return self._last_ms

    def _undated(self, match: re.Match[str]) -> int:
        """A time long before the one before is of the next day."""
        self.notes = ("btmon printed times without a date",)
        hour, minute, second = int(match[2]), int(match[3]), int(match[4])
        day_ms = hour * HOUR_MS + minute * MINUTE_MS + second * SECOND_MS + _milliseconds(match[5])
        if self._days_ms + day_ms < self._last_ms - DAY_MS // 2:
            self._days_ms += DAY_MS
        return self._days_ms + day_ms


def _milliseconds(microseconds: str) -> int:
    return (int(microseconds) + 500) // 1000
