import doctest
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from hrvdaemon.hrv import rolling_spectrum as module
from hrvdaemon.hrv.frequency_domain import HF_HZ, LF_HZ
from hrvdaemon.hrv.rolling_spectrum import rolling_spectrum
from hrvdaemon.hrv.rolling_windows import windows_every
from hrvdaemon.hrv.spectrum_readings import KEYS
from hrvdaemon.hrv.tachogram import tachogram_of
from hrvdaemon.hrv.window_parts import cut

Floats = NDArray[np.float64]


def breathing(n: int) -> Floats:
    t = np.arange(n) * 0.9
    chance = np.random.default_rng(1)
    waves = 30 * np.sin(2 * np.pi * 0.25 * t) + 25 * np.sin(2 * np.pi * 0.1 * t)
    return np.asarray(900 + waves + chance.normal(0, 8, n), np.float64)


def scipy_power(samples: Floats, band: tuple[float, float]) -> float:
    from scipy.signal import welch

    length = min(1200, samples.size)
    window = np.hanning(length + 1)[:-1]
    frequency, density = welch(samples, 4.0, window, length, 600 if length == 1200 else 0, 2048, "constant")
    inside = density[(frequency >= band[0]) & (frequency < band[1])]
    return float(sum((a + b) / 2 for a, b in pairwise(inside.tolist()))) * float(frequency[1])


@pytest.mark.parametrize(("window_s", "step_s"), [(300.0, 5.0), (120.0, 7.5), (900.0, 150.0), (700.0, 31.0)])
def test_a_window_has_the_spectrum_of_scipy_on_its_samples(window_s: float, step_s: float) -> None:
    rr_ms = breathing(3000)
    tachogram = tachogram_of(rr_ms)
    windows = windows_every(np.cumsum(rr_ms) / 1000, window_s, step_s)
    found = rolling_spectrum(cut(tachogram, windows))
    for i in range(0, len(windows), max(1, len(windows) // 15)):
        samples = tachogram.between(float(windows.start_s[i]), float(windows.end_s[i]))[0].detrended_ms
        assert found["lf_ms2"][i] == pytest.approx(scipy_power(samples, LF_HZ), rel=1e-12)
        assert found["hf_ms2"][i] == pytest.approx(scipy_power(samples, HF_HZ), rel=1e-12)


def test_beside_a_gap_the_longest_part_counts_alone() -> None:
    rr_ms, starts = breathing(600), np.zeros(600, np.bool_)
    starts[[200, 230]] = True
    tachogram, end_s = tachogram_of(rr_ms, starts), np.cumsum(rr_ms) / 1000
    pieces = cut(tachogram, windows_every(end_s, 300.0, 300.0))
    found, unbroken_s = rolling_spectrum(pieces), pieces.unbroken_s
    longest = tachogram.runs[0].between(0.0, 300.0)
    assert found["hf_ms2"][0] == pytest.approx(scipy_power(longest.detrended_ms, HF_HZ), rel=1e-12)
    assert unbroken_s[0] == pytest.approx(end_s[199])


def test_constant_intervals_have_no_power_and_no_ratio() -> None:
    rr_ms = np.full(400, 900.0)
    found = rolling_spectrum(cut(tachogram_of(rr_ms), windows_every(np.cumsum(rr_ms) / 1000, 300.0, 5.0)))
    assert (found["lf_ms2"] == 0).all()
    assert (found["hf_ms2"] == 0).all()
    assert np.isnan(found["lf_hf"]).all()
    assert np.isnan(found["lf_nu"]).all()


@pytest.mark.parametrize("n", [0, 3, 5])
def test_too_little_has_no_spectrum(n: int) -> None:
    rr_ms = np.full(n, 900.0)
    pieces = cut(tachogram_of(rr_ms), windows_every(np.arange(1.0, 401.0), 300.0, 50.0))
    found, unbroken_s = rolling_spectrum(pieces), pieces.unbroken_s
    assert set(found) == set(KEYS)
    assert all(np.isnan(values[1:]).all() for values in found.values())
    assert (unbroken_s[1:] == 0).all()


def test_the_examples_are_true() -> None:
    assert doctest.testmod(module).failed == 0
