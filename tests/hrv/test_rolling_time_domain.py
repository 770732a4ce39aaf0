import doctest

import numpy as np
import pytest
from numpy.typing import NDArray

from hrvdaemon.hrv import rolling_time_domain as module
from hrvdaemon.hrv.correction import correct_once, uncorrected
from hrvdaemon.hrv.rolling_time_domain import KEYS, RANKS, RollingMetrics, rolling_time_domain
from hrvdaemon.hrv.rolling_windows import windows_at_beats, windows_every
from hrvdaemon.vocabulary.epochs import Quality

Floats = NDArray[np.float64]


def of_one_window(rr_ms: Floats) -> RollingMetrics:
    end_s = np.cumsum(rr_ms) / 1000
    series = uncorrected(rr_ms, None, end_s)
    return rolling_time_domain(series, windows_every(end_s, float(end_s[-1]), 1.0))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("mean_rr_ms", 900.146667),
        ("mean_hr_bpm", 66.6558),
        ("sdnn_ms", 35.039182),
        ("rmssd_ms", 30.900639),
        ("sdsd_ms", 30.952424),
        ("pnn50_percent", 9.36455),
        ("pnn20_percent", 54.51505),
        ("cvnn", 0.038926),
        ("cvsd", 0.034328),
        ("sd1_ms", 21.886669),
        ("sd2_ms", 44.457421),
        ("sd_area_ms2", 3056.848),
    ],
)
def test_fixture_a_has_its_published_values(fixture_a: Floats, key: str, value: float) -> None:
    assert of_one_window(fixture_a).metrics[key][0] == pytest.approx(value, rel=2e-5)


def test_alternating_intervals_lie_across_the_line_of_identity(fixture_b: Floats) -> None:
    metrics = of_one_window(fixture_b).metrics
    assert (metrics["rmssd_ms"][0], metrics["pnn50_percent"][0]) == (100.0, 100.0)
    assert metrics["sd2_ms"][0] < 1e-3


@pytest.mark.parametrize(("jump_ms", "percent"), [(50.0, 0.0), (51.0, 100.0), (50.0000001, 100.0)])
def test_pnn_counts_what_is_strictly_beyond(jump_ms: float, percent: float) -> None:
    assert of_one_window(np.tile([900.0, 900.0 + jump_ms], 150)).metrics["pnn50_percent"][0] == percent


def test_a_difference_needs_two_original_neighbours_in_the_window() -> None:
    rr_ms, kinds = np.full(200, 1000.0), np.full(200, "N")
    rr_ms[50], kinds[50] = 2000.0, "M"
    series = correct_once(uncorrected(rr_ms, None, np.cumsum(rr_ms) / 1000), kinds)
    found = rolling_time_domain(series, windows_every(series.end_s, 100.0, 100.0))
    assert found.n_beats.tolist() == found.n_nn.tolist() == [100, 100]
    assert found.n_pairs.tolist() == [96, 99]
    assert found.artefact_share.tolist() == [0.01, 0.0]


@pytest.mark.parametrize(
    ("n_odd", "grade"), [(2, "good"), (3, "fair"), (5, "fair"), (6, "poor"), (10, "poor"), (11, "unusable")]
)
def test_grades_follow_the_share_of_artefacts(n_odd: int, grade: str) -> None:
    kinds = np.where(np.arange(100) < n_odd, "E", "N")
    series = correct_once(uncorrected(np.full(100, 1000.0), None, np.arange(1.0, 101.0)), kinds)
    found = rolling_time_domain(series, windows_every(series.end_s, 100.0, 1.0))
    assert RANKS[found.quality[0]] is Quality(grade)
    assert np.isnan(found.metrics["rmssd_ms"][0]) == (grade == "unusable")
    assert np.isnan(found.metrics["sdsd_ms"][0]) == (grade in {"poor", "unusable"})
    assert found.metrics["mean_hr_bpm"][0] == 60.0


def test_only_metrics_that_are_wanted_are_there() -> None:
    rr_ms = np.full(100, 1000.0)
    series = uncorrected(rr_ms, None, np.cumsum(rr_ms) / 1000)
    found = rolling_time_domain(series, windows_at_beats(series.end_s, 60.0), keys=("sdnn_ms", "rmssd_ms"))
    assert list(found.metrics) == ["sdnn_ms", "rmssd_ms"]
    assert np.isnan(found.metrics["sdnn_ms"]).all()
    assert (found.metrics["rmssd_ms"] == 0).all()
    assert set(KEYS) > set(found.metrics)


def test_the_examples_are_true() -> None:
    assert doctest.testmod(module).failed == 0
