from collections.abc import Callable
from itertools import islice
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from hrvdaemon.store.batch import is_urgent, write_batch
from hrvdaemon.store.journal import journal_inputs
from hrvdaemon.vocabulary.events import AutonomicState, AutonomicStateChanged, Event, ExerciseStarted, PromptIssued
from hrvdaemon.vocabulary.inputs import (
    Answer,
    BatteryRead,
    ClockChanged,
    FeltRated,
    Input,
    PauseRequested,
    PromptAnswered,
    RunEnded,
    SensorConnected,
    SensorLost,
    Tick,
)
from hrvdaemon.vocabulary.steps import Step
from hrvdaemon.vocabulary.units import Instant, PromptId, RunId, SensorId, SessionId

Contents = Callable[[Database], dict[str, list[tuple[Any, ...]]]]
Run = Callable[..., list[Step]]


def test_a_batch_leaves_the_journal_and_every_conclusion(db: Database, a_run: Run) -> None:
    steps = a_run(3)
    write_batch(db.conn, steps)
    assert list(journal_inputs(db.conn, RunId("r1"))) == [step.input for step in steps]
    counts = {name: db.table(name).count for name in ("run", "epoch", "decision", "prompt", "sensor", "gap")}
    assert counts == {"run": 1, "epoch": 3, "decision": 3, "prompt": 1, "sensor": 1, "gap": 0}
    assert db.execute("SELECT sum(length(kinds)) FROM beat_block").fetchone() == (180,)


def test_feeding_the_same_steps_twice_stores_once(db: Database, a_run: Run, contents: Contents) -> None:
    write_batch(db.conn, a_run(3))
    once = contents(db), db.table("journal").count
    write_batch(db.conn, a_run(3))
    assert (contents(db), db.table("journal").count) == once


@given(cuts=st.lists(st.integers(1, 200), min_size=1, max_size=12), again_from=st.integers(0, 360))
@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_neither_batches_nor_a_second_start_change_what_is_stored(
    db: Database, a_run: Run, contents: Contents, cuts: list[int], again_from: int
) -> None:
    for name in contents(db):
        db.execute(f"DELETE FROM {name}")
    db.execute("DELETE FROM journal")
    write_batch(db.conn, a_run(3))
    expected = contents(db)
    for name in (*expected, "journal"):
        db.execute(f"DELETE FROM {name}")
    steps = iter([*a_run(3)[:again_from], *a_run(3)])
    for cut in (*cuts, 1000):
        write_batch(db.conn, list(islice(steps, cut)))
    assert contents(db) == expected
    assert list(journal_inputs(db.conn, RunId("r1"))) == [step.input for step in a_run(3)]


def test_a_batch_that_fails_leaves_nothing(db: Database, a_run: Run, contents: Contents) -> None:
    db.execute("DROP TABLE prompt")
    with pytest.raises(Exception, match="no such table: prompt"):
        write_batch(db.conn, a_run(3))
    assert all(rows == [] for rows in contents(db).values())
    assert db.table("journal").count == 0


def test_two_runs_in_one_batch_keep_apart(db: Database, a_run: Run) -> None:
    write_batch(db.conn, [*a_run(1, "first"), *a_run(1, "second")])
    assert [row["run"] for row in db.query("SELECT run FROM epoch ORDER BY run")] == ["first", "second"]


def test_lost_steps_are_a_gap_that_says_so(db: Database, a_run: Run) -> None:
    steps = a_run(2, ended=False)
    write_batch(db.conn, [*steps[:40], *steps[60:]])
    assert list(db.query("SELECT input_number, event_number, why FROM gap")) == [
        {"input_number": 60, "event_number": -1, "why": "not_stored"}
    ]
    assert [row["first_number"] for row in db.query("SELECT first_number FROM journal")] == [0, 60]


def test_a_run_that_does_not_begin_with_its_start_is_our_mistake(db: Database) -> None:
    with pytest.raises(ValueError, match="must begin with RunStarted, came BatteryRead"):
        write_batch(db.conn, [_step(0, BatteryRead(mono_ms=1, sensor=SensorId("a"), percent=50))])


def _step(number: int, item: Input, *events: Event) -> Step:
    return Step(run=RunId("r1"), number=number, input=item, events=events)


def test_wall_time_follows_the_clock_changes_across_batches(db: Database, a_run: Run) -> None:
    (started, *_) = a_run(1)
    sensor, mono_ms = SensorId("a"), started.input.mono_ms
    write_batch(db.conn, [started, _step(1, SensorLost(mono_ms=mono_ms + 10, sensor=sensor, reason="away"))])
    changed = ClockChanged(mono_ms=mono_ms + 20, at=Instant(1_000_020), zone="UTC")
    write_batch(db.conn, [_step(2, changed), _step(3, SensorConnected(mono_ms=mono_ms + 30, sensor=sensor, name="S"))])
    write_batch(db.conn, [_step(4, BatteryRead(mono_ms=mono_ms + 40, sensor=sensor, percent=7))])
    write_batch(db.conn, [_step(5, RunEnded(mono_ms=mono_ms + 50, reason="over"))])
    assert list(db.query("SELECT at_ms, happening, percent FROM sensor")) == [
        {"at_ms": 1_699_999_980_010, "happening": "lost", "percent": None},
        {"at_ms": 1_000_030, "happening": "connected", "percent": None},
        {"at_ms": 1_000_040, "happening": "battery", "percent": 7},
    ]
    assert list(db.query("SELECT ended_at_ms, end_reason FROM run")) == [
        {"ended_at_ms": 1_000_050, "end_reason": "over"}
    ]


def test_a_seed_of_any_size_is_kept(db: Database, a_run: Run) -> None:
    write_batch(db.conn, a_run(1))
    assert [row["seed"] for row in db.query("SELECT seed FROM run")] == [str(2**100)]


@pytest.mark.parametrize(
    ("item", "urgent"),
    [
        (PromptAnswered(mono_ms=0, prompt=PromptId("p"), answer=Answer.START), True),
        (FeltRated(mono_ms=0, session=SessionId("s"), tension=3, after=True), True),
        (PauseRequested(mono_ms=0, minutes=30), True),
        (RunEnded(mono_ms=0, reason="over"), True),
        (Tick(mono_ms=0), False),
        (SensorLost(mono_ms=0, sensor=SensorId("a"), reason="away"), False),
    ],
)
def test_what_a_person_said_is_urgent_and_what_comes_by_itself_is_not(item: Input, urgent: bool) -> None:
    assert is_urgent(_step(0, item)) is urgent


def test_an_invitation_and_a_session_are_urgent_whatever_showed_them(
    any_of: Callable[[Any], st.SearchStrategy[Any]],
) -> None:
    session = ExerciseStarted(
        mono_ms=0, at=Instant(0), session=SessionId("s"), exercise="e", prompt=None, duration_s=60.0
    )
    state = AutonomicStateChanged(
        mono_ms=0, at=Instant(0), state=AutonomicState.STEADY, previous=AutonomicState.ELEVATED, reason=None
    )
    assert is_urgent(_step(0, Tick(mono_ms=0), state, session))
    assert not is_urgent(_step(0, Tick(mono_ms=0), state))


def test_a_prompt_is_urgent(a_run: Run) -> None:
    asked = [step for step in a_run(2) if any(isinstance(event, PromptIssued) for event in step.events)]
    assert [is_urgent(step) for step in asked] == [True]
