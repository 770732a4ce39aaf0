"""RR text: one interval a line, as Kubios, Elite HRV, PhysioNet and most others write it.

``#`` begins a comment. ``# start: 2026-03-01T08:00:00+01:00`` or ``# start time: …, 1481071314.31`` (seconds since
1970) say when it began. Line ends of every system, blank lines and a byte order mark are no problem.
"""

import re
from collections.abc import Iterable
from itertools import pairwise

from hrvdaemon.formats.problem import Problem
from hrvdaemon.formats.rr_series import Row, RRSeries, Unit, number, series_of_rows
from hrvdaemon.vocabulary.errors import UnreadableRecording
from hrvdaemon.vocabulary.units import SECOND_MS, Instant, instant

FORMAT = "rr-text"

_START_ISO = re.compile(r"#\s*start(?:\s+time)?\s*:\s*(\d{4}-\d{2}-\d{2}[T ]\S+)\s*$", re.IGNORECASE)
_START_EPOCH = re.compile(r"#\s*start(?:\s+time)?\s*:.*,\s*(\d{9,10}(?:\.\d+)?)\s*$", re.IGNORECASE)
_ENOUGH_TO_KNOW = 30


def read_rr_text(lines: Iterable[str], unit: Unit | None = None) -> RRSeries:
    """Intervals of a text. What is no number is a counted problem and a gap, so no difference crosses it.

    UnreadableRecording where the numbers only ever grow: those are beat times.
    """
    rows: list[Row] = []
    problems: list[Problem] = []
    start_at: Instant | None = None
    is_first = True
    for line, text in enumerate(lines, 1):
        content = text.split("#", 1)[0].strip().rstrip(",;")
        if not content:
            start_at = start_at or _start(text)
            continue
        value = number(content)
        if value is None:
            problems.append(Problem(line, f"expected one number, came {content[:40]!r}"))
        else:
            rows.append(Row(line, value, is_first))
        is_first = value is None
    _refuse_beat_times(rows)
    return series_of_rows(rows, problems, unit=unit, format=FORMAT, start_at=start_at)


def _start(comment: str) -> Instant | None:
    if match := _START_EPOCH.search(comment):
        return Instant(round(float(match[1]) * SECOND_MS))
    if match := _START_ISO.search(comment):
        try:
            return instant(match[1])
        except (ValueError, OverflowError):
            return None
    return None


def _refuse_beat_times(rows: list[Row]) -> None:
    values = [row.rr for row in rows]
    if len(values) >= _ENOUGH_TO_KNOW and all(a < b for a, b in pairwise(values)):
        raise UnreadableRecording(
            f"expected RR intervals, came {len(values)} numbers that only grow, as beat times do; "
            "write the differences between them, one a line"
        )
