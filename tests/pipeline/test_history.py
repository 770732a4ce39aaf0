"""What a restarted pipeline is told: the records that still matter, each within its run, in the order of their effect."""

from typing import Any

import pytest

from hrvdaemon.pipeline import remember
from hrvdaemon.pipeline.history import KEPT_DAYS, clock_of, count
from hrvdaemon.vocabulary.events import (
    BaselineComputed,
    BaselineRestarted,
    DecisionMade,
    Event,
    ReferenceDayTaken,
    WearingStarted,
)
from hrvdaemon.vocabulary.inputs import ClockChanged, Input, RunEnded, RunStarted, SettingsChanged, Tag, TagSet, Tick
from hrvdaemon.vocabulary.steps import Step
from hrvdaemon.vocabulary.units import DAY_MS, HOUR_MS, MINUTE_MS, Instant, RunId, SensorId, instant

NOON = instant("2026-03-10T11:00:00Z")
LONG_MS = (KEPT_DAYS + 1) * DAY_MS


def started(run: str = "run", mono_ms: int = 0, at: Instant = NOON, boot: str = "boot") -> RunStarted:
    return RunStarted(mono_ms=mono_ms, at=at, run=RunId(run), version="0", zone="Europe/Berlin", boot_id=boot, seed=7)


def steps(*given: tuple[str, Input]) -> list[Step]:
    return [Step(run=RunId(run), number=n, input=one, events=()) for n, (run, one) in enumerate(given)]


def step(given: Input, *events: Event) -> Step:
    return Step(run=RunId("run"), number=given.mono_ms, input=given, events=events)


def baseline(mono_ms: int) -> BaselineComputed:
    return BaselineComputed(
        mono_ms=mono_ms, at=Instant(NOON + mono_ms), cutoff_at=NOON, stage=2, eligible_minutes=900, days=5, hours=(),
        rho=0.5, hr_rest_bpm=None,
    )  # fmt: skip


def test_a_record_of_another_boot_stands_within_its_own_run() -> None:
    later = started("again", 5_000, Instant(NOON + 30 * MINUTE_MS), "other boot")
    tag, ended = TagSet(mono_ms=10 * MINUTE_MS, tag=Tag.MEAL), RunEnded(mono_ms=20 * MINUTE_MS, reason="end")
    history = remember(steps(("run", started()), ("run", tag), ("run", ended), ("again", later)))
    assert history.records == (started(), tag, ended, later)
    assert history.started == later


def test_a_clock_change_belongs_to_what_is_remembered() -> None:
    change = ClockChanged(mono_ms=1_000, at=Instant(NOON + HOUR_MS), zone="UTC")
    history = remember(steps(("run", started()), ("run", change), ("run", Tick(mono_ms=2_000))))
    assert history.records == (started(), change)
    clock = clock_of(history.started, [change])
    assert clock.wall(2_000) == NOON + HOUR_MS + 1_000
    assert clock.zone == "UTC"


def test_what_was_due_before_an_input_is_remembered_before_it() -> None:
    """The clock is set in the step in which a baseline was due: it was computed by the old clock."""
    change = ClockChanged(mono_ms=9_000, at=Instant(NOON + HOUR_MS), zone="UTC")
    history = remember([step(started()), step(change, baseline(8_000))])
    assert history.records == (started(), baseline(8_000), change)


def test_what_is_too_old_to_matter_is_left_out() -> None:
    old, new = TagSet(mono_ms=0, tag=Tag.ILL), TagSet(mono_ms=LONG_MS, tag=Tag.MEAL)
    history = remember(steps(("run", started()), ("run", old), ("run", new)))
    assert history.records == (started(), new)


def test_a_run_of_which_nothing_is_left_is_left_out_and_its_settings_too() -> None:
    later = started("again", 0, Instant(NOON + LONG_MS), "other boot")
    changed = SettingsChanged(mono_ms=5, settings={"prompts.daily_cap": 1})
    history = remember(steps(("run", started()), ("run", changed), ("again", later)))
    assert history.records == (later,)


@pytest.mark.parametrize("is_old", [False, True])
def test_of_baselines_the_last_is_remembered_however_old_it_is(*, is_old: bool) -> None:
    """A pipeline that kept running still uses it; those before it are nobody's usual any more."""
    new = TagSet(mono_ms=LONG_MS if is_old else 9, tag=Tag.MEAL)
    computed = [step(Tick(mono_ms=1), baseline(1)), step(Tick(mono_ms=2), baseline(2))]
    history = remember([step(started()), *computed, step(new)])
    kept = (baseline(2),) if is_old else (baseline(1), baseline(2))
    assert history.records == (started(), *kept, new)


def test_reference_days_and_the_straps_that_taught_are_remembered_for_ever() -> None:
    day = ReferenceDayTaken(mono_ms=1, at=NOON, day=1, minutes=300, hr_bpm=60.0, ln_rmssd=3.5)
    first, again = (WearingStarted(mono_ms=ms, at=NOON, sensor=SensorId("a")) for ms in (2, 3))
    other = BaselineRestarted(mono_ms=4, at=NOON, sensor=SensorId("b"))
    new = TagSet(mono_ms=LONG_MS, tag=Tag.MEAL)
    history = remember([step(started()), step(Tick(mono_ms=5), day, first, again, other), step(new)])
    assert history.records == (started(), day, first, other, new)


def test_numbers_go_on_where_they_were(invited: Any) -> None:
    counted = count(invited.events)
    assert counted.prompts == 1
    assert counted.epochs == sum(row.epoch is not None for row in invited.of(DecisionMade))
    assert counted.sessions == 0
