import doctest

import numpy as np
import pytest

from hrvdaemon.hrv import prefix_sums
from hrvdaemon.hrv.prefix_sums import LANE, Workspace, kept_workspace, packed, unpacked


def test_sums_that_wrap_around_have_right_differences() -> None:
    work = Workspace()
    sums = work.running_sum("s", np.full(10, 2**62, np.int64))
    assert work.window_sums("w", sums, np.array([8, 3]), np.array([9, 3])).tolist() == [2**62, 0]


def test_three_counts_do_not_run_into_each_other() -> None:
    n = 300_000
    flags = [np.arange(n) % k == 0 for k in (1, 2, 7)]
    work = Workspace()
    sums = work.running_sum("n", packed(flags[0], flags[1], flags[2], np.empty(n, np.int64)))
    for first, last in ((0, n), (5, 6), (1000, 299_999)):
        counted = unpacked(work.window_sums("w", sums, np.array([first]), np.array([last])))
        assert [int(count[0]) for count in counted] == [int(flag[first:last].sum()) for flag in flags]


def test_a_lane_holds_two_million() -> None:
    assert 1 << LANE >= 2_000_000
    assert 3 * LANE <= 63


def test_a_kept_workspace_is_nobody_elses_while_it_is_in_use() -> None:
    with kept_workspace() as one, kept_workspace() as other:
        assert one is not other
    with kept_workspace() as again:
        assert again in (one, other)


def test_a_workspace_that_grew_large_is_not_kept() -> None:
    with kept_workspace() as work:
        work.take("large", 2_000_000)
    with kept_workspace() as one, kept_workspace() as two, kept_workspace() as three:
        assert work not in (one, two, three)


def test_a_workspace_comes_back_after_an_error() -> None:
    with pytest.raises(ValueError, match="lost"), kept_workspace() as work:
        raise ValueError("lost")
    with kept_workspace() as again:
        assert again is work


def test_a_workspace_gives_the_same_memory_again() -> None:
    work = Workspace()
    assert np.shares_memory(work.take("a", 100), work.take("a", 50))
    assert work.take("a", 500).size == 500


def test_the_examples_are_true() -> None:
    assert doctest.testmod(prefix_sums).failed == 0
