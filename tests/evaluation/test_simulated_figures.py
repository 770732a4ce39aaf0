from collections import Counter

import pytest

from hrvdaemon.evaluation.days import DayKind
from hrvdaemon.evaluation.intervals import Figure
from hrvdaemon.evaluation.outcomes import DayOutcome, StressOutcome
from hrvdaemon.evaluation.persons import Half, evaluated_person
from hrvdaemon.evaluation.simulated_figures import bounds_of, causes_of, figures_of, misses_of, sensitivity_by_person
from hrvdaemon.evaluation.simulated_set import Judged


def _stress(latency_min: float | None, *, is_long: bool = True) -> StressOutcome:
    missed = "below_threshold" if latency_min is None else None
    return StressOutcome(is_long=is_long, is_reachable=True, latency_min=latency_min, missed_by=missed)


def _day(kind: DayKind, *stresses: StressOutcome, hours: float = 16, **causes: int) -> DayOutcome:
    return DayOutcome(kind=kind, worn_h=hours, stresses=stresses, causes=Counter(causes))


def _judged(number: int, *days: DayOutcome) -> Judged:
    return Judged(person=number, half=Half.HELD_BACK, detector="ours", wear_h=16, days=days)


PEOPLE = [
    _judged(1, _day(DayKind.LABELLED, _stress(8.0), _stress(None), stress=1, walk=1), _day(DayKind.NULL, ordinary=1)),
    _judged(3, _day(DayKind.LABELLED, _stress(12.0), _stress(10.0, is_long=False), hours=8, stress=2, after_run=1)),
    _judged(5, _day(DayKind.WITHOUT_STRESS, talk=1), _day(DayKind.LABELLED, _stress(None, is_long=False))),
]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sensitivity", 3 / 5),
        ("sensitivity_long", 2 / 3),
        ("inside_share", 3 / 5),
        ("moving_share", 1 / 5),
        ("invitations_per_16_h", 5 / 2.5),
        ("without_stress_per_16_h", 1.0),
        ("null_per_16_h", 1.0),
        ("in_forbidden_places", 1 / 5),
        ("latency_min", 10.0),
    ],
)
def test_figures_are_ratios_of_counts(name: str, value: float) -> None:
    figure = figures_of(PEOPLE)[name]
    assert figure.value == pytest.approx(value)
    assert figure.low is not None
    assert figure.high is not None
    assert figure.low <= value <= figure.high


def test_how_often_is_told_over_days() -> None:
    assert figures_of(PEOPLE)["invitations_per_16_h"].n == 3
    assert figures_of(PEOPLE)["null_per_16_h"].n == 1


def test_a_figure_without_anything_to_count_is_none() -> None:
    assert figures_of(PEOPLE)["not_judged_share"].value is None


def test_false_ones_and_misses_have_causes() -> None:
    assert causes_of(PEOPLE) == Counter(walk=1, ordinary=1, after_run=1, talk=1)
    assert misses_of(PEOPLE) == Counter(below_threshold=2)


def test_a_bound_is_met_at_its_limit_and_missed_beyond_it() -> None:
    names = ("sensitivity", "latency_min", "inside_share", "moving_share", "in_forbidden_places", "null_per_16_h")
    rest = ("sensitivity_long", "without_stress_per_16_h")
    at_limit = dict(zip((*names, *rest), (0.60, 12.0, 0.65, 0.10, 0.0, 2.0, None, 0.6), strict=True))
    told = bounds_of({name: Figure(value=value) for name, value in at_limit.items()})
    assert all(verdict.startswith("met") for bound, verdict in told.items() if bound.startswith("J"))
    assert told["stretch inside_share at least 0.8"] == "MISSED (0.65)"
    assert told["stretch without_stress_per_16_h at most 0.5"] == "MISSED (0.60)"
    assert told["stretch sensitivity_long at least 0.65"] == "not measured"


def test_everybody_is_told_apart_with_their_early_beats() -> None:
    told = sensitivity_by_person(PEOPLE)
    assert list(told.values()) == ["1 of 2", "2 of 2", "0 of 1"]
    assert [who.split(" (")[0] for who in told] == ["person 1", "person 3", "person 5"]
    heart = evaluated_person(1).person
    assert f"early beats {heart.pvc_chance + heart.pac_chance:.1%}" in next(iter(told))
