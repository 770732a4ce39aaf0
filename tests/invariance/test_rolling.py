"""Rolling equals pointwise over any gaps and artefacts; a gap is felt by the windows that hold it and by no other."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from hrvdaemon.hrv.analysis import analyse
from hrvdaemon.hrv.correction import NNSeries, corrected, uncorrected
from hrvdaemon.hrv.one_window import Recording
from hrvdaemon.hrv.rolling_analysis import KEYS, rolling_metrics
from hrvdaemon.hrv.rolling_time_domain import KEYS as SUMS
from hrvdaemon.hrv.rolling_time_domain import RANKS

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

UNIT_MS = {"ms": 1.0, "ticks": 1000 / 1024, "double": 0.0}
OF_THE_TREND = {"lf_ms2", "hf_ms2", "lf_nu", "hf_nu", "lf_hf", "stress_index_sqrt_detrended"}
CHOOSING = {"lf_peak_hz", "hf_peak_hz", "respiration_hz", "rsa_ln_ms2", "coherence", "sdann_ms", "sdnn_index_ms"}
"""The highest of two peaks, or a limit just met: a millionth more decides otherwise. The last two are for half an hour."""
few = settings(max_examples=25, deadline=None)


def recording(seed: int, unit: str, n: int, n_gaps: int) -> tuple[Floats, Bools, Floats]:
    """Intervals with breathing, drift and artefacts in a file's own unit; gaps that take time."""
    chance = np.random.default_rng(seed)
    t = np.arange(n)
    rr = 850 + 40 * np.sin(t / 3.3) + 60 * np.sin(t / 170) + chance.normal(0, 12, n)
    odd = chance.random(n) < 0.01
    rr[odd] *= chance.choice([0.45, 0.7, 1.5, 2.0, 3.5], int(odd.sum()))
    rr = np.rint(rr / UNIT_MS[unit]) * UNIT_MS[unit] if UNIT_MS[unit] else rr
    gaps = np.zeros(n, np.bool_)
    gaps[chance.integers(1, n, n_gaps)] = True
    return rr, gaps, np.cumsum(rr) / 1000 + np.cumsum(gaps * chance.uniform(1, 40, n))


recordings_with_gaps = st.builds(
    recording,
    seed=st.integers(0, 10_000),
    unit=st.sampled_from(sorted(UNIT_MS)),
    n=st.sampled_from([40, 500, 900]),
    n_gaps=st.integers(0, 6),
)


def tolerance(key: str) -> float:
    """SD2 subtracts; a spline and a Fourier transform add some roundings more."""
    return 1e-12 if key in SUMS and not key.startswith(("sd2", "sd_area")) else 1e-9


def same(found: float, wanted: float | None, key: str) -> bool:
    return np.isnan(found) if wanted is None else bool(abs(found - wanted) <= tolerance(key) * max(abs(wanted), 1e-6))


@few
@given(
    recorded=recordings_with_gaps,
    window_s=st.sampled_from([10.0, 60.0, 127.5, 300.0, 330.0]),
    step_s=st.sampled_from([1.0, 5.0, 7.3, 60.0]),
    correct=st.booleans(),
)
def test_rolling_equals_pointwise(
    recorded: tuple[Floats, Bools, Floats], window_s: float, step_s: float, correct: bool
) -> None:
    rr_ms, gaps, end_s = recorded
    series = (corrected if correct else uncorrected)(rr_ms, gaps, end_s)
    assert_the_same(series, window_s, step_s, correct=correct, most=60)


@settings(max_examples=8, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    n_gaps=st.integers(0, 8),
    window_s=st.sampled_from([1800.0, 1800.5, 2000.0]),
    step_s=st.sampled_from([60.0, 101.3]),
    correct=st.booleans(),
)
def test_long_windows_are_the_medians_and_segments_of_pointwise(
    seed: int, n_gaps: int, window_s: float, step_s: float, correct: bool
) -> None:
    rr_ms, gaps, end_s = recording(seed, "ms", 3000, n_gaps)
    series = (corrected if correct else uncorrected)(rr_ms, gaps, end_s)
    assert_the_same(series, window_s, step_s, correct=correct, most=6)


def assert_the_same(series: NNSeries, window_s: float, step_s: float, *, correct: bool, most: int) -> None:
    """Every metric of at most so many windows, evenly spread, by the engine and by definition."""
    found = rolling_metrics(series, window_s, step_s, keys=KEYS, judge_quality=correct)
    pointwise = Recording.of(series, is_judged=correct)
    for i in range(0, len(found.windows), max(1, len(found.windows) // most)):
        window = pointwise.window(float(found.windows.start_s[i]), window_s)
        assert RANKS[found.quality[i]] == window.quality
        assert found.coverage[i] == pytest.approx(window.coverage)
        assert found.artefact_share[i] == pytest.approx(window.artefacts.share)
        for key in KEYS:
            assert same(found.metrics[key][i], window.metrics[key], key), (key, i, found.metrics[key][i], window)


@few
@given(recorded=recordings_with_gaps, correct=st.booleans())
def test_analyse_has_the_windows_of_the_engine_and_all_that_can_be_said_of_them(
    recorded: tuple[Floats, Bools, Floats], correct: bool
) -> None:
    rr_ms, gaps, end_s = recorded
    result = analyse(rr_ms, gaps, correct=correct, window_s=120.0, step_s=30.0, end_s=end_s)
    series = (corrected if correct else uncorrected)(rr_ms, gaps, end_s)
    pointwise = Recording.of(series, is_judged=correct)
    assert len(result.windows) == max(0, int((end_s[-1] - 120) // 30) + 1)
    for number, window in enumerate(result.windows):
        wanted = pointwise.window(30.0 * number, 120.0)
        assert (window.start_s, window.end_s, window.artefacts) == (wanted.start_s, wanted.end_s, wanted.artefacts)
        assert list(window.metrics) == list(wanted.metrics)
        assert all((window.metrics[key] is None) == (wanted.metrics[key] is None) for key in KEYS)


HARDLY = {
    "a ramp": np.linspace(700, 1000, 1000),
    "a ramp of tenths": 700 + 0.1 * np.arange(1000),
    "two by turns": np.tile([800.1, 900.1], 500),
    "rounding": 800 * (1 + 1e-8 * np.random.default_rng(0).normal(size=1000)),
    "one other": np.append(np.full(999, 800.0), 800.5),
}


@pytest.mark.parametrize("name", HARDLY)
def test_what_hardly_varies_is_the_same_rolling_and_pointwise(name: str) -> None:
    rr_ms = HARDLY[name]
    until = int(np.searchsorted(np.cumsum(rr_ms) / 1000, 300.0, side="right"))
    rolled = analyse(rr_ms, correct=False, window_s=300.0).windows[0].metrics
    alone = analyse(rr_ms[:until], correct=False).whole.metrics
    for key in ("sdnn_ms", "rmssd_ms", "ln_rmssd", "sdsd_ms", "sd1_ms", "sd2_ms", "sd2_sd1", "sample_entropy"):
        found, wanted = rolled[key], alone[key]
        assert found is wanted is None or found == pytest.approx(wanted, rel=1e-9, abs=1e-12), key


def test_constant_but_for_rounding_is_constant() -> None:
    metrics = analyse(HARDLY["rounding"], correct=False).whole.metrics
    assert [metrics[key] for key in ("sdnn_ms", "rmssd_ms", "sdsd_ms", "sd1_ms", "sd2_ms")] == [0.0] * 5
    assert [metrics[key] for key in ("ln_rmssd", "sd2_sd1", "lf_hf", "lf_nu", "dfa_alpha1")] == [None] * 5


def test_a_ramp_has_no_width_and_two_by_turns_have_no_length() -> None:
    ramp = analyse(HARDLY["a ramp"], correct=False).whole.metrics
    assert (ramp["sdsd_ms"], ramp["sd1_ms"], ramp["sd2_sd1"], ramp["lf_nu"]) == (0.0, 0.0, None, None)
    turns = analyse(HARDLY["two by turns"], correct=False).whole.metrics
    assert (turns["sd2_ms"], turns["sd_area_ms2"]) == (0.0, 0.0)


def test_a_time_of_the_clock_is_no_time_of_the_recording() -> None:
    rr_ms = np.full(400, 800.0)
    with pytest.raises(ValueError, match="seconds from the start"):
        analyse(rr_ms, end_s=np.cumsum(rr_ms) / 1000 + 1.7e9)


@few
@given(recorded=recordings_with_gaps, window_s=st.sampled_from([10.0, 60.0, 150.0]))
def test_a_window_at_each_beat_is_the_window_that_ends_there(
    recorded: tuple[Floats, Bools, Floats], window_s: float
) -> None:
    rr_ms, gaps, end_s = recorded
    series = uncorrected(rr_ms, gaps, end_s)
    found = rolling_metrics(series, window_s, "beat", judge_quality=False)
    ends = end_s[end_s >= window_s]
    assert found.windows.end_s.tolist() == ends.tolist()
    for i in range(0, ends.size, 41):
        first, last = np.searchsorted(end_s, (ends[i] - window_s, ends[i]), side="right").tolist()
        part = series.between(first, last)
        alone = NNSeries(
            rr_ms=part.rr_ms,
            labels=part.labels,
            is_original=part.is_original,
            starts=part.starts,
            end_s=part.end_s - ends[i] + window_s,
        )
        once = rolling_metrics(alone, window_s, window_s, judge_quality=False)
        for key in SUMS:
            assert found.metrics[key][i] == pytest.approx(once.metrics[key][0], rel=1e-12, nan_ok=True), key


@few
@given(recorded=recordings_with_gaps)
def test_windows_at_beats_are_those_windows_whatever_is_out_of_range(recorded: tuple[Floats, Bools, Floats]) -> None:
    rr_ms, gaps, end_s = recorded
    rr_ms[rr_ms.size // 3 :: 50] = 2500.0
    series = corrected(rr_ms, gaps, end_s)
    found = rolling_metrics(series, 60.0, "beat", keys=KEYS, judge_quality=False)
    for i in range(0, len(found.windows), 60):
        first, last = np.searchsorted(series.end_s, (found.windows.start_s[i], found.windows.end_s[i]), side="right")
        rr = series.between(int(first), int(last)).in_range.rr_ms
        assert found.n_nn[i] == rr.size
        assert found.metrics["median_rr_ms"][i] == (np.median(rr) if rr.size else pytest.approx(np.nan, nan_ok=True))


@few
@given(recorded=recordings_with_gaps, at=st.floats(0.1, 0.9))
def test_a_gap_changes_only_windows_that_hold_it(recorded: tuple[Floats, Bools, Floats], at: float) -> None:
    rr_ms, gaps, end_s = recorded
    beat = int(at * rr_ms.size)
    more = gaps.copy()
    more[beat] = True
    keys = tuple(key for key in KEYS if key not in CHOOSING and not key.startswith(("vlf", "total_power")))
    before, after = (rolling_metrics(uncorrected(rr_ms, g, end_s), 60.0, 5.0, keys=keys) for g in (gaps, more))
    holds = (before.windows.start_s < end_s[beat]) & (before.windows.end_s >= end_s[beat - 1])
    long_before = before.windows.end_s < end_s[beat] - 120
    for key in keys:
        # a run's trend reaches over the ends of a window, and its grid begins with it
        untouched = long_before if key in OF_THE_TREND else ~holds
        a, b = before.metrics[key][untouched], after.metrics[key][untouched]
        np.testing.assert_allclose(a, b, rtol=1e-4 if untouched is long_before else 1e-9, err_msg=key)


@pytest.mark.parametrize("shift_ms", [256.0, -100.0])
def test_a_shift_moves_levels_and_no_spread(shift_ms: float) -> None:
    rr_ms, gaps, _ = recording(3, "ms", 900, 0)
    end_s = np.arange(1.0, 901.0)
    one, two = (
        rolling_metrics(uncorrected(rr, gaps, end_s), 300.0, 5.0, judge_quality=False)
        for rr in (rr_ms, rr_ms + shift_ms)
    )
    for key in ("sdnn_ms", "rmssd_ms", "sdsd_ms", "sd1_ms", "pnn50_percent"):
        assert (one.metrics[key] == two.metrics[key]).all(), key
    np.testing.assert_allclose(two.metrics["mean_rr_ms"], one.metrics["mean_rr_ms"] + shift_ms, rtol=1e-15)


def test_twice_the_intervals_are_twice_the_spread() -> None:
    rr_ms, gaps, _ = recording(4, "ticks", 900, 3)
    end_s = np.arange(1.0, 901.0)
    one, two = (
        rolling_metrics(uncorrected(rr, gaps, end_s), 300.0, 5.0, judge_quality=False) for rr in (rr_ms, 2 * rr_ms)
    )
    for key in ("mean_rr_ms", "sdnn_ms", "rmssd_ms", "sdsd_ms", "sd1_ms", "sd2_ms"):
        np.testing.assert_allclose(two.metrics[key], 2 * one.metrics[key], rtol=4e-16, err_msg=key)


def exact(x: Floats, key: str) -> Any:
    """By definition, in extended precision."""
    wide = x.astype(np.longdouble)
    d = np.diff(wide)
    match key:
        case "mean_rr_ms":
            return wide.mean()
        case "sdnn_ms":
            return np.sqrt(((wide - wide.mean()) ** 2).sum() / (x.size - 1))
        case "rmssd_ms":
            return np.sqrt((d * d).mean())
        case _:
            return np.sqrt(((d - d.mean()) ** 2).sum() / (d.size - 1))


@pytest.mark.parametrize("unit", sorted(UNIT_MS))
def test_the_error_is_below_four_parts_in_ten_to_the_sixteen_at_any_length(unit: str) -> None:
    rr_ms, gaps, end_s = recording(5, unit, 400_000, 0)
    found = rolling_metrics(uncorrected(rr_ms, gaps, end_s), 300.0, 60.0, judge_quality=False)
    worst = dict.fromkeys(("mean_rr_ms", "sdnn_ms", "rmssd_ms", "sdsd_ms"), 0.0)
    for i in range(0, len(found.windows), 37):
        first, last = np.searchsorted(end_s, (found.windows.start_s[i], found.windows.end_s[i]), side="right").tolist()
        for key in worst:
            truth = exact(rr_ms[first:last], key)
            worst[key] = max(worst[key], float(abs(found.metrics[key][i] - truth) / truth))
    assert max(worst.values()) <= 4e-16, worst


@pytest.mark.parametrize("constant_ms", [800.0, 1000 / 1024 * 777, 733.3333333333333])
def test_a_constant_stretch_far_into_a_series_has_exactly_no_variability(constant_ms: float) -> None:
    rr_ms, gaps, _ = recording(6, "double", 300_000, 0)
    rr_ms[250_000:251_000] = constant_ms
    series = uncorrected(rr_ms, gaps, np.cumsum(rr_ms) / 1000)
    found = rolling_metrics(series, 300.0, "beat", judge_quality=False)
    at = slice(250_900 - rr_ms.size, 250_990 - rr_ms.size)
    for key in ("sdnn_ms", "rmssd_ms", "sdsd_ms", "sd1_ms", "sd2_ms", "cvnn"):
        assert (found.metrics[key][at] == 0).all(), key
    assert np.isnan(found.metrics["ln_rmssd"][at]).all()
    assert np.isnan(found.metrics["sd2_sd1"][at]).all()


@pytest.mark.parametrize("rr", [[], [800.0], [800.0, 900.0]])
@pytest.mark.parametrize("step", [5.0, "beat"])
def test_too_little_has_no_windows_and_raises_nothing(rr: list[float], step: object) -> None:
    series = uncorrected(np.array(rr), None, np.cumsum(rr) / 1000)
    assert len(rolling_metrics(series, 300.0, step, keys=KEYS).windows) == 0  # type: ignore[arg-type] # both are allowed


def test_nothing_but_artefacts_carries_no_number() -> None:
    rr_ms = np.full(2000, 200.0)
    found = rolling_metrics(corrected(rr_ms, None, np.cumsum(rr_ms) / 1000), 300.0, 5.0, keys=KEYS)
    assert all(np.isnan(values).all() for values in found.metrics.values())


def test_one_giant_gap_leaves_windows_without_a_number() -> None:
    rr_ms, _, _ = recording(7, "ms", 900, 0)
    end_s = np.cumsum(rr_ms) / 1000 + (np.arange(900) >= 450) * 3600
    found = rolling_metrics(uncorrected(rr_ms, np.arange(900) == 450, end_s), 300.0, 60.0, keys=KEYS)
    inside = (found.windows.start_s > 450) & (found.windows.end_s < 3900)
    assert inside.any()
    assert all(np.isnan(values[inside]).all() for values in found.metrics.values())


def test_a_step_of_nothing_and_an_unknown_metric_are_refused() -> None:
    series = uncorrected(np.full(600, 1000.0), None, np.arange(1.0, 601.0))
    with pytest.raises(ValueError, match="above 0"):
        rolling_metrics(series, 300.0, 0.0)
    with pytest.raises(ValueError, match="keys"):
        rolling_metrics(series, 300.0, 5.0, keys=("rmsd",))
    with pytest.raises(ValueError, match="ascending"):
        rolling_metrics(replace(series, end_s=series.end_s[::-1]), 300.0, 5.0)


def test_entropy_can_be_asked_of_every_sixth_window() -> None:
    rr_ms, _, _ = recording(8, "ms", 900, 0)
    series = uncorrected(rr_ms, None, np.cumsum(rr_ms) / 1000)
    dense, sparse = (
        rolling_metrics(series, 300.0, 5.0, keys=("sample_entropy",), entropy_every=every, judge_quality=False)
        for every in (1, 6)
    )
    np.testing.assert_array_equal(dense.metrics["sample_entropy"][::6], sparse.metrics["sample_entropy"][::6])
    assert np.isnan(sparse.metrics["sample_entropy"][1::6]).all()
