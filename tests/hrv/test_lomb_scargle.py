import doctest

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import signal

from hrvdaemon.hrv import lomb_scargle
from hrvdaemon.hrv.lomb_scargle import lomb_periodogram, lomb_spectrum

Floats = NDArray[np.float64]


def beats(n: int, seed: int = 0) -> tuple[Floats, Floats]:
    rr_ms = np.random.default_rng(seed).normal(900, 50, n)
    return np.cumsum(rr_ms) / 1000, rr_ms


def sine(amplitude: float, hz: float, seconds: float) -> tuple[Floats, Floats]:
    times, rr_ms, now = [], [], 0.0
    while now < seconds:
        interval = 1000 + amplitude * np.sin(2 * np.pi * hz * now)
        now += interval / 1000
        times.append(now)
        rr_ms.append(interval)
    return np.array(times), np.array(rr_ms)


def by_least_squares(times: Floats, rr_ms: Floats, hz: float) -> float:
    """Half of what a sine and a cosine explain, by an orthogonal decomposition."""
    waves = np.column_stack([np.cos(2 * np.pi * hz * times), np.sin(2 * np.pi * hz * times)])
    around_mean = rr_ms - rr_ms.mean()
    fit = waves @ np.linalg.lstsq(waves, around_mean, rcond=None)[0]
    return float(fit @ fit) / 2


@pytest.mark.parametrize("n", [10, 303, 2000])
def test_it_is_the_least_squares_fit(n: int) -> None:
    times, rr_ms = beats(n)
    hz = np.array([0.25 / (times[-1] - times[0]), 0.01, 0.1, 0.2345, 0.49])
    expected = [by_least_squares(times - times[0], rr_ms, one) for one in hz.tolist()]
    assert lomb_periodogram(times, rr_ms, hz) == pytest.approx(expected, rel=1e-9)


def test_it_is_scipys() -> None:
    times, rr_ms = beats(303)
    hz = np.arange(1, 500) / 1000
    oracle = signal.lombscargle(times, rr_ms - rr_ms.mean(), 2 * np.pi * hz)
    assert lomb_periodogram(times, rr_ms, hz) == pytest.approx(oracle, rel=1e-9, abs=1e-9 * oracle.max())


@pytest.mark.parametrize("n", [4, 61, 303, 3000])
def test_the_even_grid_is_only_faster(n: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lomb_scargle, "_BLOCK", 20_000)
    times, rr_ms = beats(n)
    found = lomb_spectrum(times, rr_ms)
    expected = 2 * (times[-1] - times[0]) / n * lomb_periodogram(times, rr_ms, found.frequency_hz[1:])
    assert found.frequency_hz[1] == pytest.approx(0.25 / (times[-1] - times[0]))
    assert found.density[1:] == pytest.approx(expected, rel=1e-9, abs=1e-9 * expected.max())


def test_the_whole_power_of_a_sine_is_near_its_variance() -> None:
    times, rr_ms = sine(50, 0.1, 300)
    found = lomb_spectrum(times, rr_ms)
    assert found.power((0.0033, 0.5)) == pytest.approx(1242.3, rel=0.03)
    assert rr_ms.var() == pytest.approx(1246.6, rel=0.001)
    assert found.power((0.04, 0.15)) == pytest.approx(1236.0, rel=0.03)


def test_white_intervals_keep_their_variance_across_a_gap() -> None:
    times, rr_ms = beats(800)
    starts = np.arange(800) == 400
    moved = times + np.where(np.arange(800) >= 400, 300.0, 0.0)
    whole, parted = lomb_spectrum(times, rr_ms), lomb_spectrum(moved, rr_ms, starts)
    assert parted.power((0.0033, 0.5)) == pytest.approx(whole.power((0.0033, 0.5)), rel=0.05)


def test_the_clock_does_not_matter() -> None:
    times, rr_ms = beats(303)
    hz = np.array([0.05, 0.1, 0.3])
    assert lomb_periodogram(times + 86_400, rr_ms, hz) == pytest.approx(lomb_periodogram(times, rr_ms, hz), rel=1e-8)


def test_power_scales_with_the_square() -> None:
    times, rr_ms = beats(303)
    assert lomb_periodogram(times, 3 * rr_ms + 7, np.array([0.1])) == pytest.approx(
        9 * lomb_periodogram(times, rr_ms, np.array([0.1]))
    )


def test_constant_intervals_have_no_power() -> None:
    rr_ms = np.full(400, 1000 / 1.024)
    assert lomb_spectrum(np.cumsum(rr_ms) / 1000, rr_ms).power((0.04, 0.15)) == 0


@pytest.mark.parametrize(
    ("times", "rr_ms", "hz"),
    [
        ([1.0], [900.0], [0.1]),
        ([1.0, 1.0], [900.0, 900.0], [0.1]),
        ([1.0, 2.0], [900.0, np.nan], [0.1]),
        ([1.0, 2.0], [900.0], [0.1]),
        ([1.0, 2.0], [900.0, 950.0], [0.0]),
    ],
)
def test_what_has_no_periodogram_is_refused(times: list[float], rr_ms: list[float], hz: list[float]) -> None:
    with pytest.raises(ValueError, match="expected"):
        lomb_periodogram(np.array(times), np.array(rr_ms), np.array(hz))


def test_the_examples_are_true() -> None:
    assert doctest.testmod(lomb_scargle).failed == 0
