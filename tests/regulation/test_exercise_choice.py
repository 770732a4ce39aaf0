"""What is offered: nothing that calms further where that would be wrong, otherwise paced breath with a floor for variety."""

from hrvdaemon.regulation.exercise_choice import choose
from hrvdaemon.regulation.exercises import ORIENT, PACED_6


def test_where_nothing_may_calm_further_only_orienting_is_offered() -> None:
    offered = {choose(needs_no_calming=True, seed=1, ordinal=n).id for n in range(500)}
    assert offered == {ORIENT.id}


def test_one_in_ten_is_for_variety() -> None:
    """Of 2000 with p 0.1 the SD is 13.4; five of them are 67."""
    n_orient = sum(choose(needs_no_calming=False, seed=3, ordinal=n) is ORIENT for n in range(2000))
    assert abs(n_orient - 200) < 67


def test_the_same_seed_and_number_offer_the_same() -> None:
    assert [choose(needs_no_calming=False, seed=5, ordinal=n) for n in range(50)] == [
        choose(needs_no_calming=False, seed=5, ordinal=n) for n in range(50)
    ]


def test_a_wish_by_name_is_met_and_an_unknown_one_falls_back() -> None:
    assert choose(needs_no_calming=True, seed=1, ordinal=0, asked_for="paced_6") is PACED_6
    assert choose(needs_no_calming=False, seed=1, ordinal=0, asked_for="orient_54321") is ORIENT
    assert choose(needs_no_calming=False, seed=1, ordinal=0, asked_for="sauna") in {ORIENT, PACED_6}


def test_a_measurement_is_never_offered_by_itself() -> None:
    offered = {choose(needs_no_calming=low, seed=7, ordinal=n) for n in range(300) for low in (True, False)}
    assert not any(exercise.is_measurement for exercise in offered)
    asked = choose(needs_no_calming=True, seed=7, ordinal=0, asked_for="sit_stand_walk")
    assert asked.is_measurement
