"""Where the last run left off: its history as records, and the journal since the start of a wearing (law 10)."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from hrvdaemon.pipeline.history import KEPT_DAYS, Counted, History, Remembered, clock_of
from hrvdaemon.store.journal import journal_inputs, last_number
from hrvdaemon.store.queries import Placed, Run, placed_between, runs
from hrvdaemon.vocabulary.events import (
    BaselineComputed,
    DecisionMade,
    ExerciseFinished,
    ExerciseStarted,
    PromptIssued,
    WearingStarted,
    WindowSummarised,
)
from hrvdaemon.vocabulary.inputs import (
    BaselineEpochStarted,
    ClockChanged,
    Input,
    PauseRequested,
    PromptAnswered,
    SensorConnected,
    SensorLost,
    SettingsChanged,
    TagSet,
)
from hrvdaemon.vocabulary.local_time import local_time
from hrvdaemon.vocabulary.units import DAY_MS, HOUR_MS, MINUTE_MS, Instant, RunId

SHORTEST_TAIL_MS = 6 * HOUR_MS

_REMEMBERED: tuple[type, ...] = (
    BaselineComputed,
    DecisionMade,
    ExerciseFinished,
    PromptIssued,
    BaselineEpochStarted,
    PauseRequested,
    PromptAnswered,
    TagSet,
)
_THIS_RUN_ONLY: tuple[type, ...] = (SensorConnected, SensorLost)
_COUNTED: tuple[type, ...] = (DecisionMade, PromptIssued, ExerciseStarted, WindowSummarised)
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
    history = None if start is None else _history(connection, known, start)
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


def _history(connection: sqlite3.Connection, known: list[Run], start: Placed) -> History:
    run = next(run for run in known if run.started.run == start.run)
    order = {run.started.run: place for place, run in enumerate(known)}
    here = order[start.run]

    def before(placed: Placed) -> bool:
        return (order[placed.run], placed.number) < (here, start.number)

    from_at = Instant(start.at - KEPT_DAYS * DAY_MS)
    changed = placed_between(connection, (ClockChanged, SettingsChanged), *_ALWAYS)
    changes = tuple(
        placed.record
        for placed in changed
        if placed.run == start.run and before(placed) and isinstance(placed.record, (ClockChanged, SettingsChanged))
    )
    clock = clock_of(run.started, changes)
    remembered = filter(before, placed_between(connection, _REMEMBERED + _THIS_RUN_ONLY, from_at, _ALWAYS[1]))
    older = filter(before, placed_between(connection, (BaselineComputed,), _ALWAYS[0], from_at))
    return History(
        started=run.started,
        changes=changes,
        records=tuple(_moments(_with_baseline(list(remembered), list(older)), start.run, clock.mono)),
        counted=_counted(filter(before, placed_between(connection, _COUNTED, *_ALWAYS)), start.run),
    )


def _with_baseline(remembered: list[Placed], older: list[Placed]) -> list[Placed]:
    """The last baseline however old it is: a daemon that kept running still uses it."""
    has_one = any(isinstance(placed.record, BaselineComputed) for placed in remembered)
    return remembered if has_one else [*older[-1:], *remembered]


def _moments(found: Iterable[Placed], run: RunId, mono: Callable[[Instant], int]) -> Iterator[tuple[int, Remembered]]:
    """Each record with its moment on this run's clock; an earlier run's by wall time."""
    for placed in found:
        if isinstance(placed.record, Remembered) and (
            placed.run == run or not isinstance(placed.record, _THIS_RUN_ONLY)
        ):
            yield placed.record.mono_ms if placed.run == run else mono(placed.at), placed.record


def _counted(found: Iterator[Placed], run: RunId) -> Counted:
    records = [placed.record for placed in found if placed.run == run]
    return Counted(
        epochs=sum(isinstance(record, DecisionMade) and record.epoch is not None for record in records),
        prompts=sum(isinstance(record, PromptIssued) for record in records),
        sessions=sum(isinstance(record, ExerciseStarted) for record in records),
        windows=sum(isinstance(record, WindowSummarised) for record in records),
    )
