import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hrvdaemon.hrv.ordered_window import OrderedWindow, quartile_deviation


@given(st.lists(st.integers(0, 5000), min_size=1, max_size=120))
def test_the_quartile_deviation_is_that_of_numpy(values: list[int]) -> None:
    q1, q3 = np.percentile(values, (25, 75))
    assert quartile_deviation(sorted(values)) == (q3 - q1) / 2


def test_nothing_has_no_quartiles() -> None:
    assert quartile_deviation([]) == 0.0
    assert OrderedWindow(5).quartile_deviation() == 0.0


@given(st.lists(st.integers(0, 40), max_size=60), st.integers(1, 12))
def test_a_window_holds_the_newest_numbers_and_no_other(values: list[int], size: int) -> None:
    window = OrderedWindow(size)
    for number, value in enumerate(values, 1):
        window.add(value)
        newest = values[max(0, number - size) : number]
        assert window.quartile_deviation() == quartile_deviation(sorted(newest))
