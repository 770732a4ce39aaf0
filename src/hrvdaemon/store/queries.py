"""Reading what was stored, over connections that can not write. Rows come back as the records they were made of.

What is said of the wearer never comes from an imported recording (law 7), unless the file holds nothing else. What came
before is told by the order in which it was stored (``run.ordinal``): the wall clock may have stood wrong after a boot.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

from hrvdaemon.store.file_header import VERSION, schema_version
from hrvdaemon.store.ledger_queries import (
    OWN,
    decision_at,
    decision_of,
    decisions_between,
    decisions_placed,
    latest_decision,
)
from hrvdaemon.store.rows import HAPPENINGS, TABLES, record_of
from hrvdaemon.store.trouble import in_words
from hrvdaemon.vocabulary.epochs import Epoch
from hrvdaemon.vocabulary.errors import DatabaseUnavailable
from hrvdaemon.vocabulary.events import DecisionMade, Event, PromptIssued
from hrvdaemon.vocabulary.inputs import Input, RunStarted
from hrvdaemon.vocabulary.units import Instant, PromptId, RunId

__all__ = [
    "Placed",
    "Run",
    "decision_at",
    "decision_of",
    "decisions_between",
    "epochs_since",
    "last_run",
    "latest_decision",
    "latest_prompt",
    "open_readonly",
    "placed_between",
    "prompt_issued",
    "records_between",
    "runs",
    "summaries_sent",
]

R = TypeVar("R", bound=Input | Event)
_BUSY_TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of the daemon or of a replay; ``ended_at`` is None while it goes on, and after a crash."""

    started: RunStarted
    imported: bool
    ended_at: Instant | None
    end_reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A record and where it came: the number of its input in its run, and its own among that input's conclusions."""

    run: RunId
    number: int
    event: int | None
    at: Instant
    record: Input | Event


def open_readonly(path: Path) -> sqlite3.Connection:
    """A connection that can't write; close it after use. A writer may go on meanwhile.

    DatabaseUnavailable, saying what to do, if there is none at ``path`` or it is not one of this version.
    """
    if not path.exists():
        raise DatabaseUnavailable(f"no database at {path}; `hrvdaemon run` or `hrvdaemon demo` makes one")
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=_BUSY_TIMEOUT_S)
        connection.row_factory = sqlite3.Row
        version = schema_version(connection, path)
    except sqlite3.DatabaseError as error:
        raise DatabaseUnavailable(f"the database {path} can not be read: {in_words(error)}") from error
    if version < VERSION:
        connection.close()
        raise DatabaseUnavailable(
            f"{path} has tables of version {version}, expected {VERSION}; `hrvdaemon run` adds them"
        )
    return connection


def runs(connection: sqlite3.Connection) -> list[Run]:
    """All runs, imported ones too, in the order they came to be stored."""
    return [_run(row) for row in connection.execute("SELECT * FROM run ORDER BY ordinal")]


def last_run(connection: sqlite3.Connection) -> Run | None:
    """The run that began last; None if there was none yet."""
    row = connection.execute(f"SELECT * FROM run WHERE {OWN} ORDER BY ordinal DESC LIMIT 1").fetchone()  # noqa: S608 - ours
    return None if row is None else _run(row)


def records_between(connection: sqlite3.Connection, cls: type[R], from_at: Instant, to_at: Instant) -> list[R]:
    """Records of one class with ``from_at`` ≤ ``at`` < ``to_at``, in the order they came; as ``placed_between``."""
    return [cast("R", placed.record) for placed in placed_between(connection, (cls,), from_at, to_at)]


def placed_between(
    connection: sqlite3.Connection, classes: Iterable[type[Any]], from_at: Instant, to_at: Instant
) -> list[Placed]:
    """Records of these classes with ``from_at`` ≤ ``at`` < ``to_at``: run after run, and in each as they came.

    For every input and event that has a table of its own (``rows.TABLES``) and for decisions, which go by the beginning
    of their minute; KeyError for others. An input's ``at`` is where its run's clock stood then.
    """
    order = {run.started.run: place for place, run in enumerate(runs(connection))}
    found = [placed for cls in classes for placed in _placed(connection, cls, from_at, to_at)]
    return sorted(found, key=lambda one: (order[one.run], one.number, -1 if one.event is None else one.event))


def _placed(connection: sqlite3.Connection, cls: type[Any], from_at: Instant, to_at: Instant) -> Iterator[Placed]:
    if cls is DecisionMade:
        for run, number, event, decision in decisions_placed(connection, from_at, to_at):
            yield Placed(run=run, number=number, event=event, at=decision.at, record=decision)
        return
    table = TABLES[cls]
    sql = f"SELECT {table}.* FROM {table} JOIN run USING (run) WHERE at_ms >= ? AND at_ms < ? AND {OWN}"  # noqa: S608 - our own names
    for row in connection.execute(sql, (from_at, to_at)):
        if cls in HAPPENINGS and row["happening"] != HAPPENINGS[cls]:
            continue
        yield Placed(
            run=row["run"],
            number=row["input_number"],
            event=row["event_number"] if "event_number" in row.keys() else None,  # noqa: SIM118 - a Row holds values
            at=row["at_ms"],
            record=record_of(cls, row),
        )


def prompt_issued(connection: sqlite3.Connection, prompt: PromptId) -> PromptIssued | None:
    return _one(PromptIssued, connection.execute("SELECT * FROM prompt WHERE id = ?", (prompt,)))


def latest_prompt(connection: sqlite3.Connection) -> PromptIssued | None:
    """The invitation that was made last; None if there was none yet."""
    return _latest(connection, PromptIssued)


def _latest(connection: sqlite3.Connection, cls: type[R]) -> R | None:
    """The newest run first, so that SQLite stops at the first row instead of sorting the table."""
    table = TABLES[cls]
    sql = f"""
        SELECT {table}.* FROM run CROSS JOIN {table} ON {table}.run = run.run WHERE {OWN}
        ORDER BY ordinal DESC, input_number DESC, event_number DESC LIMIT 1
    """  # noqa: S608 - our own names
    return _one(cls, connection.execute(sql))


def summaries_sent(connection: sqlite3.Connection) -> int:
    """How many summaries the daemon has made: windows and outcomes. The next one's sequence number is one more."""
    count = "SELECT count(*) FROM {} JOIN run USING (run) WHERE NOT imported"
    sql = f"SELECT ({count.format('window_summary')}) + ({count.format('outcome')})"
    return int(connection.execute(sql).fetchone()[0])


def epochs_since(connection: sqlite3.Connection, at: Instant) -> list[Epoch]:
    """Epochs that begin at or after ``at``, in order of wall time, and of arrival where it repeats."""
    sql = f"""
        SELECT epoch.* FROM epoch JOIN run USING (run) WHERE start_at_ms >= ? AND {OWN}
        ORDER BY start_at_ms, ordinal, number
    """  # noqa: S608 - our own names
    return [record_of(Epoch, row) for row in connection.execute(sql, (at,))]


def _one(cls: type[R], cursor: sqlite3.Cursor) -> R | None:
    row = cursor.fetchone()
    return None if row is None else record_of(cls, row)


def _run(row: sqlite3.Row) -> Run:
    values: dict[str, Any] = dict(row)
    started = record_of(RunStarted, values | {"at_ms": values["started_at_ms"], "seed": int(values["seed"])})
    return Run(
        started=started,
        imported=bool(values["imported"]),
        ended_at=values["ended_at_ms"],
        end_reason=values["end_reason"],
    )
