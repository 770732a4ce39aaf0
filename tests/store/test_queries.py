import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from hrvdaemon.store import queries
from hrvdaemon.store.batch import write_batch
from hrvdaemon.vocabulary.epochs import WindowMetrics
from hrvdaemon.vocabulary.errors import DatabaseUnavailable
from hrvdaemon.vocabulary.events import DecisionMade, EpochClosed, Event, GapDetected, PromptIssued, WindowSummarised
from hrvdaemon.vocabulary.inputs import Answer, PromptAnswered, RunStarted, SensorConnected, SensorLost
from hrvdaemon.vocabulary.steps import Step
from hrvdaemon.vocabulary.units import HOUR_MS, Instant, PromptId, RunId

Run = Callable[..., list[Step]]
START = 1_699_999_980_000
EVER = (Instant(0), Instant(4_000_000_000_000))


@pytest.fixture
def steps(db: Database, a_run: Run) -> list[Step]:
    taken = a_run(4)
    write_batch(db.conn, taken)
    return taken


@pytest.fixture
def reader(db: Database, tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = queries.open_readonly(tmp_path / "hrv.db")
    yield connection
    connection.close()


def _events(steps: list[Step], cls: type[Event]) -> list[Event]:
    return [event for step in steps for event in step.events if isinstance(event, cls)]


def test_no_database_says_where_and_what_makes_one(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnavailable, match=r"no database at .*none\.db; `hrvdaemon run`"):
        queries.open_readonly(tmp_path / "none.db")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database_says_so(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("RR\n800\n" * 200)
    with pytest.raises(DatabaseUnavailable, match=r"notes\.txt can not be read: the file is not a database"):
        queries.open_readonly(tmp_path / "notes.txt")


def test_an_empty_file_has_no_tables_yet(tmp_path: Path) -> None:
    (tmp_path / "hrv.db").touch()
    with pytest.raises(DatabaseUnavailable, match="version 0, expected 2"):
        queries.open_readonly(tmp_path / "hrv.db")


def test_a_path_with_a_question_mark_and_spaces_opens(tmp_path: Path) -> None:
    from hrvdaemon.store.schema import open_for_writing

    open_for_writing(tmp_path / "a b?#.db", busy_timeout_ms=100).close()
    queries.open_readonly(tmp_path / "a b?#.db").close()


def test_a_reader_can_not_write(reader: sqlite3.Connection) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader.execute("DELETE FROM run")


def test_two_readers_each_see_a_whole_state_while_one_writes(db: Database, tmp_path: Path, a_run: Run) -> None:
    path, taken = tmp_path / "hrv.db", a_run(4)
    first, second = queries.open_readonly(path), queries.open_readonly(path)
    write_batch(db.conn, taken[:250])
    first.execute("BEGIN")
    assert len(queries.decisions_between(first, *EVER)) == 2
    write_batch(db.conn, taken[250:])
    assert len(queries.decisions_between(first, *EVER)) == 2
    assert len(queries.decisions_between(second, *EVER)) == 4
    first.execute("COMMIT")
    assert len(queries.decisions_between(first, *EVER)) == 4
    first.close()
    second.close()


def test_decisions_and_epochs_come_back_as_they_were_made(steps: list[Step], reader: sqlite3.Connection) -> None:
    decisions = _events(steps, DecisionMade)
    assert queries.decisions_between(reader, *EVER) == decisions
    assert queries.decisions_between(reader, Instant(START + 60_000), Instant(START + 120_000)) == decisions[1:2]
    closed = [event.epoch for event in _events(steps, EpochClosed) if isinstance(event, EpochClosed)]
    assert queries.epochs_since(reader, Instant(START)) == closed
    assert queries.epochs_since(reader, Instant(START + 1)) == closed[1:]
    assert queries.latest_decision(reader) == decisions[-1]


def test_a_time_finds_the_minute_that_holds_it(steps: list[Step], reader: sqlite3.Connection) -> None:
    decisions = _events(steps, DecisionMade)
    assert queries.decision_at(reader, Instant(START)) == decisions[0]
    assert queries.decision_at(reader, Instant(START + 59_999)) == decisions[0]
    assert queries.decision_at(reader, Instant(START + 60_000)) == decisions[1]
    assert queries.decision_at(reader, Instant(START - 1)) is None
    assert queries.decision_at(reader, Instant(START + 4 * 60_000)) is None


def test_an_invitation_is_found_with_the_minute_that_led_to_it(steps: list[Step], reader: sqlite3.Connection) -> None:
    (prompt,) = _events(steps, PromptIssued)
    assert queries.latest_prompt(reader) == prompt
    assert queries.prompt_issued(reader, PromptId("r1-p0")) == prompt
    assert queries.decision_of(reader, PromptId("r1-p0")) == _events(steps, DecisionMade)[-1]
    assert queries.prompt_issued(reader, PromptId("other")) is None
    assert queries.decision_of(reader, PromptId("other")) is None


def test_an_empty_database_answers_with_nothing(reader: sqlite3.Connection) -> None:
    assert queries.runs(reader) == []
    assert queries.last_run(reader) is None
    assert queries.latest_prompt(reader) is None
    assert queries.latest_decision(reader) is None
    assert queries.decision_at(reader, Instant(START)) is None


def test_runs_know_how_they_began_and_ended(db: Database, a_run: Run, reader: sqlite3.Connection) -> None:
    write_batch(db.conn, [*a_run(1, "r1"), *a_run(1, "r2", ended=False)])
    first, second = queries.runs(reader)
    assert first.started == a_run(1, "r1")[0].input
    assert (first.ended_at, first.end_reason) == (START + 60_900, "asked to stop")
    assert (second.ended_at, second.end_reason) == (None, None)
    assert queries.last_run(reader) == second


def moved(steps: list[Step], hours: int) -> list[Step]:
    """The same run with its wall clock standing elsewhere."""

    def one(record: Any) -> Any:
        instants = {name: getattr(record, name) for name in ("at", "start_at") if hasattr(record, name)}
        return replace(record, **{name: Instant(at + hours * HOUR_MS) for name, at in instants.items()})

    return [replace(step, input=one(step.input), events=tuple(map(one, step.events))) for step in steps]


def test_what_came_last_is_not_what_the_clock_calls_last(db: Database, a_run: Run, reader: sqlite3.Connection) -> None:
    """After a boot without a clock chip the second run's wall time is a day behind the first's."""
    first, second = a_run(2, "z-first"), moved(a_run(2, "a-second"), -24)
    write_batch(db.conn, [*first, *second])
    assert [run.started.run for run in queries.runs(reader)] == ["z-first", "a-second"]
    last = queries.last_run(reader)
    assert last is not None
    assert last.started.run == "a-second"
    assert queries.latest_decision(reader) == _events(second, DecisionMade)[-1]
    assert queries.latest_prompt(reader) == _events(second, PromptIssued)[-1]
    assert queries.decisions_between(reader, *EVER) == [*_events(first, DecisionMade), *_events(second, DecisionMade)]


def test_of_two_runs_that_hold_a_time_the_one_that_came_later_answers(
    db: Database, a_run: Run, reader: sqlite3.Connection
) -> None:
    first, second = a_run(2, "z-first"), a_run(2, "a-second")
    write_batch(db.conn, [*first, *second])
    found = queries.decision_at(reader, Instant(START + 90_000))
    assert found == _events(second, DecisionMade)[-1]
    assert found != _events(first, DecisionMade)[-1]


def test_a_recording_says_nothing_of_the_wearer_unless_there_is_nothing_else(
    db: Database, a_run: Run, reader: sqlite3.Connection
) -> None:
    theirs, mine = a_run(2, "theirs"), moved(a_run(2, "mine"), -24)
    write_batch(db.conn, theirs, imported=True)
    assert queries.latest_prompt(reader) == _events(theirs, PromptIssued)[-1]
    assert queries.decisions_between(reader, *EVER) == _events(theirs, DecisionMade)
    write_batch(db.conn, mine)
    write_batch(db.conn, a_run(2, "theirs again"), imported=True)
    assert [run.imported for run in queries.runs(reader)] == [True, False, True]
    last = queries.last_run(reader)
    assert last is not None
    assert last.started.run == "mine"
    assert queries.latest_decision(reader) == _events(mine, DecisionMade)[-1]
    assert queries.latest_prompt(reader) == _events(mine, PromptIssued)[-1]
    assert queries.decisions_between(reader, *EVER) == _events(mine, DecisionMade)
    assert queries.decision_at(reader, Instant(START)) is None
    assert len(queries.epochs_since(reader, Instant(0))) == 2
    assert len(queries.records_between(reader, PromptIssued, *EVER)) == 1


def test_the_summaries_of_a_recording_were_never_sent(
    db: Database, reader: sqlite3.Connection, metrics: WindowMetrics
) -> None:
    for run, imported in (("theirs", True), ("mine", False)):
        started = RunStarted(mono_ms=0, at=Instant(START), run=RunId(run), version="1", zone="UTC", boot_id="b", seed=1)
        window = WindowSummarised(mono_ms=1, at=Instant(START), number=0, start_at=Instant(START), metrics=metrics)
        write_batch(db.conn, [Step(run=RunId(run), number=0, input=started, events=(window,))], imported=imported)
        assert queries.summaries_sent(reader) == (0 if imported else 1)


def test_records_of_one_table_are_told_apart_by_their_class(steps: list[Step], reader: sqlite3.Connection) -> None:
    assert queries.records_between(reader, SensorConnected, *EVER) == [steps[1].input]
    assert queries.records_between(reader, SensorLost, *EVER) == []


def test_records_come_in_the_order_of_their_inputs(db: Database, a_run: Run, reader: sqlite3.Connection) -> None:
    taken = a_run(2, ended=False)
    answer = PromptAnswered(mono_ms=taken[-1].input.mono_ms + 5, prompt=PromptId("r1-p0"), answer=Answer.LATER)
    taken.append(Step(run=RunId("r1"), number=len(taken), input=answer, events=()))
    write_batch(db.conn, taken)
    placed = queries.placed_between(reader, (PromptAnswered, PromptIssued, EpochClosed, GapDetected), *EVER)
    assert [(type(one.record), one.event) for one in placed] == [
        (EpochClosed, 1), (EpochClosed, 1), (PromptIssued, 3), (PromptAnswered, None),
    ]  # fmt: skip
    assert placed[-1].record == answer
    assert placed[-1].number == taken[-1].number
    assert placed[-1].at == START + 120_505
