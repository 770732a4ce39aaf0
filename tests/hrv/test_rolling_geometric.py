import doctest

import numpy as np
import pytest
from numpy.typing import NDArray

from hrvdaemon.hrv import rolling_geometric as module
from hrvdaemon.hrv.correction import uncorrected
from hrvdaemon.hrv.rolling_geometric import rolling_geometric
from hrvdaemon.hrv.rolling_windows import windows_every

Floats = NDArray[np.float64]


def of_one_window(rr_ms: Floats) -> dict[str, float]:
    end_s = np.cumsum(rr_ms) / 1000
    found = rolling_geometric(uncorrected(rr_ms, None, end_s), windows_every(end_s, float(end_s[-1]), 1.0))
    return {key: float(values[0]) for key, values in found.items()}


def test_fixture_a_has_its_published_values(fixture_a: Floats) -> None:
    found = of_one_window(fixture_a)
    assert found["median_rr_ms"] == 899
    assert found["mad_ms"] == pytest.approx(37.065)
    assert found["iqr_ms"] == 49.25
    assert found["hti"] == pytest.approx(10.714286, abs=1e-6)
    assert found["stress_index_raw"] == pytest.approx(148.313, abs=1e-3)


@pytest.mark.parametrize("step_ms", [1.0, 1000 / 1024, 0.25, 0.3])
def test_any_unit_has_the_order_statistics_of_numpy(step_ms: float) -> None:
    rr_ms = np.random.default_rng(2).integers(600, 1200, 5000).astype(np.float64) * step_ms
    end_s = np.arange(1.0, 5001.0)
    found = rolling_geometric(uncorrected(rr_ms, None, end_s), windows_every(end_s, 301.0, 97.0))
    for i, start in enumerate(range(0, 5000 - 301, 97)):
        rr = rr_ms[start : start + 301]
        assert found["median_rr_ms"][i] == np.median(rr)
        assert (found["min_rr_ms"][i], found["max_rr_ms"][i]) == (rr.min(), rr.max())
        assert found["iqr_ms"][i] == pytest.approx(np.subtract(*np.percentile(rr, (75, 25))), rel=1e-12)
        assert found["mad_ms"][i] == pytest.approx(1.4826 * np.median(np.abs(rr - np.median(rr))), rel=1e-12)
        assert found["hti"][i] == pytest.approx(301 / np.unique_counts(rr // 7.8125).counts.max())


def test_constant_intervals_have_no_stress_index() -> None:
    assert np.isnan(of_one_window(np.full(300, 1000.0))["stress_index_raw"])


def test_a_window_without_a_beat_has_nothing() -> None:
    end_s = np.array([1.0, 2.0, 100.0, 101.0])
    found = rolling_geometric(uncorrected(np.full(4, 1000.0), None, end_s), windows_every(end_s, 10.0, 50.0))
    assert all(np.isnan(values[1]) for values in found.values())


def test_counts_of_a_long_window_do_not_wrap_around() -> None:
    rr_ms = np.full(70_000, 1000.0)
    rr_ms[::2] = 1200.0
    end_s = np.arange(1.0, 70_001.0)
    found = rolling_geometric(uncorrected(rr_ms, None, end_s), windows_every(end_s, 70_000.0, 1.0), ("hti",))
    assert found["hti"].tolist() == [2.0]


def test_the_examples_are_true() -> None:
    assert doctest.testmod(module).failed == 0
