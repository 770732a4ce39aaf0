"""What a restarted pipeline is told: the records that still matter, on the clock of the run that goes on."""

from typing import Any

from hrvdaemon.pipeline import remember
from hrvdaemon.pipeline.history import KEPT_DAYS, clock_of, count
from hrvdaemon.vocabulary.events import BaselineComputed, DecisionMade
from hrvdaemon.vocabulary.inputs import ClockChanged, Input, RunEnded, RunStarted, Tag, TagSet, Tick
from hrvdaemon.vocabulary.steps import Step
from hrvdaemon.vocabulary.units import DAY_MS, HOUR_MS, MINUTE_MS, Instant, RunId, instant

NOON = instant("2026-03-10T11:00:00Z")


def started(run: str = "run", mono_ms: int = 0, at: Instant = NOON, boot: str = "boot") -> RunStarted:
    return RunStarted(mono_ms=mono_ms, at=at, run=RunId(run), version="0", zone="Europe/Berlin", boot_id=boot, seed=7)


def steps(*given: tuple[str, Input]) -> list[Step]:
    return [Step(run=RunId(run), number=n, input=one, events=()) for n, (run, one) in enumerate(given)]


def test_a_record_of_another_boot_is_moved_to_the_clock_of_this_one() -> None:
    """A tag at 11:10 of a run whose boot began at 11:00; the new boot counts from 11:30."""
    later = started("again", 5_000, Instant(NOON + 30 * MINUTE_MS), "other boot")
    history = remember(
        steps(
            ("run", started()),
            ("run", TagSet(mono_ms=10 * MINUTE_MS, tag=Tag.MEAL)),
            ("run", RunEnded(mono_ms=20 * MINUTE_MS, reason="end")),
            ("again", later),
        )
    )
    assert history.started == later
    assert [moment for moment, _ in history.records] == [5_000 - 20 * MINUTE_MS]


def test_a_clock_change_belongs_to_what_is_remembered() -> None:
    change = ClockChanged(mono_ms=1_000, at=Instant(NOON + HOUR_MS), zone="UTC")
    history = remember(steps(("run", started()), ("run", change), ("run", Tick(mono_ms=2_000))))
    assert history.changes == (change,)
    clock = clock_of(history.started, history.changes)
    assert clock.wall(2_000) == NOON + HOUR_MS + 1_000
    assert clock.zone == "UTC"


def test_what_is_too_old_to_matter_is_left_out() -> None:
    old, new = TagSet(mono_ms=0, tag=Tag.ILL), TagSet(mono_ms=KEPT_DAYS * DAY_MS, tag=Tag.MEAL)
    history = remember(steps(("run", started()), ("run", old), ("run", new)))
    assert [record for _, record in history.records] == [new]


def test_the_last_baseline_is_remembered_however_old_it_is() -> None:
    """A pipeline that kept running still uses it; those before it are nobody's usual any more."""
    older, last = (
        BaselineComputed(
            mono_ms=ms, at=Instant(NOON + ms), cutoff_at=NOON, stage=2, eligible_minutes=900, days=5, hours=(), rho=0.5,
            hr_rest_bpm=None,
        )
        for ms in (1, 2)
    )  # fmt: skip
    new = TagSet(mono_ms=2 * KEPT_DAYS * DAY_MS, tag=Tag.MEAL)
    computed = [
        Step(run=RunId("run"), number=n, input=Tick(mono_ms=n), events=(one,)) for n, one in ((1, older), (2, last))
    ]
    history = remember([*steps(("run", started())), *computed, Step(run=RunId("run"), number=3, input=new, events=())])
    assert history.records == ((2, last), (new.mono_ms, new))


def test_numbers_go_on_where_they_were(invited: Any) -> None:
    counted = count(invited.events)
    assert counted.prompts == 1
    assert counted.epochs == sum(row.epoch is not None for row in invited.of(DecisionMade))
    assert counted.sessions == 0
