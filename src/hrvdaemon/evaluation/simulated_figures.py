"""Figures of the simulated set: ratios of counts, each with its interval over persons."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from statistics import median

from hrvdaemon.evaluation.days import WHOLE_DAY_H, DayKind
from hrvdaemon.evaluation.intervals import Figure, figure_over
from hrvdaemon.evaluation.outcomes import INSIDE, DayOutcome, StressOutcome
from hrvdaemon.evaluation.persons import evaluated_person
from hrvdaemon.evaluation.simulated_set import Judged

Count = Callable[[Judged], float]
MOVING = ("standing", "walk", "stairs", "after_standing", "after_walk", "after_stairs")
NEVER = ("run", "after_run", "paced_breathing", "after_paced_breathing", "ectopy", "loose_strap", "strap_slip")
"""Where an invitation is a defect: effort and its recovery, paced breathing, ectopic runs, strap slips."""

BOUNDS = (
    ("J39", "sensitivity", "at least", 0.60),
    ("J39", "latency_min", "at most", 12.0),
    ("J39", "inside_share", "at least", 0.65),
    ("J39", "moving_share", "at most", 0.10),
    ("J39", "in_forbidden_places", "at most", 0.0),
    ("J40", "null_per_16_h", "at most", 2.0),
    ("stretch", "sensitivity_long", "at least", 0.65),
    ("stretch", "inside_share", "at least", 0.80),
    ("stretch", "without_stress_per_16_h", "at most", 0.5),
)
"""Of science J39 and J40, and what was hoped for beyond them: said to be met or missed, never tuned for."""


def bounds_of(figures: Mapping[str, Figure]) -> dict[str, str]:
    """Each bound and whether the figure itself, not its interval, keeps it."""
    return {
        f"{source} {name} {sense} {limit:g}": _kept(figures[name].value, sense, limit)
        for source, name, sense, limit in BOUNDS
    }


def _kept(value: float | None, sense: str, limit: float) -> str:
    if value is None:
        return "not measured"
    is_kept = value >= limit if sense == "at least" else value <= limit
    return f"{'met' if is_kept else 'MISSED'} ({value:.2f})"


def figures_of(persons: Sequence[Judged]) -> dict[str, Figure]:
    """Every figure of one detector at one wear over these persons."""
    labelled = _of_kind(DayKind.LABELLED)
    return {
        "sensitivity": _ratio(persons, _met(_any), _met_of(_any)),
        "sensitivity_long": _ratio(persons, _met(_long), _met_of(_long)),
        "sensitivity_long_reachable": _ratio(persons, _met(_long_reachable), _met_of(_long_reachable)),
        "inside_share": _ratio(persons, _caused(labelled, (INSIDE,)), _invited(labelled)),
        "moving_share": _ratio(persons, _caused(labelled, MOVING), _invited(labelled)),
        "invitations_per_16_h": _per_16_h(persons, labelled),
        "without_stress_per_16_h": _per_16_h(persons, _of_kind(DayKind.WITHOUT_STRESS)),
        "null_per_16_h": _per_16_h(persons, _of_kind(DayKind.NULL)),
        "in_forbidden_places": _ratio(persons, _caused(_every_day, NEVER), _n_days),
        "latency_min": _latency(persons),
        "not_judged_share": _ratio(persons, _unjudged, _minutes),
        "sustained_share": _ratio(persons, _sustained, _minutes),
    }


def causes_of(persons: Sequence[Judged]) -> Counter[str]:
    """Into what the invitations fell that were in no stress, on all judged days."""
    causes = sum((day.causes for person in persons for day in person.days), Counter[str]())
    del causes[INSIDE]
    return causes


def misses_of(persons: Sequence[Judged]) -> Counter[str]:
    """Why stress was not met."""
    return Counter(stress.missed_by for person in persons for stress in _stresses(person) if stress.missed_by)


def unjudged_of(persons: Sequence[Judged]) -> Counter[str]:
    """Minutes that were not judged, by reason."""
    return sum((day.not_judged for person in persons for day in person.days), Counter[str]())


def sensitivity_by_person(persons: Sequence[Judged]) -> dict[str, str]:
    """Whose stress was met, and how many of their beats come early: who has many can't be judged at all."""
    return {_who(person): f"{_met(_any)(person):g} of {_met_of(_any)(person):g}" for person in persons}


def _who(person: Judged) -> str:
    heart = evaluated_person(person.person).person
    return f"person {person.person} (early beats {heart.pvc_chance + heart.pac_chance:.1%})"


def _ratio(persons: Sequence[Judged], counted: Count, of: Count) -> Figure:
    pairs = [(counted(person), of(person)) for person in persons]

    def statistic(chosen: Sequence[tuple[float, float]]) -> float | None:
        total = sum(n for _, n in chosen)
        return sum(c for c, _ in chosen) / total if total else None

    return figure_over(pairs, statistic, n=round(sum(n for _, n in pairs)))


def _per_16_h(persons: Sequence[Judged], wanted: Callable[[DayOutcome], bool]) -> Figure:
    def periods(person: Judged) -> float:
        return sum(day.worn_h for day in person.days if wanted(day)) / WHOLE_DAY_H

    n_days = sum(wanted(day) for person in persons for day in person.days)
    return replace(_ratio(persons, _invited(wanted), periods), n=n_days)


def _latency(persons: Sequence[Judged]) -> Figure:
    latencies = [[s.latency_min for s in _stresses(p) if s.latency_min is not None] for p in persons]

    def statistic(chosen: Sequence[Sequence[float]]) -> float | None:
        pooled = [value for one in chosen for value in one]
        return median(pooled) if pooled else None

    return figure_over(latencies, statistic, n=sum(map(len, latencies)))


def _stresses(person: Judged) -> Iterator[StressOutcome]:
    return (stress for day in person.days for stress in day.stresses)


def _met_of(wanted: Callable[[StressOutcome], bool]) -> Count:
    return lambda person: sum(wanted(stress) for stress in _stresses(person))


def _met(wanted: Callable[[StressOutcome], bool]) -> Count:
    return _met_of(lambda stress: wanted(stress) and stress.latency_min is not None)


def _any(_stress: StressOutcome) -> bool:
    return True


def _long(stress: StressOutcome) -> bool:
    return stress.is_long


def _long_reachable(stress: StressOutcome) -> bool:
    return stress.is_long and stress.is_reachable


def _of_kind(kind: DayKind) -> Callable[[DayOutcome], bool]:
    return lambda day: day.kind is kind


def _every_day(_day: DayOutcome) -> bool:
    return True


def _invited(wanted: Callable[[DayOutcome], bool]) -> Count:
    return lambda person: sum(day.n_invited for day in person.days if wanted(day))


def _caused(wanted: Callable[[DayOutcome], bool], causes: Sequence[str]) -> Count:
    return lambda person: sum(day.causes[cause] for day in person.days if wanted(day) for cause in causes)


def _n_days(person: Judged) -> float:
    return len(person.days)


def _minutes(person: Judged) -> float:
    return sum(day.n_minutes for day in person.days)


def _unjudged(person: Judged) -> float:
    return sum(day.not_judged.total() for day in person.days)


def _sustained(person: Judged) -> float:
    return sum(day.n_sustained for day in person.days)
