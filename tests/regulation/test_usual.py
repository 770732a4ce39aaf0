"""The usual between the middles of two hours, and what variability is beyond what heart rate alone lets expect."""

import pytest

from hrvdaemon.regulation.usual import NOTHING_LEARNED, Usual
from hrvdaemon.vocabulary.events import BaselineComputed, HourUsual
from hrvdaemon.vocabulary.units import Instant


def test_between_the_middles_of_two_hours_the_usual_is_linear() -> None:
    def usual(hr: float) -> HourUsual:
        return HourUsual(hr_bpm=hr, hr_sigma_bpm=3, ln_rmssd=3, ln_sigma=0.2, n_eff=50)

    hours = tuple(usual(50.0 + hour) for hour in range(24))
    computed = Usual(stage=3, minutes=2000, days=9, hours=hours, rho=0.5, hr_rest_bpm=50.0)
    at_minutes = {630: 60.0, 660: 60.5, 690: 61.0, 645: 60.25, 0: (73.0 + 50.0) / 2, 1410: 73.0, 30: 50.0}
    for minute, hr in at_minutes.items():
        here = computed.at(minute)
        assert here is not None
        assert here.hr_bpm == pytest.approx(hr), minute


def test_the_residual_is_what_heart_rate_alone_does_not_explain() -> None:
    """3.5 - 0.02 (70 - 60) = 3.3 is expected at 70; 3.0 is 0.3 lower."""
    usual = Usual(stage=3, minutes=2000, days=9, hours=(), rho=0.5, hr_rest_bpm=50.0, ln_at_zero=4.7, ln_per_bpm=-0.02)
    assert usual.resid(70.0, 3.0) == -0.3
    assert NOTHING_LEARNED.resid(70.0, 3.0) is None


def test_nothing_of_an_event_is_lost_in_it() -> None:
    hour = HourUsual(hr_bpm=60, hr_sigma_bpm=4, ln_rmssd=3.5, ln_sigma=0.2, n_eff=100)
    computed = BaselineComputed(
        mono_ms=0, at=Instant(0), cutoff_at=Instant(0), stage=3, eligible_minutes=1500, days=7, hours=(hour,) * 24, rho=0.4,
        hr_rest_bpm=51.0, all_day=hour, ln_at_zero=4.7, ln_per_bpm=-0.02, motion_limit=0.6,
    )  # fmt: skip
    usual = Usual.of(computed)
    assert (usual.stage, usual.minutes, usual.days, usual.hours, usual.rho) == (3, 1500, 7, (hour,) * 24, 0.4)
    assert (usual.hr_rest_bpm, usual.all_day, usual.motion_limit) == (51.0, hour, 0.6)
    assert usual.resid(60.0, 3.5) == 0.0
