"""Corrected beats stand where NeuroKit2's stand, given the same labels; and the laws of shift, scale and gap."""

import warnings

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from hrvdaemon.hrv.analysis import analyse
from hrvdaemon.hrv.correction import correct_once, uncorrected

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

APART = 4  # beats between two artefacts; nearer ones NeuroKit2 moves one after the other, ours together
NAMES = {"E": "ectopic", "M": "missed", "X": "extra", "L": "longshort"}
UNITS_PER_MS = 1024  # a shift and a scale by powers of two then lose nothing

some = settings(max_examples=15, deadline=None)
labelled = st.lists(st.tuples(st.integers(400, 1400), st.sampled_from("NNEMXL")), min_size=4, max_size=40)
series = st.lists(st.integers(500 * UNITS_PER_MS, 1100 * UNITS_PER_MS), min_size=300, max_size=380)


def neurokit_beats(rr_ms: Floats, kinds: NDArray[np.str_]) -> list[int]:
    """Times of the corrected beats in ms. Its beat 0 is the start of the first interval."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what other packages warn of at import is not ours
        from neurokit2.signal.signal_fixpeaks import _correct_artifacts
    beats = np.concatenate([[0], np.cumsum(rr_ms)]).astype(int)
    labels = {name: (np.flatnonzero(kinds == letter) + 1).tolist() for letter, name in NAMES.items()}
    return [int(beat) for beat in _correct_artifacts(labels, beats)]


@some
@given(drawn=labelled)
def test_corrected_beats_stand_where_neurokit2_puts_them(drawn: list[tuple[int, str]]) -> None:
    spread = [beat for rr, kind in drawn for beat in [(rr, kind), *[(rr, "N")] * APART]]
    spread = [(800, "N")] * APART + spread
    rr_ms = np.array([rr for rr, _ in spread], np.float64)
    kinds = np.array([kind for _, kind in spread], "U1")
    found = correct_once(uncorrected(rr_ms, None, np.cumsum(rr_ms) / 1000), kinds)
    beats = np.concatenate([[0.0], np.cumsum(found.rr_ms)])
    wanted = neurokit_beats(rr_ms, kinds)
    assert beats.size == len(wanted)
    assert np.abs(beats - wanted).max() < 1  # NeuroKit2 cuts off what is left of a whole ms


@some
@given(units=series, shift_ms=st.sampled_from([-100, 64, 256, 300]))
def test_longer_intervals_alike_move_levels_and_no_spread(units: list[int], shift_ms: int) -> None:
    rr_ms = np.array(units) / UNITS_PER_MS
    end_s = np.arange(1.0, rr_ms.size + 1)
    one, two = (analyse(rr, correct=False, end_s=end_s).whole.metrics for rr in (rr_ms, rr_ms + shift_ms))
    for key in ("mean_rr_ms", "median_rr_ms", "min_rr_ms", "max_rr_ms"):
        assert near(two[key], (one[key] or 0) + shift_ms, 1e-12), key
    for key in (
        "sdnn_ms",
        "rmssd_ms",
        "sdsd_ms",
        "sd1_ms",
        "sd2_ms",
        "mad_ms",
        "iqr_ms",
        "pnn50_percent",
        "dfa_alpha1",
    ):
        assert near(two[key], one[key], 1e-9), key


@some
@given(units=series)
def test_twice_the_intervals_are_twice_the_spread(units: list[int]) -> None:
    rr_ms = np.array(units) / UNITS_PER_MS
    end_s = np.arange(1.0, rr_ms.size + 1)
    one, two = (analyse(rr, correct=False, end_s=end_s).whole.metrics for rr in (rr_ms, 2 * rr_ms))
    doubled = dict.fromkeys(("mean_rr_ms", "median_rr_ms", "sdnn_ms", "rmssd_ms", "sdsd_ms", "sd1_ms", "sd2_ms"), 2)
    unchanged = dict.fromkeys(("cvnn", "cvsd", "sd2_sd1", "sample_entropy"), 1)
    for key, factor in (doubled | unchanged).items():
        assert near(two[key], times(factor, one[key]), 1e-9), key


@some
@given(units=series, at=st.integers(40, 260))
def test_a_gap_takes_out_one_difference_and_nothing_else(units: list[int], at: int) -> None:
    rr_ms = np.array(units) / UNITS_PER_MS
    gaps = np.zeros(rr_ms.size, np.bool_)
    gaps[at] = True
    whole, parted = (analyse(rr_ms, mask, correct=False).whole.metrics for mask in (None, gaps))
    differences = np.delete(np.diff(rr_ms), at - 1)
    assert near(parted["rmssd_ms"], float(np.sqrt(np.mean(differences**2))), 1e-12)
    assert near(parted["pnn50_percent"], float(np.mean(np.abs(differences) > 50) * 100), 1e-12)
    for key in ("mean_rr_ms", "sdnn_ms", "median_rr_ms", "min_rr_ms", "max_rr_ms"):
        assert parted[key] == whole[key], key


@some
@given(units=series)
def test_what_was_recorded_backwards_has_the_same_spread(units: list[int]) -> None:
    rr_ms = np.array(units) / UNITS_PER_MS
    assume(rr_ms.std() > 1)
    one, two = (analyse(rr, correct=False).whole.metrics for rr in (rr_ms, rr_ms[::-1].copy()))
    for key in ("mean_rr_ms", "sdnn_ms", "rmssd_ms", "pnn20_percent", "sd1_ms", "hti", "stress_index_raw"):
        assert near(two[key], one[key], 1e-9), key


def times(factor: int, value: float | None) -> float | None:
    return None if value is None else factor * value


def near(found: float | None, wanted: float | None, part: float) -> bool:
    if found is None or wanted is None:
        return found is wanted
    return abs(found - wanted) <= part * max(abs(wanted), 1e-9)
