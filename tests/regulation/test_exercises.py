"""F.6: the bounds of every exercise in the catalogue."""

import pytest

from hrvdaemon.regulation.exercises import CATALOGUE, ORIENT, PACED_6, Exercise

everyone = pytest.mark.parametrize("exercise", CATALOGUE.values(), ids=CATALOGUE)


@everyone
def test_a_paced_breath_is_between_4_5_and_9_a_minute(exercise: Exercise) -> None:
    if exercise.pace_hz is not None:
        assert 4.5 <= exercise.pace_hz * 60 <= 9
        assert exercise.cycle_s >= 8


@everyone
def test_no_breath_is_held_and_none_is_between_in_and_out(exercise: Exercise) -> None:
    assert not any("hold" in phase.text.lower() for phase in exercise.cycle)
    breaths = [phase.breath for phase in exercise.cycle]
    assert all(breath in {"in", "out"} for breath in breaths) or not any(breaths)


@everyone
def test_it_ends_by_itself_after_two_to_five_minutes_at_the_end_of_a_round(exercise: Exercise) -> None:
    assert 120 <= exercise.duration_s <= 300 or exercise.is_measurement
    assert exercise.duration_s % exercise.cycle_s == 0
    assert all(phase.seconds > 0 for phase in exercise.cycle)


@everyone
def test_it_says_what_it_rests_on_and_has_its_name_as_its_key(exercise: Exercise) -> None:
    assert exercise.evidence
    assert exercise.expect
    assert exercise.name
    assert CATALOGUE[exercise.id] is exercise


def test_nothing_cold_is_in_the_catalogue() -> None:
    texts = [phase.text for exercise in CATALOGUE.values() for phase in exercise.cycle]
    assert not any(word in text.lower() for text in texts for word in ("cold", "cool", "ice"))


def test_paced_6_is_in_4_out_6_and_one_breath_is_six_a_minute() -> None:
    assert [(phase.seconds, phase.breath) for phase in PACED_6.cycle] == [(4, "in"), (6, "out")]
    assert PACED_6.pace_hz == pytest.approx(0.1)
    assert PACED_6.not_when


def test_orienting_is_not_scored_and_paces_no_breath() -> None:
    assert not ORIENT.is_scored
    assert ORIENT.pace_hz is None
    assert sum(phase.seconds for phase in ORIENT.cycle) == 120
