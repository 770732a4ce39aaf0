import doctest

import numpy as np
import pytest
from numpy.typing import NDArray

from hrvdaemon.hrv import rolling_dfa as module
from hrvdaemon.hrv.correction import uncorrected
from hrvdaemon.hrv.rolling_dfa import rolling_dfa_alpha1
from hrvdaemon.hrv.rolling_windows import windows_every

Floats = NDArray[np.float64]


def naive(rr_ms: Floats, starts: NDArray[np.bool_]) -> float:
    """By the book: profile, boxes, a line fitted to each."""
    profile, log_f = np.cumsum(rr_ms - rr_ms.mean()), []
    for n in range(4, 17):
        squares = []
        for first in range(0, rr_ms.size - n + 1, n):
            if not starts[first + 1 : first + n].any():
                k, box = np.arange(n), profile[first : first + n]
                squares.append(np.mean((box - np.polyval(np.polyfit(k, box, 1), k)) ** 2))
        log_f.append(np.log(np.mean(squares)) / 2)
    return float(np.polyfit(np.log(range(4, 17)), log_f, 1)[0])


@pytest.mark.parametrize("gap_share", [0.0, 0.005])
def test_a_window_has_the_slope_of_the_textbook(gap_share: float) -> None:
    chance = np.random.default_rng(4)
    rr_ms = 900 + chance.normal(0, 20, 3000) + chance.normal(0, 4, 3000).cumsum()
    gaps, end_s = chance.random(3000) < gap_share, np.arange(1.0, 3001.0)
    found = rolling_dfa_alpha1(uncorrected(rr_ms, gaps, end_s), windows_every(end_s, 211.0, 31.0))
    for i in range(0, found.size, 7):
        inside = slice(31 * i, 31 * i + 211)
        assert found[i] == pytest.approx(naive(rr_ms[inside], gaps[inside]), abs=1e-12)


def test_fixture_a_has_its_published_value(fixture_a: Floats) -> None:
    end_s = np.arange(1.0, 301.0)
    found = rolling_dfa_alpha1(uncorrected(fixture_a, None, end_s), windows_every(end_s, 300.0, 1.0))
    assert found[0] == pytest.approx(1.0686, abs=1e-4)


@pytest.mark.parametrize("n", [1, 4, 15, 16, 17])
def test_a_box_of_every_scale_is_needed(n: int) -> None:
    rr_ms, end_s = 900 + np.arange(float(n)) ** 2, np.arange(1.0, n + 1)
    found = rolling_dfa_alpha1(uncorrected(rr_ms, None, end_s), windows_every(end_s, float(n), 1.0))
    assert np.isnan(found[0]) == (n < 16)


def test_constant_intervals_behind_others_have_no_slope() -> None:
    rr_ms = np.concatenate([np.random.default_rng(1).normal(900, 50, 500), np.full(400, 733.3)])
    end_s = np.arange(1.0, 901.0)
    found = rolling_dfa_alpha1(uncorrected(rr_ms, None, end_s), windows_every(end_s, 200.0, 50.0))
    assert np.isnan(found[10:]).all()
    assert np.isfinite(found[:10]).all()


def test_the_examples_are_true() -> None:
    assert doctest.testmod(module).failed == 0
