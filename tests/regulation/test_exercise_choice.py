"""What is offered: nothing that calms further with a low pattern, otherwise paced breath with a floor for variety."""

from hrvdaemon.regulation.exercise_choice import choose
from hrvdaemon.regulation.exercises import ORIENT, PACED_6
from hrvdaemon.vocabulary.events import AutonomicState

RAISED = AutonomicState.SYMPATHETIC_DOMINANCE


def test_a_low_pattern_is_only_offered_orienting() -> None:
    offered = {choose(AutonomicState.LOW_PATTERN, seed=1, ordinal=n).id for n in range(500)}
    assert offered == {ORIENT.id}


def test_one_in_ten_is_for_variety() -> None:
    """Of 2000 with p 0.1 the SD is 13.4; five of them are 67."""
    n_orient = sum(choose(RAISED, seed=3, ordinal=n) is ORIENT for n in range(2000))
    assert abs(n_orient - 200) < 67


def test_the_same_seed_and_number_offer_the_same() -> None:
    assert [choose(RAISED, seed=5, ordinal=n) for n in range(50)] == [
        choose(RAISED, seed=5, ordinal=n) for n in range(50)
    ]


def test_a_wish_by_name_is_met_and_an_unknown_one_falls_back() -> None:
    assert choose(AutonomicState.LOW_PATTERN, seed=1, ordinal=0, asked_for="paced_6") is PACED_6
    assert choose(RAISED, seed=1, ordinal=0, asked_for="orient_54321") is ORIENT
    assert choose(RAISED, seed=1, ordinal=0, asked_for="sauna") in {ORIENT, PACED_6}
