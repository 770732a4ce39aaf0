"""Two people, a day to learn from and a day to be judged: the whole way, short."""

from dataclasses import replace

import pytest

from hrvdaemon.evaluation.comparison_rules import RULES
from hrvdaemon.evaluation.days import DayKind, Plan
from hrvdaemon.evaluation.persons import Half
from hrvdaemon.evaluation.sets import simulated, simulated_result
from hrvdaemon.evaluation.simulated_set import OURS, Judged

SHORT = Plan(learning=1, labelled=1, without_stress=0, null=0)


@pytest.fixture(scope="module")
def judged() -> list[Judged]:
    return simulated([0, 1], SHORT, [5], jobs=1, tell=lambda _: None)


def test_everybody_has_a_row_for_every_detector(judged: list[Judged]) -> None:
    assert {one.person for one in judged} == {0, 1}
    assert {OURS, *RULES} <= {one.detector for one in judged}


def test_only_days_behind_the_learning_ones_are_judged(judged: list[Judged]) -> None:
    assert all([day.kind for day in one.days] == [DayKind.LABELLED] for one in judged)


def test_only_the_hours_with_the_strap_count(judged: list[Judged]) -> None:
    ours = [one for one in judged if one.detector == OURS]
    for one in ours:
        day = one.days[0]
        assert day.worn_h == 5
        assert day.n_minutes == 300
        assert day.not_judged.total() < 300


def test_figures_are_of_one_half_only(judged: list[Judged]) -> None:
    result = simulated_result(judged, Half.HELD_BACK)
    assert result.of == "1 simulated people (held back), 1 judged days."
    assert set(result.figures) >= {f"{name}, 5 h" for name in (OURS, *RULES)}


def test_bounds_are_of_whole_days_only(judged: list[Judged]) -> None:
    whole = [replace(one, wear_h=16) for one in judged]
    assert "Bounds" not in simulated_result(judged, Half.HELD_BACK).counts
    assert "Bounds" in simulated_result(whole, Half.HELD_BACK).counts
