import pytest

from hrvdaemon.evaluation.persons import Half, amplitude_of, evaluated_person


def test_nobody_is_in_both_halves() -> None:
    halves = [evaluated_person(number).half for number in range(40)]
    assert halves.count(Half.TUNING) == halves.count(Half.HELD_BACK) == 20


def test_a_number_is_one_person_for_ever() -> None:
    assert evaluated_person(7) == evaluated_person(7)
    assert len({evaluated_person(number).person for number in range(40)}) == 40


def test_the_amplitude_is_that_of_the_table() -> None:
    # science J44: 0.04 at 65 bpm and 0.25 Hz is about 34 ms; sqrt(2) 0.04 923.1 sin(pi 0.25 0.9231) = 34.6
    assert amplitude_of(34.6, 65, 0.25) == pytest.approx(0.04, rel=0.01)


def test_people_stay_within_what_hearts_do() -> None:
    people = [evaluated_person(number) for number in range(200)]
    assert all(50 <= one.person.resting_hr_bpm <= 85 and 20 <= one.age_years <= 75 for one in people)
    assert all(one.person.pvc_chance <= 0.03 for one in people)
    assert any(one.person.pvc_chance > 0 for one in people)
    assert any(one.person.pvc_chance == 0 for one in people)
