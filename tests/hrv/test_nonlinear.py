import doctest
import math

import neurokit2
import numpy as np
import pytest
from numpy.typing import NDArray

from hrvdaemon.hrv import nonlinear
from hrvdaemon.hrv.nonlinear import dfa_alpha1, sample_entropy

Floats = NDArray[np.float64]


def naive_alpha1(rr_ms: Floats, scales: range = range(4, 17)) -> float:
    """Profile, boxes, a fitted line each: as the paper tells it."""
    profile = np.cumsum(rr_ms - rr_ms.mean())
    fluctuation = []
    for n in scales:
        squares = []
        for first in range(0, rr_ms.size - n + 1, n):
            box = profile[first : first + n]
            line = np.polynomial.Polynomial.fit(np.arange(n), box, 1)
            squares.append(np.mean((box - line(np.arange(n))) ** 2))
        fluctuation.append(math.sqrt(np.mean(squares)))
    return float(np.polynomial.Polynomial.fit(np.log(scales), np.log(fluctuation), 1).convert().coef[1])


def naive_entropy(rr_ms: Floats) -> float:
    tolerance, n = 0.2 * rr_ms.std(ddof=1), rr_ms.size
    both = all_three = 0
    for i in range(n - 2):
        for j in range(n - 2):
            if i != j and max(abs(rr_ms[i : i + 2] - rr_ms[j : j + 2])) <= tolerance:
                both += 1
                all_three += abs(rr_ms[i + 2] - rr_ms[j + 2]) <= tolerance
    return -math.log(all_three / both)


def test_fixture_a(fixture_a: Floats) -> None:
    assert dfa_alpha1(fixture_a) == pytest.approx(1.0686, abs=1e-4)
    assert sample_entropy(fixture_a) == pytest.approx(1.78279, abs=1e-4)


def test_fixture_d(fixture_d: Floats) -> None:
    assert dfa_alpha1(fixture_d) == pytest.approx(0.659875, abs=1e-4)
    assert sample_entropy(fixture_d) == pytest.approx(2.415914, abs=1e-4)


@pytest.mark.parametrize("n", [16, 50, 303, 1500])
def test_alpha1_is_what_the_paper_tells(n: int) -> None:
    rr_ms = np.random.default_rng(n).normal(900, 40, n) + 30 * np.sin(np.arange(n) / 5)
    assert dfa_alpha1(rr_ms) == pytest.approx(naive_alpha1(rr_ms), abs=1e-12)


def test_alpha1_is_neurokits_with_the_same_boxes() -> None:
    rr_ms = np.random.default_rng(1).normal(900, 40, 400)
    theirs, _ = neurokit2.fractal_dfa(rr_ms, scale=np.arange(4, 17), overlap=False)
    assert dfa_alpha1(rr_ms) == pytest.approx(float(theirs), abs=1e-10)


def test_entropy_is_what_its_definition_counts() -> None:
    rr_ms = np.random.default_rng(4).normal(900, 40, 120)
    assert sample_entropy(rr_ms) == pytest.approx(naive_entropy(rr_ms), abs=1e-12)


def test_entropy_is_neurokits() -> None:
    rr_ms = np.random.default_rng(5).normal(900, 40, 500)
    theirs, _ = neurokit2.entropy_sample(rr_ms, dimension=2, tolerance=0.2 * rr_ms.std(ddof=1))
    assert sample_entropy(rr_ms) == pytest.approx(float(theirs), abs=1e-9)


@pytest.mark.parametrize("seed", range(8))
def test_white_and_walking_intervals_scale_as_computed(seed: int) -> None:
    white = np.random.default_rng(seed).normal(0, 1, 1000)
    assert dfa_alpha1(white) == pytest.approx(0.594, abs=3 * 0.018)
    assert dfa_alpha1(np.cumsum(white)) == pytest.approx(1.505, abs=3 * 0.033)


def test_independent_intervals_have_the_entropy_of_theory() -> None:
    found = [sample_entropy(np.random.default_rng(seed).normal(900, 40, 1000)) for seed in range(20)]
    assert np.mean(found) == pytest.approx(-math.log(math.erf(0.1)), rel=0.02)
    assert all(value == pytest.approx(2.18513, abs=0.13) for value in found)


@pytest.mark.parametrize("function", [dfa_alpha1, sample_entropy])
@pytest.mark.parametrize(("factor", "shift"), [(1.0, 250.0), (3.0, 0.0), (0.01, 7.0)])
def test_neither_level_nor_scale_matters(function: type, factor: float, shift: float) -> None:
    rr_ms = np.random.default_rng(0).normal(900, 40, 300)
    assert function(factor * rr_ms + shift) == pytest.approx(function(rr_ms), abs=1e-9)


def test_a_box_with_a_gap_inside_is_left_out() -> None:
    """A jump of half a second between two boxes of 4 beats, which is no jump: a gap."""
    rr_ms = np.random.default_rng(1).normal(900, 40, 320)
    jump = np.where(np.arange(320) >= 161, 500.0, 0.0)
    known = dfa_alpha1(rr_ms + jump, np.arange(320) == 161)
    assert abs(known - dfa_alpha1(rr_ms)) < 0.1
    assert abs(dfa_alpha1(rr_ms + jump) - dfa_alpha1(rr_ms)) > 0.2


def test_a_gap_at_the_edge_of_boxes_costs_nothing() -> None:
    rr_ms = np.random.default_rng(1).normal(900, 40, 480)
    edge = np.arange(480) == 240
    scales = (4, 5, 6, 8, 10, 12, 15, 16)
    assert dfa_alpha1(rr_ms, edge, scales) == dfa_alpha1(rr_ms, None, scales)


def test_no_template_reaches_over_a_gap() -> None:
    """So two runs can change places and nothing changes."""
    one, other = (np.random.default_rng(seed).normal(900, 40, 150) for seed in (2, 3))
    gap = np.arange(300) == 150
    there, back = np.concatenate([one, other]), np.concatenate([other, one])
    assert sample_entropy(there, gap) == pytest.approx(sample_entropy(back, gap), abs=1e-12)
    assert sample_entropy(there) != pytest.approx(sample_entropy(back), abs=1e-6)


@pytest.mark.parametrize("function", [dfa_alpha1, sample_entropy])
@pytest.mark.parametrize("rr_ms", [[], [800.0], [800.0, 810.0], [1000 / 1.024] * 300, [400.1 + 0.2] * 300])
def test_too_little_and_constant_intervals_have_none(function: type, rr_ms: list[float]) -> None:
    assert math.isnan(function(np.array(rr_ms)))


def test_scales_and_shapes_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="two or more scales"):
        dfa_alpha1(np.arange(50.0), None, (4,))
    with pytest.raises(ValueError, match="one shape"):
        sample_entropy(np.arange(50.0), np.zeros(49, np.bool_))
    with pytest.raises(ValueError, match="finite"):
        dfa_alpha1(np.array([800.0, np.nan] * 20))


def test_rows_at_a_time_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rr_ms = np.random.default_rng(2).normal(900, 40, 300)
    whole = sample_entropy(rr_ms)
    monkeypatch.setattr(nonlinear, "_BLOCK", 1000)
    assert sample_entropy(rr_ms) == whole


def test_the_examples_are_true() -> None:
    assert doctest.testmod(nonlinear).failed == 0


def test_a_series_that_varies_once_has_no_scaling() -> None:
    rr_ms = np.full(300, 500.0)
    rr_ms[-1] = 517.0
    assert np.isnan(dfa_alpha1(rr_ms))
