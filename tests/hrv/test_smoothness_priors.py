"""Against a banded solver of scipy's, against elimination in extended precision, and the published gain."""

import doctest

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.linalg import solveh_banded

from hrvdaemon.hrv import smoothness_priors
from hrvdaemon.hrv.smoothness_priors import slow_trend, smoothing

Floats = NDArray[np.float64]


def by_scipy(samples: Floats, smooth: float) -> Floats:
    n = samples.size
    main, beside = np.full(n, 6.0), np.full(n - 1, -4.0)
    main[[0, -1]], main[[1, -2]], beside[[0, -1]] = 1, 5, -2
    bands = np.zeros((3, n))
    bands[0, 2:], bands[1, 1:], bands[2] = smooth**2, smooth**2 * beside, 1 + smooth**2 * main
    return np.asarray(solveh_banded(bands, samples), np.float64)


def by_elimination(samples: Floats, smooth: float) -> Floats:
    n, wide = samples.size, np.longdouble
    second = np.zeros((n - 2, n), wide)
    for row in range(n - 2):
        second[row, row : row + 3] = 1, -2, 1
    matrix, right = np.eye(n, dtype=wide) + wide(smooth) ** 2 * (second.T @ second), samples.astype(wide)
    for i in range(n):
        for j in range(i + 1, min(i + 3, n)):
            factor = matrix[j, i] / matrix[i, i]
            matrix[j] -= factor * matrix[i]
            right[j] -= factor * right[i]
    for i in reversed(range(n)):
        right[i] = (right[i] - matrix[i, i + 1 :] @ right[i + 1 :]) / matrix[i, i]
    return np.asarray(right, np.float64)


def wandering(n: int) -> Floats:
    chance = np.random.default_rng(n)
    return np.asarray(900 + np.cumsum(chance.normal(0, 3, n)) + chance.normal(0, 40, n), np.float64)


@pytest.mark.parametrize("n", [4, 5, 8, 101, 1200, 20_011, 60_000])
def test_it_is_the_banded_solution(n: int) -> None:
    samples = wandering(n)
    assert slow_trend(samples) == pytest.approx(by_scipy(samples, 500.0), rel=1e-9)


@pytest.mark.parametrize("n", [3, 4, 5, 6, 40, 250])
def test_it_is_nearer_to_the_exact_solution_than_a_banded_solver(n: int) -> None:
    samples = wandering(n)
    exact = by_elimination(samples, 500.0)
    assert np.abs(slow_trend(samples) - exact).max() <= 1e-10
    if n > 4:
        assert np.abs(slow_trend(samples) - exact).max() < np.abs(by_scipy(samples, 500.0) - exact).max()


def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    samples = wandering(40_000)
    by_blocks = slow_trend(samples)
    monkeypatch.setattr(smoothness_priors, "_BLOCK", 1 << 20)
    assert by_blocks == pytest.approx(slow_trend(samples), rel=1e-12)


@pytest.mark.parametrize(
    ("hz", "gain", "tolerance"), [(0.03549, 0.5**0.5, 0.007), (0.04, 0.796, 0.005), (0.1, 0.993, 0.005)]
)
def test_what_is_left_of_a_sine_is_as_published(hz: float, gain: float, tolerance: float) -> None:
    time = np.arange(8000) / 4
    sine = np.sin(2 * np.pi * hz * time)
    left = (sine - slow_trend(sine))[1000:-1000]
    assert np.sqrt(2) * left.std() == pytest.approx(gain, abs=tolerance)


def test_half_of_the_power_is_left_at_35_millihertz() -> None:
    hz = np.linspace(0.030, 0.040, 10_001)
    gain = 1 - 1 / (1 + 500.0**2 * (2 * np.sin(np.pi * hz / 4)) ** 4)
    assert hz[np.argmin(np.abs(gain**2 - 0.5))] == pytest.approx(0.03549, abs=0.0005)
    time = np.arange(40_000) / 4
    sine = np.sin(2 * np.pi * 0.03549 * time)
    assert 2 * (sine - slow_trend(sine))[4000:-4000].var() == pytest.approx(0.5, abs=0.01)


def test_a_straight_line_is_trend_altogether() -> None:
    line = np.linspace(700, 1100, 1200)
    assert np.abs(line - slow_trend(line)).max() <= 1e-6 * 400


@pytest.mark.parametrize("factor", [0.001, 3.0, 1e6])
def test_the_trend_scales_and_shifts_with_the_samples(factor: float) -> None:
    samples = wandering(700)
    assert slow_trend(factor * samples + 5) == pytest.approx(factor * slow_trend(samples) + 5, rel=1e-10)


def test_fewer_than_three_samples_are_their_own_trend() -> None:
    assert slow_trend(np.array([800.0, 900.0])).tolist() == [800, 900]
    assert slow_trend(np.empty(0)).size == 0


def test_at_another_rate_the_cut_off_stays() -> None:
    assert smoothing(8.0) == 2000


@pytest.mark.parametrize("samples", [np.zeros((3, 3)), np.array([1.0, np.nan, 2.0]), np.array([np.inf, 1.0, 2.0])])
def test_what_is_no_series_is_refused(samples: Floats) -> None:
    with pytest.raises(ValueError, match="expected samples of finite"):
        slow_trend(samples)


def test_no_smoothing_is_refused() -> None:
    with pytest.raises(ValueError, match="above 0"):
        slow_trend(np.arange(5.0), 0.0)


def test_the_examples_are_true() -> None:
    assert doctest.testmod(smoothness_priors).failed == 0
