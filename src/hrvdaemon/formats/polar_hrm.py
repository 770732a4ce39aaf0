"""Polar HRM: sections in brackets; ``[Params]`` says when and what, ``[HRData]`` has one interval in ms a line.

``Interval=238`` means RR intervals; any other number there means a mean heart rate every so many seconds, in which no
interval can be found.
"""

import re
from collections.abc import Iterable

from hrvdaemon.formats.rr_series import Rows, RRSeries, Unit, number, series_of_rows
from hrvdaemon.vocabulary.errors import UnreadableRecording
from hrvdaemon.vocabulary.units import Instant, instant

FORMAT = "polar-hrm"
RR_INTERVALS = "238"
"""Polar HRM file format 1.4: the recording interval that stands for RR."""

_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_CLOCK = re.compile(r"(\d{1,2}):(\d{2}):(\d{2})(\.\d{1,3})?\d*", re.ASCII)


def is_polar_hrm(first_line: str) -> bool:
    """Whether a file begins as every HRM file does."""
    return first_line.strip().lower() == "[params]"


def read_polar_hrm(lines: Iterable[str], unit: Unit | None = None) -> RRSeries:
    """The intervals of an HRM file, which are in ms. A line that is no number is a counted problem and a gap.

    UnreadableRecording where the file holds heart rate instead of intervals.
    """
    rows, params, section = Rows(), dict[str, str](), ""
    for line, text in enumerate(lines, 1):
        content = text.strip()
        if content.startswith("["):
            section = content.lower()
        elif section == "[params]":
            key, _, value = content.partition("=")
            params[key.strip().lower()] = value.strip()
        elif section == "[hrdata]" and content:
            _add(rows, line, content)
    _refuse_heart_rate(params)
    start_at = _start(params)
    notes = () if start_at is None else ("the start has no time zone and is read as UTC",)
    return series_of_rows(rows, unit=unit or "ms", format=FORMAT, start_at=start_at, notes=notes)


def _add(rows: Rows, line: int, content: str) -> None:
    value = number(content.split(maxsplit=1)[0])  # speed and altitude may follow
    if value is None:
        rows.refuse(line, f"expected an interval in ms, came {content[:40]!r}")
    else:
        rows.add(line, value)


def _refuse_heart_rate(params: dict[str, str]) -> None:
    every = params.get("interval", RR_INTERVALS)
    if every != RR_INTERVALS:
        raise UnreadableRecording(
            f"expected Interval={RR_INTERVALS} (RR intervals) in the Polar HRM file, came Interval={every[:20]}, a "
            "mean heart rate every so many seconds; record with RR data switched on"
        )


def _start(params: dict[str, str]) -> Instant | None:
    date, clock = _DATE.fullmatch(params.get("date", "")), _CLOCK.fullmatch(params.get("starttime", ""))
    if date is None or clock is None:
        return None
    hour, minute, second, fraction = clock.groups(default="")
    try:
        return instant(f"{'-'.join(date.groups())}T{int(hour):02}:{minute}:{second}{fraction or '.0'}Z")
    except (ValueError, OverflowError):
        return None
