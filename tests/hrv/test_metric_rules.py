"""One second, one beat, one pair or one grade less than the least is no number."""

from typing import Any

import pytest

from hrvdaemon.hrv.metric_rules import MEDIANS, RULES, Carried, Rule
from hrvdaemon.hrv.signal_quality import is_at_least
from hrvdaemon.hrv.stretch import GROUPS
from hrvdaemon.vocabulary.epochs import Quality

PLENTY: dict[str, Any] = {
    "length_s": 7200.0,
    "beats": 9000,
    "pairs": 8000,
    "unbroken_s": 7200.0,
    "quality": Quality.GOOD,
}
LENGTHS = {
    **dict.fromkeys(("mean_hr_bpm", "mean_rr_ms", "median_rr_ms"), 10),
    **dict.fromkeys(("rmssd_ms", "ln_rmssd", "sdsd_ms", "pnn50_percent", "pnn20_percent", "sd1_ms", "cvsd"), 60),
    **dict.fromkeys(("sdnn_ms", "cvnn", "sd2_ms", "dfa_alpha1"), 120),
    **dict.fromkeys(("hti", "stress_index_raw", "stress_index_sqrt_detrended"), 300),
}
UNBROKEN = {
    **dict.fromkeys(("hf_ms2", "hf_peak_hz"), 60),
    **dict.fromkeys(("lf_ms2", "lf_hf", "lf_nu", "hf_nu", "lf_peak_hz"), 250),
    **dict.fromkeys(("vlf_ms2", "total_power_ms2"), 300),
    "coherence": 64,
}
"""Science B.6."""


def carried(**less: Any) -> Carried:
    return Carried(**(PLENTY | less))


@pytest.mark.parametrize("key", LENGTHS)
def test_a_second_less_is_too_short(key: str) -> None:
    assert RULES[key].allows(carried(length_s=float(LENGTHS[key])))
    assert not RULES[key].allows(carried(length_s=LENGTHS[key] - 1.0))


@pytest.mark.parametrize("key", UNBROKEN)
def test_what_a_spectrum_needs_must_be_without_a_gap(key: str) -> None:
    assert RULES[key].allows(carried(unbroken_s=float(UNBROKEN[key])))
    assert not RULES[key].allows(carried(unbroken_s=UNBROKEN[key] - 1.0))


@pytest.mark.parametrize(("key", "beats"), [("dfa_alpha1", 160), ("sample_entropy", 200)])
def test_a_beat_less_is_too_few(key: str, beats: int) -> None:
    assert RULES[key].allows(carried(beats=beats))
    assert not RULES[key].allows(carried(beats=beats - 1))


@pytest.mark.parametrize("key", ["rmssd_ms", "ln_rmssd", "pnn50_percent", "sd1_ms", "sd_area_ms2"])
def test_differences_need_thirty_pairs(key: str) -> None:
    assert RULES[key].allows(carried(pairs=30))
    assert not RULES[key].allows(carried(pairs=29))


@pytest.mark.parametrize(
    ("quality", "keys"),
    [
        (Quality.UNUSABLE, {"mean_rr_ms", "mean_hr_bpm", "mean_hr_inst_bpm"}),
        (Quality.POOR, {"mean_rr_ms", "mean_hr_bpm", "mean_hr_inst_bpm", "median_rr_ms", "rmssd_ms", "ln_rmssd"}),
        (
            Quality.FAIR,
            set(RULES) - {"dfa_alpha1", "sample_entropy", "stress_index_raw", "stress_index_sqrt_detrended"},
        ),
        (Quality.GOOD, set(RULES)),
    ],
)
def test_each_grade_shows_what_it_carries(quality: Quality, keys: set[str]) -> None:
    assert {key for key, rule in RULES.items() if rule.allows(carried(quality=quality))} == keys


def test_rounding_of_a_sum_makes_nothing_too_short() -> None:
    assert Rule(length_s=300, quality=Quality.FAIR).allows(carried(length_s=300 - 1e-9))


def test_every_metric_is_computed_somewhere() -> None:
    computed = set().union(*(keys for keys, _ in GROUPS))
    assert computed | {"coherence", "sdann_ms", "sdnn_index_ms"} == set(RULES)


def test_the_keys_are_those_of_the_contract() -> None:
    contract = [
        *("mean_rr_ms", "mean_hr_bpm", "mean_hr_inst_bpm", "median_rr_ms", "mad_ms", "iqr_ms"),
        *("min_rr_ms", "max_rr_ms", "sdnn_ms", "rmssd_ms", "ln_rmssd", "sdsd_ms"),
        *("pnn50_percent", "pnn20_percent", "cvnn", "cvsd", "sd1_ms", "sd2_ms"),
        *("sd2_sd1", "sd_area_ms2", "hti", "stress_index_raw", "stress_index_sqrt_detrended", "vlf_ms2"),
        *("lf_ms2", "hf_ms2", "total_power_ms2", "lf_nu", "hf_nu", "lf_hf"),
        *("lf_peak_hz", "hf_peak_hz", "respiration_hz", "rsa_ln_ms2", "coherence", "dfa_alpha1"),
        *("sample_entropy", "sdann_ms", "sdnn_index_ms"),
    ]
    assert [key for key in RULES if "lomb" not in key] == contract


def test_beyond_half_an_hour_the_whole_is_for_levels_differences_and_the_triangle() -> None:
    whole = set(RULES) - MEDIANS
    assert {"sdnn_ms", "rmssd_ms", "sd1_ms", "sd2_ms", "hti", "sdann_ms", "sdnn_index_ms", "mean_hr_bpm"} <= whole
    assert {"lf_ms2", "coherence", "sample_entropy", "dfa_alpha1", "stress_index_raw", "rsa_ln_ms2"} <= MEDIANS
    assert all(is_at_least(Quality.GOOD, RULES[key].quality) for key in MEDIANS)
