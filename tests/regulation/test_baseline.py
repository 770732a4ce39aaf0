"""J35: floors, weights, shrinkage, stages; what is usual of a day's hours, and what heart rate alone would let expect."""

from math import exp, log
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hrvdaemon.regulation.baseline import BaselineBook, BaselineSettings, percentile
from hrvdaemon.regulation.usual import NOTHING_LEARNED
from hrvdaemon.vocabulary.local_time import LocalTime

few = settings(max_examples=25, deadline=None)


def book(**changed: Any) -> BaselineBook:
    return BaselineBook(BaselineSettings(**changed))


def learn(taught: BaselineBook, n: int, *, day: int = 0, hour: int = 12, hr: float = 60.0, ln: float = 3.5) -> None:
    for number in range(n):
        taught.learn(LocalTime(day, hour * 60 + number % 60), hr, ln)


@given(
    st.lists(
        st.tuples(st.integers(0, 20), st.integers(0, 1439), st.integers(400, 1000), st.integers(400, 800)),
        min_size=1,
        max_size=40,
    ),
    st.randoms(use_true_random=False),
)
@few
def test_a_baseline_does_not_depend_on_the_order_in_which_it_was_learned(
    minutes: list[tuple[int, int, int, int]], chance: Any
) -> None:
    shuffled = minutes.copy()
    chance.shuffle(shuffled)
    computed = []
    for some in (minutes, shuffled):
        taught = book(stage_1_minutes=1, stage_2_minutes=1, stage_2_days=1)
        for day, minute, hr, ln in some:
            taught.learn(LocalTime(day, minute), hr / 10, ln / 200)
        computed.append(taught.compute(20))
    assert computed[0].hours == computed[1].hours
    assert computed[0].rho == pytest.approx(computed[1].rho, abs=1e-12)


def test_a_spread_of_nothing_is_held_at_the_floors() -> None:
    taught = book()
    learn(taught, 120)
    hour = taught.compute(0).hours[12]
    assert (hour.hr_sigma_bpm, hour.ln_sigma) == (3.0, 0.15)
    assert (hour.hr_bpm, hour.ln_rmssd) == pytest.approx((60.0, 3.5))


def test_sigma_is_1_4826_times_the_median_distance() -> None:
    """Heart rates 50, 60, 70, forty of each: median 60, distances 10, 0, 10, so MAD 10; of ln 1 and 3.5 and 6: 2.5."""
    taught = book()
    for hr, ln in ((50.0, 1.0), (60.0, 3.5), (70.0, 6.0)):
        learn(taught, 40, hr=hr, ln=ln)
    hour = taught.compute(0).hours[0]
    assert hour.hr_sigma_bpm == pytest.approx(14.826, abs=0.005)
    assert hour.ln_sigma == pytest.approx(1.4826 * 2.5, abs=0.0005)


def test_ten_days_halve_a_minutes_weight() -> None:
    """100 new minutes at 60 against 100 old at 80: with weights 2:1 n_eff is (3·100)² / (5·100) = 180."""
    taught = book()
    learn(taught, 100, day=10, hr=60.0)
    learn(taught, 100, day=0, hr=80.0)
    hour = taught.compute(10).hours[0]
    assert hour.n_eff == pytest.approx(180.0)
    assert hour.hr_bpm == pytest.approx(60.0)


def test_199_old_minutes_weigh_less_than_100_new_ones_and_201_more() -> None:
    for n_old, hr in ((199, 60.0), (201, 80.0)):
        taught = book()
        learn(taught, 100, day=10, hr=60.0)
        learn(taught, n_old, day=0, hr=80.0)
        assert taught.compute(10).hours[0].hr_bpm == pytest.approx(hr)


def test_minutes_of_another_hour_weigh_by_a_gaussian_of_an_hour_and_a_half() -> None:
    """1.5 h apart would weigh exp(-1/2); 3 h apart exp(-2) = 0.1353: n_eff of 600 here and 600 there, by definition."""
    taught = book(stage_2_days=1)
    learn(taught, 600, hour=12, hr=60.0)
    learn(taught, 600, hour=15, hr=80.0)
    usual = taught.compute(0)
    w = exp(-2)
    assert usual.stage == 2
    assert usual.hours[12].n_eff == pytest.approx((600 + 600 * w) ** 2 / (600 + 600 * w * w), rel=0.005)


def test_the_clock_of_hours_is_round() -> None:
    taught = book(stage_2_days=1, shrink_minutes=0)
    learn(taught, 600, hour=23, hr=50.0)
    learn(taught, 600, hour=12, hr=90.0)
    assert taught.compute(0).hours[0].hr_bpm == pytest.approx(50.0)


def test_at_n_eff_120_the_usual_of_an_hour_is_half_way_to_the_whole_day() -> None:
    """120 minutes at 3 h at 50 bpm, 600 at 15 h at 70: the day's median is 70, the hour's 50, n_eff 120."""
    taught = book(stage_2_days=1)
    learn(taught, 120, hour=3, hr=50.0, ln=4.0)
    learn(taught, 600, hour=15, hr=70.0, ln=3.0)
    hour = taught.compute(0).hours[3]
    assert hour.n_eff == pytest.approx(120.0)
    assert (hour.hr_bpm, hour.ln_rmssd) == pytest.approx((60.0, 3.5))


def test_an_hour_never_lived_is_as_the_whole_day() -> None:
    taught = book(stage_2_days=1)
    learn(taught, 600, hour=12, hr=61.0)
    hours = taught.compute(0).hours
    assert hours[0].n_eff == 0.0
    assert (hours[0].hr_bpm, hours[0].ln_sigma) == (hours[12].hr_bpm, hours[12].ln_sigma)


@pytest.mark.parametrize(
    ("minutes", "days", "stage"),
    [(119, 1, 0), (120, 1, 1), (599, 3, 1), (600, 2, 1), (600, 3, 2), (1499, 7, 2), (1500, 6, 2), (1500, 7, 3)],
)
def test_stages_need_minutes_and_days(minutes: int, days: int, stage: int) -> None:
    taught = book()
    for number in range(minutes):
        taught.learn(LocalTime(number % days, 720), 60.0, 3.5)
    usual = taught.compute(days)
    assert (usual.stage, usual.minutes, usual.days) == (stage, minutes, days)
    assert bool(usual.hours) == (stage > 0)


def test_stage_1_has_one_usual_for_the_whole_day() -> None:
    taught = book()
    learn(taught, 60, hour=3, hr=50.0)
    learn(taught, 61, hour=15, hr=70.0)
    assert len(set(taught.compute(0).hours)) == 1


def test_after_21_days_a_minute_is_forgotten() -> None:
    taught = book()
    learn(taught, 120, day=0)
    assert taught.compute(20).minutes == 120
    assert taught.compute(21).minutes == 0


def test_while_learning_there_is_no_usual() -> None:
    taught = book()
    learn(taught, 119)
    assert taught.compute(0).at(720) is None
    assert NOTHING_LEARNED.at(0) is None
    assert taught.compute(0).rho == 0.5


def test_rho_is_the_correlation_of_a_raised_heart_with_lowered_variability() -> None:
    chance = np.random.default_rng(1)
    hr = 60 + 4 * chance.standard_normal(400)
    ln = 3.5 - 0.03 * (hr - 60) + 0.1 * chance.standard_normal(400)
    taught = book()
    for number, (h, v) in enumerate(zip(hr.tolist(), ln.tolist(), strict=True)):
        taught.learn(LocalTime(0, number), h, v)
    assert taught.compute(0).rho == pytest.approx(-np.corrcoef(hr, ln)[0, 1], abs=0.01)


@pytest.mark.parametrize(("slope", "rho"), [(-0.05, 0.9), (0.05, 0.0), (0.0, 0.5)])
def test_rho_stays_within_0_and_0_9_and_is_half_where_nothing_varies(slope: float, rho: float) -> None:
    taught = book()
    for number in range(200):
        step = number % 10 if slope else 0
        taught.learn(LocalTime(0, number), 60.0 + step, 3.5 + slope * step)
    assert taught.compute(0).rho == pytest.approx(rho)


def test_rest_is_the_5th_percentile_of_two_weeks_and_never_below_45() -> None:
    taught = book()
    for number in range(101):
        taught.rest(LocalTime(0, number), 50.0 + number)
    assert taught.hr_rest_bpm(13) == pytest.approx(55.0)
    assert taught.hr_rest_bpm(14) is None
    low = book()
    low.rest(LocalTime(0, 0), 38.0)
    assert low.hr_rest_bpm(0) == 45.0
    assert book().hr_rest_bpm(0) is None


def test_a_new_baseline_epoch_forgets_what_was_usual() -> None:
    taught = book()
    learn(taught, 200)
    taught.rest(LocalTime(0, 0), 60.0)
    taught.start_again()
    assert taught.compute(0) == NOTHING_LEARNED


def test_elevated_minutes_do_not_drag_the_usual_along() -> None:
    taught = book()
    learn(taught, 200, hr=60.0, ln=log(33))
    learn(taught, 60, hr=85.0, ln=log(12))
    hour = taught.compute(0).hours[12]
    assert hour.hr_bpm == pytest.approx(60.0)
    assert hour.ln_rmssd == pytest.approx(log(33), abs=0.0025)


def test_minutes_of_days_to_come_are_not_learned_from() -> None:
    """A clock that was years ahead taught 100 bpm; mended, only what was lived since counts."""
    book = BaselineBook(BaselineSettings(stage_1_minutes=1))
    for minute in range(200):
        book.learn(LocalTime(2000, minute), 100.0, 2.0)
        book.rest(LocalTime(2000, minute), 100.0)
    for minute in range(10):
        book.learn(LocalTime(1000, minute), 60.0, 3.0)
        book.rest(LocalTime(1000, minute), 60.0)
    usual = book.compute(1000)
    assert usual.minutes == 10
    assert usual.hours[0].hr_bpm == pytest.approx(60.0)
    assert usual.hr_rest_bpm == pytest.approx(60.0)


def test_the_regression_is_that_of_least_squares() -> None:
    """Against numpy's own fit of the same columns."""
    chance = np.random.default_rng(2)
    hr = np.round(60 + 6 * chance.standard_normal(300), 1)
    ln = np.round((3.5 - 0.03 * (hr - 60) + 0.2 * chance.standard_normal(300)) / 0.005) * 0.005
    taught = book()
    for number, (h, v) in enumerate(zip(hr.tolist(), ln.tolist(), strict=True)):
        taught.learn(LocalTime(0, number), h, v)
    usual = taught.compute(0)
    slope, zero = np.polyfit(hr, ln, 1)
    assert usual.ln_per_bpm == pytest.approx(slope, abs=1e-9)
    assert usual.ln_at_zero == pytest.approx(zero, abs=1e-7)
    assert usual.resid(70.0, 3.0) == pytest.approx(3.0 - (zero + slope * 70), abs=0.0006)


def test_where_heart_rate_never_varies_there_is_no_regression() -> None:
    taught = book()
    learn(taught, 200)
    usual = taught.compute(0)
    assert (usual.ln_at_zero, usual.ln_per_bpm, usual.resid(60.0, 3.5)) == (None, None, None)


def test_the_limit_of_movement_is_the_90th_percentile_once_two_hours_were_measured() -> None:
    taught = book()
    for number in range(119):
        taught.moved(LocalTime(0, number), number / 10)
    assert taught.compute(0).motion_limit is None
    for number in range(119, 201):
        taught.moved(LocalTime(0, number), number / 10)
    assert taught.compute(0).motion_limit == pytest.approx(18.0)
    assert taught.compute(14).motion_limit is None


@pytest.mark.parametrize(("percent", "value"), [(0, 1.0), (50, 2.5), (100, 4.0), (90, 3.7)])
def test_a_percentile_is_linear_between_values(percent: float, value: float) -> None:
    assert percentile([4.0, 1.0, 3.0, 2.0], percent) == pytest.approx(value)


def test_the_whole_days_usual_is_told_beside_the_hours() -> None:
    taught = book(stage_2_days=1)
    learn(taught, 120, hour=3, hr=50.0, ln=4.0)
    learn(taught, 600, hour=15, hr=70.0, ln=3.0)
    usual = taught.compute(0)
    assert usual.all_day is not None
    assert (usual.all_day.hr_bpm, usual.all_day.ln_rmssd) == pytest.approx((70.0, 3.0))
    assert book().compute(0).all_day is None
