"""What a step leaves in the database: its input in the journal, and each conclusion that is kept as a row.

A batch is one transaction, journal and rows together. So a step whose number the journal has is wholly there already,
and steps that are fed again store nothing twice, in whatever batches they come (law 8).
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from typing import assert_never

from hrvdaemon.store import journal
from hrvdaemon.store.beats import store_beats
from hrvdaemon.store.ledger_writer import LedgerWriter
from hrvdaemon.store.rows import HAPPENINGS, NOT_STORED, TABLES, Value, insert, row_of
from hrvdaemon.vocabulary import events as ev
from hrvdaemon.vocabulary import inputs as inp
from hrvdaemon.vocabulary.steps import Step
from hrvdaemon.vocabulary.units import RunId


def is_urgent(step: Step) -> bool:
    """Whether someone was asked or said something, or the run's course changed: stored at once, and never let go."""
    match step.input:
        case inp.PacketReceived() | inp.Tick() | inp.MotionMeasured() | inp.BatteryRead() | inp.DeliveryReported():
            pass
        case inp.SensorConnected() | inp.SensorLost():
            pass
        case inp.RunStarted() | inp.RunEnded() | inp.ClockChanged() | inp.SettingsChanged() | inp.PromptAnswered():
            return True
        case inp.ExerciseRequested() | inp.ExerciseStopped() | inp.FeltRated() | inp.TagSet() | inp.PauseRequested():
            return True
        case inp.BaselineEpochStarted():
            return True
        case _:
            assert_never(step.input)
    return any(isinstance(event, ev.PromptIssued | ev.ExerciseStarted | ev.ExerciseFinished) for event in step.events)


def write_batch(connection: sqlite3.Connection, steps: Iterable[Step], *, imported: bool = False) -> None:
    """Store the steps, or none of them where it raises sqlite3.Error.

    The steps of a run come in the order of their numbers; one that is not above those before it is known already.
    ``imported`` marks the runs that begin here as recordings (law 7).
    """
    with _transaction(connection):
        for run, of_run in groupby(steps, key=lambda step: step.run):
            known = journal.last_number(connection, run)
            new = list(_after(known, of_run))
            if new:
                _write_run(connection, run, new, known, imported=imported)


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """IMMEDIATE takes the write lock before the first read, so that another writer can't slip in between."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _write_run(
    connection: sqlite3.Connection, run: RunId, steps: Sequence[Step], known: int, *, imported: bool
) -> None:
    rows = _Rows(connection, run)
    for stretch in _consecutive(steps):
        if isinstance(stretch[0].input, inp.RunStarted):
            rows.run_started(stretch[0].input, imported=imported)
        journal.append(connection, run, stretch[0].number, [step.input for step in stretch])
        if stretch[0].number > known + 1:
            rows.not_stored(stretch[0])
        known = stretch[-1].number
        for step in stretch:
            rows.step(step)
    beats = (event for step in steps for event in step.events if isinstance(event, ev.BeatsClassified))
    store_beats(connection, run, beats)


def _after(known: int, steps: Iterable[Step]) -> Iterator[Step]:
    for step in steps:
        if step.number > known:
            known = step.number
            yield step


def _consecutive(steps: Sequence[Step]) -> Iterator[list[Step]]:
    numbered = enumerate(steps)
    for _, stretch in groupby(numbered, key=lambda pair: pair[1].number - pair[0]):
        yield [step for _, step in stretch]


def _wall_ms(connection: sqlite3.Connection, run: RunId) -> int | None:
    """What to add to ``mono_ms`` for wall time, as far as the run is stored; None if it is not."""
    sql = """
        SELECT started_at_ms - mono_ms AS wall_ms, -1 AS input_number FROM run WHERE run = :run
        UNION ALL SELECT at_ms - mono_ms, input_number FROM clock_change WHERE run = :run
        ORDER BY input_number DESC LIMIT 1
    """
    row = connection.execute(sql, {"run": run}).fetchone()
    return None if row is None else int(row[0])


class _Rows:
    """The rows of one run in one transaction; knows where its wall clock stands."""

    def __init__(self, connection: sqlite3.Connection, run: RunId) -> None:
        self._connection = connection
        self._run = run
        self._wall_ms = _wall_ms(connection, run)
        self._ledger = LedgerWriter(connection, run)

    def run_started(self, started: inp.RunStarted, *, imported: bool) -> None:
        row = row_of(started) | {"imported": imported}
        row["started_at_ms"] = row.pop("at_ms")
        row["seed"] = str(started.seed)  # an SQLite integer has 64 bits, a seed up to 127
        insert(self._connection, "run", row)
        self._wall_ms = started.at - started.mono_ms

    def not_stored(self, step: Step) -> None:
        row = self._origin(step) | {"why": NOT_STORED, "duration_ms": None, "event_number": -1}
        insert(self._connection, "gap", row)

    def step(self, step: Step) -> None:
        self._input(step)
        for number, event in enumerate(step.events):
            self._event(step, number, event)

    def _input(self, step: Step) -> None:
        match step.input:
            case inp.RunStarted():
                pass  # before all others
            case inp.RunEnded(reason=reason):
                sql = "UPDATE run SET ended_at_ms = ?, end_reason = ? WHERE run = ? AND ended_at_ms IS NULL"
                self._connection.execute(sql, (self._origin(step)["at_ms"], reason, self._run))
            case inp.PacketReceived() | inp.MotionMeasured() | inp.Tick():
                pass  # in the journal
            case inp.ExerciseRequested() | inp.ExerciseStopped():
                pass  # in the journal, and as a session
            case inp.ClockChanged(mono_ms=mono_ms, at=at):
                self._wall_ms = at - mono_ms
                self._said(step)
            case _:
                self._said(step)

    def _said(self, step: Step) -> None:
        row = self._origin(step) | row_of(step.input)
        if type(step.input) in HAPPENINGS:
            row["happening"] = HAPPENINGS[type(step.input)]
        insert(self._connection, TABLES[type(step.input)], row)

    def _event(self, step: Step, number: int, event: ev.Event) -> None:
        match event:
            case ev.BeatsClassified():
                pass  # in blocks, all of a batch together
            case ev.HrvUpdated() | ev.PhaseStarted() | ev.BiofeedbackUpdated():
                pass  # for the eye; the journal makes them again
            case ev.DecisionMade():
                self._ledger.write(event, step.number, number)
            case _:
                if isinstance(event, ev.BaselineComputed):
                    self._ledger.computed(event.hours)
                origin: dict[str, Value] = {"run": self._run, "input_number": step.number, "event_number": number}
                insert(self._connection, TABLES[type(event)], origin | row_of(event))

    def _origin(self, step: Step) -> dict[str, Value]:
        if self._wall_ms is None:
            raise ValueError(f"run {self._run} must begin with RunStarted, came {type(step.input).__name__} first")
        mono_ms = step.input.mono_ms
        return {"run": self._run, "input_number": step.number, "mono_ms": mono_ms, "at_ms": mono_ms + self._wall_ms}
