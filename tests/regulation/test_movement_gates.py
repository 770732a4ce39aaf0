"""J31, J32: movement by heart rate alone, at, above and below each limit (science D.4, G1 to G3)."""

from collections.abc import Callable
from typing import Any

import pytest

from hrvdaemon.regulation.gate import Gate, GateSettings, MinuteSeen
from hrvdaemon.regulation.movement_gates import (
    ActivityGate,
    KineticsGate,
    RecoveryGate,
    activity_limit_bpm,
    lockout_min,
    max_bpm,
)
from hrvdaemon.vocabulary.events import Reason
from hrvdaemon.vocabulary.units import Instant

Minute = Callable[..., MinuteSeen]


def verdict(gate: Gate, minute: MinuteSeen) -> Reason | None:
    given = gate.judge(minute, Instant)
    assert given.passed == (given.reason is None)
    return given.reason


def level(gate: Gate, minute: Minute, numbers: range, hr: float, **changed: Any) -> list[Reason | None]:
    return [verdict(gate, minute(n, hr=hr, **changed)) for n in numbers]


# -- G1 activity -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("age", "most"), [(20, 194.0), (40, 180.0), (70, 159.0)])
def test_the_highest_heart_rate_is_208_less_0_7_times_the_age(age: int, most: float) -> None:
    assert max_bpm(GateSettings(age_years=age)) == pytest.approx(most)


@pytest.mark.parametrize(("hr", "reason"), [(95.9, None), (96.0, None), (96.1, Reason.MOVING)])
def test_above_30_percent_of_the_reserve_is_movement(minute: Minute, hr: float, reason: Reason | None) -> None:
    """Age 40: 60 + 0.3 (180 - 60) = 96."""
    assert verdict(ActivityGate(GateSettings(age_years=40)), minute(hr=hr, rest_bpm=60.0)) is reason


@pytest.mark.parametrize(("hr", "reason"), [(89.9, None), (90.0, None), (90.1, Reason.MOVING)])
def test_of_unknown_age_30_bpm_above_rest_is_movement(minute: Minute, hr: float, reason: Reason | None) -> None:
    assert verdict(ActivityGate(GateSettings()), minute(hr=hr, rest_bpm=60.0)) is reason


def test_while_rest_is_not_known_nothing_is_called_movement(minute: Minute) -> None:
    assert activity_limit_bpm(None, GateSettings()) is None
    assert verdict(ActivityGate(GateSettings()), minute(hr=150.0, rest_bpm=None)) is None


# -- G2 kinetics -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rise", "reason"), [(14.9, None), (15.0, Reason.MOVING), (15.1, Reason.MOVING)])
def test_15_bpm_within_60_seconds_is_movement(minute: Minute, rise: float, reason: Reason | None) -> None:
    """Six steps of ten seconds, each a sixth: no 20 s rises by more than a third, 5 bpm. The last waits for the next."""
    gate = KineticsGate(GateSettings())
    assert verdict(gate, minute(0)) is None
    tens = tuple(60 + rise * step / 6 for step in range(1, 7))
    assert verdict(gate, minute(1, hr=64.0, tens=tens)) is None
    assert verdict(gate, minute(2, hr=60 + rise)) is reason


@pytest.mark.parametrize(("rise", "reason"), [(9.9, None), (10.0, Reason.MOVING)])
def test_10_bpm_within_20_seconds_is_movement(minute: Minute, rise: float, reason: Reason | None) -> None:
    gate = KineticsGate(GateSettings())
    assert verdict(gate, minute(0)) is None
    tens = (60.0, 60.0, 60 + rise / 2, 60 + rise, 60 + rise, 60 + rise)
    assert verdict(gate, minute(1, hr=65.0, tens=tens)) is reason


@pytest.mark.parametrize("swing", [10.0, 20.0])
def test_a_heart_that_swings_with_each_breath_is_not_moving(minute: Minute, swing: float) -> None:
    """Up for ten seconds, down for ten, again and again: a breath, not a step."""
    gate = KineticsGate(GateSettings())
    tens = (60.0, 60 + swing, 60.0, 60.0, 60 + swing, 60.0)
    assert [verdict(gate, minute(n, tens=tens)) for n in range(5)] == [None] * 5


def test_15_bpm_within_70_seconds_is_no_fast_rise(minute: Minute) -> None:
    gate = KineticsGate(GateSettings())
    verdict(gate, minute(0))
    tens = tuple(60 + 15 * step / 7 for step in range(1, 7))
    assert verdict(gate, minute(1, tens=tens)) is None
    assert verdict(gate, minute(2, hr=75.0)) is None


def test_the_value_is_the_larger_rise_as_a_share_of_its_limit(minute: Minute) -> None:
    """12 bpm in 60 s is 0.8 of 15; 4 of them within 20 s are 0.4 of 10."""
    gate = KineticsGate(GateSettings())
    gate.judge(minute(0), Instant)
    gate.judge(minute(1, tens=tuple(60 + 2.0 * step for step in range(1, 7))), Instant)
    told = gate.judge(minute(2, hr=72.0), Instant)
    assert (told.value, told.limit) == (0.8, 1.0)


def test_movement_ends_when_heart_rate_was_level_for_three_minutes(minute: Minute) -> None:
    gate = KineticsGate(GateSettings())
    verdict(gate, minute(0))
    risen = (60.0, 60.0, 70.0, 70.0, 70.0, 70.0)
    assert verdict(gate, minute(1, hr=68.0, tens=risen)) is Reason.MOVING
    assert level(gate, minute, range(2, 5), 70.0) == [Reason.MOVING, Reason.MOVING, None]


@pytest.mark.parametrize(("slope", "last"), [(1.4, None), (1.6, Reason.MOVING), (-3.0, Reason.MOVING)])
def test_level_is_a_slope_below_1_5_bpm_a_minute(minute: Minute, slope: float, last: Reason | None) -> None:
    gate = KineticsGate(GateSettings())
    verdict(gate, minute(0))
    verdict(gate, minute(1, tens=(60.0, 60.0, 70.0, 70.0, 70.0, 70.0)))
    reasons = [
        verdict(gate, minute(n, tens=tuple(70 + slope * ((n - 2) * 6 + k) / 6 for k in range(6)))) for n in range(2, 5)
    ]
    assert reasons[-1] is last


def test_a_rise_across_minutes_without_beats_is_not_a_fast_one(minute: Minute) -> None:
    gate = KineticsGate(GateSettings())
    verdict(gate, minute(0, hr=60.0))
    gate.skip()
    assert verdict(gate, minute(6, hr=80.0)) is None


# -- G3 recovery (J32) -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("share", "minutes"), [(0.30, 15), (0.399, 15), (0.40, 30), (0.59, 30), (0.599, 30), (0.60, 60), (1.0, 60)]
)
def test_the_harder_the_effort_the_longer_the_recovery(share: float, minutes: int) -> None:
    assert lockout_min(share, GateSettings()) == minutes


@pytest.mark.parametrize(("hr", "minutes"), [(105.0, 15), (115.0, 30), (140.0, 60)])
def test_after_three_minutes_of_effort_the_heart_recovers(minute: Minute, hr: float, minutes: int) -> None:
    """Age 40, rest 60, reserve 120: 105 is 37.5 %, 115 is 45.8 %, 140 is 66.7 %."""
    gate = RecoveryGate(GateSettings(age_years=40))
    assert level(gate, minute, range(3), hr) == [None] * 3
    after = level(gate, minute, range(3, 3 + minutes + 2), 70.0)
    assert after == [Reason.RECOVERING] * minutes + [None] * 2


def test_two_minutes_of_effort_need_no_recovery(minute: Minute) -> None:
    gate = RecoveryGate(GateSettings(age_years=40))
    level(gate, minute, range(2), 140.0)
    assert level(gate, minute, range(2, 6), 70.0) == [None] * 4


def test_the_hardest_minute_counts_and_a_later_light_effort_does_not_shorten_it(minute: Minute) -> None:
    gate = RecoveryGate(GateSettings(age_years=40))
    for n, hr in enumerate((105.0, 140.0, 105.0)):
        verdict(gate, minute(n, hr=hr))
    level(gate, minute, range(3, 5), 70.0)
    level(gate, minute, range(5, 8), 105.0)
    assert verdict(gate, minute(8, hr=70.0)) is Reason.RECOVERING
    assert verdict(gate, minute(62, hr=70.0)) is Reason.RECOVERING
    assert verdict(gate, minute(63, hr=70.0)) is None


def test_an_effort_counts_although_the_strap_comes_off_after_it(minute: Minute) -> None:
    gate = RecoveryGate(GateSettings(age_years=40))
    level(gate, minute, range(20), 140.0)
    gate.start_wearing()
    assert verdict(gate, minute(31, hr=70.0)) is Reason.RECOVERING
    assert verdict(gate, minute(79, hr=70.0)) is Reason.RECOVERING
    assert verdict(gate, minute(80, hr=70.0)) is None


def test_recovery_is_recalled_from_a_minute_of_effort(minute: Minute) -> None:
    """The strap comes off in the middle of a run, and the daemon restarts."""
    lived, recalled = RecoveryGate(GateSettings(age_years=40)), RecoveryGate(GateSettings(age_years=40))
    last = [lived.judge(minute(n, hr=140.0), Instant) for n in range(5)][-1]
    assert last.passed
    recalled.recall(last, int)
    lived.start_wearing()
    for n in range(16, 70):
        assert lived.judge(minute(n, hr=70.0), Instant) == recalled.judge(minute(n, hr=70.0), Instant)
