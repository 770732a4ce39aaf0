"""Beat times: a column that only grows, bare or with the class of each beat beside it (PhysioNet's letters, ``X``).

An interval is the difference between a line and the one before. Class ``X`` marks what no heart did: the two intervals
beside it are unknown, so they are left out and the series has a gap there.
"""

import re
from collections.abc import Iterable
from itertools import pairwise

import numpy as np

from hrvdaemon.formats.rr_series import Floats, Rows, RRSeries, Unit, decide_unit, number, series_of_rows
from hrvdaemon.formats.rr_text import Column
from hrvdaemon.vocabulary.units import SECOND_MS, TICKS_PER_SECOND, Instant

BEAT_TIMES = "beat-times"
CLASSIFIED = "beat-times-classified"
ARTEFACT = "X"
BEAT_CLASSES = frozenset("NLRBAaJSVrFejnE/fQ?")
"""Every annotation that PhysioNet counts as a beat (WFDB, ``ecgcodes.h``)."""

_ENOUGH_TO_KNOW = 30
_MOST = 0.99
_PLAUSIBLE = {"s": (0.2, 3.0), "ms": (200.0, 3000.0)}
_SECONDS_PER = {"s": 1.0, "ms": 1 / 1000, "ticks": 1 / TICKS_PER_SECOND}
_TIME_AND_CLASS = re.compile(r"\s*([^\s,;]+)[\s,;]+([^\s\d,;]{1,2})[\s,;]*")


def are_beat_times(values: Floats) -> bool:
    """Whether a column holds beat times, not intervals: 30 numbers or more, and 99 of 100 larger than the one before.

    No heart's intervals grow like that; only a straight ramp of plausible intervals does, and it is taken as intervals.
    """
    if values.size < _ENOUGH_TO_KNOW:
        return False
    with np.errstate(over="ignore"):  # a step beyond a double is no step of a heart
        steps = np.diff(values)
    return bool((steps > 0).mean() >= _MOST) and not _is_ramp(values, steps)


def is_time_and_class(line: str) -> bool:
    """Whether a line is a plain number and the class of a beat."""
    match = _TIME_AND_CLASS.fullmatch(line)
    return match is not None and number(match[1]) is not None and match[2] in BEAT_CLASSES | {ARTEFACT}


def series_of_beat_times(column: Column, unit: Unit | None = None) -> RRSeries:
    """Differences of a column. A time that is not after the one before is a counted problem and a gap.

    The unit is that of the times; without one their median difference decides it.
    """
    times = np.array(column.rows.values, np.float64)
    with np.errstate(over="ignore"):  # as above
        decided, note = decide_unit(np.abs(np.diff(times)), unit)
    rows = _differences(column.rows, decided)
    start_at = column.start_at
    if start_at is not None and times.size:
        start_at = Instant(start_at + round(float(times[0]) * _SECONDS_PER[decided] * SECOND_MS))
    said = "one column that only grows: beat times, intervals are their differences"
    return series_of_rows(rows, unit=decided, format=BEAT_TIMES, start_at=start_at, notes=(said, *note))


def read_classified_beats(lines: Iterable[str], unit: Unit | None = None) -> RRSeries:
    """Rows of time and class. What has another class, or none, is a counted problem and a gap."""
    beats, n_artefacts = Rows(), 0
    for line, text in enumerate(lines, 1):
        if not text.strip() or text.startswith("#"):
            continue
        match = _TIME_AND_CLASS.fullmatch(text)
        time = number(match[1]) if match else None
        if match is None or time is None or match[2] not in BEAT_CLASSES | {ARTEFACT}:
            beats.refuse(line, f"expected a time and the class of a beat, came {text.strip()[:40]!r}")
        elif match[2] == ARTEFACT:
            n_artefacts += 1
            beats.interrupt()
        else:
            beats.add(line, time)
    decided, note = decide_unit(np.abs(np.diff(np.array(beats.values, np.float64))), unit)
    said = f"{n_artefacts} marks of class X are artefacts: the intervals beside them are left out, with a gap"
    rows = _differences(beats, decided)
    return series_of_rows(rows, unit=decided, format=CLASSIFIED, notes=((said,) if n_artefacts else ()) + note)


def _differences(beats: Rows, unit: Unit) -> Rows:
    """Intervals between neighbours, on the clock of the file; behind a break the first beat only begins anew."""
    rows = Rows()
    rows.problems.extend(beats.problems)
    marks = zip(beats.lines, beats.values, beats.breaks, strict=True)
    for (_, before, _), (line, time, is_break) in pairwise(marks):
        step = round(time - before, 9)  # decimal places of a double that stand for nothing
        if is_break:
            rows.interrupt()
        elif step <= 0:
            rows.refuse(line, f"expected a time after {before:g}, came {time:g}")
        else:
            rows.add(line, step, time * _SECONDS_PER[unit])
    return rows


def _is_ramp(values: Floats, steps: Floats) -> bool:
    is_interval = any(low <= values.min() and values.max() <= high for low, high in _PLAUSIBLE.values())
    middle = float(np.median(steps))
    return is_interval and bool((np.abs(steps - middle) <= 0.01 * abs(middle)).mean() >= 0.9)
