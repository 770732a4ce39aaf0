"""Sums against numpy on the same beats, and adding and taking away as inverses."""

from collections.abc import Iterable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrvdaemon.hrv.artefacts import ClassifiedBeat
from hrvdaemon.hrv.signal_quality import count_artefacts
from hrvdaemon.hrv.window_sums import WindowSums
from hrvdaemon.vocabulary.epochs import BeatKind, Quality, WindowMetrics

N = BeatKind.NORMAL
MS_PER_TICK = 1000 / 1024


def beats(ticks: Iterable[int], kinds: str = "", segments: Iterable[int] = ()) -> list[ClassifiedBeat]:
    taken = list(ticks)
    where = [*segments] or [0] * len(taken)
    labels = kinds or "N" * len(taken)
    moved = [n > 0 and labels[n - 1] in "ELX" and where[n] == where[n - 1] for n in range(len(taken))]
    return [
        ClassifiedBeat(n * 125_000, rr, where[n], BeatKind(labels[n]), labels[n] == "N" and not moved[n])
        for n, rr in enumerate(taken)
    ]


def sums(some: list[ClassifiedBeat]) -> WindowSums:
    total = WindowSums()
    for number, beat in enumerate(some):
        total.add(beat, some[number - 1] if number else None)
    return total


def differences_ms(some: list[ClassifiedBeat]) -> list[float]:
    return [
        (b.rr_ticks - a.rr_ticks) * MS_PER_TICK
        for a, b in pairwise(some)
        if a.is_original and b.is_original and a.segment == b.segment
    ]


labelled = st.lists(
    st.tuples(st.integers(200, 2200), st.sampled_from("NNNNNNNNNNEMXLO"), st.integers(0, 9)), max_size=120
).map(
    lambda rows: beats(
        [rr for rr, _, _ in rows],
        "".join(kind for _, kind, _ in rows) or "",
        np.cumsum([jump == 0 for _, _, jump in rows]).tolist(),
    )
)


@given(labelled.filter(len), st.data())
def test_the_beats_since_a_moment_and_the_one_before_by_itself_are_a_window(
    some: list[ClassifiedBeat], data: st.DataObject
) -> None:
    first = data.draw(st.integers(0, len(some) - 1))
    window = WindowSums.between(sums(some[: first + 1]).moment(), sums(some).moment())
    window.add(some[first], None)
    assert window.moment() == sums(some[first:]).moment()


@given(labelled)
def test_sums_can_be_taken_up_at_a_moment(some: list[ClassifiedBeat]) -> None:
    assert WindowSums(sums(some).moment()).metrics(60.0) == sums(some).metrics(60.0)


@given(labelled)
def test_the_metrics_are_the_formulas_of_numpy(some: list[ClassifiedBeat]) -> None:
    given_ = sums(some).metrics(300.0)
    changes = np.array(differences_ms(some))
    own = np.array([b.rr_ticks for b in some if b.is_original]) * MS_PER_TICK
    assert given_.n_pairs == changes.size
    if given_.quality is Quality.UNUSABLE:
        assert (given_.rmssd_ms, given_.sdnn_ms, given_.pnn50_percent) == (None, None, None)
        return
    assert given_.sdnn_ms == (pytest.approx(np.std(own, ddof=1)) if own.size > 1 else None)
    if changes.size >= 30:
        assert given_.rmssd_ms == pytest.approx(np.sqrt(np.mean(changes**2)))
        assert given_.pnn50_percent == pytest.approx(100 * np.mean(np.abs(changes) > 50))
    else:
        assert (given_.rmssd_ms, given_.pnn50_percent) == (None, None)


def test_a_clean_five_minutes_is_as_numpy_has_it() -> None:
    ticks = np.random.default_rng(4).normal(900, 40, 330).round().astype(int)
    given_ = sums(beats(ticks.tolist())).metrics(300.0)
    ms = ticks * MS_PER_TICK
    assert given_.quality is Quality.GOOD
    assert given_.sdnn_ms == pytest.approx(np.std(ms, ddof=1))
    assert given_.rmssd_ms == pytest.approx(np.sqrt(np.mean(np.diff(ms) ** 2)))
    assert given_.ln_rmssd == pytest.approx(np.log(np.sqrt(np.mean(np.diff(ms) ** 2))))
    assert given_.pnn50_percent == pytest.approx(100 * np.mean(np.abs(np.diff(ms)) > 50))
    assert given_.mean_rr_ms == pytest.approx(ms.mean())
    assert given_.mean_hr_bpm == pytest.approx(60_000 / ms.mean())
    assert (given_.n_beats, given_.n_pairs, given_.artefact_share) == (330, 329, 0.0)


@pytest.mark.parametrize(("step", "percent"), [(51, 0.0), (52, 100.0)])
def test_pnn50_counts_what_is_more_than_50_ms(step: int, percent: float) -> None:
    """51 ticks are 49.8 ms and 52 are 50.8 ms; no whole tick is exactly 50."""
    given_ = sums(beats([1000, 1000 + step] * 40)).metrics(60.0)
    assert given_.pnn50_percent == percent


def test_a_difference_is_taken_between_original_neighbours_in_one_segment_only() -> None:
    some = beats([900, 910, 1500, 905, 915, 800, 810], "NNENNNN", [0, 0, 0, 0, 0, 1, 1])
    total = sums(some)
    assert total.n_pairs == 2, "905 lies behind a beat that is moved"
    assert total.sum_diff_squared == 10**2 + 10**2


def test_the_second_part_of_an_extra_beat_is_no_original_beat() -> None:
    """1000 1000 (X 400, then 600 whatever its label) 1000 1000 1000: one artefact, six beats."""
    for label in "NLE":
        total = sums(beats([1000, 1000, 400, 600, 1000, 1000, 1000], f"NNX{label}NNN"))
        assert (total.n_artefacts, total.n_corrected) == (1, 6)
        assert total.sum_diff_squared == 0
        assert total.sum_nn == 1000 * total.n_nn


@given(st.lists(st.sampled_from("NNNNEMLOX"), max_size=40).map("".join).filter(lambda kinds: "XX" not in kinds))
def test_artefacts_are_counted_as_in_the_batch(kinds: str) -> None:
    total, counted = sums(beats([1000] * len(kinds), kinds)), count_artefacts(kinds)
    assert total.n_artefacts == counted.total
    assert total.n_corrected == counted.beats + kinds.endswith("X") * (total.n_corrected - counted.beats)


def test_mean_heart_rate_preserves_time_over_corrections() -> None:
    """A missed beat is two intervals, an extra one half of one: 60 s stay 60 beats."""
    missed = sums(beats([1024] * 58 + [2048], "N" * 58 + "M")).metrics(60.0)
    extra = sums(beats([1024] * 59 + [512, 512], "N" * 59 + "XN")).metrics(60.0)
    assert missed.mean_rr_ms == pytest.approx(1000.0)
    assert extra.mean_rr_ms == pytest.approx(1000.0)


def test_coverage_is_valid_time_over_the_window_and_at_most_one() -> None:
    assert sums(beats([1024] * 45)).metrics(60.0).coverage == pytest.approx(0.75)
    assert sums(beats([1024] * 45 + [3000], "N" * 45 + "O")).metrics(60.0).coverage == pytest.approx(0.75)
    assert sums(beats([1024] * 61)).metrics(60.0).coverage == 1.0


def metrics(n: int, window_s: float, step: int = 20) -> WindowMetrics:
    return sums(beats([1024 + step * (k % 2) for k in range(n)])).metrics(window_s)


def test_j30_below_its_minimum_a_metric_is_none() -> None:
    assert sums(beats([1024] * 9)).metrics(10.0).mean_hr_bpm is None
    assert sums(beats([1024] * 10)).metrics(10.0).mean_hr_bpm == pytest.approx(60.0)
    assert metrics(59, 59.0).rmssd_ms is None
    assert metrics(59, 59.0).pnn50_percent is None
    assert metrics(59, 60.0).rmssd_ms is not None
    assert metrics(119, 119.0).sdnn_ms is None
    assert metrics(119, 120.0).sdnn_ms is not None
    slow = sums(beats([2000] * 30)).metrics(60.0)
    assert (slow.n_pairs, slow.rmssd_ms, slow.quality) == (29, None, Quality.GOOD)
    assert sums(beats([1990] * 30 + [2000])).metrics(60.0).rmssd_ms is not None


def test_nothing_is_nothing_and_never_zero() -> None:
    empty = WindowSums().metrics(60.0)
    assert (empty.n_beats, empty.coverage, empty.quality) == (0, 0.0, Quality.UNUSABLE)
    assert {
        empty.mean_rr_ms,
        empty.mean_hr_bpm,
        empty.sdnn_ms,
        empty.rmssd_ms,
        empty.ln_rmssd,
        empty.pnn50_percent,
    } == {None}


def test_equal_intervals_have_an_rmssd_of_zero_and_no_logarithm() -> None:
    still = metrics(60, 60.0, step=0)
    assert (still.rmssd_ms, still.ln_rmssd, still.pnn50_percent) == (0.0, None, 0.0)


def test_an_unusable_window_shows_its_mean_only() -> None:
    torn = sums(beats([1024] * 60, "N" * 50 + "L" * 10)).metrics(60.0)
    assert torn.quality is Quality.UNUSABLE
    assert torn.mean_hr_bpm == pytest.approx(60.0)
    assert torn.rmssd_ms is None


def test_variation_is_the_coefficient_of_variation_of_intervals_in_range() -> None:
    some = beats([800, 1000, 1200, 3000, 900], "NNLON")
    values = np.array([800, 1000, 1200, 900])
    assert sums(some).variation == pytest.approx(values.std(ddof=1) / values.mean())
    assert sums(beats([1000])).variation == 0.0
