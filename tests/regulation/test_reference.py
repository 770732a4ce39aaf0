"""The frozen reference: fourteen valid days, their medians, and a drift told once a week."""

import pytest

from hrvdaemon.regulation.baseline import BaselineSettings, LearnedMinute
from hrvdaemon.regulation.reference import Drift, Reference, ReferenceDay
from hrvdaemon.regulation.usual import Usual
from hrvdaemon.vocabulary.decisions import HourUsual

MONDAY = 739_685 - 1
"""2026-03-09."""


def day(number: int, n: int = 120, hr: float = 60.0, ln: float = 3.5) -> dict[int, list[LearnedMinute]]:
    columns = round(hr / 0.1), round(ln / 0.005)
    return {number: [LearnedMinute(number, 600 + minute, *columns) for minute in range(n)]}


def usual(hr: float, ln: float) -> Usual:
    all_day = HourUsual(hr_bpm=hr, hr_sigma_bpm=4, ln_rmssd=ln, ln_sigma=0.2, n_eff=900)
    return Usual(stage=3, minutes=2000, days=9, hours=(), rho=0.5, hr_rest_bpm=50.0, all_day=all_day)


def frozen(first: int = MONDAY) -> Reference:
    """Fourteen valid days in a row, of 60 to 73 bpm."""
    reference = Reference(BaselineSettings())
    for number in range(14):
        reference.take(day(first + number, hr=60.0 + number), first + number + 1)
    return reference


def test_a_day_is_valid_with_two_hours_of_learned_minutes_once_it_is_over() -> None:
    reference = Reference(BaselineSettings())
    assert reference.take(day(5, n=119), 6) == []
    assert reference.take(day(5), 5) == []
    [taken] = reference.take(day(5, hr=61.0, ln=3.2), 6)
    assert taken == ReferenceDay(day=5, minutes=120, hr_bpm=61.0, ln_rmssd=3.2)
    assert reference.take(day(5), 7) == []


def test_it_is_frozen_after_fourteen_days_and_never_changes() -> None:
    reference = frozen()
    assert reference.is_frozen
    assert reference.take(day(MONDAY + 20), MONDAY + 30) == []


def test_the_drift_is_the_usual_of_now_beside_the_median_of_the_days() -> None:
    """60, 61, … 73: the median is 66.5."""
    drift = frozen().drift(usual(70.2, 3.1), MONDAY + 14)
    assert drift == Drift(reference_hr_bpm=66.5, reference_ln_rmssd=3.5, hr_bpm=70.2, ln_rmssd=3.1)


def test_it_is_told_once_a_calendar_week() -> None:
    reference = frozen()
    told = [reference.drift(usual(70, 3.1), MONDAY + 14 + number) is not None for number in range(15)]
    assert told == [True, *[False] * 6, True, *[False] * 6, True]


@pytest.mark.parametrize("n_days", [0, 13])
def test_before_it_is_frozen_there_is_no_drift(n_days: int) -> None:
    reference = Reference(BaselineSettings())
    for number in range(n_days):
        reference.take(day(MONDAY + number), MONDAY + number + 1)
    assert reference.drift(usual(70, 3.1), MONDAY + 30) is None


def test_a_new_baseline_epoch_has_a_reference_of_its_own() -> None:
    reference = frozen()
    reference.start_again()
    assert not reference.is_frozen
    assert reference.drift(usual(70, 3.1), MONDAY + 14) is None


def test_days_that_were_taken_are_recalled() -> None:
    reference = Reference(BaselineSettings())
    for number in range(14):
        reference.recall(ReferenceDay(day=MONDAY + number, minutes=120, hr_bpm=60.0 + number, ln_rmssd=3.5))
    assert reference.drift(usual(70.2, 3.1), MONDAY + 14) == frozen().drift(usual(70.2, 3.1), MONDAY + 14)
