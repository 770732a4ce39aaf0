"""Reading the ledger by columns gives what its decisions would, and the same invitations when decided again."""

from collections import deque
from contextlib import closing
from dataclasses import fields
from functools import cache
from pathlib import Path

import numpy as np

from hrvdaemon.pipeline import Pipeline, Settings
from hrvdaemon.regulation.ledger_columns import Answered, LedgerColumns, columns_of
from hrvdaemon.regulation.redecision import Rules, redecide
from hrvdaemon.simulation.named import labelled_day
from hrvdaemon.simulation.strap import simulate
from hrvdaemon.store.ledger_reading import columns_between
from hrvdaemon.store.queries import decisions_between, open_readonly
from hrvdaemon.store.schema import open_for_writing
from hrvdaemon.store.writer import record_sync
from hrvdaemon.vocabulary.events import PromptIssued
from hrvdaemon.vocabulary.inputs import Answer, Input, PauseRequested, PromptAnswered, Tag, TagSet
from hrvdaemon.vocabulary.steps import Step
from hrvdaemon.vocabulary.units import HOUR_MS, MINUTE_MS, Instant, PromptId, RunId, instant

MORNING = instant("2026-03-10T06:00:00Z")
EVER = Instant(0), Instant(2**53)


@cache
def day() -> tuple[Step, ...]:
    """A labelled day with a tag, a pause and a refusal, said twice and once more when it was over."""
    given = simulate(labelled_day(3), 3, MORNING, "Europe/Berlin").inputs
    extra: list[Input] = [
        TagSet(mono_ms=200 * MINUTE_MS, tag=Tag.CAFFEINE),
        PauseRequested(mono_ms=330 * MINUTE_MS, minutes=25),
    ]
    waiting = deque([given[0], *sorted([*given[1:], *extra], key=lambda one: one.mono_ms)])
    pipeline, steps = Pipeline(), list[Step]()
    while waiting:
        one = waiting.popleft()
        events = tuple(pipeline.feed(one))
        steps.append(Step(run=RunId("day-3"), number=len(steps), input=one, events=events))
        for event in events:
            if isinstance(event, PromptIssued):
                waiting.extendleft(
                    PromptAnswered(mono_ms=one.mono_ms, prompt=event.id, answer=answer)
                    for answer in (Answer.START, Answer.LATER)
                )
    return tuple(steps)


def asked() -> list[PromptId]:
    return [event.id for step in day() for event in step.events if isinstance(event, PromptIssued)]


def read(path: Path, from_at: Instant = EVER[0], to_at: Instant = EVER[1]) -> tuple[LedgerColumns, LedgerColumns]:
    """By columns, and by the decisions."""
    with closing(open_readonly(path)) as connection:
        by_columns = columns_between(connection, from_at, to_at)
        return by_columns, columns_of(decisions_between(connection, from_at, to_at))


def assert_equal(one: LedgerColumns, other: LedgerColumns) -> None:
    for field in fields(LedgerColumns):
        if field.name != "answers":
            here, there = getattr(one, field.name), getattr(other, field.name)
            assert np.array_equal(here, there, equal_nan=True), field.name
            assert here.dtype == there.dtype, field.name


def test_every_column_is_that_of_the_decisions(tmp_path: Path) -> None:
    record_sync(tmp_path / "hrv.db", day())
    one, other = read(tmp_path / "hrv.db")
    assert len(one.start_minute) > 900
    assert_equal(one, other)
    spans = Instant(MORNING + 3 * HOUR_MS), Instant(MORNING + 5 * HOUR_MS)
    assert_equal(*read(tmp_path / "hrv.db", *spans))
    assert len(read(tmp_path / "hrv.db", *spans)[0].start_minute) == 120


def test_an_empty_ledger_has_empty_columns(tmp_path: Path) -> None:
    open_for_writing(tmp_path / "hrv.db", busy_timeout_ms=100).close()
    assert_equal(*read(tmp_path / "hrv.db"))


def test_of_the_answers_only_the_first_in_time_counts(tmp_path: Path) -> None:
    record_sync(tmp_path / "hrv.db", day())
    columns, _ = read(tmp_path / "hrv.db")
    assert len(asked()) >= 1
    rows = [row for row, one in enumerate(asked_rows(tmp_path / "hrv.db")) if one]
    assert columns.answers == tuple(Answered(row, row + 1, Answer.LATER) for row in rows)
    with closing(open_readonly(tmp_path / "hrv.db")) as connection:
        assert columns_between(connection, *EVER, expire_min=-1).answers == ()


def asked_rows(path: Path) -> list[bool]:
    with closing(open_readonly(path)) as connection:
        return [row.prompt is not None for row in decisions_between(connection, *EVER)]


def test_the_stored_day_is_decided_again_as_it_was(tmp_path: Path) -> None:
    record_sync(tmp_path / "hrv.db", day())
    columns, _ = read(tmp_path / "hrv.db")
    s = Settings()
    again = redecide(columns, Rules(dominance=s.dominance, prompts=s.prompts, gates=s.gates))
    assert list(again.prompts) == [row for row, was in enumerate(asked_rows(tmp_path / "hrv.db")) if was]
