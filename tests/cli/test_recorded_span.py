"""Any cut of a run's journal, against the same cut made in memory."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hrvdaemon.cli.recorded_span import recorded_span, recorded_until
from hrvdaemon.store.queries import open_readonly
from hrvdaemon.store.writer import StoreSettings, recorder
from hrvdaemon.vocabulary.errors import BadInput
from hrvdaemon.vocabulary.inputs import Input, PacketReceived, RunEnded, RunStarted, Tick
from hrvdaemon.vocabulary.steps import Step
from hrvdaemon.vocabulary.units import Instant, RunId, SensorId, instant

BEGAN = instant("2026-03-10T08:00:00Z")
STARTED = RunStarted(mono_ms=5_000, at=BEGAN, run=RunId("r"), version="0", zone="UTC", boot_id="b", seed=1)
LENGTH_S = 300
QUARTERS = (250).__mul__
"""Of a second, so that a span often begins or ends just where an input is."""


def run() -> Iterator[Input]:
    yield STARTED
    for second in range(1, LENGTH_S):
        yield PacketReceived(mono_ms=5_000 + second * 1000, sensor=SensorId("s"), data=bytes([16, 60, second % 256, 3]))
        yield Tick(mono_ms=5_000 + second * 1000 + 500)
    yield RunEnded(mono_ms=5_000 + LENGTH_S * 1000, reason="stopped")


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """In blocks of 40 inputs, so that a cut falls into the middle of one and on its edges."""
    path = tmp_path_factory.mktemp("span") / "hrv.db"
    with recorder(path, StoreSettings(batch_steps=40)) as keep:
        for number, item in enumerate(run()):
            keep(Step(run=RunId("r"), number=number, input=item, events=()))
    return path


def cut(path: Path, from_ms: int, to_ms: int) -> list[Input]:
    with closing(open_readonly(path)) as connection:
        return list(recorded_span(connection, Instant(BEGAN + from_ms), Instant(BEGAN + to_ms)))


@settings(max_examples=60, deadline=None)
@given(from_ms=st.integers(-8, 1_208).map(QUARTERS), length_ms=st.integers(1, 1_280).map(QUARTERS))
def test_any_span_has_just_what_lies_in_it(database: Path, from_ms: int, length_ms: int) -> None:
    to_ms = from_ms + length_ms
    inside = [one for one in run() if from_ms <= one.mono_ms - 5_000 < to_ms]
    got = cut(database, from_ms, to_ms)
    if not inside:
        assert got == []
        return
    if not isinstance(inside[0], RunStarted):
        inside.insert(0, replace(STARTED, mono_ms=5_000 + from_ms, at=Instant(BEGAN + from_ms)))
    if not isinstance(inside[-1], RunEnded):
        inside.append(RunEnded(mono_ms=inside[-1].mono_ms, reason="end of the span"))
    assert got == inside


def test_what_is_recorded_is_known_from_when_to_when(database: Path) -> None:
    with closing(open_readonly(database)) as connection:
        assert recorded_until(connection) == (BEGAN, Instant(BEGAN + LENGTH_S * 1000))


def test_a_damaged_block_is_named(database: Path, tmp_path: Path) -> None:
    path = tmp_path / "damaged.db"
    path.write_bytes(database.read_bytes())
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE journal SET payload = x'01ff' WHERE first_number = 80")
    with pytest.raises(BadInput, match="journal of run r, block from input 80"):
        cut(path, 0, 200_000)
    assert len(cut(path, 0, 10_000)) > 10  # blocks that are not needed are not read
