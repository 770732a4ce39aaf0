import doctest
import math

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import signal

from hrvdaemon.hrv import rsa
from hrvdaemon.hrv.rsa import EDGE, band_gain, porges_bohrer, respiratory_band

Floats = NDArray[np.float64]


def sine(hz: float, seconds: float = 600.0) -> Floats:
    return np.asarray(np.sin(2 * np.pi * hz * np.arange(seconds * 2) / 2), np.float64)


@pytest.mark.parametrize(
    ("hz", "gain"),
    [
        (0.05, 0.023),
        (0.10, 0.276),
        (0.12, 0.478),
        (0.15, 0.830),
        (0.20, 1.227),
        (0.25, 1.122),
        (0.30, 0.865),
        (0.40, 1.103),
    ],
)
def test_the_moving_polynomial_leaves_what_was_computed_of_a_sine(hz: float, gain: float) -> None:
    detrended = sine(hz) - signal.savgol_filter(sine(hz), 21, 3)
    ours = respiratory_band(sine(hz))
    inside = slice(200, -200)
    assert np.sqrt(2) * detrended[inside].std() == pytest.approx(gain, abs=0.003)
    left = np.sqrt(2) * ours[inside].std() / float(band_gain(np.array([hz]))[0])
    assert left == pytest.approx(gain, abs=0.003)


def test_away_from_the_ends_it_is_scipys_polynomial_and_band() -> None:
    samples = np.random.default_rng(0).normal(900, 40, 1200)
    fast = samples - signal.savgol_filter(samples, 21, 3)
    band = signal.butter(2, (0.12, 0.40), "bandpass", fs=2.0, output="sos")
    oracle = signal.sosfiltfilt(band, fast)
    assert respiratory_band(samples)[150:-150] == pytest.approx(oracle[150:-150], abs=1e-6)


def test_at_its_edges_a_quarter_of_the_power_is_left() -> None:
    assert band_gain(np.array([0.12, 0.40])) == pytest.approx([0.5, 0.5], abs=1e-12)
    assert band_gain(np.array([0.0, 1.0])) == pytest.approx([0, 0], abs=1e-12)


def test_what_breathes_at_a_quarter_of_a_hertz_has_the_variance_of_its_gain() -> None:
    ours = porges_bohrer([respiratory_band(30 * sine(0.25))], 900.0)
    gain = 1.122 * float(band_gain(np.array([0.25]))[0])
    assert ours == pytest.approx(math.log((30 * gain) ** 2 / 2 * 60 / 59), abs=0.01)


def test_the_first_and_last_five_seconds_are_not_known() -> None:
    filtered = respiratory_band(sine(0.25, 60))
    assert np.isnan(filtered[:EDGE]).all()
    assert np.isnan(filtered[-EDGE:]).all()
    assert np.isfinite(filtered[EDGE:-EDGE]).all()
    assert np.isnan(respiratory_band(sine(0.25, 10))).all()


@pytest.mark.parametrize("level", [500.0, 1200.0])
def test_neither_level_nor_slope_matters(level: float) -> None:
    samples = 30 * sine(0.25)
    tilted = samples + level + np.linspace(0, 100, samples.size)
    assert porges_bohrer([respiratory_band(tilted)], 900.0) == pytest.approx(
        porges_bohrer([respiratory_band(samples)], 900.0), abs=1e-3
    )


def test_twice_the_swing_is_ln_4_more() -> None:
    samples = np.random.default_rng(1).normal(0, 20, 600)
    once, twice = (porges_bohrer([respiratory_band(k * samples)], 900.0) for k in (1, 2))
    assert twice - once == pytest.approx(math.log(4))


def test_epochs_do_not_reach_from_one_run_into_the_next() -> None:
    run = np.random.default_rng(1).normal(0, 20, 89)
    assert porges_bohrer([run, run], 900.0) == pytest.approx(math.log(run[:60].var(ddof=1)))


def test_slow_breathing_is_nearly_invisible() -> None:
    slow, fast = (porges_bohrer([respiratory_band(30 * sine(hz))], 900.0) for hz in (0.1, 0.25))
    assert fast - slow > 2 * math.log(1.122 / 0.276)


def test_constant_intervals_and_too_few_have_none() -> None:
    assert math.isnan(porges_bohrer([respiratory_band(np.full(600, 1000 / 1.024))], 976.5625))
    assert math.isnan(porges_bohrer([np.ones(59)], 900.0))
    assert math.isnan(porges_bohrer([], 900.0))


def test_what_is_no_run_is_refused() -> None:
    with pytest.raises(ValueError, match="expected samples_ms of finite"):
        respiratory_band(np.array([800.0, np.nan] * 20))


def test_the_examples_are_true() -> None:
    assert doctest.testmod(rsa).failed == 0
