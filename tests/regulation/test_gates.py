"""J31, J32, J33: each gate at, above and below its limit (science D.4)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from hrvdaemon.regulation.gate import Gate, GateSettings, MinuteSeen
from hrvdaemon.regulation.gates import BreathingGate, QualityGate, RhythmGate, WishGate, gates
from hrvdaemon.regulation.movement_gates import (
    ActivityGate,
    KineticsGate,
    RecoveryGate,
    StepHoldGate,
    activity_limit_bpm,
    level_before_step,
    lockout_min,
    max_bpm,
    slope_bpm_per_min,
    steepest_rise,
)
from hrvdaemon.vocabulary.events import GateVerdict, Reason
from hrvdaemon.vocabulary.units import MINUTE_MS, Instant

Minute = Callable[..., MinuteSeen]


def verdict(gate: Gate, minute: MinuteSeen) -> Reason | None:
    given = gate.judge(minute, Instant)
    assert given.passed == (given.reason is None)
    return given.reason


def level(gate: Gate, minute: Minute, numbers: range, hr: float, **changed: Any) -> list[Reason | None]:
    return [verdict(gate, minute(n, hr=hr, **changed)) for n in numbers]


# -- G0 quality --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({}, None),
        ({"artefact_share": 0.05}, None),
        ({"artefact_share": 0.0501}, Reason.QUALITY),
        ({"coverage": 0.80}, None),
        ({"coverage": 0.799}, Reason.QUALITY),
        ({"n_pairs": 30}, None),
        ({"n_pairs": 29}, Reason.QUALITY),
        ({"ln_rmssd": None}, Reason.QUALITY),
        ({"hr": None}, Reason.QUALITY),
    ],
)
def test_a_minute_is_usable_up_to_its_limits(minute: Minute, changed: dict[str, Any], reason: Reason | None) -> None:
    assert verdict(QualityGate(GateSettings()), minute(**changed)) is reason


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
    """Six steps of ten seconds, each a sixth: no 20 s rises by more than a third, 5 bpm."""
    gate = KineticsGate(GateSettings())
    assert verdict(gate, minute(0)) is None
    tens = tuple(60 + rise * step / 6 for step in range(1, 7))
    assert verdict(gate, minute(1, hr=64.0, tens=tens)) is reason


@pytest.mark.parametrize(("rise", "reason"), [(9.9, None), (10.0, Reason.MOVING)])
def test_10_bpm_within_20_seconds_is_movement(minute: Minute, rise: float, reason: Reason | None) -> None:
    gate = KineticsGate(GateSettings())
    assert verdict(gate, minute(0)) is None
    tens = (60.0, 60.0, 60 + rise / 2, 60 + rise, 60 + rise, 60 + rise)
    assert verdict(gate, minute(1, hr=65.0, tens=tens)) is reason


def test_15_bpm_within_70_seconds_is_no_fast_rise(minute: Minute) -> None:
    gate = KineticsGate(GateSettings())
    verdict(gate, minute(0))
    tens = tuple(60 + 15 * step / 7 for step in range(1, 7))
    assert verdict(gate, minute(1, tens=tens)) is None
    assert verdict(gate, minute(2, hr=75.0)) is None


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


def test_a_hole_in_the_tens_is_not_bridged_to_a_step_nearer_than_it_was() -> None:
    assert steepest_rise([60.0, None, None, 69.0], 2, 1) == 0.0
    assert steepest_rise([60.0, None, 69.0], 2, 1) == 9.0
    assert steepest_rise([], 6, 0) == 0.0
    assert steepest_rise([80.0, 60.0], 6, 1) == -20.0


def test_a_slope_needs_two_thirds_of_its_tens() -> None:
    assert slope_bpm_per_min([60.0 + n / 6 for n in range(18)]) == pytest.approx(1.0)
    assert slope_bpm_per_min([60.0 + n / 6 if n < 12 else None for n in range(18)]) == pytest.approx(1.0)
    assert slope_bpm_per_min([60.0 if n < 11 else None for n in range(18)]) is None


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


# -- G4 step-hold (J33) ------------------------------------------------------------------------------------------------


def step(by: float) -> tuple[float, ...]:
    return (60.0, 60.0, 60 + by, 60 + by, 60 + by, 60 + by)


@pytest.mark.parametrize(("by", "reason"), [(7.9, None), (8.0, Reason.SUDDEN_RISE), (12.0, Reason.SUDDEN_RISE)])
def test_8_bpm_within_20_seconds_is_a_step(minute: Minute, by: float, reason: Reason | None) -> None:
    gate = StepHoldGate(GateSettings())
    level(gate, minute, range(3), 60.0)
    assert verdict(gate, minute(3, hr=60 + by * 2 / 3, tens=step(by))) is reason


def test_8_bpm_within_40_seconds_is_no_step(minute: Minute) -> None:
    gate = StepHoldGate(GateSettings())
    level(gate, minute, range(3), 60.0)
    assert verdict(gate, minute(3, hr=66.0, tens=(60.0, 62.0, 64.0, 66.0, 68.0, 68.0))) is None


def test_one_odd_ten_seconds_is_no_step(minute: Minute) -> None:
    gate = StepHoldGate(GateSettings())
    level(gate, minute, range(3), 60.0)
    assert verdict(gate, minute(3, hr=63.0, tens=(60.0, 60.0, 80.0, 60.0, 60.0, 60.0))) is None


def test_a_step_on_the_edge_of_two_minutes_is_seen(minute: Minute) -> None:
    gate = StepHoldGate(GateSettings())
    level(gate, minute, range(3), 60.0)
    reasons = [verdict(gate, minute(3, hr=61.5, tens=(60.0,) * 5 + (69.0,))), verdict(gate, minute(4, hr=69.0))]
    assert Reason.SUDDEN_RISE in reasons


def test_a_step_is_held_until_heart_rate_is_below_its_old_level_plus_4(minute: Minute) -> None:
    gate = StepHoldGate(GateSettings())
    level(gate, minute, range(3), 60.0)
    verdict(gate, minute(3, hr=66.0, tens=step(9.0)))
    assert level(gate, minute, range(4, 10), 69.0) == [Reason.SUDDEN_RISE] * 6
    assert verdict(gate, minute(10, hr=64.0)) is Reason.SUDDEN_RISE
    assert verdict(gate, minute(11, hr=63.9)) is None


def test_a_step_is_held_45_minutes_at_most(minute: Minute) -> None:
    gate = StepHoldGate(GateSettings())
    level(gate, minute, range(3), 60.0)
    verdict(gate, minute(3, hr=66.0, tens=step(9.0)))
    reasons = level(gate, minute, range(4, 60), 69.0)
    assert 44 <= reasons.index(None) <= 46
    assert set(reasons[reasons.index(None) :]) == {None}


def test_the_level_before_a_step_is_the_median_of_three_minutes() -> None:
    tens: list[float | None] = [*[58.0] * 10, *[60.0] * 14, *[70.0] * 4]
    assert level_before_step(tens, 6, 8.0) == 60.0
    assert level_before_step([60.0] * 30, 6, 8.0) is None
    assert level_before_step([None] * 30, 6, 8.0) is None


def test_a_step_across_minutes_without_beats_is_none(minute: Minute) -> None:
    gate = StepHoldGate(GateSettings())
    level(gate, minute, range(3), 60.0)
    gate.skip()
    assert level(gate, minute, range(8, 11), 75.0) == [None] * 3


def test_what_a_gate_holds_outlasts_minutes_without_beats_and_another_run(minute: Minute) -> None:
    gate = StepHoldGate(GateSettings())
    level(gate, minute, range(3), 60.0)
    held = gate.judge(minute(3, hr=66.0, tens=step(9.0)), Instant)
    gate.skip()
    assert verdict(gate, minute(6, hr=69.0)) is Reason.SUDDEN_RISE
    again = StepHoldGate(GateSettings())
    again.recall(held, int)
    again.shift(1000 * MINUTE_MS)
    assert verdict(again, minute(1040, hr=69.0)) is Reason.SUDDEN_RISE
    assert verdict(again, minute(1041, hr=63.0)) is None


# -- G5 to G7 ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rate", "reason"), [(0.119, Reason.BREATHING), (0.12, None), (0.25, None), (None, None)])
def test_breathing_below_0_12_hz_is_not_judged(minute: Minute, rate: float | None, reason: Reason | None) -> None:
    assert verdict(BreathingGate(GateSettings()), minute(respiration_hz=rate)) is reason


def test_a_guided_session_is_not_judged(minute: Minute) -> None:
    assert verdict(BreathingGate(GateSettings()), minute(in_session=True, respiration_hz=0.1)) is Reason.SESSION


def test_irregular_beats_are_not_judged(minute: Minute) -> None:
    assert verdict(RhythmGate(GateSettings()), minute(is_irregular=True)) is Reason.RHYTHM
    assert verdict(RhythmGate(GateSettings()), minute()) is None


@pytest.mark.parametrize(
    ("wish", "reason"),
    [("is_paused", Reason.PAUSED), ("is_exercising", Reason.MOVING), ("is_quiet", Reason.QUIET), ("in_session", None)],
)
def test_a_wish_is_respected(minute: Minute, wish: str, reason: Reason | None) -> None:
    assert verdict(WishGate(GateSettings()), minute(**{wish: True})) is reason


def test_every_gate_passes_a_calm_minute_and_says_its_name(minute: Minute) -> None:
    given = [gate.judge(minute(), Instant) for gate in gates(GateSettings())]
    assert all(one.passed for one in given)
    assert len({one.gate for one in given}) == 8


def test_gates_do_not_look_at_variability(minute: Minute) -> None:
    """An activation of any size passes: what is raised is decided elsewhere."""
    low = minute(ln_rmssd=0.5, rmssd_ms=1.6)
    assert all(gate.judge(low, Instant).passed for gate in gates(GateSettings()))


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


def test_a_released_hold_is_not_held_again_after_a_restart(minute: Minute) -> None:
    gate = StepHoldGate(GateSettings())
    held = GateVerdict(gate="step_hold", passed=False, limit=70.0, until_at=Instant(50 * MINUTE_MS))
    gate.recall(held, int)
    gate.recall(GateVerdict(gate="step_hold", passed=True), int)
    assert gate.judge(minute(3, hr=75.0), Instant).passed


@pytest.mark.parametrize(
    ("changed", "value", "limit"),
    [({"coverage": 0.5}, 0.5, 0.80), ({"n_pairs": 29}, 29, 30), ({"artefact_share": 0.2}, 0.2, 0.05)],
)
def test_the_quality_gate_names_the_measure_that_failed(
    changed: dict[str, Any], value: float, limit: float, minute: Minute
) -> None:
    seen = minute(1)
    epoch = replace(seen.epoch, metrics=replace(seen.epoch.metrics, **changed))
    told = QualityGate(GateSettings()).judge(replace(seen, epoch=epoch), Instant)
    assert (told.passed, told.value, told.limit) == (False, value, limit)
