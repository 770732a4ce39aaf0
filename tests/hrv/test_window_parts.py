import doctest
import math

import numpy as np
import pytest

from hrvdaemon.hrv import window_parts
from hrvdaemon.hrv.rolling_windows import windows_every
from hrvdaemon.hrv.tachogram import longest, tachogram_of
from hrvdaemon.hrv.window_parts import by_window, cut


@pytest.mark.parametrize("step_s", [1.0, 7.3, 30.0])
def test_the_parts_of_a_window_are_those_it_has_alone(step_s: float) -> None:
    rr_ms = np.random.default_rng(1).normal(900, 60, 400)
    starts = np.zeros(400, np.bool_)
    starts[[60, 62, 180, 300]] = True
    end_s = np.cumsum(rr_ms) / 1000 + 20 * np.cumsum(starts)
    tachogram, windows = tachogram_of(rr_ms, starts, end_s), windows_every(end_s, 60.0, step_s)
    pieces = cut(tachogram, windows)
    rows = pieces.resampled()
    first = pieces.offsets[pieces.parts.run] + pieces.parts.first
    for i in range(len(windows)):
        wanted = tachogram.between(float(windows.start_s[i]), float(windows.end_s[i]))
        here = np.flatnonzero(pieces.parts.window == i)
        assert pieces.unbroken_s[i] == pytest.approx(longest(wanted))
        assert [rows[first[k] : first[k] + pieces.parts.size[k]].tolist() for k in here] == [
            part.resampled_ms.tolist() for part in wanted
        ]


def test_a_tachogram_of_nothing_has_no_parts() -> None:
    pieces = cut(tachogram_of(np.empty(0)), windows_every(np.arange(1.0, 101.0), 50.0, 25.0))
    assert pieces.parts.window.size == 0
    assert pieces.unbroken_s.tolist() == [0, 0, 0]


def test_medians_by_window_are_those_of_each() -> None:
    chance = np.random.default_rng(2)
    values, window = chance.normal(0, 1, 200), chance.integers(0, 30, 200)
    values[chance.random(200) < 0.2] = math.nan
    values[window == 7] = math.nan
    wanted = [np.median(values[(window == i) & np.isfinite(values)]) if i != 7 else math.nan for i in range(30)]
    np.testing.assert_allclose(by_window(values, window, 30), wanted)


def test_the_examples_are_true() -> None:
    assert doctest.testmod(window_parts).failed == 0
