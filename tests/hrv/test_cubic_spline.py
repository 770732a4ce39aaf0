import doctest

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from hrvdaemon.hrv import cubic_spline
from hrvdaemon.hrv.cubic_spline import on_grid, spline_slopes

Floats = NDArray[np.float64]


def beats(n: int, seed: int = 0) -> tuple[Floats, Floats]:
    rr_ms = np.random.default_rng(seed).uniform(300, 2000, n)
    return np.cumsum(rr_ms) / 1000, rr_ms


@pytest.mark.parametrize("n", [4, 5, 6, 7, 50, 303, 5000])
def test_it_is_scipys_spline_of_the_same_ends(n: int) -> None:
    times, rr_ms = beats(n)
    samples, oracle = on_grid(times, rr_ms, 4.0), CubicSpline(times, rr_ms, bc_type="not-a-knot")
    grid = times[0] + np.arange(samples.size) / 4
    assert np.abs(samples - oracle(grid)).max() <= 1e-10
    assert np.abs(spline_slopes(times, rr_ms) - oracle(times, 1)).max() <= 1e-9


def test_knots_of_very_unlike_distance_are_no_harder() -> None:
    chance = np.random.default_rng(3)
    times, values = np.cumsum(10.0 ** chance.uniform(-1, 1, 400)), chance.normal(900, 50, 400)
    samples = on_grid(times, values, 4.0)
    oracle = CubicSpline(times, values)(times[0] + np.arange(samples.size) / 4)
    assert samples == pytest.approx(oracle, rel=1e-10, abs=1e-8)


@pytest.mark.parametrize("degree", [0, 1, 2, 3])
def test_a_polynomial_up_to_the_third_degree_is_reproduced(degree: int) -> None:
    times, _ = beats(30)
    samples = on_grid(times, times**degree, 4.0)
    assert samples == pytest.approx((times[0] + np.arange(samples.size) / 4) ** degree, rel=1e-10)


def test_the_grid_starts_at_the_first_knot_and_stays_before_the_last() -> None:
    assert on_grid(np.arange(5.0), np.arange(5.0), 4.0).tolist() == pytest.approx([k / 4 for k in range(16)])


def test_moving_the_clock_moves_no_sample() -> None:
    times, rr_ms = beats(200)
    assert on_grid(times + 4096.0, rr_ms, 4.0) == pytest.approx(on_grid(times, rr_ms, 4.0), abs=1e-8)


@pytest.mark.parametrize(
    ("times", "values"),
    [
        ([0.0, 1.0, 2.0], [1.0, 2.0, 3.0]),
        ([0.0, 1.0, 1.0, 2.0], [1.0, 2.0, 3.0, 4.0]),
        ([0.0, 2.0, 1.0, 3.0], [1.0, 2.0, 3.0, 4.0]),
        ([0.0, 1.0, 2.0, 3.0], [1.0, 2.0, np.nan, 4.0]),
        ([0.0, 1.0, 2.0, 3.0], [1.0, 2.0, 3.0]),
    ],
)
def test_what_has_no_spline_is_refused(times: list[float], values: list[float]) -> None:
    with pytest.raises(ValueError, match="expected"):
        on_grid(np.array(times), np.array(values), 4.0)


def test_the_examples_are_true() -> None:
    assert doctest.testmod(cubic_spline).failed == 0
