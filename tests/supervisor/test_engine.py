"""Inputs in, numbered steps out; what was recalled is told to nobody."""

import logging

import pytest

from hrvdaemon.supervisor.engine import Engine
from hrvdaemon.vocabulary.errors import BadConfig
from hrvdaemon.vocabulary.events import Event
from hrvdaemon.vocabulary.inputs import (
    Input,
    PacketReceived,
    RunEnded,
    RunStarted,
    SensorConnected,
    SettingsChanged,
    Tick,
)
from hrvdaemon.vocabulary.steps import Step
from hrvdaemon.vocabulary.units import RunId, SensorId, instant

POISON = SettingsChanged(mono_ms=2, settings={"no.such": 1})


def started(run: str, mono_ms: int = 0) -> RunStarted:
    at = instant("2026-03-10T12:00:00Z")
    return RunStarted(mono_ms=mono_ms, at=at, run=RunId(run), version="1", zone="UTC", boot_id="b", seed=1)


def test_steps_are_numbered_from_the_start_of_their_run() -> None:
    steps: list[Step] = []
    engine = Engine(steps.append)
    fed: list[Input] = [
        started("a"),
        Tick(mono_ms=1),
        RunEnded(mono_ms=2, reason="x"),
        started("b", 3),
        Tick(mono_ms=4),
    ]
    for given in fed:
        engine.feed(given)
    assert [(step.run, step.number) for step in steps] == [("a", 0), ("a", 1), ("a", 2), ("b", 0), ("b", 1)]
    assert [step.input for step in steps] == fed


def test_what_is_recalled_is_told_to_nobody_and_numbering_goes_on_behind_it() -> None:
    steps: list[Step] = []
    engine = Engine(steps.append)
    engine.recall(RunId("a"), 2, [started("a"), Tick(mono_ms=1), Tick(mono_ms=2)])
    assert steps == []
    engine.feed(RunEnded(mono_ms=2, reason="cut off"))
    assert [(step.run, step.number) for step in steps] == [("a", 3)]


def test_numbering_goes_on_behind_what_was_lost() -> None:
    """Of six inputs two were lost on a full disk; a number that is in the journal already would be stored as nothing."""
    steps: list[Step] = []
    engine = Engine(steps.append)
    engine.recall(RunId("a"), 5, [started("a"), Tick(mono_ms=1), Tick(mono_ms=4), Tick(mono_ms=5)])
    engine.feed(Tick(mono_ms=6))
    assert [(step.run, step.number) for step in steps] == [("a", 6)]


def test_whoever_asks_is_told_what_is_recalled_and_concluded_again() -> None:
    lived: list[Step] = []
    engine = Engine(lived.append)
    connected = SensorConnected(mono_ms=1, sensor=SensorId("s"), name="S")
    packet = PacketReceived(mono_ms=2, sensor=SensorId("s"), data=bytes((0x10, 60)))
    for given in (started("a"), connected, packet, RunEnded(mono_ms=300_000, reason="x")):
        engine.feed(given)
    told: list[Input | Event] = []
    Engine(list[Step]().append).recall(RunId("a"), 3, [step.input for step in lived], told.append)
    assert told == [record for step in lived for record in (step.input, *step.events)]
    assert len(told) > len(lived)


def test_what_is_kept_is_numbered_and_not_concluded_from() -> None:
    steps: list[Step] = []
    engine = Engine(steps.append)
    engine.feed(started("a"))
    engine.keep(POISON)
    assert steps[1:] == [Step(run=RunId("a"), number=1, input=POISON, events=())]


def test_an_input_on_which_the_pipeline_fails_is_handed_on_before_it_is_raised() -> None:
    steps: list[Step] = []
    engine = Engine(steps.append)
    engine.feed(started("a"))
    with pytest.raises(BadConfig):
        engine.feed(POISON)
    engine.feed(Tick(mono_ms=3))
    assert [(step.number, step.input) for step in steps][1:] == [(1, POISON), (2, Tick(mono_ms=3))]


def test_an_input_that_once_ended_a_run_does_not_end_every_start_that_follows(
    caplog: pytest.LogCaptureFixture,
) -> None:
    steps: list[Step] = []
    engine = Engine(steps.append)
    with caplog.at_level(logging.ERROR):
        engine.recall(RunId("a"), 3, [started("a"), POISON, POISON, Tick(mono_ms=3)])
    assert [record.getMessage() for record in caplog.records] == ["event=recall_failed run=a inputs=2"]
    engine.feed(Tick(mono_ms=4))
    assert [(step.run, step.number) for step in steps] == [("a", 4)]
