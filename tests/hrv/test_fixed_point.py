import doctest

import numpy as np
import pytest

from hrvdaemon.hrv import fixed_point
from hrvdaemon.hrv.fixed_point import Grid, grid_for


@pytest.mark.parametrize("step_ms", [1.0, 1000 / 1024, 1000 / 128, 4.0, 0.5])
def test_the_usual_units_leave_nothing_over(step_ms: float) -> None:
    rr_ms = np.arange(300.0, 2000.0) * step_ms
    grid = Grid(128.0)
    assert grid.rest(rr_ms, grid.whole(rr_ms)) is None


def test_whole_and_rest_are_the_interval_again() -> None:
    rr_ms, grid = np.array([812.3, 333.333]), Grid(4096.0)
    whole = grid.whole(rr_ms)
    rest = grid.rest(rr_ms, whole)
    assert rest is not None
    assert (np.abs(rest) <= 0.5).all()
    assert ((whole + rest) / 4096 == rr_ms).all()


@pytest.mark.parametrize("n_in_window", [2, 300, 1000, 100_000, 1_000_000])
def test_the_worst_window_fits_into_63_bits(n_in_window: int) -> None:
    rr_ms = np.tile([300.0, 2000.0], max(1, n_in_window // 2))
    per_ms = int(grid_for(rr_ms, n_in_window).per_ms)
    spread = (1700 * per_ms // 2) ** 2 * n_in_window**2
    of_differences = (1700 * per_ms * n_in_window) ** 2
    assert max(spread, of_differences) < 2**63


def test_a_day_of_ticks_is_taken_exactly() -> None:
    rr_ms = 800 + np.rint(100 * np.sin(np.arange(100_000))) * 1000 / 1024
    grid = grid_for(rr_ms, 100_000)
    assert grid.rest(rr_ms, grid.whole(rr_ms)) is None


def test_more_than_fits_is_refused() -> None:
    with pytest.raises(ValueError, match="63 bits"):
        grid_for(np.tile([300.0, 2000.0], 1_000_000), 10**9)


def test_the_examples_are_true() -> None:
    assert doctest.testmod(fixed_point).failed == 0
