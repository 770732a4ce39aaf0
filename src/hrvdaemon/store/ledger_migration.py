"""The ledger of the first release in the rows of the second, every decision kept.

The local day and minute of old rows come from the zone their run was in then, which the first release did not keep with
them. Numbers are rounded to the ledger's grid.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from hrvdaemon.store.ledger import GATES
from hrvdaemon.store.ledger_context import bins_of
from hrvdaemon.store.ledger_writer import LedgerWriter
from hrvdaemon.store.rows import record_of
from hrvdaemon.vocabulary.decisions import DecisionMade, GateVerdict, on_the_grid
from hrvdaemon.vocabulary.ledger_grid import on_bpm_grid, on_ln_grid, on_share_grid
from hrvdaemon.vocabulary.local_time import local_time
from hrvdaemon.vocabulary.units import MINUTE_MS, RunId

_OLD = "decision_1"
_ON_SHARES = frozenset({"quality", "rhythm", "breathing"})
_ADDED: Mapping[str, Any] = dict.fromkeys(("local_day", "local_minute", "quality", "resid"))


def convert_ledger(connection: sqlite3.Connection) -> None:
    """Write every row of the old table ``decision_1`` into ``decision``, run after run, as they were made."""
    for (run,) in connection.execute("SELECT run FROM run ORDER BY ordinal").fetchall():
        writer, zones = LedgerWriter(connection, run), _Zones(connection, run)
        for kind, number, event_number, values in _merged(connection, run):
            if kind == "baseline":
                writer.computed(bins_of(json.loads(values["hours_json"])))
            else:
                writer.write(_decision(values, zones.at(number)), number, event_number)


def _merged(connection: sqlite3.Connection, run: RunId) -> Iterator[tuple[str, int, int, dict[str, Any]]]:
    """Baselines and decisions of a run in the order they were made."""
    found = [
        (values["input_number"], values["event_number"], kind, values)
        for kind, table in (("baseline", "baseline"), ("decision", _OLD))
        for values in _rows(connection, table, run)
    ]
    for number, event_number, kind, values in sorted(found, key=lambda one: one[:2]):
        yield kind, number, event_number, values


def _rows(connection: sqlite3.Connection, table: str, run: RunId) -> Iterator[dict[str, Any]]:
    cursor = connection.execute(f"SELECT * FROM {table} WHERE run = ?", (run,))  # noqa: S608 - our own names
    names = [column[0] for column in cursor.description]
    for values in cursor.fetchall():
        yield dict(zip(names, values, strict=True))


class _Zones:
    """The zone of a run at each of its inputs."""

    def __init__(self, connection: sqlite3.Connection, run: RunId) -> None:
        (first,) = connection.execute("SELECT zone FROM run WHERE run = ?", (run,)).fetchone()
        sql = "SELECT input_number, zone FROM clock_change WHERE run = ? ORDER BY input_number"
        self._changes = [(-1, first), *connection.execute(sql, (run,)).fetchall()]

    def at(self, number: int) -> str:
        """What is due is done before the input that shows it, so a change counts from the input after it."""
        return str(next(zone for since, zone in reversed(self._changes) if since < number))


def _decision(values: Mapping[str, Any], zone: str) -> DecisionMade:
    names = ("is_standing_like", "is_strap_on", "is_after_session")
    old = record_of(DecisionMade, {**values, **_ADDED, **dict.fromkeys(names, 0)})
    when = local_time(old.start_at // MINUTE_MS * MINUTE_MS, zone)
    return replace(
        old,
        local_day=when.day,
        local_minute=when.minute,
        gates=tuple(_verdict(verdict) for verdict in old.gates if verdict.gate in GATES),
        hr_bpm=None if old.hr_bpm is None else on_bpm_grid(old.hr_bpm),
        ln_rmssd=_on_ln(old.ln_rmssd),
        usual=None if old.usual is None else on_the_grid(old.usual),
        z_hr=_on_ln(old.z_hr),
        z_ln_rmssd=_on_ln(old.z_ln_rmssd),
        activation=_on_ln(old.activation),
    )


def _verdict(old: GateVerdict) -> GateVerdict:
    """Kinetics told its rise over a minute; now it is the share of its limit."""
    value, limit = old.value, old.limit
    if old.gate == "kinetics" and value is not None and limit:
        value, limit = on_ln_grid(value / limit), 1.0
    elif value is not None:
        value = on_share_grid(value) if old.gate in _ON_SHARES else on_bpm_grid(value)
    if limit is not None and old.gate not in _ON_SHARES:
        limit = on_bpm_grid(limit)
    return replace(old, value=value, limit=limit)


def _on_ln(value: float | None) -> float | None:
    return None if value is None else on_ln_grid(value)
