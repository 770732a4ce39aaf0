import doctest
from math import sqrt

import numpy as np
import pytest

from hrvdaemon.hrv import rolling_stress as module
from hrvdaemon.hrv.correction import uncorrected
from hrvdaemon.hrv.rolling_stress import rolling_stress_detrended
from hrvdaemon.hrv.rolling_windows import windows_every


def test_it_is_the_index_of_the_detrended_intervals_around_the_mean_of_the_window() -> None:
    chance, end_s = np.random.default_rng(2), np.arange(1.0, 3001.0)
    detrended, trend = chance.normal(0, 60, 3000), 900 + 100 * np.sin(end_s / 400)
    found = rolling_stress_detrended(
        uncorrected(trend + detrended, None, end_s), detrended, windows_every(end_s, 300.0, 37.0)
    )
    for i in range(0, found.size, 6):
        inside = slice(37 * i, 37 * i + 300)
        rr = detrended[inside] + (trend + detrended)[inside].mean()
        share = 100 * np.histogram(rr, np.arange(0, 2000, 50.0))[0].max() / 300
        assert found[i] == pytest.approx(sqrt(share / (2 * np.median(rr) * np.ptp(rr) / 1e6)), rel=1e-12)


def test_intervals_without_a_trend_are_left_out() -> None:
    rr_ms, end_s = np.tile([800.0, 900.0], 150), np.arange(1.0, 301.0)
    detrended = rr_ms - 850
    detrended[:100] = np.nan
    found = rolling_stress_detrended(uncorrected(rr_ms, None, end_s), detrended, windows_every(end_s, 100.0, 100.0))
    assert np.isnan(found).tolist() == [True, False, False]
    assert found[1] ** 2 == pytest.approx(50 / (2 * 0.85 * 0.1))


def test_constant_intervals_have_no_stress_index() -> None:
    end_s = np.arange(1.0, 301.0)
    series = uncorrected(np.full(300, 900.0), None, end_s)
    assert np.isnan(rolling_stress_detrended(series, np.zeros(300), windows_every(end_s, 300.0, 1.0))).all()


def test_the_examples_are_true() -> None:
    assert doctest.testmod(module).failed == 0
