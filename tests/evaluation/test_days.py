import pytest

from hrvdaemon.evaluation.days import DayKind, Plan, days_of
from hrvdaemon.evaluation.persons import evaluated_person
from hrvdaemon.simulation.episodes import EpisodeKind

PLAN = Plan(learning=2, labelled=2, without_stress=1, null=1)
DAYS = list(days_of(evaluated_person(3), PLAN))


def test_days_come_in_the_order_of_the_plan() -> None:
    learned, labelled = DayKind.LEARNING, DayKind.LABELLED
    assert [day.kind for day in DAYS] == [learned, learned, labelled, labelled, DayKind.WITHOUT_STRESS, DayKind.NULL]
    assert [day.number for day in DAYS] == list(range(6))


def test_learning_days_have_stress_too() -> None:
    assert [len(day.stresses) for day in DAYS] == [3, 3, 3, 3, 0, 0]


def test_a_day_without_stress_keeps_everything_else() -> None:
    kinds = {episode.kind for episode in DAYS[4].scenario.episodes}
    assert {EpisodeKind.STANDING, EpisodeKind.WALK, EpisodeKind.RUN, EpisodeKind.TALK, EpisodeKind.CAFFEINE} <= kinds


def test_every_day_has_the_straps_troubles_and_its_own_person() -> None:
    for day in DAYS:
        kinds = {episode.kind for episode in day.scenario.episodes}
        assert {EpisodeKind.LOOSE_STRAP, EpisodeKind.DROPOUT, EpisodeKind.LINK_LOST} <= kinds
        assert day.scenario.person == evaluated_person(3).person


@pytest.mark.parametrize("hours", [2, 3, 5])
def test_a_short_wear_is_one_piece_of_the_day(hours: int) -> None:
    for day in DAYS:
        worn = day.worn(hours)
        assert len(worn) == hours * 3600
        assert worn.start >= 3600
        assert worn.stop <= 15 * 3600
    assert len({day.worn(hours).start for day in DAYS}) > 1


def test_sixteen_hours_are_the_whole_day() -> None:
    assert DAYS[0].worn(16) == range(16 * 3600)
