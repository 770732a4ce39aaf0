from collections import Counter
from itertools import pairwise

import pytest

from hrvdaemon.simulation.heart import Heart
from hrvdaemon.simulation.person import Condition, Person
from hrvdaemon.simulation.sinus_node import BeatTruth, SimulatedBeat

METRONOME = Person(a_hf=0.0, a_lf=0.0, a_vlf=0.0, drift_hr_bpm=0.0, drift_ln_hf=0.0)
RR_TICKS = 1024 * 60 / 65


def _beats(condition: Condition, seconds: int = 3000) -> list[SimulatedBeat]:
    return Heart(9, METRONOME).beats(seconds, condition)


def _pairs(beats: list[SimulatedBeat], first: BeatTruth, second: BeatTruth) -> list[tuple[int, int]]:
    return [(a.rr_ticks, b.rr_ticks) for a, b in pairwise(beats) if (a.truth, b.truth) == (first, second)]


def test_a_ventricular_premature_beat_is_early_and_its_pause_makes_good_for_it() -> None:
    """E.3: interval × 0.65 to 0.8, the sum of the two about 2 RR."""
    pairs = _pairs(_beats(Condition(pvc_chance=0.1)), BeatTruth.PREMATURE_VENTRICULAR, BeatTruth.COMPENSATORY)
    assert len(pairs) > 100
    for early, pause in pairs:
        assert 0.65 * RR_TICKS - 1 <= early <= 0.80 * RR_TICKS + 1
        assert early + pause == pytest.approx(2 * RR_TICKS, abs=1.5)


def test_an_atrial_premature_beat_moves_the_rhythm() -> None:
    """E.3: × 0.75, then × 1.05."""
    pairs = _pairs(_beats(Condition(pac_chance=0.1)), BeatTruth.PREMATURE_ATRIAL, BeatTruth.COMPENSATORY)
    assert len(pairs) > 100
    for early, pause in pairs:
        assert early == pytest.approx(0.75 * RR_TICKS, abs=1.5)
        assert pause == pytest.approx(1.05 * RR_TICKS, abs=1.5)


def test_a_missed_beat_is_two_intervals_in_one() -> None:
    missed = [b.rr_ticks for b in _beats(Condition(missed_chance=0.05)) if b.truth is BeatTruth.MISSED]
    assert len(missed) > 50
    assert all(rr == pytest.approx(2 * RR_TICKS, abs=1.5) for rr in missed)


def test_an_extra_beat_cuts_an_interval_between_three_and_seven_tenths() -> None:
    beats = _beats(Condition(extra_chance=0.05))
    extra = [b.rr_ticks for b in beats if b.truth is BeatTruth.EXTRA]
    assert len(extra) > 100
    for first, second in zip(extra[::2], extra[1::2], strict=True):
        assert 0.3 * RR_TICKS - 1 <= first <= 0.7 * RR_TICKS + 1
        assert first + second == pytest.approx(RR_TICKS, abs=1.5)


def test_only_ordinary_intervals_are_nn() -> None:
    beats = _beats(Condition(pvc_chance=0.05, missed_chance=0.05, extra_chance=0.05))
    assert {b.truth for b in beats if b.is_nn} == {BeatTruth.NORMAL}
    assert all(b.rr_ticks == pytest.approx(RR_TICKS, abs=1) for b in beats if b.is_nn)


def test_a_chance_is_that_the_next_beat_is_of_that_kind() -> None:
    """10 % of choices, each making two beats: a share of 0.1 / 1.1. Three binomial SD of about 3000 choices."""
    beats = _beats(Condition(pvc_chance=0.1))
    share = Counter(b.truth for b in beats)[BeatTruth.PREMATURE_VENTRICULAR] / len(beats)
    assert share == pytest.approx(0.1 / 1.1, abs=0.015)


def test_a_persons_own_ectopics_come_without_any_condition() -> None:
    person = Person(pvc_chance=0.03)
    truths = Counter(b.truth for b in Heart(1, person).beats(3600, Condition()))
    assert truths[BeatTruth.PREMATURE_VENTRICULAR] > 60


def test_a_clean_heart_has_only_ordinary_beats() -> None:
    assert {b.truth for b in Heart(1, Person()).beats(600, Condition())} == {BeatTruth.NORMAL}
