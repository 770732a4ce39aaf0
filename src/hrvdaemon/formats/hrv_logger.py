"""Tables with a time and an RR interval in each row: HRV Logger CSV, and its bare relative, seconds and interval.

HRV Logger writes ``date,rr,since start``; the date is ISO 8601 or milliseconds since 1970, when the phone got the beat.
``since start`` is its running sum of intervals, in which no dropout shows, so time is taken from the date.
"""

import re
from collections.abc import Callable, Iterable

from hrvdaemon.formats.problem import Problem
from hrvdaemon.formats.rr_series import Row, RRSeries, Unit, number, series_of_rows
from hrvdaemon.vocabulary.units import SECOND_MS, instant

HRV_LOGGER = "hrv-logger"
TIME_AND_RR = "time-rr-csv"

_TIME_NAMES = {"date", "timestamp", "time", "datetime"}
_RR_NAMES = {"rr", "rr_ms", "rr (ms)", "ibi", "ibi_ms"}
_YEAR_2100_MS = 4_102_444_800_000
_SEPARATOR = re.compile(r"\s*[,;\t]\s*")
_SPACE_BEFORE_OFFSET = re.compile(r"\s+(?=[+-]\d{2}:?\d{2}$)")
_HAS_OFFSET = re.compile(r"(Z|[+-]\d{2}:?\d{2})$", re.IGNORECASE)


def header_columns(line: str) -> tuple[int, int] | None:
    """Positions of time and RR in a header line; None if it is no such header."""
    names = [name.lower() for name in _fields(line)]
    times = [i for i, name in enumerate(names) if name in _TIME_NAMES]
    intervals = [i for i, name in enumerate(names) if name in _RR_NAMES]
    return (times[0], intervals[0]) if times and intervals else None


def is_two_columns(line: str) -> bool:
    """Whether a line is two plain numbers with a separator between them."""
    fields = _fields(line)
    return len(fields) == 2 and all(number(field) is not None for field in fields)


def read_hrv_logger(lines: Iterable[str], unit: Unit | None = None) -> RRSeries:
    """Rows below the first header. A row that can not be read is a counted problem and a gap."""
    numbered = iter(enumerate(lines, 1))
    columns = next((found for _, line in numbered if (found := header_columns(line))), (0, 1))
    rows, problems, times = _rows(numbered, columns, _wall_s)
    is_local = any(not _HAS_OFFSET.search(time) and number(time) is None for time in times)
    notes = ("times have no offset and are read as UTC",) if is_local else ()
    return series_of_rows(rows, problems, unit=unit, format=HRV_LOGGER, times_are_wall=True, notes=notes)


def read_time_and_rr(lines: Iterable[str], unit: Unit | None = None) -> RRSeries:
    """Two columns, seconds from any zero and the interval. A row that can not be read is a problem and a gap.

    One line of names before the first row is a header.
    """
    numbered = list(enumerate(lines, 1))
    first = next((i for i, (_, line) in enumerate(numbered) if line.strip() and not line.startswith("#")), 0)
    has_names = first < len(numbered) and not is_two_columns(numbered[first][1])
    rows, problems, _ = _rows(numbered[first + has_names :], (0, 1), number)
    return series_of_rows(rows, problems, unit=unit, format=TIME_AND_RR)


def _rows(
    numbered: Iterable[tuple[int, str]], columns: tuple[int, int], time_s: Callable[[str], float | None]
) -> tuple[list[Row], list[Problem], list[str]]:
    rows: list[Row] = []
    problems: list[Problem] = []
    times: list[str] = []
    is_first = True
    for line, text in numbered:
        fields = _fields(text)
        if fields == [""] or text.startswith("#"):
            continue
        cells = [fields[i] if i < len(fields) else "" for i in columns]
        at, rr = time_s(cells[0]), number(cells[1])
        if at is None or rr is None:
            problems.append(Problem(line, f"expected a time and an interval, came {text.strip()[:60]!r}"))
        else:
            rows.append(Row(line, rr, is_first, at))
            times.append(cells[0])
        is_first = at is None or rr is None
    return rows, problems, times


def _fields(line: str) -> list[str]:
    return _SEPARATOR.split(line.strip())


def _wall_s(text: str) -> float | None:
    """Seconds since 1970 of ISO 8601 or of milliseconds since 1970."""
    milliseconds = number(text)
    try:
        since_1970 = instant(_SPACE_BEFORE_OFFSET.sub("", text)) if milliseconds is None else milliseconds
    except (ValueError, OverflowError):
        return None
    return since_1970 / SECOND_MS if 0 <= since_1970 < _YEAR_2100_MS else None
