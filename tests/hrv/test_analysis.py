import doctest
import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from hrvdaemon.hrv import analysis
from hrvdaemon.hrv.analysis import analyse
from hrvdaemon.hrv.metric_rules import RULES
from hrvdaemon.hrv.one_window import WindowAnalysis
from hrvdaemon.hrv.window_levels import LEVELS
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
    assert set(analyse(np.array([800.0])).whole.metrics) == set(RULES)
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


def breathing(minutes: float, seed: int = 0) -> Floats:
    """Intervals with a breath of 0.25 Hz, a wave of 0.1 Hz and noise."""
    chance = np.random.default_rng(seed)
    rr_ms, now = [], 0.0
    while now < minutes * 60:
        waves = 25 * math.sin(2 * math.pi * 0.25 * now) + 20 * math.sin(2 * math.pi * 0.1 * now)
        rr_ms.append(900 + waves + float(chance.normal(0, 8)))
        now += rr_ms[-1] / 1000
    return np.array(rr_ms)


def test_five_clean_minutes_carry_all_but_the_long_term() -> None:
    metrics = analyse(breathing(5.1), correct=False).whole.metrics
    assert {key for key, value in metrics.items() if value is None} == {"sdann_ms", "sdnn_index_ms"}
    assert metrics["respiration_hz"] == pytest.approx(0.25, abs=0.01)
    assert metrics["lf_ms2"] == pytest.approx(20**2 / 2, rel=0.2)
    assert metrics["hf_ms2"] == pytest.approx(25**2 / 2, rel=0.2)


@pytest.mark.parametrize(
    ("key", "shortest_s"),
    [("hf_ms2", 60), ("lf_ms2", 250), ("vlf_ms2", 300), ("hti", 300), ("stress_index_raw", 300), ("coherence", 64)],
)
def test_spectra_and_histograms_have_their_shortest_window_too(key: str, shortest_s: int) -> None:
    shorter, enough = (analyse(SWINGING[:n], correct=False).whole for n in (shortest_s - 1, shortest_s))
    assert enough.end_s == pytest.approx(shortest_s)
    assert shorter.metrics[key] is None
    assert enough.metrics[key] is not None


@pytest.mark.parametrize(("key", "beats"), [("dfa_alpha1", 160), ("sample_entropy", 200)])
def test_a_beat_less_than_enough_is_no_number(key: str, beats: int) -> None:
    rr_ms = breathing(5)
    assert analyse(rr_ms[: beats - 1], correct=False).whole.metrics[key] is None
    assert analyse(rr_ms[:beats], correct=False).whole.metrics[key] is not None


def test_a_constant_heart_has_nothing_that_is_made_of_rounding() -> None:
    metrics = analyse(np.full(2500, 1000 / 1.024)).whole.metrics
    assert (metrics["sdnn_ms"], metrics["rmssd_ms"], metrics["lf_ms2"], metrics["hf_lomb_ms2"]) == (0, 0, 0, 0)
    unknown = {key for key, value in metrics.items() if value is None}
    assert unknown >= {
        "lf_hf",
        "lf_hf_lomb",
        "lf_nu",
        "hf_nu",
        "lf_peak_hz",
        "hf_peak_hz",
        "respiration_hz",
        "rsa_ln_ms2",
    }
    assert unknown >= {"coherence", "dfa_alpha1", "sample_entropy", "stress_index_raw", "stress_index_sqrt_detrended"}


@pytest.mark.parametrize(
    "rr_ms",
    [
        np.array([800.0]),
        np.array([800.0, 900.0]),
        np.full(50, 5000.0),
        np.tile([250.0, 2500.0], 200),
        np.tile([800.0, 1600.0, 400.0], 100),
        np.full(40, 200.0),
    ],
)
@pytest.mark.parametrize("correct", [True, False])
def test_nothing_bad_makes_a_noise_or_a_number_of_noise(rr_ms: Floats, correct: bool) -> None:
    """Warnings are errors here."""
    metrics = analyse(rr_ms, correct=correct).whole.metrics
    assert all(value is None or math.isfinite(value) for value in metrics.values())


def test_one_giant_gap_leaves_what_each_side_carries() -> None:
    rr_ms = np.concatenate([breathing(5.1, 1), breathing(5.1, 2)])
    half = breathing(5.1, 1).size
    gaps = np.arange(rr_ms.size) == half
    ends = np.cumsum(rr_ms) / 1000
    days = np.where(np.arange(rr_ms.size) >= half, ends + 86_400, ends)
    apart = analyse(rr_ms, gaps, correct=False, end_s=days)
    assert apart.whole.quality is Quality.UNUSABLE
    assert apart.whole.metrics["rmssd_ms"] == analyse(rr_ms, gaps, correct=False).whole.metrics["rmssd_ms"]
    assert apart.whole.metrics["sdann_ms"] is None


@pytest.mark.parametrize("key", ["rmssd_ms", "hf_ms2", "lf_ms2", "dfa_alpha1", "sample_entropy", "stress_index_raw"])
def test_how_long_a_gap_is_changes_no_metric_of_beats(key: str) -> None:
    rr_ms = np.concatenate([breathing(6, 1), breathing(6, 2)])
    gaps = np.arange(rr_ms.size) == breathing(6, 1).size
    ends = np.cumsum(rr_ms) / 1000
    short, long = (
        analyse(rr_ms, gaps, correct=False, end_s=ends + seconds * gaps.cumsum()).whole.metrics[key]
        for seconds in (10.0, 100.0)
    )
    assert short == pytest.approx(long, rel=1e-9)


def test_beyond_half_an_hour_spectra_are_the_median_of_five_minutes() -> None:
    rr_ms = breathing(31)
    whole = analyse(rr_ms, correct=False, window_s=300)
    for key in ("lf_ms2", "hf_ms2", "lf_hf", "dfa_alpha1", "sample_entropy", "stress_index_raw", "rsa_ln_ms2"):
        found = [window.metrics[key] for window in whole.windows]
        assert whole.whole.metrics[key] == pytest.approx(np.median([value for value in found if value is not None]))
    assert whole.whole.metrics["sdnn_ms"] == pytest.approx(rr_ms.std(ddof=1))


def test_two_good_windows_are_no_median() -> None:
    """A hole of 25 minutes in 36: two windows of 5 min are good, and half a minute more."""
    rr_ms, gap_s = breathing(11), 1500.0
    ends = np.cumsum(rr_ms) / 1000
    behind = ends > 330
    metrics = analyse(rr_ms, np.diff(behind, prepend=False), end_s=ends + gap_s * behind).whole.metrics
    assert metrics["lf_ms2"] is None
    assert metrics["coherence"] is not None


def test_a_poor_whole_does_not_hide_its_good_windows() -> None:
    rr_ms, gap_s = breathing(40), 1800.0
    ends = np.cumsum(rr_ms) / 1000
    behind = ends > 1300
    whole = analyse(rr_ms, np.diff(behind, prepend=False), end_s=ends + gap_s * behind).whole
    assert whole.quality is Quality.UNUSABLE
    assert whole.metrics["sdnn_ms"] is None
    assert whole.metrics["hf_ms2"] == pytest.approx(25**2 / 2, rel=0.2)


def test_slow_breathing_has_no_rsa_of_the_moving_polynomial() -> None:
    n = np.arange(330)
    metrics = analyse(900 + 80 * np.sin(2 * np.pi * 0.09 * n), correct=False).whole.metrics
    assert metrics["respiration_hz"] == pytest.approx(0.1, abs=0.003)
    assert metrics["rsa_ln_ms2"] is None
    assert metrics["coherence"] == pytest.approx(0.9, abs=0.03)


def test_means_of_segments_part_no_interval() -> None:
    """Seven segments of 300 intervals of 1 s, of 900 or 1100 ms in turn each: SDANN of their means by hand."""
    means = [900.0, 1000.0, 1100.0, 900.0, 1000.0, 1100.0, 900.0]
    rr_ms = np.concatenate([np.full(round(300_000 / mean), mean) for mean in means])
    metrics = analyse(rr_ms, correct=False).whole.metrics
    assert metrics["sdann_ms"] == pytest.approx(np.std(means, ddof=1), rel=0.02)


@pytest.mark.parametrize("rr_ms", [[0.0], [-800.0], [math.nan]])
def test_what_is_no_interval_is_refused(rr_ms: list[float]) -> None:
    with pytest.raises(ValueError, match="expected"):
        analyse(np.array(rr_ms))


@pytest.mark.parametrize(
    "rr_ms",
    [np.ones((3, 3)), np.array(["800"]), np.array([True]), np.array([800 + 1j]), np.array([None]), np.float64(8)],
)
def test_what_is_no_series_of_real_numbers_is_refused(rr_ms: Floats) -> None:
    with pytest.raises(ValueError, match="expected rr_ms"):
        analyse(rr_ms)


def test_whole_numbers_are_real_numbers_too(fixture_a: Floats) -> None:
    whole_ms: Any = fixture_a.astype(np.int32)
    assert analyse(whole_ms, correct=False) == analyse(fixture_a, correct=False)


@pytest.mark.parametrize("end_s", [[2.0, 1.0], [1.0], [1.0, math.nan]])
def test_times_that_do_not_ascend_or_fit_are_refused(end_s: list[float]) -> None:
    with pytest.raises(ValueError, match="expected end_s"):
        analyse(np.array([800.0, 800.0]), end_s=np.array(end_s))


def test_gaps_of_another_shape_are_refused() -> None:
    with pytest.raises(ValueError, match="one shape"):
        analyse(np.array([800.0, 800.0]), np.array([True]))


def test_a_window_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="above 0"):
        analyse(np.array([800.0]), window_s=0)


def test_the_examples_are_true() -> None:
    assert doctest.testmod(analysis).failed == 0
