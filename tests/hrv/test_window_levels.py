import doctest
import math
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from hrvdaemon.hrv import geometric, poincare, time_domain, window_levels
from hrvdaemon.hrv.window_levels import DIFFERENCES, LEVELS, differences, levels, stress_detrended

Floats = NDArray[np.float64]

ALONE: dict[str, Callable[..., float]] = {
    **{key: getattr(time_domain, key.removesuffix("_ms").removesuffix("_bpm")) for key in LEVELS[:10]},
    "hti": geometric.hti,
    "stress_index_raw": geometric.stress_index,
}
ALONE_OF_PAIRS: dict[str, Callable[..., float]] = {
    "rmssd_ms": time_domain.rmssd,
    "ln_rmssd": time_domain.ln_rmssd,
    "sdsd_ms": time_domain.sdsd,
    "pnn50_percent": lambda rr, pairs: time_domain.pnn(rr, pairs, limit_ms=50),
    "pnn20_percent": lambda rr, pairs: time_domain.pnn(rr, pairs, limit_ms=20),
    "cvsd": time_domain.cvsd,
    "sd1_ms": poincare.sd1,
    "sd2_ms": poincare.sd2,
    "sd2_sd1": poincare.sd2_sd1,
    "sd_area_ms2": poincare.sd_area,
}


@pytest.mark.parametrize("n", [1, 2, 3, 4, 61, 300])
def test_all_at_once_is_each_alone(n: int) -> None:
    chance = np.random.default_rng(n)
    rr_ms, pairs = chance.normal(900, 60, n), chance.random(n - 1) < 0.9
    found = levels(rr_ms)
    assert set(found) == set(LEVELS) == set(ALONE)
    for key, metric in ALONE.items():
        assert found[key] == pytest.approx(metric(rr_ms), rel=1e-14, nan_ok=True), key
    of_pairs = differences(rr_ms, pairs)
    assert set(of_pairs) == (set(DIFFERENCES) if pairs.any() else set())
    assert set(DIFFERENCES) == set(ALONE_OF_PAIRS)
    for key in of_pairs:
        assert of_pairs[key] == pytest.approx(ALONE_OF_PAIRS[key](rr_ms, pairs), rel=1e-14, nan_ok=True), key


def test_fixture_a_once_more(fixture_a: Floats) -> None:
    found = levels(fixture_a)
    assert round(found["mad_ms"], 3) == 37.065
    assert found["iqr_ms"] == 49.25
    assert round(found["hti"], 6) == 10.714286
    assert round(found["mean_hr_inst_bpm"], 5) == 66.75691


def test_a_difference_of_the_limit_is_not_beyond_it() -> None:
    found = differences(np.array([800.0, 850.0, 901.0, 881.0]), np.ones(3, np.bool_))
    assert found["pnn50_percent"] == pytest.approx(100 / 3)
    assert found["pnn20_percent"] == pytest.approx(200 / 3)


def test_of_nothing_there_is_nothing() -> None:
    assert levels(np.empty(0)) == {}
    assert differences(np.array([800.0, 810.0]), np.array([False])) == {}


def test_constant_intervals_of_any_length_have_exactly_no_spread() -> None:
    rr_ms = np.full(300, 733.3333333333333)
    assert levels(rr_ms)["sdnn_ms"] == 0
    assert differences(rr_ms, np.ones(299, np.bool_))["sd_area_ms2"] == 0


def test_what_has_no_trend_is_left_out_and_the_mean_is_put_back() -> None:
    known = np.tile([-50.0, 50.0], 150)
    mixed = np.concatenate([[math.nan], known, [math.nan]])
    assert stress_detrended(mixed, 850.0) == stress_detrended(known, 850.0)
    assert math.isnan(stress_detrended(np.full(3, math.nan), 850.0))
    assert math.isnan(stress_detrended(np.empty(0), math.nan))


def test_the_examples_are_true() -> None:
    assert doctest.testmod(window_levels).failed == 0
