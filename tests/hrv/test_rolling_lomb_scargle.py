import doctest

import numpy as np
import pytest
from numpy.typing import NDArray

from hrvdaemon.hrv import rolling_lomb_scargle as module
from hrvdaemon.hrv.correction import uncorrected
from hrvdaemon.hrv.lomb_scargle import lomb_spectrum
from hrvdaemon.hrv.rolling_lomb_scargle import rolling_lomb_scargle
from hrvdaemon.hrv.rolling_windows import windows_every

Floats = NDArray[np.float64]


def breathing(n: int) -> Floats:
    t = np.arange(n) * 0.9
    chance = np.random.default_rng(1)
    waves = 30 * np.sin(2 * np.pi * 0.25 * t) + 25 * np.sin(2 * np.pi * 0.1 * t)
    return np.asarray(900 + waves + chance.normal(0, 8, n), np.float64)


def scipy_power(time_s: Floats, rr_ms: Floats, window_s: float, observed_s: float) -> float:
    """LF by trapezoid over k/(4 L) from 0.04 to below 0.15 Hz."""
    from scipy.signal import lombscargle

    frequency = np.arange(1, int(4 * window_s)) / (4 * window_s)
    frequency = frequency[(frequency >= 0.04) & (frequency < 0.15)]
    power = lombscargle(time_s, rr_ms - rr_ms.mean(), 2 * np.pi * frequency)
    return float(np.trapezoid(2 * observed_s / rr_ms.size * power, frequency))


@pytest.mark.parametrize("window_s", [120.0, 300.0])
def test_a_window_has_the_power_of_scipy_late_in_a_long_series_too(window_s: float) -> None:
    rr_ms = breathing(20_000)
    end_s = np.cumsum(rr_ms) / 1000
    windows = windows_every(end_s, window_s, 600.0)
    found = rolling_lomb_scargle(uncorrected(rr_ms, None, end_s), windows)
    for i in range(0, len(windows), 6):
        inside = (end_s > windows.start_s[i]) & (end_s <= windows.end_s[i])
        time_s = end_s[inside]
        wanted = scipy_power(time_s, rr_ms[inside], window_s, float(time_s[-1] - time_s[0]))
        assert found["lf_lomb_ms2"][i] == pytest.approx(wanted, rel=1e-9)


def test_it_is_near_the_spectrum_whose_frequencies_come_from_the_beats() -> None:
    rr_ms = breathing(1000)
    end_s, starts = np.cumsum(rr_ms) / 1000, np.arange(1000) == 150
    end_s[150:] += 20.0
    found = rolling_lomb_scargle(uncorrected(rr_ms, starts, end_s), windows_every(end_s, 300.0, 300.0))
    inside = end_s <= 300.0
    own = lomb_spectrum(end_s[inside], rr_ms[inside], starts[inside])
    assert found["lf_lomb_ms2"][0] == pytest.approx(own.power((0.04, 0.15)), rel=0.01)
    assert found["hf_lomb_ms2"][0] == pytest.approx(own.power((0.15, 0.40)), rel=0.01)


def test_constant_intervals_have_no_power_and_no_ratio() -> None:
    rr_ms = np.full(700, 900.0)
    end_s = np.cumsum(rr_ms) / 1000
    found = rolling_lomb_scargle(uncorrected(rr_ms, None, end_s), windows_every(end_s, 300.0, 50.0))
    assert (found["hf_lomb_ms2"] == 0).all()
    assert np.isnan(found["lf_hf_lomb"]).all()


def test_fewer_than_three_beats_have_none() -> None:
    end_s = np.array([1.0, 2.0, 301.0])
    found = rolling_lomb_scargle(uncorrected(np.full(3, 1000.0), None, end_s), windows_every(end_s, 300.0, 50.0))
    assert all(np.isnan(values).all() for values in found.values())


def test_the_examples_are_true() -> None:
    assert doctest.testmod(module).failed == 0
