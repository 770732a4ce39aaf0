"""The simulated set: people live their days through the real pipeline, with the strap on for long or for short.

Each wear (16, 5, 3, 2 hours a day) is a pipeline of its own that sees the same beats, as far as the strap was on.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import hrvdaemon
from hrvdaemon.evaluation.comparison_rules import RULES, AllDayUsual, invitations_ms
from hrvdaemon.evaluation.days import Day, DayKind, Plan, days_of
from hrvdaemon.evaluation.observing import Observer
from hrvdaemon.evaluation.outcomes import DayOutcome, outcome_of
from hrvdaemon.evaluation.persons import EvaluatedPerson, Half, evaluated_person
from hrvdaemon.pipeline.settings import defaults
from hrvdaemon.simulation.strap import SIMULATED, StrapManner, Wearer
from hrvdaemon.vocabulary.inputs import Input, RunEnded, RunStarted, Scalar, SensorConnected, SensorLost
from hrvdaemon.vocabulary.units import DAY_MS, HOUR_MS, SECOND_MS, RunId, instant

OURS = "hrvdaemon"
PERSONAL = "hrvdaemon_personal_threshold"
"""The same with the threshold that it finds for the wearer, where the detector has one."""
MORNING = instant("2026-03-02T07:00:00Z")
_AWAKE_MS = range(HOUR_MS, 15 * HOUR_MS)
_BLOCK_S = 600
_MANNER = StrapManner(drop_chance=0.001)
_FIXED: dict[str, Scalar] = {"dominance.theta_is_personal": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One person's judged days under one detector at one wear."""

    person: int
    half: Half
    detector: str
    wear_h: int
    days: tuple[DayOutcome, ...]


@dataclass(frozen=True, slots=True)
class _Watched:
    """One pipeline: which detector it stands for and how long the strap is on."""

    detector: str
    wear_h: int
    observer: Observer


def judge_person(number: int, plan: Plan, wears: Sequence[int]) -> list[Judged]:
    """Let one person live the plan. ``hrvdaemon`` at every wear; the rules of others at the longest."""
    person = evaluated_person(number)
    watched = list(_watched(person, wears))
    days = list(days_of(person, plan))
    for day in days:
        _live(day, watched)
    for each in watched:
        each.observer.feed([RunEnded(mono_ms=len(days) * DAY_MS, reason="evaluated")])
    results = [_judged(person, w.detector, w.wear_h, list(_ours(days, w))) for w in watched]
    return results + [_judged(person, *named) for named in _others(days, watched[0])]


def _watched(person: EvaluatedPerson, wears: Sequence[int]) -> Iterator[_Watched]:
    knows_personal = "dominance.theta_is_personal" in defaults()
    for wear_h in wears:
        yield _Watched(OURS, wear_h, _observer(person, _FIXED if knows_personal else {}))
    if knows_personal:
        yield _Watched(PERSONAL, wears[0], _observer(person, {"dominance.theta_is_personal": True}))


def _observer(person: EvaluatedPerson, settings: dict[str, Scalar]) -> Observer:
    observer = Observer()
    started = RunStarted(
        mono_ms=0,
        at=MORNING,
        run=RunId(f"evaluated-{person.number}"),
        version=hrvdaemon.__version__,
        zone="UTC",
        boot_id="simulated",
        seed=person.number,
        settings={"gates.age_years": person.age_years, **settings},
    )
    observer.feed([started])
    return observer


def _live(day: Day, watched: Sequence[_Watched]) -> None:
    """The day in blocks, each with only the episodes that are felt in it: the same beats in half the time."""
    start_ms = day.number * DAY_MS
    wearer = Wearer(day.scenario, day.seed, manner=_MANNER, start_mono_ms=start_ms)
    for second in range(0, day.scenario.duration_s, _BLOCK_S):
        until_s = second + _BLOCK_S
        felt = tuple(
            e for e in day.scenario.episodes if e.start_s < until_s and e.is_felt(max(second, e.start_s), down_to=0.01)
        )
        wearer.scenario = replace(day.scenario, episodes=felt)
        inputs, _ = wearer.live(_BLOCK_S)
        for each in watched:
            worn = day.worn(each.wear_h)
            is_put_on = worn.start > 0 and worn.start in range(second, until_s)
            each.observer.feed([_on(worn, start_ms)] if is_put_on else [])
            each.observer.feed(_while_worn(inputs, worn, start_ms))
    for each in watched:
        each.observer.feed([_off(day.worn(each.wear_h), start_ms)])


def _while_worn(inputs: Sequence[Input], worn: range, start_ms: int) -> Iterator[Input]:
    span = range(start_ms + worn.start * SECOND_MS, start_ms + worn.stop * SECOND_MS)
    return (given for given in inputs if given.mono_ms in span)


def _on(worn: range, start_ms: int) -> SensorConnected:
    """A strap that is put on in the middle of a day; the day's own first second connects by itself."""
    return SensorConnected(mono_ms=start_ms + worn.start * SECOND_MS, sensor=SIMULATED, name=_MANNER.name)


def _off(worn: range, start_ms: int) -> SensorLost:
    return SensorLost(mono_ms=start_ms + worn.stop * SECOND_MS, sensor=SIMULATED, reason="taken off")


def _judged(person: EvaluatedPerson, detector: str, wear_h: int, days: Sequence[DayOutcome]) -> Judged:
    return Judged(person=person.number, half=person.half, detector=detector, wear_h=wear_h, days=tuple(days))


def _ours(days: Sequence[Day], watched: _Watched) -> Iterator[DayOutcome]:
    for day in days:
        if day.kind is not DayKind.LEARNING:
            start_ms, span = day.number * DAY_MS, _span_ms(day)
            invited = [moment for moment in watched.observer.invited_ms if moment in span]
            minutes = [minute for minute in watched.observer.minutes if minute.start_ms in span]
            yield outcome_of(day, day.worn(watched.wear_h), start_ms, invited, minutes)


def _others(days: Sequence[Day], watched: _Watched) -> Iterator[tuple[str, int, list[DayOutcome]]]:
    """The rules of others on the minutes of the first pipeline; they learn from the same days."""
    minutes = watched.observer.minutes
    judged = [day for day in days if day.kind is not DayKind.LEARNING]
    usual = AllDayUsual.of([m for m in minutes if m.start_ms < judged[0].number * DAY_MS] or minutes)
    for name, rule in RULES.items():
        outcomes = []
        for day in judged:
            worn, start_ms = day.worn(watched.wear_h), day.number * DAY_MS
            invited = invitations_ms(
                rule,
                [minute for minute in minutes if minute.start_ms in _span_ms(day)],
                usual,
                strap_on_ms=start_ms + worn.start * SECOND_MS,
                awake_ms=range(start_ms + _AWAKE_MS.start, start_ms + _AWAKE_MS.stop),
            )
            outcomes.append(outcome_of(day, worn, start_ms, invited, ()))
        yield name, watched.wear_h, outcomes


def _span_ms(day: Day) -> range:
    return range(day.number * DAY_MS, (day.number + 1) * DAY_MS)
