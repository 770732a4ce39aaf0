"""Every public function refuses what is no series of intervals, and says nothing of what is too little."""

import doctest
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from hrvdaemon import hrv
from hrvdaemon.hrv import given_intervals
from hrvdaemon.hrv.given_intervals import differences, intervals, real_series, starts_of

Function = Callable[[Any], Any]

OF_INTERVALS: dict[str, Function] = {
    **{name: getattr(hrv, name) for name in hrv._NAMES_OF["time_domain"] if name != "pnn"},
    **{name: getattr(hrv, name) for name in hrv._NAMES_OF["poincare"]},
    **{name: getattr(hrv, name) for name in ("hti", "stress_index", "classify", "tachogram_of", "analyse")},
    "pnn": lambda rr: hrv.pnn(rr, limit_ms=50.0),
    "corrected": lambda rr: hrv.corrected(rr, None, np.arange(float(np.size(rr)))),
    "uncorrected": lambda rr: hrv.uncorrected(rr, None, np.arange(float(np.size(rr)))),
    "lomb_spectrum": lambda rr: hrv.lomb_spectrum(np.arange(float(np.size(rr))), rr),
    "lomb_periodogram": lambda rr: hrv.lomb_periodogram(np.arange(float(np.size(rr))), rr, np.array([0.1])),
}
OF_SAMPLES: dict[str, Function] = {
    "dfa_alpha1": hrv.dfa_alpha1,
    "sample_entropy": hrv.sample_entropy,
    "coherence_share": hrv.coherence_share,
    "respiratory_band": hrv.respiratory_band,
    "slow_trend": hrv.slow_trend,
    "spline_slopes": lambda values: hrv.spline_slopes(np.arange(float(np.size(values))), values),
    "on_grid": lambda values: hrv.on_grid(np.arange(float(np.size(values))), values, 4.0),
    "welch": lambda values: hrv.welch([values], 900.0),
}
NO_SERIES: list[Any] = [
    np.full((20, 2), 800.0),
    np.array(["800"] * 20),
    np.array([True] * 20),
    np.full(20, 800 + 1j),
    np.array([None] * 20),
    np.float64(800),
    np.array([800.0, np.nan] * 10),
    np.array([800.0, np.inf] * 10),
]


@pytest.mark.parametrize("name", sorted(OF_INTERVALS | OF_SAMPLES))
@pytest.mark.parametrize("bad", NO_SERIES, ids=range(len(NO_SERIES)))
def test_what_is_no_series_of_real_numbers_is_refused(name: str, bad: Any) -> None:
    with pytest.raises(ValueError, match=r"expected .* of finite real numbers"):
        (OF_INTERVALS | OF_SAMPLES)[name](bad)


@pytest.mark.parametrize("name", sorted(OF_INTERVALS))
@pytest.mark.parametrize("bad", [0.0, -800.0])
def test_an_interval_that_is_not_above_0_is_refused_and_where_it_is_told(name: str, bad: float) -> None:
    with pytest.raises(ValueError, match=r"expected rr_ms above 0, came .* at 7"):
        OF_INTERVALS[name](np.array([800.0] * 7 + [bad] + [800.0] * 12))


CARRIES_LITTLE = [*sorted(OF_INTERVALS.keys() - {"lomb_spectrum", "lomb_periodogram"}), "dfa_alpha1", "sample_entropy"]


@pytest.mark.parametrize("name", CARRIES_LITTLE)
@pytest.mark.parametrize("rr_ms", [[], [800.0], [800.0, 810.0], [800.0] * 300, [250.0] * 300], ids=range(5))
def test_too_little_raises_nothing_and_warns_of_nothing(name: str, rr_ms: list[float]) -> None:
    """Warnings are errors here."""
    (OF_INTERVALS | OF_SAMPLES)[name](np.array(rr_ms))


@pytest.mark.parametrize("name", ["rmssd", "sdsd", "sd2_sd1", "ln_rmssd", "cvsd"])
@pytest.mark.parametrize("mask", [np.ones(20, np.bool_), np.ones(19), np.ones((19, 1), np.bool_)], ids=range(3))
def test_a_mask_of_another_shape_or_of_numbers_is_refused(name: str, mask: Any) -> None:
    with pytest.raises(ValueError, match="expected pair_mask of booleans"):
        getattr(hrv, name)(np.full(20, 800.0), mask)


@pytest.mark.parametrize("function", [hrv.classify, hrv.tachogram_of, hrv.dfa_alpha1, hrv.sample_entropy, hrv.analyse])
@pytest.mark.parametrize("gaps", [np.zeros(19, np.bool_), np.zeros(20), [0] * 20], ids=range(3))
def test_gaps_of_another_shape_or_of_numbers_are_refused(function: Any, gaps: Any) -> None:
    with pytest.raises(ValueError, match="expected gaps and starts of booleans"):
        function(np.full(20, 800.0), gaps)


@pytest.mark.parametrize("function", [hrv.spline_slopes, hrv.lomb_spectrum])
@pytest.mark.parametrize("times_s", [[0.0, 2.0, 1.0, 3.0], [0.0, 1.0, 1.0, 2.0]])
def test_times_that_do_not_ascend_are_refused(function: Any, times_s: list[float]) -> None:
    with pytest.raises(ValueError, match="strictly ascending"):
        function(np.array(times_s), np.full(4, 800.0))


def test_numbers_out_of_their_range_are_refused() -> None:
    rr_ms = np.full(20, 800.0)
    with pytest.raises(ValueError, match="rate_hz above 0"):
        hrv.on_grid(np.arange(20.0), rr_ms, 0.0)
    with pytest.raises(ValueError, match="length_s above 0"):
        hrv.lomb_spectrum(np.arange(20.0), rr_ms, None, -1.0)
    with pytest.raises(ValueError, match="frequency_hz above 0"):
        hrv.lomb_periodogram(np.arange(20.0), rr_ms, np.array([0.0]))
    with pytest.raises(ValueError, match="expected keys from RULES"):
        hrv.analyse(rr_ms, keys=("rmsd_ms",))
    with pytest.raises(ValueError, match="window_s above 0"):
        hrv.analyse(rr_ms, window_s=float("nan"))
    with pytest.raises(ValueError, match="entropy_every"):
        hrv.rolling_metrics(hrv.uncorrected(rr_ms, None, np.arange(20.0)), 10.0, 1.0, entropy_every=0)


@pytest.mark.parametrize(
    ("times_s", "rr_ms", "pace_hz"),
    [([1.0, 2.0], [800.0], 0.1), ([1.0], [0.0], 0.1), ([1.0], [800.0], 0.0), ([float("nan")], [800.0], 0.1)],
)
def test_a_pacer_or_beats_that_can_not_be_are_refused(times_s: list[float], rr_ms: list[float], pace_hz: float) -> None:
    with pytest.raises(ValueError, match="expected"):
        hrv.breath_swing(times_s, rr_ms, pace_hz=pace_hz, inhale_start_s=0.0)


def test_whole_numbers_become_doubles_and_doubles_stay_what_they_are() -> None:
    rr_ms = np.array([800.0, 810.0])
    assert intervals(rr_ms) is rr_ms
    assert real_series("x", np.array([1, 2], np.int32)).dtype == np.float64


def test_no_mask_is_all_neighbours() -> None:
    assert differences(np.array([800.0, 790.0, 810.0]), None).tolist() == [-10, 20]
    assert starts_of(3, None).tolist() == [False] * 3


def test_the_examples_are_true() -> None:
    assert doctest.testmod(given_intervals).failed == 0
