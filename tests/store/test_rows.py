from collections.abc import Callable
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from hrvdaemon.store.rows import HAPPENINGS, TABLES, insert, record_of, row_of
from hrvdaemon.vocabulary.events import Event, GapDetected, GateVerdict
from hrvdaemon.vocabulary.inputs import Input
from hrvdaemon.vocabulary.units import Instant


@pytest.mark.parametrize("cls", TABLES, ids=lambda cls: cls.__name__)
@given(data=st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_record_with_a_table_comes_back_from_it_equal(
    db: Database, any_of: Callable[[Any], st.SearchStrategy[Any]], cls: type[Any], data: st.DataObject
) -> None:
    record = data.draw(any_of(cls))
    table = TABLES[cls]
    origin: dict[str, Any] = {"run": "r1", "input_number": 0, "at_ms": 0}
    if isinstance(record, get_args(Event)):
        origin["event_number"] = 0
    if cls in HAPPENINGS:
        origin["happening"] = HAPPENINGS[cls]
    db.execute(f"DELETE FROM {table}")
    insert(db.conn, table, origin | row_of(record))
    (row,) = db.query(f"SELECT * FROM {table}")
    assert record_of(cls, row) == record


def test_a_gap_is_one_row_with_its_units_in_the_names() -> None:
    gap = GapDetected(mono_ms=5, at=Instant(7), why="no data", duration_ms=None)
    assert row_of(gap) == {"mono_ms": 5, "at_ms": 7, "why": "no data", "duration_ms": None}


def test_gates_are_arrays_without_trailing_nulls_and_a_false_gate_stays_false() -> None:
    from dataclasses import dataclass

    @dataclass(frozen=True)
    class Ledger:
        gates: tuple[GateVerdict, ...]

    Ledger.__annotations__["gates"] = tuple[GateVerdict, ...]
    record = Ledger((GateVerdict(gate="quiet", passed=True), GateVerdict(gate="moving", passed=False, value=2.5)))
    row = row_of(record)
    assert row == {"gates_json": '[["quiet",1],["moving",0,2.5]]'}
    again = record_of(Ledger, row)
    assert again == record
    assert again.gates[1].passed is False


def test_a_row_whose_key_is_there_stays_as_it_was(db: Database) -> None:
    key: dict[str, Any] = {"run": "r1", "input_number": 1, "event_number": 0}
    insert(db.conn, "gap", key | row_of(GapDetected(mono_ms=5, at=Instant(7), why="first")))
    insert(db.conn, "gap", key | row_of(GapDetected(mono_ms=5, at=Instant(7), why="second")))
    assert [row["why"] for row in db.query("SELECT why FROM gap")] == ["first"]


def test_every_input_and_event_is_placed_or_left_out_on_purpose() -> None:
    elsewhere = {"RunStarted", "RunEnded", "BeatsClassified", "DecisionMade"}
    journal_only = {
        "PacketReceived",
        "MotionMeasured",
        "Tick",
        "ExerciseRequested",
        "ExerciseStopped",
        "HrvUpdated",
        "PhaseStarted",
        "BiofeedbackUpdated",
    }
    known = {cls.__name__ for cls in TABLES}
    assert {cls.__name__ for cls in (*get_args(Input), *get_args(Event))} == known | elsewhere | journal_only
