"""A span of the journal as a recording of its own: each run cut to it, with what was set and connected before."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from hrvdaemon.pipeline.run_clock import RunClock
from hrvdaemon.store import queries
from hrvdaemon.store.journal import journal_inputs
from hrvdaemon.vocabulary.inputs import (
    ClockChanged,
    Input,
    RunEnded,
    RunStarted,
    SensorConnected,
    SensorLost,
    SettingsChanged,
)
from hrvdaemon.vocabulary.units import Instant, RunId, SensorId

_EARLIEST = Instant(-(2**53))
_LATEST = 2**53
_WHAT_LASTS = (ClockChanged, SettingsChanged, SensorConnected, SensorLost)

Lasting = ClockChanged | SettingsChanged | SensorConnected | SensorLost


@dataclass(frozen=True, slots=True)
class _Cut:
    """From the first to before the last millisecond of a run's own clock."""

    begin_ms: int
    end_ms: int


def recorded_span(connection: sqlite3.Connection, from_at: Instant, to_at: Instant) -> Iterator[Input]:
    """What reached the daemon in ``from_at`` ≤ wall time < ``to_at``, as whole runs; nothing where it was not running.

    Imported runs are left out, unless the database holds no other. BadInput where a block of the journal is damaged.
    """
    runs = queries.runs(connection)
    own = [run for run in runs if run.imported == min(run.imported for run in runs)]
    lasting = _lasting(connection)
    for run in own:
        started, changes = run.started, lasting.get(run.started.run, [])
        cut = _cut(started, changes, from_at, to_at)
        if cut is not None:
            yield from _whole(connection, started, changes, cut)


def recorded_until(connection: sqlite3.Connection) -> tuple[Instant, Instant] | None:
    """When the first own run began, and the wall time of the last input; None if there is none."""
    runs = queries.runs(connection)
    own = [run for run in runs if run.imported == min(run.imported for run in runs)]
    lasting = _lasting(connection)
    ends = [end for run in own if (end := _end(connection, run.started, lasting.get(run.started.run, []))) is not None]
    return (min(run.started.at for run in own), max(ends)) if ends else None


def _lasting(connection: sqlite3.Connection) -> dict[RunId, list[Lasting]]:
    """What outlasts its moment, by run, in order."""
    found: dict[RunId, list[Lasting]] = {}
    for placed in queries.placed_between(connection, _WHAT_LASTS, _EARLIEST, Instant(_LATEST)):
        if isinstance(placed.record, ClockChanged | SettingsChanged | SensorConnected | SensorLost):
            found.setdefault(placed.run, []).append(placed.record)
    return found


def _clocks(started: RunStarted, changes: Sequence[Lasting]) -> list[tuple[int, RunClock]]:
    """From when each anchor held."""
    anchors: list[RunStarted | ClockChanged] = [started]
    anchors += (change for change in changes if isinstance(change, ClockChanged))
    return [(anchor.mono_ms, RunClock(anchor.mono_ms, anchor.at, anchor.zone)) for anchor in anchors]


def _cut(started: RunStarted, changes: Sequence[Lasting], from_at: Instant, to_at: Instant) -> _Cut | None:
    """The stretch of a run's clock that lies in the span; one stretch, also where the clock was set within it."""
    clocks = _clocks(started, changes)
    parts = [
        _Cut(max(begin_ms, clock.mono(from_at)), min(end_ms, clock.mono(to_at)))
        for (begin_ms, clock), (end_ms, _) in pairwise([*clocks, (_LATEST, clocks[-1][1])])
    ]
    inside = [part for part in parts if part.begin_ms < part.end_ms]
    return _Cut(inside[0].begin_ms, inside[-1].end_ms) if inside else None


def _whole(
    connection: sqlite3.Connection, started: RunStarted, changes: Sequence[Lasting], cut: _Cut
) -> Iterator[Input]:
    """The inputs of the cut, from a beginning to an end; nothing if there are none."""
    last_ms: int | None = None
    for given in _inputs(connection, started.run, cut):
        if last_ms is None and not isinstance(given, RunStarted):
            yield from _head(started, [change for change in changes if change.mono_ms < cut.begin_ms], cut.begin_ms)
        last_ms = given.mono_ms
        yield given
        if isinstance(given, RunEnded):
            return
    if last_ms is not None:
        yield RunEnded(mono_ms=last_ms, reason="end of the span")


def _head(started: RunStarted, before: Sequence[Lasting], mono_ms: int) -> Iterator[Input]:
    """A run that begins later: what its clock shows then, what is set, and which straps are connected."""
    clock = _clocks(started, before)[-1][1]
    settings = dict(started.settings)
    connected: dict[SensorId, SensorConnected] = {}
    for change in before:
        if isinstance(change, SettingsChanged):
            settings |= change.settings
        elif isinstance(change, SensorConnected):
            connected[change.sensor] = change
        elif isinstance(change, SensorLost):
            connected.pop(change.sensor, None)
    yield replace(started, mono_ms=mono_ms, at=clock.wall(mono_ms), zone=clock.zone, settings=settings)
    for sensor in connected.values():
        yield replace(sensor, mono_ms=mono_ms)


def _inputs(connection: sqlite3.Connection, run: RunId, cut: _Cut) -> Iterator[Input]:
    """Only the blocks that may hold something of the cut are unpacked."""
    sql = "SELECT min(first_number) FROM journal WHERE run = ? AND last_mono_ms >= ?"
    (first_number,) = connection.execute(sql, (run, cut.begin_ms)).fetchone()
    if first_number is None:
        return
    for given in journal_inputs(connection, run, first_number):
        if given.mono_ms >= cut.end_ms:
            return
        if given.mono_ms >= cut.begin_ms:
            yield given


def _end(connection: sqlite3.Connection, started: RunStarted, changes: Sequence[Lasting]) -> Instant | None:
    sql = "SELECT max(last_mono_ms) FROM journal WHERE run = ?"
    (mono_ms,) = connection.execute(sql, (started.run,)).fetchone()
    return None if mono_ms is None else _clocks(started, changes)[-1][1].wall(mono_ms)
