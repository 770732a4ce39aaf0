import doctest

import numpy as np

from hrvdaemon.hrv import prefix_sums
from hrvdaemon.hrv.prefix_sums import LANE, Workspace, packed, unpacked


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


def test_a_workspace_gives_the_same_memory_again() -> None:
    work = Workspace()
    assert np.shares_memory(work.take("a", 100), work.take("a", 50))
    assert work.take("a", 500).size == 500


def test_the_examples_are_true() -> None:
    assert doctest.testmod(prefix_sums).failed == 0
