"""A recording as one series of RR intervals, whatever it was written in, and what is known of its time and holes."""

import math
import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hrvdaemon.formats.problem import MOST_PROBLEMS, Problem
from hrvdaemon.vocabulary.errors import UnreadableRecording
from hrvdaemon.vocabulary.units import SECOND_MS, TICKS_PER_SECOND, Instant

Unit = Literal["ms", "s", "ticks"]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

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

    rr_ms: Floats
    gaps: Bools
    end_s: Floats
    start_at: Instant | None
    unit: Unit
    format: str
    problems: tuple[Problem, ...]
    notes: tuple[str, ...] = ()


class Rows:
    """What a reader found, in columns: one number a row and, where a file has it, a time; eight bytes each.

    A row that could not be read is ``refused`` and counted; the row after it is not the neighbour of the one before.
    """

    def __init__(self) -> None:
        self.lines = array("q")
        self.values = array("d")
        self.times_s = array("d")
        self.breaks = array("b")
        self.problems: list[Problem] = []
        self._is_break = True

    def add(self, line: int, value: float, time_s: float = math.nan) -> None:
        """One row in the file's own unit; ``line`` is where a problem with it is."""
        self.lines.append(line)
        self.values.append(value)
        self.times_s.append(time_s)
        self.breaks.append(self._is_break)
        self._is_break = False

    def refuse(self, line: int, message: str) -> None:
        """A row that can not be used. UnreadableRecording when there are too many to be a recording."""
        if len(self.problems) >= MOST_PROBLEMS:
            raise UnreadableRecording(
                f"expected a recording, came more than {MOST_PROBLEMS} lines that can not be read; first: "
                f"{self.problems[0]}"
            )
        self.problems.append(Problem(line, message))
        self._is_break = True

    def interrupt(self) -> None:
        """The next row is not the neighbour of this one, and nothing is wrong with either."""
        self._is_break = True


def number(text: str) -> float | None:
    """A plain finite decimal number, else None: no words, no underscores, no NaN, nothing beyond a double."""
    value = float(text) if _NUMBER.fullmatch(text) else math.nan
    return value if math.isfinite(value) else None


def decide_unit(values: Floats, unit: Unit | None) -> tuple[Unit, tuple[str, ...]]:
    """The unit of a whole file, and the note that says so where it was not given: a median below 10 means seconds."""
    if unit is not None:
        return unit, ()
    positive = values[values > 0]
    # the lower of the two in the middle: their mean could be beyond a double
    middle = float(np.partition(positive, (positive.size - 1) // 2)[(positive.size - 1) // 2]) if positive.size else 0.0
    guess: Unit = "s" if middle < 10 else "ms"
    return guess, (f"unit taken as {guess}, because the median is {middle:g}; --unit decides otherwise",)


def series_of_rows(
    rows: Rows,
    *,
    unit: Unit | None,
    format: str,  # noqa: A002  the JSON key of the contract
    start_at: Instant | None = None,
    times_are_wall: bool = False,
    notes: Sequence[str] = (),
) -> RRSeries:
    """Convert to ms once, refuse what is no interval, lay the rest on a time axis."""
    values = np.array(rows.values, np.float64)
    decided, note = decide_unit(values, unit)
    with np.errstate(over="ignore"):  # a number beyond a double in ms is no interval either, and is told below
        rr_ms = values * _MS_PER[decided]
    is_interval = (rr_ms >= SHORTEST_RR_MS) & (rr_ms <= LONGEST_RR_MS)
    _refuse_values(rows, np.flatnonzero(~is_interval), decided)
    kept = np.flatnonzero(is_interval)
    breaks = np.array(rows.breaks, np.bool_)[kept] | (np.diff(kept, prepend=-2) > 1)
    gaps, end_s, zero_s = _time_axis(rr_ms[kept], breaks, np.array(rows.times_s, np.float64)[kept])
    return RRSeries(
        rr_ms=rr_ms[kept],
        gaps=gaps,
        end_s=end_s,
        start_at=Instant(round(zero_s * SECOND_MS)) if times_are_wall and kept.size else start_at,
        unit=decided,
        format=format,
        problems=tuple(sorted(rows.problems, key=lambda problem: problem.line)),
        notes=(*notes, *note),
    )


def _refuse_values(rows: Rows, which: NDArray[np.intp], unit: Unit) -> None:
    for i in which.tolist():
        rows.refuse(rows.lines[i], f"expected an interval from 1 ms to 64 s, came {rows.values[i]:g} {unit}")


def _time_axis(rr_ms: Floats, breaks: Bools, times_s: Floats) -> tuple[Bools, Floats, float]:
    """Running sum of the intervals; a row's own time takes over where it is more than 3 s off, and that is a gap.

    Also the file's own time where the first interval began.
    """
    spans = rr_ms / 1000
    if not times_s.size or math.isnan(times_s[0]):
        return breaks, np.cumsum(spans), 0.0
    gaps, end_s = breaks.copy(), np.empty_like(spans)
    end, zero = 0.0, float(times_s[0] - spans[0])
    for i, (span, time) in enumerate(zip(spans.tolist(), times_s.tolist(), strict=True)):
        end += span
        own_end = time - zero
        if abs(own_end - end) > RESYNC_S:
            gaps[i] = True
            end = max(own_end, end)
            zero += own_end - end
        end_s[i] = end
    return gaps, end_s, float(times_s[0] - spans[0])
