"""Writes the ledger's rows of one run within a transaction; knows the context that the last row stood in."""

import json
import sqlite3
from collections.abc import Sequence

from hrvdaemon.store.ledger import key_of, to_row
from hrvdaemon.store.ledger_context import Context, bins_of
from hrvdaemon.store.rows import insert
from hrvdaemon.vocabulary.decisions import DecisionMade, HourUsual
from hrvdaemon.vocabulary.units import MINUTE_MS, RunId


class LedgerWriter:
    """Rows come in the order they were made. Reads nothing before the first of them."""

    def __init__(self, connection: sqlite3.Connection, run: RunId) -> None:
        self._connection = connection
        self._run = run
        self._ordinal: int | None = None
        self._context: tuple[int, Context] | None = None
        self._hours: Sequence[HourUsual] | None = None

    def computed(self, hours: Sequence[HourUsual]) -> None:
        """The usual from now on."""
        self._hours = hours

    def write(self, decision: DecisionMade, input_number: int, event_number: int) -> None:
        """Add a row; one that is there already stays as it is."""
        key = key_of(decision, self._context_of(decision))
        origin = {"key": key, "input_number": input_number, "event_number": event_number}
        insert(self._connection, "decision", origin | to_row(decision))

    def _context_of(self, decision: DecisionMade) -> int:
        if self._ordinal is None:
            self._begin()
        number, last = self._context or (0, None)
        wanted = Context.of(self._ordinal or 0, decision, self._hours or (), last)
        if wanted != last:
            row = wanted.row() | {"from_minute": decision.start_at // MINUTE_MS}
            insert(self._connection, "ledger_context", row)
            (number,) = self._connection.execute("SELECT last_insert_rowid()").fetchone()
        self._context = number, wanted
        return number

    def _begin(self) -> None:
        """Where the last transaction of this run stood."""
        sql = "SELECT ordinal, imported FROM run WHERE run = ?"
        self._ordinal, imported = self._connection.execute(sql, (self._run,)).fetchone()
        self._context = last_context(self._connection, self._ordinal)
        if self._hours is None:
            self._hours = _last_hours(self._connection, self._run, imported=bool(imported))


def last_context(connection: sqlite3.Connection, ordinal: int) -> tuple[int, Context] | None:
    """The newest context of a run and its number; None if it has none."""
    cursor = connection.execute("SELECT * FROM ledger_context WHERE run = ? ORDER BY context DESC LIMIT 1", (ordinal,))
    names = [column[0] for column in cursor.description]
    values = cursor.fetchone()
    if values is None:
        return None
    row = dict(zip(names, values, strict=True))
    return row["context"], Context.from_row(row)


def _last_hours(connection: sqlite3.Connection, run: RunId, *, imported: bool) -> tuple[HourUsual, ...]:
    """The usual as it was last worked out, by an earlier run too; of a recording by itself only."""
    sql = """
        SELECT hours_json FROM run JOIN baseline USING (run) WHERE imported = :imported AND (run = :run OR NOT imported)
        ORDER BY ordinal DESC, input_number DESC, event_number DESC LIMIT 1
    """
    row = connection.execute(sql, {"imported": imported, "run": run}).fetchone()
    return () if row is None else bins_of(json.loads(row[0]))
