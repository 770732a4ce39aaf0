"""The weighted median against one that repeats each value as often as it weighs."""

from statistics import median
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrvdaemon.regulation.weighted_medians import effective_number, weighted_median_and_mad

weighed = st.lists(st.tuples(st.integers(-50, 50), st.integers(1, 6)), min_size=1, max_size=25)


@given(weighed)
def test_the_weighted_median_is_that_of_values_repeated_as_often_as_they_weigh(pairs: list[tuple[int, int]]) -> None:
    repeated = [value for value, weight in pairs for _ in range(weight)]
    middle = median(repeated)
    columns, weights = np.array(pairs, np.int64).T
    assert weighted_median_and_mad(columns, weights) == (middle, median(abs(value - middle) for value in repeated))


@given(weighed, st.randoms(use_true_random=False))
def test_the_order_of_adding_makes_no_difference(pairs: list[tuple[int, int]], chance: Any) -> None:
    shuffled = pairs.copy()
    chance.shuffle(shuffled)
    one, other = (weighted_median_and_mad(*np.array(some, np.int64).T) for some in (pairs, shuffled))
    assert one == other


def test_where_half_the_weight_lies_on_each_side_the_median_is_the_mean() -> None:
    assert weighted_median_and_mad(np.array([10, 20]), np.array([3, 3])) == (15.0, 5.0)
    assert weighted_median_and_mad(np.array([10, 20]), np.array([3, 2])) == (10.0, 0.0)
    assert weighted_median_and_mad(np.array([10, 13, 20]), np.array([2, 0, 2])) == (15.0, 5.0)


def test_equal_weights_are_worth_their_number_and_one_heavy_one_is_worth_one() -> None:
    assert effective_number(np.array([7] * 40)) == pytest.approx(40.0)
    assert effective_number(np.array([1000, 0, 0])) == pytest.approx(1.0)
    assert effective_number(np.array([0, 0])) == 0.0
