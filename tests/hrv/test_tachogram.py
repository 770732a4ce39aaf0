import doctest

import numpy as np
import pytest
from numpy.typing import NDArray

from hrvdaemon.hrv import tachogram
from hrvdaemon.hrv.cubic_spline import on_grid
from hrvdaemon.hrv.smoothness_priors import slow_trend
from hrvdaemon.hrv.tachogram import longest, tachogram_of

Floats = NDArray[np.float64]


def intervals(n: int, seed: int = 0) -> Floats:
    return np.random.default_rng(seed).normal(900, 40, n)


def test_a_run_is_splined_and_detrended_as_one() -> None:
    rr_ms = intervals(400)
    (run,) = tachogram_of(rr_ms).runs
    samples = on_grid(np.cumsum(rr_ms) / 1000, rr_ms, 4.0)
    assert run.resampled_ms == pytest.approx(samples)
    assert run.detrended_ms == pytest.approx(samples - slow_trend(samples), abs=1e-9)
    assert [run.start_s, run.end_s] == pytest.approx([0, rr_ms.sum() / 1000])


def test_a_gap_parts_runs_and_neither_knows_the_other() -> None:
    before, behind = intervals(200, 1), intervals(300, 2)
    ends = np.concatenate([np.cumsum(before), before.sum() + 60_000 + np.cumsum(behind)]) / 1000
    both = tachogram_of(np.concatenate([before, behind]), np.arange(500) == 200, ends)
    for run, alone in zip(both.runs, (before, behind), strict=True):
        assert run.detrended_ms == pytest.approx(tachogram_of(alone).runs[0].detrended_ms, abs=1e-8)


def test_runs_too_short_for_a_spline_have_no_samples() -> None:
    starts = np.array([True, False, False, True, False, False, False])
    found = tachogram_of(intervals(7), starts)
    assert len(found.runs) == 1
    assert np.isnan(found.detrended_rr_ms[:3]).all()
    assert np.isfinite(found.detrended_rr_ms[3:]).all()


def test_intervals_less_the_trend_lie_around_0() -> None:
    rr_ms = intervals(600) + np.linspace(0, 300, 600)
    assert abs(tachogram_of(rr_ms).detrended_rr_ms.mean()) < 5
    assert tachogram_of(rr_ms).detrended_rr_ms.std() == pytest.approx(40, rel=0.1)


def test_five_minutes_inside_a_run_are_1200_samples_whatever_the_start() -> None:
    found = tachogram_of(intervals(2000))
    for start in np.random.default_rng(0).uniform(1, 1000, 200).tolist():
        (part,) = found.between(start, start + 300)
        assert part.detrended_ms.size == 1200
        assert start <= part.grid_s < start + 0.25
        assert part.length_s == pytest.approx(300)


def test_end_to_end_windows_share_no_sample_and_lose_none() -> None:
    found = tachogram_of(intervals(500))
    parts = [part for start in np.arange(0, 500, 7.3) for part in found.between(start, start + 7.3)]
    assert np.concatenate([part.resampled_ms for part in parts]).tolist() == found.runs[0].resampled_ms.tolist()


def test_a_window_beside_the_beats_is_empty() -> None:
    assert tachogram_of(intervals(20)).between(100.0, 200.0) == []
    assert longest([]) == 0


def test_nothing_has_no_run() -> None:
    assert tachogram_of(np.empty(0)).runs == ()


@pytest.mark.parametrize("rr_ms", [[800.0, -1.0, 800.0], [800.0, np.nan, 800.0]])
def test_what_is_no_interval_is_refused(rr_ms: list[float]) -> None:
    with pytest.raises(ValueError, match="expected rr_ms"):
        tachogram_of(np.array(rr_ms))


def test_shapes_that_differ_are_refused() -> None:
    with pytest.raises(ValueError, match="one shape"):
        tachogram_of(np.ones(5), np.zeros(4, np.bool_))


def test_the_examples_are_true() -> None:
    assert doctest.testmod(tachogram).failed == 0
