"""Reading the ledger: its rows as the decisions they were made of.

What the wearer's own ledger says is not an imported recording's (law 7), unless the file holds nothing else.
"""

import sqlite3
from collections.abc import Iterator
from typing import Any, Final

from hrvdaemon.store.ledger import from_row
from hrvdaemon.store.ledger_context import Context
from hrvdaemon.store.ledger_tables import KEY_BITS, KEY_MASK
from hrvdaemon.vocabulary.decisions import DecisionMade
from hrvdaemon.vocabulary.units import MINUTE_MS, Instant, PromptId, RunId

OWN: Final = "run.imported = (SELECT min(imported) FROM run)"
_ROWS: Final = f"""
    SELECT decision.*, run.run AS run_name, ordinal
    FROM decision JOIN ledger_context ON context = key & {KEY_MASK} JOIN run ON run.ordinal = ledger_context.run
"""  # noqa: S608 - our own names


def decisions_between(connection: sqlite3.Connection, from_at: Instant, to_at: Instant) -> list[DecisionMade]:
    """Rows of minutes that begin in ``from_at`` ≤ … < ``to_at``, in the order they were made."""
    return [decision for *_, decision in decisions_placed(connection, from_at, to_at)]


def decisions_placed(
    connection: sqlite3.Connection, from_at: Instant, to_at: Instant
) -> Iterator[tuple[RunId, int, int, DecisionMade]]:
    """The same with run, number of the input and place among its conclusions."""
    sql = f"""{_ROWS} WHERE key >= ? AND key < ? AND {OWN}
        ORDER BY ordinal, input_number, event_number
    """
    reader = _Reader(connection)
    bounds = (key_from(from_at), key_from(to_at))
    for row in connection.execute(sql, bounds).fetchall():
        yield RunId(row["run_name"]), row["input_number"], row["event_number"], reader.decision(row)


def decision_at(connection: sqlite3.Connection, at: Instant) -> DecisionMade | None:
    """The row whose minutes hold ``at``, the later one where the clock went over them twice; None if there is none."""
    sql = f"{_ROWS} WHERE key < ? AND {OWN} ORDER BY key DESC LIMIT 1"
    decision = _one(connection, sql, (key_from(Instant(at + 1)),))
    holds = decision is not None and at < decision.start_at + decision.minutes * MINUTE_MS
    return decision if holds else None


def latest_decision(connection: sqlite3.Connection) -> DecisionMade | None:
    """The row that was made last; None if there is none. It stands in the newest context, at or after its beginning."""
    sql = f"""
        SELECT context, from_minute FROM ledger_context JOIN run ON run.ordinal = ledger_context.run WHERE {OWN}
        ORDER BY context DESC LIMIT 1
    """  # noqa: S608 - our own names
    newest = connection.execute(sql).fetchone()
    if newest is None:
        return None
    of_it = f"{_ROWS} WHERE context = ? AND key >= ? ORDER BY key DESC LIMIT 1"
    return _one(connection, of_it, (newest["context"], newest["from_minute"] << KEY_BITS))


def decision_of(connection: sqlite3.Connection, prompt: PromptId) -> DecisionMade | None:
    """The row that led to an invitation."""
    return _one(connection, f"{_ROWS} WHERE prompt = ?", (prompt,))


class _Reader:
    """Rows to decisions; each context is read once."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._contexts: dict[int, Context] = {}

    def decision(self, row: sqlite3.Row) -> DecisionMade:
        number = row["key"] & KEY_MASK
        if number not in self._contexts:
            sql = "SELECT * FROM ledger_context WHERE context = ?"
            self._contexts[number] = Context.from_row(self._connection.execute(sql, (number,)).fetchone())
        return from_row(row, self._contexts[number])


def _one(connection: sqlite3.Connection, sql: str, values: tuple[Any, ...]) -> DecisionMade | None:
    row = connection.execute(sql, values).fetchone()
    return None if row is None else _Reader(connection).decision(row)


def key_from(at: Instant) -> int:
    """The least key of minutes that begin at or after a moment; a whole number of SQLite's at most."""
    return min(-(-at // MINUTE_MS) << KEY_BITS, 2**62)
