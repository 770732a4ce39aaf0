import doctest
import warnings

import numpy as np
import pytest
from numpy.typing import NDArray

from hrvdaemon.hrv import rolling_entropy as module
from hrvdaemon.hrv.correction import uncorrected
from hrvdaemon.hrv.rolling_entropy import rolling_sample_entropy
from hrvdaemon.hrv.rolling_windows import windows_every

Floats = NDArray[np.float64]


def rolling_over(rr_ms: Floats, window: int, step: int, gaps: NDArray[np.bool_] | None = None) -> Floats:
    end_s = np.arange(1.0, rr_ms.size + 1)
    return rolling_sample_entropy(uncorrected(rr_ms, gaps, end_s), windows_every(end_s, float(window), float(step)))


def naive(rr_ms: Floats, gaps: NDArray[np.bool_]) -> float:
    """Every pair of templates, one after the other."""
    r, two, three = 0.2 * rr_ms.std(ddof=1), 0, 0
    whole = [i for i in range(rr_ms.size - 2) if not gaps[i + 1 : i + 3].any()]
    for i in whole:
        for j in whole:
            if i != j and max(abs(rr_ms[i] - rr_ms[j]), abs(rr_ms[i + 1] - rr_ms[j + 1])) <= r:
                two += 1
                three += abs(rr_ms[i + 2] - rr_ms[j + 2]) <= r
    return float(-np.log(three / two))


@pytest.mark.parametrize("step_ms", [1.0, 1000 / 1024, 1 / 256, 0.37])
def test_windows_that_share_a_matrix_have_their_own_entropy(step_ms: float) -> None:
    chance = np.random.default_rng(5)
    rr_ms = np.rint(chance.normal(900, 40, 400) / step_ms) * step_ms
    gaps = chance.random(400) < 0.01
    found = rolling_over(rr_ms, 120, 20, gaps)
    for i in range(0, found.size, 3):
        inside = slice(20 * i, 20 * i + 120)
        assert found[i] == naive(rr_ms[inside], np.concatenate([[True], gaps[inside][1:]]))


def test_it_is_that_of_neurokit() -> None:
    rr_ms = np.random.default_rng(42).normal(1000, 50, 900)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what other packages warn of at import is not ours
        from neurokit2 import entropy_sample
    for i, entropy in enumerate(rolling_over(rr_ms, 300, 150)):
        rr = rr_ms[150 * i : 150 * i + 300]
        theirs, _ = entropy_sample(rr, delay=1, dimension=2, tolerance=0.2 * rr.std(ddof=1))
        assert entropy == pytest.approx(theirs, abs=1e-9)


def test_a_very_wide_spread_is_not_cut_off() -> None:
    rr_ms = np.rint(np.random.default_rng(3).uniform(300, 60_000, 150) * 256) / 256
    assert rolling_over(rr_ms, 150, 10)[0] == naive(rr_ms, np.zeros(150, np.bool_))


@pytest.mark.parametrize("n", [1, 3, 4])
def test_without_matching_templates_there_is_no_number(n: int) -> None:
    assert np.isnan(rolling_over(900 + 100 * np.arange(float(n)), n, 1)).all()


def test_constant_intervals_have_no_entropy() -> None:
    assert np.isnan(rolling_over(np.full(400, 900.0), 300, 50)).all()


def test_the_examples_are_true() -> None:
    assert doctest.testmod(module).failed == 0
