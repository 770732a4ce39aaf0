import doctest

import numpy as np
import pytest
from numpy.typing import NDArray

from hrvdaemon.hrv import running_order
from hrvdaemon.hrv.running_order import in_whole_units, quartile_deviations, running_medians

CHANCE = np.random.default_rng(7)


@pytest.mark.parametrize(
    ("values_ms", "unit_ms"),
    [
        ([800.0, 64_000.0], 1.0),
        ([1000 / 1024 * 900, 1000 / 1024 * 65_535], 1000 / 1024),
        ([800.0, 801.5, 1000 / 1024 * 3], 1 / 256),
        ([812.3], 1.0),
    ],
)
def test_a_recording_is_taken_in_its_own_unit(values_ms: list[float], unit_ms: float) -> None:
    whole, unit = in_whole_units(np.array(values_ms))
    assert unit == unit_ms
    assert (whole * unit).tolist() == values_ms


def test_what_lies_on_no_grid_stays_as_it_is() -> None:
    assert in_whole_units(np.array([800.1]))[0].dtype == np.float64


@pytest.mark.parametrize("n", [1, 2, 30, 90, 91, 92, 400])
@pytest.mark.parametrize("is_whole", [True, False])
def test_quartiles_are_those_of_numpy_at_the_ends_too(n: int, is_whole: bool) -> None:
    values = CHANCE.integers(0, 900, n) * (1 if is_whole else 0.37)
    found = quartile_deviations(values, np.arange(n), 91)
    for i in range(n):
        q1, q3 = np.percentile(values[max(0, i - 45) : i + 46], (25, 75))
        assert found[i] == pytest.approx((q3 - q1) / 2, rel=1e-14)


@pytest.mark.parametrize("largest", [30_000, 100_000, 2**40])
def test_numbers_of_any_size_are_sorted(largest: int) -> None:
    values = CHANCE.integers(0, largest, 200)
    q1, q3 = np.percentile(values[55:146], (25, 75))
    assert quartile_deviations(values, np.array([100]), 91)[0] == pytest.approx((q3 - q1) / 2)


@pytest.mark.parametrize("starts", [[0], [0, 5], [0, 1, 2, 3], [0, 100, 104, 199]])
@pytest.mark.parametrize("dtype", [np.int64, np.float64])
def test_a_median_reads_its_own_segment_only(starts: list[int], dtype: type[np.generic]) -> None:
    values: NDArray[np.generic] = (2 * CHANCE.integers(300, 900, 200)).astype(dtype)
    segment = np.searchsorted(starts, np.arange(200), side="right")
    found = running_medians(values, segment, 11)
    for i in range(200):
        around = range(max(0, i - 5), min(200, i + 6))
        assert found[i] == np.median([float(values[k]) for k in around if segment[k] == segment[i]])


def test_the_examples_are_true() -> None:
    assert doctest.testmod(running_order).failed == 0
