"""Any record the vocabulary can make, a plausible run in steps, and an empty database."""

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from enum import StrEnum
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, NewType, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import strategies as st
from sqlite_utils import Database

from hrvdaemon.store.schema import open_for_writing
from hrvdaemon.vocabulary.epochs import Epoch, Quality, WindowMetrics
from hrvdaemon.vocabulary.events import (
    AutonomicState,
    BeatsClassified,
    Confidence,
    DecisionMade,
    EpochClosed,
    Event,
    GateVerdict,
    PromptIssued,
    Reason,
)
from hrvdaemon.vocabulary.inputs import Input, PacketReceived, RunEnded, RunStarted, SensorConnected, Tick
from hrvdaemon.vocabulary.steps import Step
from hrvdaemon.vocabulary.units import Instant, PromptId, RunId, SensorId

START_AT = 1_699_999_980_000
START_MONO_MS = 5_000_000
STRAP = SensorId("C0:FF:EE:00:00:01")


def _any(hint: Any) -> st.SearchStrategy[Any]:
    """Every value a field of this type may have; instants between 1970 and 2100, numbers that are numbers."""
    if get_origin(hint) in (Union, UnionType):
        return st.one_of(*(_any(part) for part in get_args(hint)))
    if hint is Instant:
        return st.integers(0, 4_102_444_800_000)
    if isinstance(hint, NewType):
        return _any(hint.__supertype__)
    if get_origin(hint) is tuple:
        return st.lists(_any(get_args(hint)[0]), max_size=4).map(tuple)
    if get_origin(hint) is dict:
        return st.dictionaries(st.text(), _any(get_args(hint)[1]), max_size=3)
    return _any_class(hint)


def _any_class(cls: type[Any]) -> st.SearchStrategy[Any]:
    plain: dict[type[Any], st.SearchStrategy[Any]] = {
        NoneType: st.none(),
        bool: st.booleans(),
        int: st.integers(-(2**53), 2**53),
        float: st.floats(allow_nan=False, allow_infinity=False),
        str: st.text(max_size=8),
        bytes: st.binary(max_size=20),
    }
    if cls in plain:
        return plain[cls]
    if issubclass(cls, StrEnum):
        return st.sampled_from(cls)
    assert is_dataclass(cls)
    hints = get_type_hints(cls)
    return st.builds(cls, **{field.name: _any(hints[field.name]) for field in fields(cls)})


@pytest.fixture(scope="session")
def any_of() -> Callable[[Any], st.SearchStrategy[Any]]:
    """Strategy of a type of the vocabulary."""
    return _any


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    database = open_for_writing(tmp_path / "hrv.db", busy_timeout_ms=100)
    yield database
    database.close()


@pytest.fixture(scope="session")
def metrics() -> WindowMetrics:
    return WindowMetrics(
        window_s=60.0, n_beats=60, n_pairs=59, coverage=1.0, artefact_share=0.0, quality=Quality.GOOD, mean_rr_ms=1000.0,
        mean_hr_bpm=60.0, sdnn_ms=40.0, rmssd_ms=35.0, ln_rmssd=3.5553480614894135, pnn50_percent=10.0,
    )  # fmt: skip


@pytest.fixture(scope="session")
def a_run(metrics: WindowMetrics) -> Callable[..., list[Step]]:
    """``a_run(minutes)``: a packet with one beat a second and a tick beside it, an epoch and a decision a minute, and
    an invitation in the last minute."""

    def events_of_minute(run: str, minute: int, *, is_last: bool) -> tuple[Event, ...]:
        due = (minute + 1) * 60_000
        mono_ms, at = START_MONO_MS + due, Instant(START_AT + due)
        start_at, prompt = Instant(START_AT + due - 60_000), PromptId(f"{run}-p0") if is_last else None
        epoch = Epoch(
            number=minute, start_at=start_at, start_mono_ms=mono_ms - 60_000, metrics=metrics, respiration_hz=None,
            hr_10s_bpm=(60.0, 60.5, None, 61.0, 60.0, 60.0), is_irregular=False, motion=None,
        )  # fmt: skip
        gates = (
            GateVerdict(gate="quality", passed=True, value=0.01, limit=0.05),
            GateVerdict(gate="kinetics", passed=False, value=1.25, limit=1.0, reason=Reason.MOVING),
            GateVerdict(gate="wish", passed=True, value=0),
        )
        decision = DecisionMade(
            mono_ms=mono_ms, at=at, start_at=start_at, start_mono_ms=mono_ms - 60_000, minutes=1, epoch=minute, state=AutonomicState.STEADY, reason=None,
            withheld=None, gates=gates, stage=2, hr_bpm=60.0, ln_rmssd=3.5, usual=None, z_hr=0.1, z_ln_rmssd=-0.2,
            activation=0.15, theta_on=1.0, evidence=0, is_armed=True, learns=False, confidence=Confidence.LOW, prompt=prompt, rules="1",
        )  # fmt: skip
        closed: tuple[Event, ...] = (EpochClosed(mono_ms=mono_ms, at=at, epoch=epoch), decision)
        if prompt is None:
            return closed
        invitation = PromptIssued(
            mono_ms=mono_ms, at=at, id=prompt, activation=1.4, minutes=8, hr_bpm=82.0, rmssd_ms=18.0, baseline_hr_bpm=64.0,
            baseline_rmssd_ms=34.0, exercise="paced_breathing", confidence=Confidence.HIGH, is_learning=False, tags=(),
        )  # fmt: skip
        return (*closed, invitation)

    def steps(minutes: int = 3, run: str = "r1", *, ended: bool = True) -> list[Step]:
        inputs: list[tuple[Input, tuple[Event, ...]]] = []
        started = RunStarted(
            mono_ms=START_MONO_MS, at=Instant(START_AT), run=RunId(run), version="0.1.0", zone="Europe/Zurich",
            boot_id="boot", seed=2**100,
        )  # fmt: skip
        inputs.append((started, ()))
        inputs.append((SensorConnected(mono_ms=START_MONO_MS, sensor=STRAP, name="Strap"), ()))
        for second in range(1, minutes * 60 + 1):
            mono_ms = START_MONO_MS + second * 1000
            beats = BeatsClassified(
                mono_ms=mono_ms, at=Instant(START_AT + second * 1000), sensor=STRAP, segment=0, rr_ticks=(1024,),
                beat_mono_ms=(mono_ms,), kinds="N",
            )  # fmt: skip
            data = bytes((0x10, 60, 0x00, 0x04))
            due: tuple[Event, ...] = ()
            if second % 60 == 0:
                due = events_of_minute(run, second // 60 - 1, is_last=second == minutes * 60)
            inputs.append((PacketReceived(mono_ms=mono_ms, sensor=STRAP, data=data), (beats, *due)))
            inputs.append((Tick(mono_ms=mono_ms + 500), ()))
        if ended:
            inputs.append((RunEnded(mono_ms=START_MONO_MS + minutes * 60_000 + 900, reason="asked to stop"), ()))
        return [
            Step(run=RunId(run), number=number, input=item, events=events)
            for number, (item, events) in enumerate(inputs)
        ]

    return steps


@pytest.fixture(scope="session")
def contents() -> Callable[[Database], dict[str, list[tuple[Any, ...]]]]:
    """Every row of every table, the journal as inputs apart: what two databases must agree in however they were fed."""

    def read(database: Database) -> dict[str, list[tuple[Any, ...]]]:
        constant = {"journal", "code", "finding"}
        ours = [name for name in database.table_names() if name not in constant and not name.startswith("_")]
        return {name: [tuple(row) for row in database.execute(f"SELECT * FROM {name}")] for name in ours}

    return read
