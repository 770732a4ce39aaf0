import doctest

import numpy as np
import pytest

from hrvdaemon.hrv import rolling_heart_rate as module
from hrvdaemon.hrv.correction import uncorrected
from hrvdaemon.hrv.rolling_heart_rate import rolling_mean_hr_inst
from hrvdaemon.hrv.rolling_windows import windows_every


@pytest.mark.parametrize(("shortest_ms", "error"), [(300.0, 4e-16), (1.0, 1e-14)])
def test_it_is_the_mean_of_rates_in_extended_precision(shortest_ms: float, error: float) -> None:
    rr_ms = np.random.default_rng(1).uniform(300, 2000, 50_000)
    rr_ms[40_000] = shortest_ms
    end_s = np.arange(1.0, 50_001.0)
    found = rolling_mean_hr_inst(uncorrected(rr_ms, None, end_s), windows_every(end_s, 300.0, 299.0))
    for i in range(0, found.size, 5):
        truth = (60_000 / rr_ms[299 * i : 299 * i + 300].astype(np.longdouble)).mean()
        assert abs(found[i] - truth) <= error * truth


def test_a_window_without_a_beat_has_none() -> None:
    end_s = np.array([1.0, 2.0, 100.0, 101.0])
    windows = windows_every(end_s, 10.0, 50.0)
    assert np.isnan(rolling_mean_hr_inst(uncorrected(np.full(4, 1000.0), None, end_s), windows)).tolist() == [
        False,
        True,
    ]
    assert np.isnan(rolling_mean_hr_inst(uncorrected(np.empty(0), None, np.empty(0)), windows)).all()


def test_the_examples_are_true() -> None:
    assert doctest.testmod(module).failed == 0
