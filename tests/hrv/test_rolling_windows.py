import doctest

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrvdaemon.hrv import rolling_windows
from hrvdaemon.hrv.rolling_windows import Windows, blocks, most_beats, windows_at_beats, windows_every

series = st.lists(st.floats(0.3, 40.0), min_size=1, max_size=200).map(lambda rr: np.cumsum(np.array(rr)))


def any_windows(end_s: np.ndarray, length_s: float, step_s: float) -> Windows:
    return windows_every(end_s, length_s, step_s) if step_s else windows_at_beats(end_s, length_s)


@given(
    end_s=series,
    length_s=st.sampled_from([3.0, 10.0, 61.7]),
    step_s=st.sampled_from([0.0, 0.5, 1.0, 3.3, 20.0]),
    n=st.sampled_from([1, 8, 4096]),
)
def test_blocks_hold_every_window_once_and_what_lies_in_it(
    end_s: np.ndarray, length_s: float, step_s: float, n: int
) -> None:
    windows, seen = any_windows(end_s, length_s, step_s), 0
    for block in blocks(windows, end_s, n):
        assert block.windows.start == seen
        for i, first, last in zip(range(block.windows.start, block.windows.stop), block.first, block.last, strict=True):
            inside = np.flatnonzero((end_s > windows.start_s[i]) & (end_s <= windows.end_s[i]))
            assert last - first == inside.size
            assert inside.size == 0 or (first + block.beats.start, last + block.beats.start - 1) == (
                inside[0],
                inside[-1],
            )
            assert inside.size <= most_beats(windows, end_s)
        seen = block.windows.stop
    assert seen == len(windows)


def test_only_whole_windows_count() -> None:
    end_s = np.arange(1.0, 11.0)
    assert windows_every(end_s, 4.0, 3.0).start_s.tolist() == [0.0, 3.0, 6.0]
    assert windows_every(end_s, 10.0, 5.0).start_s.tolist() == [0.0]
    assert len(windows_every(end_s, 10.1, 5.0)) == len(windows_at_beats(end_s, 10.1)) == 0


def test_steps_that_are_no_whole_numbers_lose_no_window() -> None:
    assert len(windows_every(np.arange(1.0, 4.0), 0.3, 0.1)) == 28


def test_thinned_windows_keep_the_first() -> None:
    windows = windows_every(np.arange(1.0, 11.0), 3.0, 1.0)
    assert windows.thinned(3).start_s.tolist() == [0.0, 3.0, 6.0]
    assert windows.thinned(1) is windows


@pytest.mark.parametrize(("length_s", "step_s"), [(0.0, 1.0), (1.0, 0.0), (-1.0, 1.0), (np.inf, 1.0), (1.0, np.nan)])
def test_a_window_of_nothing_is_refused(length_s: float, step_s: float) -> None:
    with pytest.raises(ValueError, match="above 0"):
        windows_every(np.arange(3.0), length_s, step_s)


@pytest.mark.parametrize("end_s", [[2.0, 1.0], [[1.0, 2.0]], [1.0, np.nan]])
def test_times_must_ascend(end_s: object) -> None:
    with pytest.raises(ValueError, match="ascending"):
        windows_at_beats(np.array(end_s), 1.0)


def test_the_examples_are_true() -> None:
    assert doctest.testmod(rolling_windows).failed == 0
