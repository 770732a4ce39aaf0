"""Tables with a time and an RR interval in each row: HRV Logger CSV, and its bare relative, seconds and interval.

HRV Logger writes ``date,rr,since start``; the date is ISO 8601 or milliseconds since 1970, when the phone got the beat.
``since start`` is its running sum of intervals, in which no dropout shows, so time is taken from the date.
"""

import re
from collections.abc import Callable, Iterable
from itertools import chain, dropwhile, islice, pairwise

from hrvdaemon.formats.rr_series import Rows, RRSeries, Unit, number, series_of_rows
from hrvdaemon.vocabulary.errors import UnreadableRecording
from hrvdaemon.vocabulary.units import SECOND_MS, instant

HRV_LOGGER = "hrv-logger"
TIME_AND_RR = "time-rr-csv"

_TIME_NAMES = {"date", "timestamp", "time", "datetime"}
_RR_NAMES = {"rr", "rr_ms", "rr (ms)", "ibi", "ibi_ms"}
_YEAR_2100_MS = 4_102_444_800_000
_SEPARATOR = re.compile(r"\s*[,;\t]\s*")
_SEPARATOR_OR_SPACES = re.compile(r"\s*[,;\t]\s*|\s+")
_SPACE_BEFORE_OFFSET = re.compile(r"\s+(?=[+-]\d{2}:?\d{2}$)")
_HAS_OFFSET = re.compile(r"(Z|[+-]\d{2}:?\d{2})$", re.IGNORECASE)


def header_columns(line: str) -> tuple[int, int] | None:
    """Positions of time and RR in a header line; None if it is no such header."""
    names = [name.lower() for name in _fields(line)]
    times = [i for i, name in enumerate(names) if name in _TIME_NAMES]
    intervals = [i for i, name in enumerate(names) if name in _RR_NAMES]
    return (times[0], intervals[0]) if times and intervals else None


def is_two_columns(line: str) -> bool:
    """Whether a line is two plain numbers with a separator or spaces between them."""
    fields = _two_fields(line)
    return len(fields) == 2 and all(number(field) is not None for field in fields)


def read_hrv_logger(lines: Iterable[str], unit: Unit | None = None) -> RRSeries:
    """Rows below the first header. A row that can not be read is a counted problem and a gap."""
    numbered = iter(enumerate(lines, 1))
    columns = next((found for _, line in numbered if (found := header_columns(line))), (0, 1))
    local = set[str]()

    def wall_s(text: str) -> float | None:
        time_s = _wall_s(text)
        if time_s is not None and not local and number(text) is None and not _HAS_OFFSET.search(text):
            local.add(text)
        return time_s

    rows = _rows(numbered, columns, _fields, wall_s)
    notes = ("times have no offset and are read as UTC",) if local else ()
    return series_of_rows(rows, unit=unit, format=HRV_LOGGER, times_are_wall=True, notes=notes)


def read_time_and_rr(lines: Iterable[str], unit: Unit | None = None) -> RRSeries:
    """Two columns, seconds from any zero and the interval. A row that can not be read is a problem and a gap.

    One line of names before the first row is a header. UnreadableRecording where the first column does not grow: it is
    no time then, and "0,8" is perhaps one number with a decimal comma.
    """
    numbered = dropwhile(lambda row: not row[1].strip() or row[1].startswith("#"), enumerate(lines, 1))
    first = list(islice(numbered, 1))
    named = [row for row in first if is_two_columns(row[1])]
    rows = _rows(chain(named, numbered), (0, 1), _two_fields, number)
    _refuse_what_does_not_grow(rows)
    return series_of_rows(rows, unit=unit, format=TIME_AND_RR)


def _refuse_what_does_not_grow(rows: Rows) -> None:
    n_up = sum(a < b for a, b in pairwise(rows.times_s))
    n_down = sum(a > b for a, b in pairwise(rows.times_s))
    if len(rows.times_s) > 1 and n_up <= 2 * n_down:
        raise UnreadableRecording(
            f"expected time in seconds in the first of two columns, came numbers that go up {n_up} times and down "
            f"{n_down} times; write one interval a line, with a decimal point"
        )


def _rows(
    numbered: Iterable[tuple[int, str]],
    columns: tuple[int, int],
    fields_of: Callable[[str], list[str]],
    time_s: Callable[[str], float | None],
) -> Rows:
    rows = Rows()
    for line, text in numbered:
        fields = fields_of(text)
        if fields in ([], [""]) or text.startswith("#"):
            continue
        cells = [fields[i] if i < len(fields) else "" for i in columns]
        at, rr = time_s(cells[0]), number(cells[1])
        if at is None or rr is None:
            rows.refuse(line, f"expected a time and an interval, came {text.strip()[:60]!r}")
        else:
            rows.add(line, rr, at)
    return rows


def _fields(line: str) -> list[str]:
    return _SEPARATOR.split(line.strip())


def _two_fields(line: str) -> list[str]:
    return _SEPARATOR_OR_SPACES.split(line.strip())


def _wall_s(text: str) -> float | None:
    """Seconds since 1970 of ISO 8601 or of milliseconds since 1970."""
    milliseconds = number(text)
    try:
        since_1970 = instant(_SPACE_BEFORE_OFFSET.sub("", text)) if milliseconds is None else milliseconds
    except (ValueError, OverflowError):
        return None
    return since_1970 / SECOND_MS if 0 <= since_1970 < _YEAR_2100_MS else None
