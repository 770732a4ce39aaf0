import doctest
import math

import numpy as np
import pytest
from numpy.typing import NDArray

from hrvdaemon.hrv import geometric
from hrvdaemon.hrv.geometric import hti, stress_index

Floats = NDArray[np.float64]


def test_fixture_a(fixture_a: Floats) -> None:
    assert round(hti(fixture_a), 6) == 10.714286
    assert round(stress_index(fixture_a), 3) == 148.313
    assert round(math.sqrt(stress_index(fixture_a)), 3) == 12.178


def test_the_parts_of_the_stress_index_of_fixture_a(fixture_a: Floats) -> None:
    """AMo 41.333 %, Mo 0.899 s, MxDMn 0.155 s."""
    assert stress_index(fixture_a) == pytest.approx(100 * 124 / 300 / (2 * 0.899 * 0.155))


def test_fixture_b(fixture_b: Floats) -> None:
    assert round(stress_index(fixture_b), 4) == 294.1176
    assert round(math.sqrt(stress_index(fixture_b)), 4) == 17.1499


def test_bins_start_at_whole_multiples_from_0() -> None:
    """799.9 and 800.0 lie on both sides of an edge of 50 ms, 800.0 and 849.9 do not."""
    assert stress_index(np.array([799.9, 800.0])) == pytest.approx(50 / (2 * 0.79995 * 0.0001))
    assert stress_index(np.array([800.0, 849.9])) == pytest.approx(100 / (2 * 0.82495 * 0.0499))
    assert hti(np.array([7.8124, 7.8125])) == 2


@pytest.mark.parametrize("shift", [7.8125, 781.25])
def test_the_triangular_index_keeps_when_all_move_by_whole_bins(fixture_a: Floats, shift: float) -> None:
    assert hti(fixture_a + shift) == hti(fixture_a)


def test_neither_depends_on_the_order(fixture_a: Floats) -> None:
    mixed = np.random.default_rng(0).permutation(fixture_a)
    assert (hti(mixed), stress_index(mixed)) == (hti(fixture_a), stress_index(fixture_a))


def test_constant_intervals_have_no_stress_index() -> None:
    assert math.isnan(stress_index(np.full(300, 1000 / 1.024)))
    assert hti(np.full(300, 800.0)) == 1


def test_of_nothing_there_is_none() -> None:
    assert math.isnan(stress_index(np.empty(0)))
    assert math.isnan(hti(np.empty(0)))


@pytest.mark.parametrize("rr_ms", [np.array([800.0, np.nan]), np.array([800.0, np.inf]), np.ones((2, 2))])
def test_what_is_no_interval_is_refused(rr_ms: Floats) -> None:
    for metric in (hti, stress_index):
        with pytest.raises(ValueError, match="expected rr_ms"):
            metric(rr_ms)


def test_the_examples_are_true() -> None:
    assert doctest.testmod(geometric).failed == 0
