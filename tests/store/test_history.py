"""Law 10 through a real file: what the database remembers and the journal's tail give the uninterrupted run's events."""

import sqlite3
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from hrvdaemon.pipeline import Pipeline
from hrvdaemon.simulation.named import SCENARIOS, labelled_day
from hrvdaemon.simulation.strap import simulate
from hrvdaemon.store.history import NOTHING_PAST, Past, load_past
from hrvdaemon.store.queries import open_readonly
from hrvdaemon.store.schema import open_for_writing
from hrvdaemon.store.writer import record_sync, recorder
from hrvdaemon.vocabulary.events import (
    BaselineComputed,
    DecisionMade,
    Event,
    ExerciseFinished,
    PromptIssued,
    Reason,
    WearingStarted,
)
from hrvdaemon.vocabulary.inputs import (
    Answer,
    Input,
    PacketReceived,
    PauseRequested,
    PromptAnswered,
    RunEnded,
    RunStarted,
    SensorConnected,
    SensorLost,
    Tag,
    TagSet,
    Tick,
)
from hrvdaemon.vocabulary.steps import Step
from hrvdaemon.vocabulary.units import DAY_MS, HOUR_MS, MINUTE_MS, Instant, RunId, SensorId, instant

SHORT_TAIL_MS = MINUTE_MS
MORNING = instant("2026-03-10T06:00:00Z")
NOON = instant("2026-03-10T12:00:00Z")
BERLIN = "Europe/Berlin"
ANSWERS = {"start": Answer.START, "not_today": Answer.NOT_TODAY}


def lived(inputs: Sequence[Input], answer: Answer | None = Answer.START) -> list[Step]:
    """Feed inputs, each run's from 0 on; the wearer answers each invitation at once."""
    pipeline, steps, waiting = Pipeline(), list[Step](), deque(inputs)
    run, number = RunId(""), 0
    while waiting:
        given = waiting.popleft()
        if isinstance(given, RunStarted):
            run, number = given.run, 0
        events = tuple(pipeline.feed(given))
        steps.append(Step(run=run, number=number, input=given, events=events))
        number += 1
        asked = [event for event in events if isinstance(event, PromptIssued)] if answer is not None else []
        for event in asked:
            assert answer is not None
            waiting.appendleft(PromptAnswered(mono_ms=waiting[0].mono_ms, prompt=event.id, answer=answer))
    return steps


def events_of(steps: Sequence[Step]) -> list[Event]:
    return [event for step in steps for event in step.events]


def wall_of(steps: Sequence[Step]) -> Iterator[Instant]:
    """Where the clock stood at each step."""
    offset = 0
    for step in steps:
        if isinstance(step.input, RunStarted):
            offset = step.input.at - step.input.mono_ms
        yield Instant(step.input.mono_ms + offset)


def stored(path: Path, steps: Sequence[Step]) -> Path:
    record_sync(path, steps)
    return path


def past_of(path: Path, now: Instant, shortest_tail_ms: int = SHORT_TAIL_MS) -> Past:
    with closing(open_readonly(path)) as connection:
        return load_past(connection, now, shortest_tail_ms)


def resumed(past: Past) -> Pipeline:
    pipeline = Pipeline(past.history)
    for tail in past.tails:
        for given in tail.inputs:
            pipeline.feed(given)
    return pipeline


def off_now_and_then(inputs: Sequence[Input], every_min: int, for_min: int) -> list[Input]:
    """The strap comes off for longer than ten minutes."""

    def is_off(mono_ms: int) -> bool:
        return mono_ms >= every_min * MINUTE_MS and mono_ms % (every_min * MINUTE_MS) < for_min * MINUTE_MS

    return [
        given for given in inputs if not isinstance(given, PacketReceived | SensorLost) or not is_off(given.mono_ms)
    ]


@cache
def busy_day() -> tuple[Step, ...]:
    """A labelled day, the strap off five times, tags, a pause, an exercise, and a restart in the afternoon."""
    inputs = off_now_and_then(simulate(labelled_day(3), 3, MORNING, BERLIN).inputs, every_min=170, for_min=14)
    started, *_, ended = inputs
    assert isinstance(started, RunStarted)
    extra: list[Input] = [
        TagSet(mono_ms=200 * MINUTE_MS, tag=Tag.CAFFEINE),
        PauseRequested(mono_ms=330 * MINUTE_MS, minutes=25),
        *(Tick(mono_ms=ms) for ms in range(1_000, ended.mono_ms, 60_000)),
    ]
    at_ms = 610 * MINUTE_MS + 7_123
    again = replace(started, mono_ms=at_ms + 4_000, at=Instant(started.at + at_ms + 4_000), run=RunId("day-again"))
    restart: list[Input] = [
        RunEnded(mono_ms=at_ms, reason="SIGTERM"),
        again,
        SensorConnected(mono_ms=at_ms + 6_000, sensor=SensorId("simulated"), name="Simulated strap"),
    ]
    merged = sorted([*inputs[1:-1], *extra], key=lambda given: given.mono_ms)
    before = [given for given in merged if given.mono_ms < at_ms]
    after = [given for given in merged if given.mono_ms >= at_ms + 6_500]
    return tuple(lived([started, *before, *restart, *after, ended]))


@cache
def wearings() -> tuple[int, ...]:
    """Where in the busy day the strap was put on."""
    return tuple(i for i, step in enumerate(busy_day()) if any(isinstance(e, WearingStarted) for e in step.events))


def test_the_day_has_what_a_restart_could_forget() -> None:
    events = events_of(busy_day())
    assert any(isinstance(event, ExerciseFinished) for event in events)
    assert len(wearings()) >= 5
    failed = {v.gate for e in events if isinstance(e, DecisionMade) for v in e.gates if not v.passed}
    assert {"step_hold", "recovery", "wish"} <= failed


def test_history_and_tail_and_rest_give_the_uninterrupted_events(tmp_path: Path) -> None:
    """Cuts within a wearing, a pause, with the strap off, just before and after the restart, and late in the evening.

    The daemon starts again at once, and the tail is the whole day; or as if it were the day after, and the tail begins
    at the last wearing and everything before it is history.
    """
    steps, walls, path = busy_day(), list(wall_of(busy_day())), tmp_path / "hrv.db"
    from_cut = 0
    for cut_min, is_at_once in ((190, False), (345, True), (609, False), (615, False), (640, True), (720, False)):
        cut = next(i for i, at in enumerate(walls) if at >= MORNING + cut_min * MINUTE_MS)
        stored(path, steps[from_cut:cut])
        from_cut, rest = cut, steps[cut : cut + 45 * 60]
        past = past_of(path, walls[cut] if is_at_once else Instant(walls[cut] + DAY_MS))
        assert (past.history is None) == is_at_once
        pipeline = resumed(past)
        assert [event for step in rest for event in pipeline.feed(step.input)] == events_of(rest), cut_min


def test_the_tail_begins_in_an_earlier_run_where_the_wearing_did(tmp_path: Path) -> None:
    cut = next(i for i, step in enumerate(busy_day()) if step.run == "day-again") + 600
    past = past_of(stored(tmp_path / "hrv.db", busy_day()[:cut]), Instant(MORNING + 2 * DAY_MS))
    assert past.history is not None
    assert past.history.started.run == "day-3"
    assert [(tail.run, tail.first_number > 0) for tail in past.tails] == [("day-3", True), ("day-again", False)]


def test_a_forgotten_decision_is_noticed(tmp_path: Path) -> None:
    """The property can fail: without the ledger the rest of the day is another one."""
    steps = busy_day()
    cut = wearings()[-1] + 1
    past = past_of(stored(tmp_path / "hrv.db", steps[:cut]), Instant(MORNING + 2 * DAY_MS))
    assert past.history is not None
    kept = tuple(one for one in past.history.records if not isinstance(one, DecisionMade))
    forgetful = resumed(replace(past, history=replace(past.history, records=kept)))
    rest = steps[cut:]
    assert [event for step in rest for event in forgetful.feed(step.input)] != events_of(rest)


def test_the_tail_begins_at_a_wearing_before_midnight_and_long_enough_ago(tmp_path: Path) -> None:
    path = stored(tmp_path / "hrv.db", busy_day())
    late = Instant(MORNING + 15 * HOUR_MS)
    starts = [e.at for e in events_of(busy_day()) if isinstance(e, WearingStarted)]
    for shortest_min in (1, 200, 400, 600):
        past = past_of(path, late, shortest_min * MINUTE_MS)
        expected = [at for at in starts if at < late - shortest_min * MINUTE_MS]
        first = past.tails[0].inputs[0]
        if past.history is not None:
            wall = past.history.started.at - past.history.started.mono_ms + first.mono_ms
            assert wall == expected[-1]
    # Midnight of Berlin is at 23:00 UTC the day before, so on the day itself nothing lies before it.
    assert past_of(path, late, shortest_tail_ms=24 * HOUR_MS).history is None
    assert past_of(path, Instant(MORNING + 17 * HOUR_MS + HOUR_MS // 2)).history is not None


def test_without_a_wearing_long_enough_ago_the_tail_is_the_whole_journal(tmp_path: Path) -> None:
    steps = busy_day()[:4_000]
    past = past_of(stored(tmp_path / "hrv.db", steps), Instant(MORNING + HOUR_MS), shortest_tail_ms=6 * HOUR_MS)
    assert past.history is None
    [tail] = past.tails
    assert tail.first_number == 0
    assert list(tail.inputs) == [step.input for step in steps]


def test_an_empty_database_has_nothing_past(tmp_path: Path) -> None:
    path = tmp_path / "hrv.db"
    open_for_writing(path, busy_timeout_ms=100).close()
    assert past_of(path, NOON) == NOTHING_PAST


def test_a_run_that_was_cut_off_is_named(tmp_path: Path) -> None:
    steps = busy_day()
    assert past_of(stored(tmp_path / "whole.db", steps), NOON).unended is None
    assert past_of(stored(tmp_path / "cut.db", steps[:2_000]), NOON).unended == "day-3"


def test_reading_the_past_writes_nothing(tmp_path: Path) -> None:
    path = stored(tmp_path / "hrv.db", busy_day()[:2_000])
    with closing(sqlite3.connect(path)) as connection:
        before = list(connection.iterdump())
    past_of(path, NOON)
    with closing(sqlite3.connect(path)) as connection:
        assert list(connection.iterdump()) == before


# -- order, lost inputs, recordings, an old baseline ------------------------------------------------------------------


def short(run: str, at: Instant, *events: Event, ended: bool = True) -> list[Step]:
    """A run of a few ticks; the second has these conclusions."""
    started = RunStarted(mono_ms=0, at=at, run=RunId(run), version="1", zone="UTC", boot_id=run, seed=1)
    inputs: list[Input] = [started, *(Tick(mono_ms=1000 * n) for n in range(1, 6))]
    if ended:
        inputs.append(RunEnded(mono_ms=6000, reason="SIGTERM"))
    return [
        Step(run=RunId(run), number=n, input=given, events=events if n == 2 else ()) for n, given in enumerate(inputs)
    ]


def wearing(at: Instant) -> WearingStarted:
    return WearingStarted(mono_ms=2000, at=at, sensor=SensorId("s"))


def baseline(at: Instant, stage: int) -> BaselineComputed:
    return BaselineComputed(
        mono_ms=2000, at=at, cutoff_at=at, stage=stage, eligible_minutes=900, days=5, hours=(), rho=0.5, hr_rest_bpm=None
    )  # fmt: skip


def test_the_last_run_is_the_one_that_came_last_whatever_its_clock_said(tmp_path: Path) -> None:
    """A machine without a clock chip woke up yesterday, and lost its power again."""
    path = stored(tmp_path / "hrv.db", short("first", NOON))
    stored(path, short("a-second", Instant(NOON - DAY_MS), ended=False))
    past = past_of(path, Instant(NOON - DAY_MS + HOUR_MS))
    assert past.unended == "a-second"
    assert [tail.run for tail in past.tails] == ["first", "a-second"]


def test_a_tail_knows_its_last_number_though_inputs_were_lost(tmp_path: Path) -> None:
    steps = short("first", NOON, ended=False)
    [tail] = past_of(stored(tmp_path / "hrv.db", [*steps[:2], *steps[4:]]), NOON).tails
    assert (len(tail.inputs), tail.first_number, tail.last_number) == (4, 0, 5)


def imported(path: Path, steps: Sequence[Step]) -> Path:
    with recorder(path, imported=True) as keep:
        for step in steps:
            keep(step)
    return path


def test_a_recording_is_nobodys_past(tmp_path: Path) -> None:
    """Neither its baseline nor its wearing nor its missing end, whether it came before or after one's own."""
    later = Instant(NOON + 3 * DAY_MS)
    recording = short("theirs", NOON, wearing(NOON), baseline(NOON, 3), ended=False)
    path = imported(tmp_path / "hrv.db", recording)
    assert past_of(path, later) == NOTHING_PAST
    stored(path, short("mine", NOON, wearing(NOON), baseline(NOON, 1)))
    imported(path, short("theirs again", NOON, ended=False))
    alone = stored(tmp_path / "alone.db", short("mine", NOON, wearing(NOON), baseline(NOON, 1)))
    assert past_of(path, later) == past_of(alone, later)
    assert past_of(path, later).history is not None


def test_the_last_baseline_is_remembered_however_old_it_is(tmp_path: Path) -> None:
    path = stored(tmp_path / "hrv.db", short("a", NOON, baseline(NOON, 1)))
    stored(path, short("b", Instant(NOON + DAY_MS), baseline(Instant(NOON + DAY_MS), 2)))
    worn = Instant(NOON + 40 * DAY_MS)
    stored(path, short("c", worn, wearing(worn)))
    history = past_of(path, Instant(worn + DAY_MS)).history
    assert history is not None
    assert [one for one in history.records if isinstance(one, BaselineComputed)] == [
        baseline(Instant(NOON + DAY_MS), 2)
    ]
    assert {one.run for one in history.records if isinstance(one, RunStarted)} == {"b", "c"}


# -- another boot: the clock that orders inputs begins again near 0 ---------------------------------------------------


@cache
def stressed(answer: str | None, seconds: int) -> tuple[Step, ...]:
    """Calm, then stress until an invitation that is answered; the machine loses power ``seconds`` after it."""
    inputs = simulate(SCENARIOS["stress_ramp"], 12, NOON, BERLIN).inputs
    steps = lived(inputs, None if answer is None else ANSWERS[answer])
    asked = next(e.mono_ms for step in steps for e in step.events if isinstance(e, PromptIssued))
    return tuple(step for step in steps if step.input.mono_ms <= asked + seconds * 1000)


def after_a_reboot(inputs: Sequence[Input], at: Instant, boot_id: str = "another boot") -> list[Input]:
    """A second run that begins 30 s after boot, with these inputs of one whose clock began at 0."""
    started = inputs[0]
    assert isinstance(started, RunStarted)
    up_ms = 30_000
    begin = replace(started, mono_ms=up_ms, at=at, run=RunId("again"), boot_id=boot_id)
    return [begin, *(replace(given, mono_ms=given.mono_ms + up_ms) for given in inputs[1:])]


def second_run(minutes: int, at: Instant) -> list[Input]:
    """The stress scenario from its lead-in's end: five calm minutes, then stress."""
    inputs = simulate(SCENARIOS["stress_ramp"], 13, NOON, BERLIN).inputs
    from_ms = 3 * HOUR_MS
    of_interest: list[Input] = [
        replace(given, mono_ms=given.mono_ms - from_ms)
        for given in inputs[1:-1]
        if from_ms < given.mono_ms < from_ms + minutes * MINUTE_MS
    ]
    connected = SensorConnected(mono_ms=0, sensor=SensorId("simulated"), name="Simulated strap")
    return after_a_reboot([inputs[0], connected, *of_interest], at)


def decisions(pipeline: Pipeline, inputs: Sequence[Input]) -> list[DecisionMade]:
    return [e for given in inputs for e in pipeline.feed(given) if isinstance(e, DecisionMade)]


def rebooted(tmp_path: Path, first: Sequence[Step], off_min: int, minutes: int = 30) -> tuple[Pipeline, list[Input]]:
    """The daemon after a power cut of ``off_min``, and what the strap sends then."""
    at = Instant(list(wall_of(first))[-1] + off_min * MINUTE_MS)
    past = past_of(stored(tmp_path / "hrv.db", first), at)
    assert past.unended is not None
    pipeline = resumed(past)
    pipeline.feed(RunEnded(mono_ms=past.tails[-1].inputs[-1].mono_ms, reason="cut off"))
    return pipeline, second_run(minutes, at)


def test_a_pause_goes_on_by_the_walls_time_over_a_reboot(tmp_path: Path) -> None:
    first = [*stressed(None, 60)]
    last = first[-1]
    paused = PauseRequested(mono_ms=last.input.mono_ms, minutes=60)
    first.append(Step(run=last.run, number=last.number + 1, input=paused, events=()))
    until = list(wall_of(first))[-1] + 60 * MINUTE_MS
    pipeline, inputs = rebooted(tmp_path, first, off_min=40, minutes=40)
    for decision in decisions(pipeline, inputs):
        held = [verdict for verdict in decision.gates if verdict.reason is Reason.PAUSED and not verdict.passed]
        assert bool(held) == (decision.start_at < until), decision.start_at


def test_a_reboot_neither_shortens_nor_lengthens_the_cooldown(tmp_path: Path) -> None:
    """Stress goes on over a power cut of 35 minutes: the hour since the invitation is still the wall's hour.

    Afterwards the one invitation of a day of learning has been made, which is another reason.
    """
    first = stressed(None, 60)
    asked = next(e for e in events_of(first) if isinstance(e, PromptIssued))
    pipeline, inputs = rebooted(tmp_path, first, off_min=35, minutes=38)
    sustained = [d for d in decisions(pipeline, inputs) if d.activation is not None and d.evidence >= 8 and d.is_armed]
    until = asked.at + HOUR_MS
    before = {decision.withheld for decision in sustained if decision.start_at + MINUTE_MS < until}
    after = {decision.withheld for decision in sustained if decision.start_at + MINUTE_MS >= until}
    assert (before, after) == ({"cooldown"}, {"daily_cap"})


@pytest.mark.parametrize(("answer", "withheld"), [("not_today", "not_today"), (None, "daily_cap")])
def test_not_today_holds_over_a_reboot(tmp_path: Path, answer: str | None, withheld: str) -> None:
    """Unanswered, the second stress of the day is held back by the cap instead."""
    pipeline, inputs = rebooted(tmp_path, stressed(answer, 60), off_min=65, minutes=38)
    sustained = [d for d in decisions(pipeline, inputs) if d.activation is not None and d.evidence >= 8 and d.is_armed]
    assert {decision.withheld for decision in sustained} == {withheld}


def test_a_restart_in_the_second_boot_is_not_amnesia_either(tmp_path: Path) -> None:
    """Two boots in one database, whose clocks overlap: history and tail give the uninterrupted events."""
    first = stressed("not_today", 60)
    at = Instant(list(wall_of(first))[-1] + 45 * MINUTE_MS)
    ended = RunEnded(mono_ms=first[-1].input.mono_ms, reason="cut off")
    steps = lived([*(step.input for step in first), ended, *second_run(38, at)], None)
    walls = list(wall_of(steps))
    cut = next(i for i, wall in enumerate(walls) if wall >= at + 20 * MINUTE_MS)
    past = past_of(stored(tmp_path / "hrv.db", steps[:cut]), walls[cut])
    assert past.tails[-1].run == "again"
    pipeline = resumed(past)
    assert [event for step in steps[cut:] for event in pipeline.feed(step.input)] == events_of(steps[cut:])
