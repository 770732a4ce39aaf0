import doctest
import math

import numpy as np
import pytest
from numpy.typing import NDArray

from hrvdaemon.hrv import analysis
from hrvdaemon.hrv.analysis import DIFFERENCES, LEVELS, WindowAnalysis, analyse
from hrvdaemon.vocabulary.epochs import Quality

Floats = NDArray[np.float64]

SWINGING = np.tile([990.0, 1010.0], 300)


def whole_of(seconds: int) -> WindowAnalysis:
    return analyse(SWINGING[:seconds], correct=False, end_s=np.arange(1.0, seconds + 1)).whole


def test_a_clean_series_has_the_metrics_of_its_formulas(fixture_a: Floats) -> None:
    whole = analyse(fixture_a, correct=False).whole
    assert whole.metrics["rmssd_ms"] == pytest.approx(30.900639, abs=1e-6)
    assert whole.metrics["sd2_ms"] == pytest.approx(44.457421, abs=1e-6)
    assert whole.metrics["ln_rmssd"] == pytest.approx(math.log(30.900639), abs=1e-6)
    assert (whole.quality, whole.coverage) == (Quality.GOOD, 1.0)


def test_nothing_is_corrected_in_a_clean_series(fixture_a: Floats) -> None:
    assert analyse(fixture_a, correct=True) == analyse(fixture_a, correct=False)


@pytest.mark.parametrize(
    ("key", "shortest_s"),
    [
        ("mean_hr_bpm", 10),
        *((key, 60) for key in ("rmssd_ms", "ln_rmssd", "sd1_ms", "pnn50_percent", "pnn20_percent")),
        *((key, 120) for key in ("sdnn_ms", "sd2_ms")),
    ],
)
def test_one_second_less_than_the_minimum_is_no_number(key: str, shortest_s: int) -> None:
    assert whole_of(shortest_s - 1).metrics[key] is None
    assert whole_of(shortest_s).metrics[key] is not None


@pytest.mark.parametrize(("n_pairs", "is_known"), [(29, False), (30, True)])
def test_thirty_pairs_are_enough(n_pairs: int, is_known: bool) -> None:
    gaps = np.arange(90) > n_pairs
    whole = analyse(SWINGING[:90], gaps, correct=False).whole
    assert (whole.metrics["rmssd_ms"] is not None) is is_known


def test_every_metric_is_there_even_where_it_is_unknown() -> None:
    assert set(analyse(np.array([800.0])).whole.metrics) == {*LEVELS, *DIFFERENCES}
    assert set(analyse(np.array([800.0])).whole.metrics.values()) == {None}


def test_nothing_at_all_is_unusable() -> None:
    result = analyse(np.array([]))
    assert (result.n_rr, result.whole.coverage, result.whole.quality) == (0, 0.0, Quality.UNUSABLE)


def test_a_constant_heart_has_no_logarithm_and_no_ratio() -> None:
    metrics = analyse(np.full(300, 1000.0)).whole.metrics
    assert (metrics["rmssd_ms"], metrics["sdnn_ms"]) == (0, 0)
    assert metrics["ln_rmssd"] is None
    assert metrics["sd2_sd1"] is None


def test_no_difference_crosses_a_gap() -> None:
    rr_ms = np.concatenate([np.full(100, 800.0), np.full(100, 1200.0)])
    gaps = np.arange(200) == 100
    assert analyse(rr_ms, gaps, correct=False).whole.metrics["rmssd_ms"] == 0


def test_a_hole_in_time_lowers_the_coverage() -> None:
    end_s = np.concatenate([np.arange(1.0, 101.0), np.arange(201.0, 301.0)])
    whole = analyse(np.full(200, 1000.0), np.arange(200) == 100, end_s=end_s).whole
    assert whole.coverage == pytest.approx(200 / 300)
    assert whole.quality is Quality.POOR


def test_poor_signal_keeps_heart_rate_and_rmssd_and_unusable_only_heart_rate() -> None:
    end_s = np.concatenate([np.arange(1.0, 101.0), np.arange(201.0, 301.0)])
    gaps = np.arange(200) == 100
    poor = analyse(SWINGING[:200], gaps, end_s=end_s).whole.metrics
    known = {key for key, value in poor.items() if value is not None}
    assert {"mean_hr_bpm", "rmssd_ms"} <= known <= {*LEVELS, "rmssd_ms", "ln_rmssd"}
    assert poor["sdnn_ms"] is None
    unusable = analyse(SWINGING[:200], gaps, end_s=np.where(gaps.cumsum(), end_s + 100, end_s)).whole.metrics
    assert {key for key, value in unusable.items() if value is not None} == {
        "mean_rr_ms",
        "mean_hr_bpm",
        "mean_hr_inst_bpm",
    }


def test_without_correction_the_limits_of_quality_are_lifted_and_those_of_length_are_not() -> None:
    end_s = np.concatenate([np.arange(1.0, 51.0), np.arange(551.0, 601.0)])
    whole = analyse(SWINGING[:100], np.arange(100) == 50, correct=False, end_s=end_s).whole
    assert whole.quality is Quality.UNUSABLE
    assert whole.metrics["sdnn_ms"] is not None


def test_artefacts_are_counted_and_out_of_range_is_no_level() -> None:
    rr_ms = np.full(200, 800.0)
    rr_ms[100] = 1600.0
    rr_ms[150] = 9000.0
    whole = analyse(rr_ms).whole
    assert (whole.artefacts.missed, whole.artefacts.out_of_range) == (1, 1)
    assert whole.metrics["max_rr_ms"] == 800
    assert whole.artefacts.share == 2 / 201


def test_windows_are_whole_and_start_a_step_apart() -> None:
    result = analyse(np.full(300, 1000.0), window_s=120, step_s=60)
    assert [(window.start_s, window.end_s) for window in result.windows] == [
        (0, 120),
        (60, 180),
        (120, 240),
        (180, 300),
    ]
    assert {window.coverage for window in result.windows} == {1.0}


def test_without_a_step_windows_stand_end_to_end() -> None:
    assert [window.start_s for window in analyse(np.full(300, 1000.0), window_s=100).windows] == [0, 100, 200]


def test_no_window_reads_beyond_its_ends() -> None:
    rr_ms = np.concatenate([np.full(60, 1000.0), np.tile([900.0, 1100.0], 30)])
    first, second = analyse(rr_ms, correct=False, window_s=60).windows
    assert (first.metrics["rmssd_ms"], second.metrics["rmssd_ms"]) == (0, 200)


def test_a_recording_shorter_than_the_window_has_none() -> None:
    assert analyse(np.full(10, 1000.0), window_s=60).windows == ()


@pytest.mark.parametrize("rr_ms", [[0.0], [-800.0], [math.nan]])
def test_what_is_no_interval_is_refused(rr_ms: list[float]) -> None:
    with pytest.raises(ValueError, match="expected"):
        analyse(np.array(rr_ms))


def test_a_window_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="above 0"):
        analyse(np.array([800.0]), window_s=0)


def test_the_examples_are_true() -> None:
    assert doctest.testmod(analysis).failed == 0
