"""J34: the index, by hand from science D.4."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrvdaemon.regulation.activation import activation
from hrvdaemon.vocabulary.events import HourUsual

USUAL = HourUsual(hr_bpm=60.0, hr_sigma_bpm=4.0, ln_rmssd=3.5, ln_sigma=0.2, n_eff=100.0)
finite = st.floats(-1e6, 1e6)


def test_one_and_a_half_sigma_on_both_sides_is_1_732() -> None:
    judged = activation(66.0, 3.2, USUAL, 0.5)
    assert (judged.z_hr, judged.z_ln_rmssd) == pytest.approx((1.5, -1.5))
    assert judged.value == pytest.approx(1.732, abs=0.001)


def test_the_usual_itself_is_zero() -> None:
    assert activation(60.0, 3.5, USUAL, 0.5).value == 0.0


def test_four_sigma_is_the_most_that_counts() -> None:
    assert activation(200.0, -5.0, USUAL, 0.5).value == pytest.approx(4.619, abs=0.001)
    assert activation(0.0, 50.0, USUAL, 0.5).value == pytest.approx(-4.619, abs=0.001)


@pytest.mark.parametrize(("rho", "value"), [(0.0, 2.1213), (0.9, 1.5390)])
def test_sides_that_go_together_anyway_say_less(rho: float, value: float) -> None:
    """3 / sqrt(2) and 3 / sqrt(3.8)."""
    assert activation(66.0, 3.2, USUAL, rho).value == pytest.approx(value, abs=0.0006)


@given(finite, finite, finite, st.floats(0, 0.9))
def test_a_faster_heart_never_lowers_it_and_more_variability_never_raises_it(
    hr: float, ln: float, more: float, rho: float
) -> None:
    here = activation(hr, ln, USUAL, rho).value
    assert activation(hr + abs(more), ln, USUAL, rho).value >= here
    assert activation(hr, ln + abs(more), USUAL, rho).value <= here
    assert abs(here) <= 8 / 2**0.5 + 0.0005
