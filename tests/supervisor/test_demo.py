"""The demo to its outcome: an invitation, an answer, an exercise, what it changed; the wall's time left out."""

import asyncio
import json
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from hrvdaemon.simulation.named import LEAD_IN_S
from hrvdaemon.store.journal import journal_inputs
from hrvdaemon.store.queries import open_readonly
from hrvdaemon.supervisor import demo
from hrvdaemon.vocabulary.codec import from_json, to_json
from hrvdaemon.vocabulary.events import (
    Event,
    ExerciseFinished,
    ExerciseStarted,
    PhaseStarted,
    PromptIssued,
)
from hrvdaemon.vocabulary.inputs import Answer, Input, PromptAnswered, RunEnded, RunStarted
from hrvdaemon.vocabulary.units import MINUTE_MS, RunId, instant

START = instant("2026-03-10T12:00:00Z")


class Demo:
    def __init__(self, events: list[Event], inputs: list[Input], slept: list[float]) -> None:
        self.events, self.inputs, self.slept = events, inputs, slept

    def one(self, cls: type[Any]) -> Any:
        [event] = [event for event in self.events if isinstance(event, cls)]
        return event


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """One headless demo, printed as JSON, whose sleeping wearer only counts."""
    database, slept, lines = tmp_path_factory.mktemp("demo") / "demo.db", list[float](), list[str]()

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        await asyncio.sleep(0)

    async def collect(steps: Any) -> None:
        async for step in steps:
            lines.extend(json.dumps(to_json(event)) for event in step.events)

    usual = demo._simulated

    def simulated(wanted: demo.Wanted, clock: Any) -> Any:
        wearer = usual(wanted, clock)
        wearer.sleep = sleep
        return wearer

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(demo, "_simulated", simulated)
        patched.setattr(demo, "_print_events", collect)
        wanted = demo.Wanted(
            speed=60,
            duration_s=None,
            headless=True,
            json=True,
            plain=False,
            database=database,
            start_at=START,
            zone="UTC",
        )
        asyncio.run(demo.run_demo(wanted))
    events: list[Any] = [from_json(json.loads(line)) for line in lines]
    with closing(open_readonly(database)) as connection:
        inputs = list(journal_inputs(connection, RunId("demo")))
    return Demo(events, inputs, slept)


def test_it_comes_to_one_invitation_one_exercise_and_one_outcome(lived: Demo) -> None:
    asked, began, over = lived.one(PromptIssued), lived.one(ExerciseStarted), lived.one(ExerciseFinished)
    assert asked.mono_ms < began.mono_ms < over.mono_ms
    assert began.prompt == over.prompt == asked.id
    assert asked.mono_ms > LEAD_IN_S * 1000
    assert over.outcome.completed
    assert over.outcome.before is not None
    assert over.outcome.after is not None


def test_the_exercise_is_guided_to_its_end(lived: Demo) -> None:
    began = lived.one(ExerciseStarted)
    phases = [event for event in lived.events if isinstance(event, PhaseStarted)]
    assert phases[0].mono_ms == began.mono_ms
    assert all(a.mono_ms < b.mono_ms for a, b in pairwise(phases))
    assert phases[-1].mono_ms - began.mono_ms <= began.duration_s * 1000


def test_what_the_exercise_changed_is_a_slower_heart(lived: Demo) -> None:
    """The simulated stress fades with the exercise, so the outcome has something to show."""
    assert lived.one(ExerciseFinished).outcome.delta_hr_bpm < 0


def test_every_at_lies_on_the_runs_clock(lived: Demo) -> None:
    for event in lived.events:
        assert event.at == START + event.mono_ms
    times = [given.mono_ms for given in lived.inputs]
    assert times == sorted(times)
    assert times[0] == 0


def test_the_answer_is_an_input_in_its_place(lived: Demo) -> None:
    [answer] = [given for given in lived.inputs if isinstance(given, PromptAnswered)]
    asked, began = lived.one(PromptIssued), lived.one(ExerciseStarted)
    assert (answer.prompt, answer.answer) == (asked.id, Answer.START)
    assert asked.mono_ms <= answer.mono_ms <= asked.mono_ms + 2 * MINUTE_MS
    assert began.mono_ms == answer.mono_ms


def test_it_ends_with_the_first_outcome_and_the_journal_is_whole(lived: Demo) -> None:
    assert isinstance(lived.inputs[0], RunStarted)
    ended = lived.inputs[-1]
    assert isinstance(ended, RunEnded)
    assert ended.reason == "the first outcome is known"
    assert ended.mono_ms - lived.one(ExerciseFinished).mono_ms < MINUTE_MS


def test_it_takes_under_three_minutes_of_the_wall(lived: Demo) -> None:
    """The issue's limit for invitation, exercise and outcome; the exercise alone is two minutes in real time."""
    assert 120 <= sum(lived.slept) < 170


def test_only_the_exercise_is_at_real_speed(lived: Demo) -> None:
    began = lived.one(ExerciseStarted)
    quarters = [seconds for seconds in lived.slept if seconds == 0.25]
    assert len(quarters) / 4 == pytest.approx(began.duration_s, abs=3)
    assert set(lived.slept) == {0.0, 1 / 60, 0.25}
    assert lived.slept.count(0.0) == LEAD_IN_S - 1, "the last of the earlier seconds is followed by the present"


def test_the_wanted_screen_decides_what_is_shown() -> None:
    wanted = {
        "speed": 60.0,
        "duration_s": None,
        "plain": False,
        "database": Path("x"),
        "start_at": START,
        "zone": "UTC",
    }
    looks: list[Any] = [demo.Wanted(headless=h, json=j, **wanted) for h in (True, False) for j in (True, False)]  # type: ignore[arg-type]  # a dict of fields
    assert [one.has_screen for one in looks] == [False, False, False, True]
