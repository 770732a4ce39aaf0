"""A recording as one series of RR intervals, whatever it was written in, and what is known of its time and holes."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hrvdaemon.formats.problem import Problem
from hrvdaemon.vocabulary.units import SECOND_MS, TICKS_PER_SECOND, Instant

Unit = Literal["ms", "s", "ticks"]

SHORTEST_RR_MS = 1000 / TICKS_PER_SECOND
"""One tick: less can not be sent, and no heart does it."""

LONGEST_RR_MS = 65_535 * 1000 / TICKS_PER_SECOND
"""64 s, the longest interval that fits into a heart rate measurement; longer ones are offsets or overflows."""

RESYNC_S = 3.0
"""A row's own time so far off the running sum is a gap (science A.0)."""

_MS_PER = {"ms": 1.0, "s": 1000.0, "ticks": 1000 / TICKS_PER_SECOND}
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class RRSeries:
    """Intervals in ms as the file has them, floats included, never rounded to ticks (law 5); arrays of shape (n,).

    ``gaps`` is True where an interval is not the neighbour of the one before; ``end_s`` is where each ends, in seconds
    from the start of the first. ``start_at`` is None where the file has no clock. ``notes`` tells every decision that
    the reader took by itself.
    """

    rr_ms: NDArray[np.float64]
    gaps: NDArray[np.bool_]
    end_s: NDArray[np.float64]
    start_at: Instant | None
    unit: Unit
    format: str
    problems: tuple[Problem, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One interval in the file's own unit; ``is_first`` where the row before could not be read."""

    line: int
    rr: float
    is_first: bool
    time_s: float | None = None


def number(text: str) -> float | None:
    """A plain finite decimal number, else None: no words, no underscores, no NaN, nothing beyond a double."""
    value = float(text) if _NUMBER.fullmatch(text) else math.nan
    return value if math.isfinite(value) else None


def decide_unit(values: Sequence[float], unit: Unit | None) -> tuple[Unit, tuple[str, ...]]:
    """The unit of a whole file, and the note that says so where it was not given: a median below 10 means seconds."""
    if unit is not None:
        return unit, ()
    middle = median(value for value in values if value > 0) if any(value > 0 for value in values) else 0.0
    guess: Unit = "s" if middle < 10 else "ms"
    return guess, (f"unit taken as {guess}, because the median is {middle:g}; --unit decides otherwise",)


def series_of_rows(
    rows: Sequence[Row],
    problems: Sequence[Problem],
    *,
    unit: Unit | None,
    format: str,  # noqa: A002  the JSON key of the contract
    start_at: Instant | None = None,
    times_are_wall: bool = False,
    notes: Sequence[str] = (),
) -> RRSeries:
    """Convert to ms once, refuse what is no interval, lay the rest on a time axis."""
    decided, note = decide_unit([row.rr for row in rows], unit)
    kept, refused = _in_ms(rows, decided)
    gaps, end_s = _time_axis(kept)
    if times_are_wall and kept and kept[0].time_s is not None:
        start_at = Instant(round(kept[0].time_s * SECOND_MS - kept[0].rr))
    return RRSeries(
        rr_ms=np.array([row.rr for row in kept], np.float64),
        gaps=np.array(gaps, "?"),
        end_s=np.array(end_s, np.float64),
        start_at=start_at,
        unit=decided,
        format=format,
        problems=tuple(sorted([*problems, *refused], key=lambda problem: problem.line)),
        notes=(*notes, *note),
    )


def _in_ms(rows: Sequence[Row], unit: Unit) -> tuple[list[Row], list[Problem]]:
    kept: list[Row] = []
    refused: list[Problem] = []
    is_first = True
    for row in rows:
        milliseconds = row.rr * _MS_PER[unit]
        if SHORTEST_RR_MS <= milliseconds <= LONGEST_RR_MS:
            kept.append(Row(row.line, milliseconds, is_first or row.is_first, row.time_s))
            is_first = False
        else:
            refused.append(Problem(row.line, f"expected an interval from 1 ms to 64 s, came {row.rr:g} {unit}"))
            is_first = True
    return kept, refused


def _time_axis(rows: Sequence[Row]) -> tuple[list[bool], list[float]]:
    """Running sum of the intervals; a row's own time takes over where it is more than 3 s off, and that is a gap."""
    gaps: list[bool] = []
    end_s: list[float] = []
    end = 0.0
    zero = next((row.time_s - row.rr / 1000 for row in rows[:1] if row.time_s is not None), 0.0)
    for row in rows:
        end += row.rr / 1000
        own_end = end if row.time_s is None else row.time_s - zero
        is_off = abs(own_end - end) > RESYNC_S
        if is_off:
            end = max(own_end, end)
            zero += own_end - end
        gaps.append(row.is_first or is_off)
        end_s.append(end)
    return gaps, end_s
