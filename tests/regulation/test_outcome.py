"""F.2: before against after, said no louder than one session can carry."""

from collections.abc import Callable
from math import exp, log

import pytest

from hrvdaemon.regulation.outcome import NOT_ASKED, SMALLEST_DETECTABLE_LN, Felt, outcome
from hrvdaemon.vocabulary.epochs import BreathSwing, WindowMetrics
from hrvdaemon.vocabulary.events import Outcome

Metrics = Callable[..., WindowMetrics]


def scored(before: WindowMetrics | None, after: WindowMetrics | None, *, is_scored: bool = True) -> Outcome:
    return outcome(before, after, (), NOT_ASKED, completed=True, is_scored=is_scored)


def swing(bpm: float) -> BreathSwing:
    return BreathSwing(swing_bpm=bpm, r_squared=0.8, phase_rad=0.0)


def test_the_change_is_after_less_before(metrics: Metrics) -> None:
    given = scored(metrics(mean_hr_bpm=72.0, rmssd_ms=20.0), metrics(mean_hr_bpm=66.0, rmssd_ms=40.0))
    assert given.delta_hr_bpm == -6.0
    assert given.delta_ln_rmssd == pytest.approx(log(2))
    assert given.is_clear is True


@pytest.mark.parametrize(
    ("delta", "is_clear"), [(0.49, False), (0.51, True), (-0.49, False), (-0.51, True), (0.0, False)]
)
def test_a_change_below_the_smallest_detectable_is_not_clear(metrics: Metrics, delta: float, *, is_clear: bool) -> None:
    given = scored(metrics(rmssd_ms=30.0), metrics(rmssd_ms=30.0 * exp(delta)))
    assert given.is_clear is is_clear
    assert given.smallest_detectable == SMALLEST_DETECTABLE_LN


def test_the_smallest_detectable_change_lies_in_the_published_span() -> None:
    """0.4 to 0.6: +49.2 to +82.2 % upward, -33.0 to -45.1 % downward (F.6)."""
    assert 0.4 <= SMALLEST_DETECTABLE_LN <= 0.6
    for ln, up, down in ((0.4, 49.2, -33.0), (0.6, 82.2, -45.1)):
        assert 100 * (exp(ln) - 1) == pytest.approx(up, abs=0.1)
        assert 100 * (exp(-ln) - 1) == pytest.approx(down, abs=0.1)


def test_a_missing_side_leaves_the_change_unmeasured(metrics: Metrics) -> None:
    silent = metrics(mean_hr_bpm=None, rmssd_ms=None, ln_rmssd=None)
    for before, after in ((None, metrics()), (metrics(), None), (silent, metrics()), (metrics(), silent), (None, None)):
        given = scored(before, after)
        assert given.delta_hr_bpm is None
        assert given.delta_ln_rmssd is None
        assert given.smallest_detectable is None
        assert given.is_clear is None


def test_a_side_with_heart_rate_only_compares_heart_rate_only(metrics: Metrics) -> None:
    given = scored(metrics(mean_hr_bpm=70.0), metrics(mean_hr_bpm=65.0, rmssd_ms=None, ln_rmssd=None))
    assert given.delta_hr_bpm == -5.0
    assert given.delta_ln_rmssd is None


def test_an_rmssd_of_zero_has_no_logarithm(metrics: Metrics) -> None:
    assert scored(metrics(rmssd_ms=0.0), metrics()).delta_ln_rmssd is None


def test_orienting_is_not_scored_on_variability(metrics: Metrics) -> None:
    given = scored(metrics(rmssd_ms=10.0), metrics(rmssd_ms=80.0), is_scored=False)
    assert given.delta_ln_rmssd is None
    assert given.is_clear is None


def test_the_swing_is_a_middle_one_and_none_without_feedback(metrics: Metrics) -> None:
    given = outcome(metrics(), metrics(), (swing(3), swing(90), swing(7)), NOT_ASKED, completed=True, is_scored=True)
    assert given.swing_bpm == 7
    assert scored(metrics(), metrics()).swing_bpm is None


def test_what_was_felt_is_kept_as_it_was_said(metrics: Metrics) -> None:
    given = outcome(metrics(), metrics(), (), Felt(7, None), completed=False, is_scored=True)
    assert (given.tension_before, given.tension_after, given.completed) == (7, None, False)
