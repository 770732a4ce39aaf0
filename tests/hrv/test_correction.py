from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from hrvdaemon.hrv.artefact_series import classify
from hrvdaemon.hrv.correction import NNSeries, correct_once, corrected, strict, uncorrected
from hrvdaemon.hrv.signal_quality import count_corrected
from hrvdaemon.hrv.time_domain import rmssd

Floats = NDArray[np.float64]


def correct(rr_ms: list[float], kinds: str, gaps: list[int] | None = None) -> NNSeries:
    mask = np.isin(np.arange(len(rr_ms)), gaps or [])
    return correct_once(uncorrected(np.array(rr_ms), mask, np.cumsum(rr_ms) / 1000), np.array(list(kinds), "U1"))


def test_what_is_normal_stays_untouched() -> None:
    series = correct([800, 810, 790], "NNN")
    assert series.rr_ms.tolist() == [800, 810, 790]
    assert series.is_original.all()
    assert series.pair_mask.tolist() == [True, True]


def test_an_extra_beat_is_merged_with_the_one_after_it_whatever_that_is_called() -> None:
    series = correct([800, 300, 500, 800], "NXLN")
    assert series.rr_ms.tolist() == [800, 800, 800]
    assert "".join(series.labels) == "NXN"
    assert series.is_original.tolist() == [True, False, True]


def test_a_missed_beat_is_put_back_half_way() -> None:
    series = correct([800, 1600, 800], "NMN")
    assert series.rr_ms.tolist() == [800, 800, 800, 800]
    assert series.end_s.tolist() == [0.8, pytest.approx(1.6), 2.4, 3.2]
    assert series.pair_mask.tolist() == [False, False, False]


def test_a_displaced_beat_moves_to_the_midpoint_and_its_neighbour_is_not_original_either() -> None:
    series = correct([800, 600, 1000, 820], "NENN")
    assert series.rr_ms.tolist() == [800, 800, 800, 820]
    assert series.is_original.tolist() == [True, False, False, True]


def test_a_run_of_displaced_beats_shares_its_time_evenly() -> None:
    series = correct([1000, 700, 1300, 1000, 990], "NLENN")
    assert series.rr_ms.tolist() == [1000, 1000, 1000, 1000, 990]


def test_the_last_beat_of_a_segment_stays_where_it_is() -> None:
    assert correct([800, 600, 900, 800], "NENN", gaps=[2]).rr_ms.tolist() == [800, 600, 900, 800]


def test_out_of_range_ends_the_segment_and_is_no_level() -> None:
    series = correct([800, 2500, 810], "NON")
    assert series.pair_mask.tolist() == [False, False]
    assert series.in_range.rr_ms.tolist() == [800, 810]
    assert series.in_range.pair_mask.tolist() == [False]


def test_no_pair_crosses_a_gap() -> None:
    assert correct([800, 810, 790], "NNN", gaps=[1]).pair_mask.tolist() == [False, True]


def test_an_extra_beat_at_the_end_has_nothing_to_merge_with() -> None:
    assert correct([800, 300], "NX").rr_ms.tolist() == [800, 300]
    assert correct([300, 800], "XN", gaps=[1]).rr_ms.tolist() == [300, 800]


@pytest.mark.parametrize("kinds", ["NNNNNNNN", "NXLNMNEN", "LLLLLLLL", "XXXXXXXX", "MEMXLENN", "NOMXOELN"])
def test_time_is_preserved(kinds: str) -> None:
    rr_ms = [800.0, 400.0, 450.0, 810.0, 1600.0, 800.0, 700.0, 900.0]
    assert correct(rr_ms, kinds).rr_ms.sum() == pytest.approx(sum(rr_ms))


def test_nothing_is_corrected_in_nothing() -> None:
    series = correct([], "")
    assert series.rr_ms.size == series.pair_mask.size == 0


def test_without_correction_every_interval_is_original() -> None:
    series = uncorrected(np.array([800.0, 5000.0]), None, np.array([0.8, 5.8]))
    assert series.pair_mask.tolist() == [True]


@pytest.mark.parametrize("share", [0.02, 0.05, 0.10, 0.20, 0.30])
def test_original_pairs_keep_rmssd_unbiased_where_corrected_ones_lower_it(
    resting_rr: Callable[[int, int], Floats], share: float
) -> None:
    masked, smooth = [], []
    for seed in range(30):
        rr_ms = resting_rr(325, seed)
        is_displaced = np.random.default_rng(seed).random(325) < share
        kinds = np.where(is_displaced, "E", "N")
        series = correct_once(uncorrected(rr_ms, None, np.cumsum(rr_ms) / 1000), kinds)
        masked.append(rmssd(series.rr_ms, series.pair_mask) / rmssd(rr_ms) - 1)
        smooth.append(rmssd(series.rr_ms) / rmssd(rr_ms) - 1)
    assert abs(np.mean(masked)) <= 0.01
    assert np.mean(smooth) < min(0.0, float(np.mean(masked)))


def test_an_artefact_hidden_by_others_is_found_when_they_are_gone(densely_spoilt_signals: dict[str, Any]) -> None:
    for name, signal in densely_spoilt_signals.items():
        is_true = ~signal.is_artefact
        truth = rmssd(signal.rr_ms, is_true[1:] & is_true[:-1])
        end_s = np.cumsum(signal.rr_ms) / 1000
        again = corrected(signal.rr_ms, None, end_s)
        assert rmssd(again.rr_ms, again.pair_mask) == pytest.approx(truth, rel=0.02), name
        once = correct_once(uncorrected(signal.rr_ms, None, end_s), classify(signal.rr_ms))
        assert rmssd(once.rr_ms, once.pair_mask) > 1.05 * truth, name


def test_a_beat_keeps_its_first_label() -> None:
    once = correct([800, 1600, 800, 600, 1000, 800], "NMNENN")
    twice = correct_once(once, np.array(list("NLNNNNN")))
    assert "".join(twice.labels) == "".join(once.labels) == "NMNNENN"
    assert count_corrected(twice.labels.tolist()) == count_corrected(once.labels.tolist())


@pytest.mark.parametrize("kinds", ["NEMXLENN", "NLLLNEEN", "NXNMNLON"])
def test_moved_beats_stand_on_a_measure_that_milliseconds_and_ticks_share(kinds: str) -> None:
    in_ms, in_ticks = np.array([800.0, 401, 450, 811, 1601, 801, 700, 907]), np.arange(700.0, 708) * 1000 / 1024
    for rr_ms in (in_ms, in_ticks):
        corrected_ms = correct(rr_ms.tolist(), kinds).rr_ms
        assert (corrected_ms * 256 == np.rint(corrected_ms * 256)).all()
        assert corrected_ms.sum() == rr_ms.sum()


def test_an_extra_beat_takes_one_interval_and_leaves_the_next() -> None:
    series = correct([300, 310, 320, 330, 800], "XXXXN")
    assert series.rr_ms.tolist() == [610, 650, 800]
    assert "".join(series.labels) == "XXN"
    assert series.end_s.tolist() == [pytest.approx(0.61), pytest.approx(1.26), pytest.approx(2.06)]


def test_strict_takes_differences_over_corrected_intervals_as_neurokit2_does() -> None:
    """One misplaced beat: original neighbours only leave three differences out, strict keeps them all."""
    rr_ms = np.tile([800.0, 810.0, 805.0, 795.0], 40)
    rr_ms[80] -= 200
    rr_ms[81] += 200
    series = corrected(rr_ms, None, np.cumsum(rr_ms) / 1000)
    everything = strict(series)
    assert everything.pair_mask.all()
    assert (~series.pair_mask).sum() >= 2
    assert rmssd(everything.rr_ms, everything.pair_mask) == pytest.approx(np.sqrt(np.mean(np.diff(series.rr_ms) ** 2)))


def test_strict_still_leaves_out_what_is_out_of_range() -> None:
    rr_ms = np.tile([800.0, 810.0], 60)
    rr_ms[60] = 2500.0
    series = strict(corrected(rr_ms, None, np.cumsum(rr_ms) / 1000))
    assert not series.is_original[series.labels == "O"].any()
