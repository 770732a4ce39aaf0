"""Law 10: restart is not amnesia. History up to the start of a wearing, then the journal, gives the same run."""

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hrvdaemon.pipeline import Pipeline, remember
from hrvdaemon.vocabulary.events import (
    BaselineRestarted,
    DecisionMade,
    Event,
    PromptIssued,
    Reason,
    WearingStarted,
)
from hrvdaemon.vocabulary.inputs import (
    Answer,
    ClockChanged,
    Input,
    MotionMeasured,
    PacketReceived,
    PauseRequested,
    PromptAnswered,
    RunEnded,
    RunStarted,
    SensorConnected,
    SensorLost,
    SettingsChanged,
    Tag,
    TagSet,
    Tick,
)
from hrvdaemon.vocabulary.steps import Step
from hrvdaemon.vocabulary.units import MINUTE_MS, Instant, RunId, SensorId

Simulated = Callable[[str, int], tuple[Input, ...]]
slow = settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def lived(inputs: list[Input]) -> list[Step]:
    """Feed inputs; the wearer starts the first exercise they are offered."""
    pipeline, steps, waiting, run = Pipeline(), list[Step](), deque(inputs), RunId("")
    while waiting:
        given = waiting.popleft()
        run = given.run if isinstance(given, RunStarted) else run
        events = tuple(pipeline.feed(given))
        steps.append(Step(run=run, number=len(steps), input=given, events=events))
        for event in events:
            if isinstance(event, PromptIssued):
                answered = PromptAnswered(mono_ms=waiting[0].mono_ms, prompt=event.id, answer=Answer.START)
                waiting.appendleft(answered)
    return steps


def with_strap_off(inputs: tuple[Input, ...], every_min: int, for_min: int) -> list[Input]:
    """The same day, but the strap is taken off now and then for longer than ten minutes."""
    off = [
        (start, start + for_min * MINUTE_MS)
        for start in range(every_min * MINUTE_MS, inputs[-1].mono_ms, every_min * MINUTE_MS)
    ]
    return [
        given
        for given in inputs
        if not isinstance(given, (PacketReceived, SensorLost, SensorConnected))
        or not any(start <= given.mono_ms < end for start, end in off)
        or isinstance(given, SensorConnected)
    ]


def busy_day(simulated: Simulated) -> list[Input]:
    """A labelled day with the strap off three times, tags, a pause, and a restart of the daemon in the afternoon."""
    inputs = with_strap_off(simulated("day", 3), every_min=170, for_min=14)
    extra: list[Input] = [
        TagSet(mono_ms=200 * MINUTE_MS, tag=Tag.CAFFEINE),
        PauseRequested(mono_ms=330 * MINUTE_MS, minutes=25),
    ]
    started = inputs[0]
    assert isinstance(started, RunStarted)
    at_ms = 610 * MINUTE_MS + 7_123
    restart: list[Input] = [
        RunEnded(mono_ms=at_ms, reason="SIGTERM"),
        replace(started, mono_ms=at_ms + 4_000, at=Instant(started.at + at_ms + 4_000), run=RunId("day-again")),
        SensorConnected(mono_ms=at_ms + 6_000, sensor=SensorId("simulated"), name="Simulated strap"),
    ]
    ticks: list[Input] = [Tick(mono_ms=ms) for ms in range(1_000, inputs[-1].mono_ms, 30_000)]
    merged = sorted([*inputs[1:-1], *extra, *ticks], key=lambda given: given.mono_ms)
    before = [given for given in merged if given.mono_ms < at_ms]
    after = [given for given in merged if given.mono_ms >= at_ms + 6_500]
    return [started, *before, *restart, *after, inputs[-1]]


def troubled_day(simulated: Simulated) -> list[Input]:
    """The busy day of a traveller with a wrong clock: another zone, hours gained and lost, a boot in 1970, a new strap,
    movement, and settings that change."""
    given = busy_day(simulated)
    started = given[0]
    assert isinstance(started, RunStarted)
    wall = started.at - started.mono_ms

    def clock(minute: int, shift_min: int, zone: str) -> ClockChanged:
        ms = minute * MINUTE_MS + 12_345
        return ClockChanged(mono_ms=ms, at=Instant(wall + ms + shift_min * MINUTE_MS), zone=zone)

    boot_ms, up_ms = 700 * MINUTE_MS, 21_000
    other_boot = replace(started, mono_ms=up_ms, at=Instant(86_400_000), run=RunId("boot"), boot_id="another")
    extra: list[Input] = [
        clock(150, 0, "Europe/Lisbon"),
        TagSet(mono_ms=650 * MINUTE_MS, tag=Tag.ILL),
        clock(290, 130, "Europe/Lisbon"),
        clock(420, -60, "Asia/Dubai"),
        SettingsChanged(mono_ms=430 * MINUTE_MS, settings={"prompts.cooldown_min": 90, "gates.step_bpm": 9.0}),
        *(
            MotionMeasured(mono_ms=ms, sensor=SensorId("simulated"), motion=ms % 7 / 7)
            for ms in range(5_000, boot_ms, 30_000)
        ),
        clock(560, -60, "Asia/Dubai"),
    ]
    before = [one for one in given[1:] if one.mono_ms < boot_ms and not isinstance(one, RunEnded | RunStarted)]
    first = sorted([*before, *extra], key=lambda one: one.mono_ms)
    later = [
        replace(
            one,
            mono_ms=one.mono_ms - boot_ms + up_ms,
            **cast("Any", {"sensor": SensorId("new")} if hasattr(one, "sensor") else {}),
        )
        for one in given[1:]
        if one.mono_ms > boot_ms and not isinstance(one, RunEnded | RunStarted)
    ]
    mended = ClockChanged(
        mono_ms=up_ms + 30 * MINUTE_MS, at=Instant(wall + boot_ms + 40 * MINUTE_MS), zone="Europe/Lisbon"
    )
    second = sorted([*later, mended], key=lambda one: one.mono_ms)
    connected = SensorConnected(mono_ms=up_ms + 1, sensor=SensorId("new"), name="Another strap")
    ended = RunEnded(mono_ms=boot_ms, reason="cut off")
    last = RunEnded(mono_ms=second[-1].mono_ms + 1, reason="end")
    return [started, *first, ended, other_boot, connected, *second, last]


def events_of(steps: list[Step]) -> list[Event]:
    return [event for step in steps for event in step.events]


def wearing_starts(steps: list[Step]) -> list[int]:
    return [step.number for step in steps if any(isinstance(event, WearingStarted) for event in step.events)]


@pytest.fixture(scope="module")
def day() -> dict[str, list[Step]]:
    return {}


@slow
@given(data=st.data())
def test_a_restart_from_any_wearing_gives_the_events_of_the_uninterrupted_run(
    simulated: Simulated, day: dict[str, list[Step]], data: st.DataObject
) -> None:
    if "busy" not in day:
        day["busy"] = lived(busy_day(simulated))
    steps = day["busy"]
    starts = wearing_starts(steps)[1:]
    assert len(starts) >= 4
    start = data.draw(st.sampled_from(starts))
    cut = data.draw(st.integers(start, len(steps) - 1))
    pipeline = Pipeline(remember(steps[:start]))
    for step in steps[start:cut]:
        pipeline.feed(step.input)
    assert [event for step in steps[cut:] for event in pipeline.feed(step.input)] == events_of(steps[cut:])


def test_a_restart_at_each_wearing_gives_the_rest_of_the_troubled_day(
    simulated: Simulated, day: dict[str, list[Step]]
) -> None:
    if "troubled" not in day:
        day["troubled"] = lived(troubled_day(simulated))
    steps = day["troubled"]
    for start in wearing_starts(steps)[1:]:
        pipeline = Pipeline(remember(steps[:start]))
        assert [event for step in steps[start:] for event in pipeline.feed(step.input)] == events_of(steps[start:])


def test_the_troubled_day_has_what_makes_a_restart_hard(simulated: Simulated, day: dict[str, list[Step]]) -> None:
    if "troubled" not in day:
        day["troubled"] = lived(troubled_day(simulated))
    events = events_of(day["troubled"])
    rows = [event for event in events if isinstance(event, DecisionMade)]
    assert any(isinstance(event, BaselineRestarted) for event in events)
    assert {Reason.CLOCK_REPEATED, Reason.NO_DATA} <= {row.reason for row in rows}
    assert {row.local_day for row in rows} == {date(1970, 1, 2).toordinal(), date(2026, 3, 10).toordinal()}
    assert any(verdict.gate == "motion" and verdict.limit is not None for row in rows for verdict in row.gates)
    judged = [row.start_at for row in rows if row.is_eligible]
    assert len(judged) == len(set(judged)), "no minute of the wall is judged twice"


def test_the_day_has_what_a_restart_could_forget(simulated: Simulated, day: dict[str, list[Step]]) -> None:
    if "busy" not in day:
        day["busy"] = lived(busy_day(simulated))
    events = events_of(day["busy"])
    assert any(isinstance(event, PromptIssued) for event in events)
    reasons = {
        verdict.gate
        for event in events
        if isinstance(event, DecisionMade)
        for verdict in event.gates
        if not verdict.passed
    }
    assert {"step_hold", "recovery", "activity", "kinetics", "wish", "breathing"} <= reasons


def test_a_forgotten_record_is_noticed(simulated: Simulated, day: dict[str, list[Step]]) -> None:
    """The property above can fail: without its decisions the history gives other events."""
    if "busy" not in day:
        day["busy"] = lived(busy_day(simulated))
    steps = day["busy"]
    start = wearing_starts(steps)[-1]
    history = remember(steps[:start])
    forgetful = replace(history, records=tuple(r for r in history.records if not isinstance(r, DecisionMade)))
    pipeline = Pipeline(forgetful)
    assert [event for step in steps[start:] for event in pipeline.feed(step.input)] != events_of(steps[start:])
