"""RR text: one interval a line, as Kubios, Elite HRV, PhysioNet and most others write it; beat times come so as well.

``#`` begins a comment. ``# start: 2026-03-01T08:00:00+01:00`` or ``# start time: …, 1481071314.31`` (seconds since
1970) say when it began. Line ends of every system, blank lines and a byte order mark are no problem.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from hrvdaemon.formats.rr_series import Rows, RRSeries, Unit, number, series_of_rows
from hrvdaemon.vocabulary.units import SECOND_MS, Instant, instant

FORMAT = "rr-text"

_START_ISO = re.compile(r"#\s*start(?:\s+time)?\s*:\s*(\d{4}-\d{2}-\d{2}[T ]\S+)\s*$", re.IGNORECASE)
_START_EPOCH = re.compile(r"#\s*start(?:\s+time)?\s*:.*,\s*(\d{9,10}(?:\.\d+)?)\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Column:
    """One number a line, whatever it means, and when the file says that it began."""

    rows: Rows
    start_at: Instant | None


def read_rr_text(lines: Iterable[str], unit: Unit | None = None) -> RRSeries:
    """Intervals of a text. What is no number is a counted problem and a gap, so no difference crosses it."""
    return series_of_intervals(read_column(lines), unit)


def series_of_intervals(column: Column, unit: Unit | None = None) -> RRSeries:
    """The numbers taken as intervals."""
    return series_of_rows(column.rows, unit=unit, format=FORMAT, start_at=column.start_at)


def read_column(lines: Iterable[str]) -> Column:
    """The numbers of a text, one a line; what is no number is a counted problem."""
    rows = Rows()
    start_at: Instant | None = None
    for line, text in enumerate(lines, 1):
        content = text.split("#", 1)[0].strip().rstrip(",;")
        if not content:
            start_at = start_at or _start(text)
            continue
        value = number(content)
        if value is None:
            rows.refuse(line, f"expected one number, came {content[:40]!r}")
        else:
            rows.add(line, value)
    return Column(rows, start_at)


def _start(comment: str) -> Instant | None:
    if match := _START_EPOCH.search(comment):
        return Instant(round(float(match[1]) * SECOND_MS))
    if match := _START_ISO.search(comment):
        try:
            return instant(match[1])
        except (ValueError, OverflowError):
            return None
    return None
