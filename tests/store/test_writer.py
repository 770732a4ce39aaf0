"""The store with a clock that only the test moves: ``sleep`` ends when the test says so."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from hrvdaemon.channel import Channel
from hrvdaemon.store import queries, writer
from hrvdaemon.store.batch import write_batch
from hrvdaemon.store.journal import journal_inputs
from hrvdaemon.store.writer import Store, StoreSettings, record_sync
from hrvdaemon.vocabulary.errors import DatabaseUnavailable
from hrvdaemon.vocabulary.inputs import PauseRequested
from hrvdaemon.vocabulary.steps import Step
from hrvdaemon.vocabulary.units import RunId

Run = Callable[..., list[Step]]
SETTINGS = StoreSettings(busy_timeout_s=0.01)


class Bench:
    """A store at work in a task, its sleeper held by the test, its reports and acknowledgements written down."""

    def __init__(self, path: Path, settings: StoreSettings = SETTINGS) -> None:
        self.path = path
        self.reports: list[str] = []
        self.acknowledged: list[int] = []
        self.slept: list[float] = []
        self._ring = asyncio.Event()
        self._news = asyncio.Event()
        self.steps: Channel[Step] = Channel()
        self.store = Store(path, settings, report=self._report, acknowledge=self._written, sleep=self._sleep)
        self.task = asyncio.create_task(self.store.run(self.steps))

    def _report(self, words: str) -> None:
        self.reports.append(words)
        self._news.set()

    def _written(self, step: Step) -> None:
        self.acknowledged.append(step.number)
        self._news.set()

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await self._ring.wait()
        self._ring.clear()

    def feed(self, steps: Iterable[Step]) -> None:
        for step in steps:
            self.steps.put(step)

    async def settle(self) -> None:
        """Until the store said something: a batch written, or a report."""
        await self._news.wait()
        self._news.clear()

    def time_passes(self) -> None:
        self._ring.set()

    async def end(self) -> None:
        self.steps.close()
        await self.task

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Let the store and its thread go on until something is so; a bound instead of a hang."""
        for _ in range(10_000):
            if is_so():
                return
            await asyncio.sleep(0.001)
        raise AssertionError("it never came to that")

    def files(self) -> list[str]:
        return [item.name for item in self.path.parent.iterdir()]

    def stored(self) -> list[int]:
        """Numbers of the inputs that another connection finds."""
        reader = queries.open_readonly(self.path)
        blocks = [tuple(row) for row in reader.execute("SELECT first_number, last_number FROM journal ORDER BY 1")]
        reader.close()
        return [number for first, last in blocks for number in range(first, last + 1)]


class Disk:
    """Stands in front of ``write_batch`` and fails as SQLite does while ``fault`` is set."""

    def __init__(self) -> None:
        self.fault: int | None = None
        self.page_limit: int | None = None
        self.threads: set[str] = set()

    def write_batch(self, connection: sqlite3.Connection, steps: list[Step], *, imported: bool = False) -> None:
        self.threads.add(threading.current_thread().name)
        if self.fault is not None:
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorcode = self.fault
            raise error
        if self.page_limit is not None:
            connection.execute(f"PRAGMA max_page_count = {self.page_limit}")
        write_batch(connection, steps, imported=imported)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    stand_in = Disk()
    monkeypatch.setattr(writer, "write_batch", stand_in.write_batch)
    return stand_in


async def test_beats_wait_for_the_flush_and_then_all_are_there(tmp_path: Path, a_run: Run) -> None:
    bench, steps = Bench(tmp_path / "hrv.db"), a_run(1)
    bench.feed(steps[:1])
    await bench.settle()
    bench.feed(steps[1:40])
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert bench.stored() == [0]
    bench.time_passes()
    await bench.settle()
    assert bench.stored() == list(range(40))
    assert set(bench.slept) == {10.0}
    await bench.end()


async def test_what_someone_said_is_stored_at_once_with_all_before_it(tmp_path: Path, a_run: Run) -> None:
    bench, steps = Bench(tmp_path / "hrv.db"), a_run(1)
    bench.feed(steps[:1])
    await bench.settle()
    bench.feed(steps[1:30])
    bench.feed([Step(run=RunId("r1"), number=30, input=PauseRequested(mono_ms=9_000_000, minutes=30), events=())])
    await bench.settle()
    assert bench.stored() == list(range(31))
    assert bench.acknowledged == [0, 30]
    await bench.end()


async def test_the_end_stores_the_rest_and_leaves_one_file(tmp_path: Path, a_run: Run) -> None:
    bench, steps = Bench(tmp_path / "hrv.db"), a_run(2, ended=False)
    bench.feed(steps)
    await bench.end()
    assert bench.files() == ["hrv.db"]
    assert bench.stored() == list(range(len(steps)))
    assert bench.reports == []


async def test_a_large_batch_is_written_without_waiting(tmp_path: Path, a_run: Run) -> None:
    bench = Bench(tmp_path / "hrv.db", StoreSettings(batch_steps=50))
    steps = a_run(1, ended=False)
    bench.feed(steps[:1])
    await bench.settle()
    bench.feed(steps[1:60])
    await bench.settle()
    assert bench.stored() == list(range(60))
    await bench.end()


async def test_one_thread_does_all_the_writing(tmp_path: Path, a_run: Run, disk: Disk) -> None:
    bench = Bench(tmp_path / "hrv.db", StoreSettings(batch_steps=10))
    bench.feed(a_run(1))
    await bench.end()
    assert disk.threads == {"store_0"}


async def test_a_full_disk_is_said_once_and_afterwards_everything_is_there_in_order(
    tmp_path: Path, a_run: Run, disk: Disk, contents: Callable[[Database], dict[str, list[tuple[Any, ...]]]]
) -> None:
    bench, steps = Bench(tmp_path / "hrv.db"), a_run(2)
    bench.feed(steps[:1])
    await bench.settle()
    disk.fault = sqlite3.SQLITE_FULL
    bench.feed(steps[1:20])
    await asyncio.sleep(0)
    bench.time_passes()
    await bench.settle()
    assert bench.store.trouble == "the disk is full; free some space"
    bench.feed(steps[20:50])
    bench.time_passes()
    await bench.until(lambda: len(bench.slept) >= 4)
    assert bench.stored() == [0]
    disk.fault = None
    bench.feed(steps[50:])
    await bench.end()
    assert [words.split(":")[0].split(" in ")[0] for words in bench.reports] == [
        "nothing is being stored",
        "storing again",
    ]
    assert bench.store.trouble is None
    assert bench.store.n_lost == 0
    record_sync(tmp_path / "other.db", steps)
    assert _contents(tmp_path / "hrv.db", contents) == _contents(tmp_path / "other.db", contents)


def _contents(
    path: Path, read: Callable[[Database], dict[str, list[tuple[Any, ...]]]]
) -> dict[str, list[tuple[Any, ...]]]:
    database = Database(sqlite3.connect(path))
    found = read(database)
    database.close()
    return found


async def test_a_file_that_may_not_grow_is_a_full_disk_to_sqlite_itself(tmp_path: Path, a_run: Run, disk: Disk) -> None:
    bench, steps = Bench(tmp_path / "hrv.db"), a_run(60)
    bench.feed(steps[:10])
    await bench.settle()
    disk.page_limit = 1
    bench.feed(steps[10:])
    await bench.settle()
    assert bench.store.trouble == "the disk is full; free some space"
    assert bench.stored() == list(range(10))
    disk.page_limit = 1_000_000
    await bench.end()
    assert bench.stored() == list(range(len(steps)))


async def test_memory_for_a_full_disk_is_bounded_and_what_was_said_is_kept(
    tmp_path: Path, a_run: Run, disk: Disk
) -> None:
    bench, steps = Bench(tmp_path / "hrv.db", StoreSettings(waiting_steps=100)), a_run(2)
    disk.fault = sqlite3.SQLITE_FULL
    bench.feed(steps[:5])
    await bench.settle()
    bench.feed(steps[5:])
    await bench.until(lambda: len(bench.steps) == 0)
    lost = len(steps) - 100
    assert bench.store.n_lost == lost
    disk.fault = None
    await bench.end()
    assert bench.stored() == [0, *range(lost + 1, len(steps))]
    assert any("the memory kept for them is full" in words for words in bench.reports)
    assert f"lost since the start: {lost} inputs" in bench.reports[-1]
    reader = queries.open_readonly(bench.path)
    assert queries.latest_prompt(reader) is not None
    assert [tuple(row) for row in reader.execute("SELECT input_number, why FROM gap")] == [(lost + 1, "not_stored")]
    reader.close()


async def test_a_disk_that_stays_full_to_the_end_is_said_with_what_it_cost(
    tmp_path: Path, a_run: Run, disk: Disk
) -> None:
    bench = Bench(tmp_path / "hrv.db")
    disk.fault = sqlite3.SQLITE_IOERR
    bench.feed(a_run(1))
    await bench.end()
    assert "inputs are lost, the daemon ended before they could be written: 123 so far" in bench.reports[-1]


async def test_another_programs_lock_is_waited_out(tmp_path: Path, a_run: Run) -> None:
    bench, steps = Bench(tmp_path / "hrv.db"), a_run(1)
    bench.feed(steps[:1])
    await bench.settle()
    other = sqlite3.connect(tmp_path / "hrv.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    bench.feed(steps[1:])
    await bench.settle()
    assert bench.store.trouble == "another program is writing it; end that program"
    other.execute("ROLLBACK")
    other.close()
    await bench.end()
    assert bench.stored() == list(range(len(steps)))


async def test_a_mistake_of_ours_ends_the_store_and_is_not_taken_for_a_full_disk(tmp_path: Path, a_run: Run) -> None:
    bench = Bench(tmp_path / "hrv.db")
    bench.feed(a_run(1)[5:])
    with pytest.raises(ValueError, match="must begin with RunStarted"):
        await bench.end()


async def test_a_database_that_can_not_be_opened_ends_the_run_before_a_step_is_taken(
    tmp_path: Path, a_run: Run
) -> None:
    (tmp_path / "hrv.db").write_text("RR\n800\n" * 100)
    bench = Bench(tmp_path / "hrv.db")
    bench.feed(a_run(1))
    with pytest.raises(DatabaseUnavailable, match="not a database"):
        await bench.task
    assert len(bench.steps) == 123


async def test_cancelling_closes_the_database_and_says_what_is_lost(tmp_path: Path, a_run: Run) -> None:
    bench, steps = Bench(tmp_path / "hrv.db"), a_run(1)
    bench.feed(steps[:1])
    await bench.settle()
    bench.feed(steps[1:11])
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    bench.task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await bench.task
    assert bench.store.n_lost == 10
    assert bench.files() == ["hrv.db"]


def test_recording_in_one_go_stores_the_same_inputs(tmp_path: Path, a_run: Run) -> None:
    record_sync(tmp_path / "hrv.db", iter(a_run(3)), StoreSettings(batch_steps=100))
    reader = queries.open_readonly(tmp_path / "hrv.db")
    assert list(journal_inputs(reader, RunId("r1"))) == [step.input for step in a_run(3)]
    reader.close()


def test_recording_on_a_full_disk_says_so(tmp_path: Path, a_run: Run, disk: Disk) -> None:
    disk.fault = sqlite3.SQLITE_FULL
    with pytest.raises(DatabaseUnavailable, match=r"hrv\.db: the disk is full; free some space"):
        record_sync(tmp_path / "hrv.db", a_run(1))


def test_a_reader_that_holds_on_does_not_stop_the_end(tmp_path: Path, a_run: Run) -> None:
    record_sync(tmp_path / "hrv.db", a_run(1, "r1"))
    reader = queries.open_readonly(tmp_path / "hrv.db")
    reader.execute("BEGIN")
    assert len(queries.runs(reader)) == 1
    record_sync(tmp_path / "hrv.db", a_run(1, "r2"), SETTINGS)
    reader.execute("COMMIT")
    assert len(queries.runs(reader)) == 2
    reader.close()
