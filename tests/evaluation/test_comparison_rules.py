from collections.abc import Callable

import pytest

from hrvdaemon.evaluation.comparison_rules import (
    AllDayUsual,
    hr_alone,
    invitations_ms,
    naive_dip,
    thirteen_of_29,
)
from hrvdaemon.evaluation.observing import Minute
from hrvdaemon.vocabulary.units import MINUTE_MS

MakeMinute = Callable[..., Minute]
USUAL = AllDayUsual(hr_bpm=60, hr_sigma_bpm=4, ln_rmssd=3.689, ln_sigma=0.2)
"""40 ms; half an SD below is 36.2 ms."""
FOR_EVER = range(10**12)


def test_the_usual_is_median_and_mad_with_floors(minute: MakeMinute) -> None:
    rates = [50.0, 60.0, 70.0, 80.0, 200.0]
    usual = AllDayUsual.of([minute(n, hr_bpm=rate) for n, rate in enumerate(rates)])
    assert usual.hr_bpm == 70
    assert usual.hr_sigma_bpm == pytest.approx(14.826)  # distances 20, 10, 0, 10, 130
    assert usual.ln_sigma == 0.15


def test_minutes_that_can_not_be_used_teach_nothing(minute: MakeMinute) -> None:
    minutes = [minute(0, hr_bpm=60), minute(1, hr_bpm=180, is_usable=False)]
    assert AllDayUsual.of(minutes).hr_bpm == 60
    with pytest.raises(ValueError, match="at least one usable minute"):
        AllDayUsual.of(minutes[1:])


def test_heart_rate_alone_asks_for_eight_of_ten(minute: MakeMinute) -> None:
    minutes = [minute(n, hr_bpm=66 if n >= 2 else 60) for n in range(10)]
    assert list(hr_alone(minutes, USUAL)) == [False] * 9 + [True]


def test_heart_rate_alone_counts_no_unusable_minute(minute: MakeMinute) -> None:
    assert not any(hr_alone([minute(n, hr_bpm=90, is_usable=False) for n in range(20)], USUAL))


def test_the_naive_rule_fires_at_once_below_six_tenths(minute: MakeMinute) -> None:
    minutes = [minute(0), minute(1, rmssd_ms=24.5), minute(2, rmssd_ms=23.0)]
    # the slow average is 40.0, 40.0 and, after 24.5, 39.69: six tenths of it are 24.0 and 23.8
    assert list(naive_dip(minutes, USUAL)) == [False, False, True]


def test_thirteen_of_29_needs_the_thirteenth(minute: MakeMinute) -> None:
    minutes = [minute(n, rmssd_ms=35 if n % 2 else 40) for n in range(30)]
    fired = list(thirteen_of_29(minutes, USUAL))
    assert fired.index(True) == 25  # the 13th odd minute


def test_manners_are_kept(minute: MakeMinute) -> None:
    minutes = [minute(n) for n in range(600)]
    invited = invitations_ms(lambda seen, _: iter([True] * len(seen)), minutes, USUAL, strap_on_ms=0, awake_ms=FOR_EVER)
    ends_min = [moment // MINUTE_MS for moment in invited]
    assert ends_min == [30, 90, 150, 210]  # after half an hour, an hour apart, four of them


def test_nobody_is_invited_at_night(minute: MakeMinute) -> None:
    awake = range(100 * MINUTE_MS, 120 * MINUTE_MS)
    minutes = [minute(n) for n in range(600)]
    invited = invitations_ms(lambda seen, _: iter([True] * len(seen)), minutes, USUAL, strap_on_ms=0, awake_ms=awake)
    assert [moment // MINUTE_MS for moment in invited] == [100]
