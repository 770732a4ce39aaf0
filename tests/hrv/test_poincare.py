import doctest
import math

import numpy as np
import pytest
from numpy.typing import NDArray

from hrvdaemon.hrv import poincare
from hrvdaemon.hrv.poincare import sd1, sd2, sd2_sd1, sd_area
from hrvdaemon.hrv.time_domain import rmssd

Floats = NDArray[np.float64]


def test_fixture_a_to_the_printed_digit(fixture_a: Floats) -> None:
    assert round(sd1(fixture_a), 6) == 21.886669
    assert round(sd2(fixture_a), 6) == 44.457421
    assert round(sd_area(fixture_a), 3) == 3056.848


def test_fixture_b_has_width_and_no_length(fixture_b: Floats) -> None:
    assert round(sd1(fixture_b), 5) == 70.82882
    assert sd2(fixture_b) == pytest.approx(0, abs=1e-3)


def test_fixtures_c_and_d_to_the_printed_digit(fixture_c: Floats, fixture_d: Floats) -> None:
    assert round(sd1(fixture_c), 5) == 15.45564
    assert round(sd2(fixture_c), 4) == 47.6391
    assert round(sd1(fixture_d), 6) == 44.414837
    assert round(sd2(fixture_d), 6) == 48.521654


@pytest.mark.parametrize("cycles_per_beat", [0.05, 0.1, 0.25, 0.4])
def test_a_sine_is_an_ellipse_of_its_angle(cycles_per_beat: float) -> None:
    rr_ms = 1000 + 30 * np.sin(2 * np.pi * cycles_per_beat * np.arange(1000))
    assert sd1(rr_ms) == pytest.approx(30 * math.sin(math.pi * cycles_per_beat), rel=0.005)
    assert sd2(rr_ms) == pytest.approx(30 * math.cos(math.pi * cycles_per_beat), rel=0.005)
    assert sd2_sd1(rr_ms) == pytest.approx(1 / math.tan(math.pi * cycles_per_beat), rel=0.01)


def test_sd1_is_rmssd_by_another_name(fixture_a: Floats) -> None:
    assert sd1(fixture_a) == pytest.approx(rmssd(fixture_a) / math.sqrt(2) * math.sqrt(299 / 298), rel=1e-6)


def test_a_ramp_has_no_width_and_so_no_ratio() -> None:
    ramp = np.arange(700.0, 800.0)
    assert sd1(ramp) == pytest.approx(0, abs=1e-9)
    assert math.isnan(sd2_sd1(ramp))


def test_differences_outside_the_mask_do_not_count() -> None:
    rr_ms, mask = np.array([800.0, 830.0, 1600.0, 1610.0]), np.array([True, False, True])
    assert sd1(rr_ms, mask) == pytest.approx(10)


def test_two_intervals_are_no_cloud() -> None:
    assert math.isnan(sd1(np.array([800.0, 810.0])))
    assert math.isnan(sd2(np.array([800.0, 810.0])))
    assert math.isnan(sd_area(np.array([])))


def test_the_examples_of_every_metric_are_true() -> None:
    results = doctest.testmod(poincare)
    assert (results.failed, results.attempted) == (0, 5)
