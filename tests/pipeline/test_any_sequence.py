"""Whatever comes, in whatever order: nothing is raised, time does not run backwards, and manners hold."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hrvdaemon.pipeline import Pipeline
from hrvdaemon.regulation.state_machine import TABLE
from hrvdaemon.vocabulary.codec import from_json, to_json
from hrvdaemon.vocabulary.events import (
    AutonomicStateChanged,
    DecisionMade,
    Event,
    ExerciseFinished,
    ExerciseStarted,
    PromptIssued,
    WindowSummarised,
)
from hrvdaemon.vocabulary.inputs import (
    Answer,
    BaselineEpochStarted,
    ClockChanged,
    ExerciseRequested,
    ExerciseStopped,
    FeltRated,
    Input,
    MotionMeasured,
    PacketReceived,
    PauseRequested,
    PromptAnswered,
    SensorConnected,
    SensorLost,
    SettingsChanged,
    Tag,
    TagSet,
    Tick,
)
from hrvdaemon.vocabulary.local_time import is_within, local_time
from hrvdaemon.vocabulary.units import HOUR_MS, MINUTE_MS, Instant, PromptId, SensorId, SessionId

Begin = Callable[..., Any]
BERLIN = "Europe/Berlin"
STRAP = SensorId("strap")

some_prompt = st.sampled_from(["run-prompt-0", "run-prompt-1", "run-prompt-2", "never"]).map(PromptId)
packets = st.builds(
    PacketReceived, mono_ms=st.just(0), sensor=st.sampled_from([STRAP, SensorId("other")]), data=st.binary(max_size=14)
)
changes = st.sampled_from(
    [{"gates.step_bpm": 9.0}, {"dominance.theta_on": 1.2}, {"prompts.daily_cap": 3}, {"dominance.elevated_of_5": 5}]
)
wishes = st.one_of(
    packets,
    st.builds(PromptAnswered, mono_ms=st.just(0), prompt=some_prompt, answer=st.sampled_from(Answer)),
    st.builds(ExerciseRequested, mono_ms=st.just(0), exercise=st.sampled_from([None, "paced_6", "orient_54321", "x"])),
    st.builds(ExerciseStopped, mono_ms=st.just(0)),
    st.builds(
        FeltRated,
        mono_ms=st.just(0),
        session=st.just(SessionId("run-session-0")),
        tension=st.integers(0, 10),
        after=st.booleans(),
    ),
    st.builds(TagSet, mono_ms=st.just(0), tag=st.sampled_from(Tag)),
    st.builds(PauseRequested, mono_ms=st.just(0), minutes=st.integers(0, 30)),
    st.builds(SensorLost, mono_ms=st.just(0), sensor=st.just(STRAP), reason=st.just("out of range")),
    st.builds(SensorConnected, mono_ms=st.just(0), sensor=st.just(STRAP), name=st.just("Strap")),
    st.builds(BaselineEpochStarted, mono_ms=st.just(0), reason=st.just("medication")),
    st.builds(MotionMeasured, mono_ms=st.just(0), sensor=st.just(STRAP), motion=st.floats(0, 10, allow_nan=False)),
    st.builds(SettingsChanged, mono_ms=st.just(0), settings=changes),
    st.builds(Tick, mono_ms=st.just(0)),
)
calm_then_activated = [("live", 31.0), ("stress", 13.0)]
zones = st.sampled_from([BERLIN, "America/New_York", "Asia/Tokyo", "UTC"])
clocks = st.sampled_from(
    [
        -5 * 365 * 24 * HOUR_MS,
        5 * 365 * 24 * HOUR_MS,
        -24 * HOUR_MS,
        -HOUR_MS,
        -7 * MINUTE_MS,
        -900,
        0,
        1_500,
        20 * MINUTE_MS,
        9 * HOUR_MS,
    ]
)
stretches = st.one_of(
    st.tuples(st.just("live"), st.floats(0.2, 6) | st.floats(20, 40)),
    st.tuples(st.just("stress"), st.floats(9, 16)),
    st.tuples(st.just("silence"), st.sampled_from([0.05, 0.2, 1.5, 9, 11, 70, 600])),
    st.tuples(st.just("wish"), wishes),
    st.tuples(st.just("clock"), st.tuples(clocks, zones)),
)
several = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def lived(day: Any, plan: list[tuple[str, Any]]) -> None:
    for what, value in plan:
        match what:
            case "live":
                day.live(value)
            case "stress":
                day.stress(value)
            case "silence":
                day.silence(value)
            case "clock":
                shift_ms, zone = value
                at = Instant(day.wall() + shift_ms)
                day.feed(ClockChanged(mono_ms=day.now_ms, at=at, zone=zone))
                day.offset_ms += shift_ms
            case _:
                day.feed(_moved(value, day.now_ms))
    day.end()


def _moved(wish: Input, mono_ms: int) -> Input:
    moved = from_json({**to_json(wish), "mono_ms": mono_ms})
    assert isinstance(moved, type(wish))
    return moved


def assert_time_runs_forward(events: list[Event], inputs: list[Input]) -> None:
    """On the run's clock always; on the wall wherever the clock was not set in between."""
    assert all(a.mono_ms <= b.mono_ms for a, b in pairwise(events))
    changes = [given.mono_ms for given in inputs if isinstance(given, ClockChanged)]
    for a, b in pairwise(events):
        if not any(a.mono_ms <= moment <= b.mono_ms for moment in changes):
            assert b.at - a.at == b.mono_ms - a.mono_ms


def assert_manners(events: list[Event], has_clock_changes: bool) -> None:
    prompts = [event for event in events if isinstance(event, PromptIssued)]
    asking = [event for event in events if isinstance(event, DecisionMade) and event.prompt is not None]
    for prompt, row in zip(prompts, asking, strict=True):
        assert not is_within(row.local_minute, 22 * 60, 8 * 60)
        assert prompt.confidence != "low"
        assert not row.is_strap_on
        assert not row.is_after_session
    assert all(b.mono_ms - a.mono_ms >= 60 * MINUTE_MS for a, b in pairwise(prompts))
    if not has_clock_changes:
        days = [local_time(prompt.at, BERLIN).day for prompt in prompts]
        assert all(days.count(day) <= 4 for day in days)


def assert_states_follow_the_table(events: list[Event]) -> None:
    ways = {(state, to) for (state, _), to in TABLE.items() if state is not to}
    changes = [event for event in events if isinstance(event, AutonomicStateChanged)]
    assert {(change.previous, change.state) for change in changes} <= ways
    assert all(b.previous is a.state for a, b in pairwise(changes))


def assert_no_minute_is_judged_twice(events: list[Event]) -> None:
    judged = [row.start_at for row in events if isinstance(row, DecisionMade) and row.is_eligible]
    assert len(judged) == len(set(judged))


def assert_the_ledger_is_whole(events: list[Event]) -> None:
    rows = [event for event in events if isinstance(event, DecisionMade)]
    assert [row.epoch for row in rows if row.epoch is not None] == list(
        range(sum(row.epoch is not None for row in rows))
    )
    assert [row.prompt for row in rows if row.prompt] == [
        event.id for event in events if isinstance(event, PromptIssued)
    ]
    windows = [event.number for event in events if isinstance(event, WindowSummarised)]
    assert windows == list(range(len(windows)))
    started = [event.session for event in events if isinstance(event, ExerciseStarted)]
    assert [event.session for event in events if isinstance(event, ExerciseFinished)] == started


@several
@given(
    first=st.sampled_from([[], calm_then_activated]),
    plan=st.lists(stretches, max_size=9),
    hour=st.sampled_from(["05:50", "11:00", "19:40", "20:25"]),
)
def test_any_sequence_of_inputs_is_lived_through(
    begin: Begin, first: list[tuple[str, Any]], plan: list[tuple[str, Any]], hour: str
) -> None:
    day = begin(f"2026-03-28T{hour}:00Z", stage=3)
    lived(day, [*first, *plan])
    assert_time_runs_forward(day.events, day.inputs)
    assert_manners(day.events, any(what == "clock" for what, _ in plan))
    assert_the_ledger_is_whole(day.events)
    assert_states_follow_the_table(day.events)
    assert_no_minute_is_judged_twice(day.events)


@settings(several, max_examples=15)
@given(plan=st.lists(stretches, max_size=8))
def test_the_same_sequence_gives_the_same_events_and_each_survives_its_json(
    begin: Begin, plan: list[tuple[str, Any]]
) -> None:
    day = begin()
    lived(day, plan)
    again = Pipeline()
    assert [event for given in day.inputs for event in again.feed(given)] == day.events
    assert all(from_json(to_json(event)) == event for event in day.events[:200])


def test_a_plan_can_reach_an_invitation(begin: Begin) -> None:
    """The properties above are about something: calm, then activation, leads to one."""
    day = begin(stage=3)
    lived(day, [*calm_then_activated, ("live", 1.0)])
    assert len(day.of(PromptIssued)) == 1
