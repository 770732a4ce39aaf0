"""What may not be in an input from outside, by field."""

import math

import pytest

from hrvdaemon.vocabulary.bounds import BOUNDS, problem_of
from hrvdaemon.vocabulary.inputs import (
    Answer,
    BatteryRead,
    FeltRated,
    Input,
    MotionMeasured,
    PauseRequested,
    PromptAnswered,
    RunStarted,
    SensorConnected,
    SettingsChanged,
    Tick,
)
from hrvdaemon.vocabulary.units import PromptId, RunId, SensorId, SessionId, instant

STRAP, SESSION = SensorId("s"), SessionId("r-session-0")


def started(seed: int) -> RunStarted:
    at = instant("2026-03-10T12:00:00Z")
    return RunStarted(mono_ms=0, at=at, run=RunId("r"), version="1", zone="UTC", boot_id="b", seed=seed)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (FeltRated(mono_ms=1, session=SESSION, tension=11, after=True), "tension of FeltRated from 0 to 10, came 11"),
        (BatteryRead(mono_ms=1, sensor=STRAP, percent=101), "percent of BatteryRead from 0 to 100, came 101"),
        (PauseRequested(mono_ms=1, minutes=10**15), "minutes of PauseRequested from 0 to 10080"),
        (PauseRequested(mono_ms=1, minutes=-1), "came -1"),
        (Tick(mono_ms=2**63), "mono_ms of Tick from"),
        (started(2**127), "seed of RunStarted from"),
        (MotionMeasured(mono_ms=1, sensor=STRAP, motion=math.inf), "as a finite number, came inf"),
        (SensorConnected(mono_ms=1, sensor=STRAP, name="\ud800"), "name of SensorConnected as Unicode text"),
        (SettingsChanged(mono_ms=1, settings={"\udfff": 1}), "settings of SettingsChanged as Unicode text"),
        (SettingsChanged(mono_ms=1, settings={"gates.min_pairs": 2**64}), "settings of SettingsChanged from"),
    ],
)
def test_what_no_sensor_and_no_person_says_is_named(given: Input, said: str) -> None:
    problem = problem_of(given)
    assert problem is not None
    assert problem.startswith("expected ")
    assert said in problem
    assert len(problem) < 200


@pytest.mark.parametrize(
    "given",
    [
        FeltRated(mono_ms=1, session=SESSION, tension=0, after=False),
        FeltRated(mono_ms=1, session=SESSION, tension=10, after=True),
        BatteryRead(mono_ms=1, sensor=STRAP, percent=100),
        PauseRequested(mono_ms=1, minutes=7 * 24 * 60),
        Tick(mono_ms=2**53),
        started(2**126),
        SensorConnected(mono_ms=1, sensor=STRAP, name="größer 心"),
        PromptAnswered(mono_ms=1, prompt=PromptId("p"), answer=Answer.LATER),
        SettingsChanged(mono_ms=1, settings={"timeline.millisecond_sensors": "x", "dominance.theta_on": 2.0}),
    ],
    ids=lambda given: type(given).__name__,
)
def test_what_may_be_has_no_problem(given: Input) -> None:
    assert problem_of(given) is None


def test_every_bound_belongs_to_a_field() -> None:
    classes = {cls.__name__: cls for cls in (BatteryRead, FeltRated, PauseRequested, RunStarted)}
    assert all(name in classes[cls].__dataclass_fields__ for cls, name in (key.split(".") for key in BOUNDS))
