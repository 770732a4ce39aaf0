import doctest
import math
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from hrvdaemon.hrv import time_domain
from hrvdaemon.hrv.time_domain import (
    cvnn,
    cvsd,
    iqr,
    ln_rmssd,
    mad,
    max_rr,
    mean_hr,
    mean_hr_inst,
    mean_rr,
    median_rr,
    min_rr,
    pnn,
    rmssd,
    sdnn,
    sdsd,
)

Floats = NDArray[np.float64]


def printed(value: float, decimals: int) -> float:
    return round(value, decimals)


def test_fixture_a_to_the_printed_digit(fixture_a: Floats) -> None:
    assert printed(mean_rr(fixture_a), 6) == 900.146667
    assert printed(mean_hr(fixture_a), 4) == 66.6558
    assert printed(mean_hr_inst(fixture_a), 5) == 66.75691
    assert printed(sdnn(fixture_a), 6) == 35.039182
    assert printed(sdnn(fixture_a) * math.sqrt(299 / 300), 5) == 34.98074
    assert printed(rmssd(fixture_a), 6) == 30.900639
    assert printed(sdsd(fixture_a), 6) == 30.952424
    assert int((np.abs(np.diff(fixture_a)) > 50).sum()) == 28
    assert printed(pnn(fixture_a, limit_ms=50), 5) == 9.36455
    assert printed(pnn(fixture_a, limit_ms=20), 5) == 54.51505
    assert printed(cvnn(fixture_a), 6) == 0.038926
    assert printed(cvsd(fixture_a), 6) == 0.034328
    assert median_rr(fixture_a) == 899
    assert printed(mad(fixture_a), 3) == 37.065
    assert iqr(fixture_a) == 49.25
    assert max_rr(fixture_a) - min_rr(fixture_a) == 155


def test_fixture_b_to_the_printed_digit(fixture_b: Floats) -> None:
    assert mean_rr(fixture_b) == 850
    assert printed(mean_hr_inst(fixture_b), 5) == 70.83333
    assert printed(sdnn(fixture_b), 5) == 50.08354
    assert rmssd(fixture_b) == 100
    assert printed(sdsd(fixture_b), 5) == 100.16708
    assert pnn(fixture_b, limit_ms=50) == 100


def test_fixture_c_to_the_printed_digit(fixture_c: Floats) -> None:
    assert printed(sdnn(fixture_c), 5) == 35.41441
    assert printed(sdnn(fixture_c) * math.sqrt(299 / 300), 5) == 35.35534
    assert printed(rmssd(fixture_c), 5) == 21.82122
    assert printed(pnn(fixture_c, limit_ms=20), 5) == 39.79933


def test_fixture_d_to_the_printed_digit(fixture_d: Floats) -> None:
    assert printed(mean_rr(fixture_d), 6) == 997.946055
    assert printed(sdnn(fixture_d), 6) == 46.513593
    assert printed(rmssd(fixture_d), 6) == 62.706940
    assert printed(sdsd(fixture_d), 6) == 62.812064
    assert printed(pnn(fixture_d, limit_ms=50), 6) == 42.474916


def test_a_constant_heart_has_no_variability_and_no_logarithm_of_it() -> None:
    rr_ms = np.full(100, 800.0)
    assert (sdnn(rr_ms), rmssd(rr_ms), mean_hr(rr_ms)) == (0, 0, 75)
    assert math.isnan(ln_rmssd(rr_ms))


def test_a_ramp_differs_always_by_its_step() -> None:
    ramp = np.arange(700.0, 750.0, 0.25)
    assert rmssd(ramp) == pytest.approx(0.25, abs=1e-9)
    assert sdsd(ramp) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(("step", "percent"), [(50, 0), (50.5, 100)])
def test_pnn_counts_what_is_beyond_the_limit_not_at_it(step: float, percent: float) -> None:
    assert pnn(np.array([800, 800 + step, 800]), limit_ms=50) == percent


@pytest.mark.parametrize("cycles_per_beat", [0.05, 0.1, 0.25, 0.4])
def test_a_sine_has_the_variability_of_its_formula(cycles_per_beat: float) -> None:
    rr_ms = 1000 + 30 * np.sin(2 * np.pi * cycles_per_beat * np.arange(1000))
    assert rmssd(rr_ms) == pytest.approx(math.sqrt(2) * 30 * math.sin(math.pi * cycles_per_beat), rel=0.005)
    assert sdnn(rr_ms) == pytest.approx(30 / math.sqrt(2), rel=0.005)


def test_independent_intervals_differ_by_root_two_of_their_spread() -> None:
    seeds = range(40)
    values = [rmssd(np.random.default_rng(seed).normal(900, 40, 1000)) for seed in seeds]
    assert np.mean(values) == pytest.approx(math.sqrt(2) * 40, rel=0.02)


def test_quantisation_to_ticks_adds_a_sixth_of_its_square() -> None:
    rr_ms = np.random.default_rng(0).normal(800, 2.0, 20_000)
    ticks = np.round(rr_ms * 1.024) / 1.024
    assert rmssd(ticks) ** 2 == pytest.approx(rmssd(rr_ms) ** 2 + (1000 / 1024) ** 2 / 6, rel=0.01)


def test_differences_outside_the_mask_do_not_count() -> None:
    rr_ms, mask = np.array([800.0, 830.0, 1600.0, 1630.0]), np.array([True, False, True])
    assert rmssd(rr_ms, mask) == 30
    assert pnn(rr_ms, mask, limit_ms=20) == 100
    assert sdsd(rr_ms, mask) == 0


@pytest.mark.parametrize(
    ("metric", "enough"),
    [
        *((level, 1) for level in (mean_rr, mean_hr, mean_hr_inst, median_rr, mad, iqr, min_rr, max_rr)),
        *((spread, 2) for spread in (sdnn, rmssd, ln_rmssd, cvnn, cvsd)),
        (sdsd, 3),
    ],
)
def test_too_little_is_nan_and_enough_is_a_number(metric: Callable[[Floats], float], enough: int) -> None:
    series = np.array([800.0, 820.0, 790.0])
    assert math.isnan(metric(series[: enough - 1]))
    assert math.isfinite(metric(series[:enough]))


def test_the_examples_of_every_metric_are_true() -> None:
    results = doctest.testmod(time_domain)
    assert results.failed == 0
    assert results.attempted >= 16
