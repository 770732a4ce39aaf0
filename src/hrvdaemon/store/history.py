"""Where the last run left off: its history as records, and the journal since the start of a wearing (law 10)."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from hrvdaemon.pipeline.history import KEPT_DAYS, Counted, Dated, History, Remembered, clock_of, what_matters
from hrvdaemon.store.journal import journal_inputs, last_number
from hrvdaemon.store.queries import Placed, Run, placed_between, runs
from hrvdaemon.vocabulary.events import (
    BaselineComputed,
    BaselineRestarted,
    DecisionMade,
    DriftReported,
    ExerciseFinished,
    PromptIssued,
    ReferenceDayTaken,
    StandingMeasured,
    ThresholdComputed,
    WearingStarted,
)
from hrvdaemon.vocabulary.inputs import (
    BaselineEpochStarted,
    ClockChanged,
    Input,
    PauseRequested,
    PromptAnswered,
    RunEnded,
    SensorConnected,
    SettingsChanged,
    TagSet,
)
from hrvdaemon.vocabulary.local_time import local_time
from hrvdaemon.vocabulary.units import DAY_MS, HOUR_MS, MINUTE_MS, Instant, RunId

SHORTEST_TAIL_MS = 6 * HOUR_MS

_RECENT: tuple[type, ...] = (
    DecisionMade,
    ExerciseFinished,
    PromptIssued,
    PauseRequested,
    PromptAnswered,
    SensorConnected,
    TagSet,
)
"""Of these only what is young enough to matter is read."""
_EVER: tuple[type, ...] = (
    BaselineComputed,
    BaselineEpochStarted,
    BaselineRestarted,
    ClockChanged,
    DriftReported,
    ReferenceDayTaken,
    SettingsChanged,
    StandingMeasured,
    ThresholdComputed,
    WearingStarted,
)
_ALWAYS = Instant(0), Instant(2**53)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tail:
    """Inputs of one run, from one number to another; of those between, some may be lost."""

    run: RunId
    first_number: int
    last_number: int
    inputs: tuple[Input, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """``history`` None: the journal begins with the tails. ``unended`` names a run that a crash cut off."""

    history: History | None
    tails: tuple[Tail, ...]
    unended: RunId | None


NOTHING_PAST = Past(history=None, tails=(), unended=None)


def load_past(connection: sqlite3.Connection, now: Instant, shortest_tail_ms: int = SHORTEST_TAIL_MS) -> Past:
    """What a pipeline needs to go on as if it had never stopped.

    The tail begins with the last wearing that began before local midnight and ``shortest_tail_ms`` ago, and not within
    a session; without one it is the whole journal. Imported recordings are nobody's past (law 7).
    """
    known = [run for run in runs(connection) if not run.imported]
    if not known:
        return NOTHING_PAST
    bound = min(now - shortest_tail_ms, _midnight(now, known[-1].started.zone))
    start = _start_of_tail(connection, bound)
    order = [run.started.run for run in known]
    first = 0 if start is None else order.index(start.run)
    tails = tuple(_tail(connection, run, start) for run in order[first:])
    history = None if start is None else _history(connection, known[: first + 1], start)
    return Past(history=history, tails=tails, unended=None if known[-1].ended_at is not None else order[-1])


def _midnight(now: Instant, zone: str) -> int:
    return now - local_time(now, zone).minute * MINUTE_MS


def _start_of_tail(connection: sqlite3.Connection, bound: int) -> Placed | None:
    wearings = placed_between(connection, (WearingStarted,), Instant(0), Instant(bound))
    sessions = [placed.record for placed in placed_between(connection, (ExerciseFinished,), *_ALWAYS)]
    spans = [(session.started_at, session.at) for session in sessions if isinstance(session, ExerciseFinished)]
    free = (w for w in reversed(wearings) if not any(begin <= w.at < end for begin, end in spans))
    return next(free, None)


def _tail(connection: sqlite3.Connection, run: RunId, start: Placed | None) -> Tail:
    first = start.number if start is not None and run == start.run else 0
    inputs = tuple(journal_inputs(connection, run, first))
    return Tail(run=run, first_number=first, last_number=last_number(connection, run), inputs=inputs)


def _history(connection: sqlite3.Connection, known: Sequence[Run], start: Placed) -> History:
    """``known`` ends with the run in which the tail starts."""
    from_at = Instant(start.at - (KEPT_DAYS + 1) * DAY_MS)
    recent = placed_between(connection, _RECENT, from_at, _ALWAYS[1])
    ever = placed_between(connection, _EVER, *_ALWAYS)
    by_run: dict[RunId, list[Placed]] = {}
    for placed in [*recent, *ever]:
        by_run.setdefault(placed.run, []).append(placed)
    found: list[Dated] = []
    for run in known:
        of_run = sorted(by_run.get(run.started.run, []), key=_effect)
        if run is known[-1]:
            of_run = [placed for placed in of_run if placed.number < start.number]
        found += _dated(run, of_run, is_last=run is known[-1])
    return History(records=what_matters(found), counted=_counted(connection, start))


def _effect(placed: Placed) -> tuple[int, bool, int]:
    """The order in which records took effect: what was due before an input came before it."""
    return placed.number, placed.event is None, placed.event or 0


def _dated(run: Run, of_run: Iterable[Placed], *, is_last: bool) -> Iterator[Dated]:
    """The records of a run between its beginning and, where it is over, its end."""
    changes: list[Input] = []
    yield Dated(run.started.run, run.started.at, run.started)
    for placed in of_run:
        if isinstance(placed.record, Remembered):
            yield Dated(placed.run, placed.at, placed.record)
        if isinstance(placed.record, ClockChanged):
            changes.append(placed.record)
    if not is_last and run.ended_at is not None:
        mono_ms = clock_of(run.started, changes).mono(run.ended_at)
        ended = RunEnded(mono_ms=mono_ms, reason=run.end_reason or "")
        yield Dated(run.started.run, run.ended_at, ended)


def _counted(connection: sqlite3.Connection, start: Placed) -> Counted:
    """How many numbered things the run had before the tail."""

    def count(table: str) -> int:
        sql = f"SELECT count(*) FROM {table} WHERE run = ? AND input_number < ?"  # noqa: S608 - our own names
        return int(connection.execute(sql, (start.run, start.number)).fetchone()[0])

    return Counted(
        epochs=count("epoch"), prompts=count("prompt"), sessions=count("session"), windows=count("window_summary")
    )
