"""J33: a step of heart rate is held until it is back, and posture is told by the own signature (science D.4, G4)."""

from collections.abc import Callable
from typing import Any

import pytest

from hrvdaemon.regulation.gate import Gate, GateSettings, MinuteSeen
from hrvdaemon.regulation.step_hold import StandingSignature, StepHoldGate
from hrvdaemon.vocabulary.events import GateVerdict, Reason
from hrvdaemon.vocabulary.units import MINUTE_MS, Instant

Minute = Callable[..., MinuteSeen]


def verdict(gate: Gate, minute: MinuteSeen) -> Reason | None:
    given = gate.judge(minute, Instant)
    assert given.passed == (given.reason is None)
    return given.reason


def level(gate: Gate, minute: Minute, numbers: range, hr: float, **changed: Any) -> list[Reason | None]:
    return [verdict(gate, minute(n, hr=hr, **changed)) for n in numbers]


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
    again.carry_over(1000 * MINUTE_MS, 7 * MINUTE_MS, 1007 * MINUTE_MS)
    assert verdict(again, minute(1040, hr=69.0)) is Reason.SUDDEN_RISE
    assert verdict(again, minute(1041, hr=63.0)) is None


def test_a_released_hold_is_not_held_again_after_a_restart(minute: Minute) -> None:
    gate = StepHoldGate(GateSettings())
    held = GateVerdict(gate="step_hold", passed=False, limit=70.0, until_at=Instant(50 * MINUTE_MS))
    gate.recall(held, int)
    gate.recall(GateVerdict(gate="step_hold", passed=True), int)
    assert gate.judge(minute(3, hr=75.0), Instant).passed


# -- posture -----------------------------------------------------------------------------------------------------------

STANDING = StandingSignature(hr_bpm=12.0, hr_sd_bpm=3.0, ln_rmssd=-0.6, ln_sd=0.15)


@pytest.mark.parametrize(
    ("hr", "ln", "reason"),
    [
        (72.0, 2.9, Reason.POSTURE),
        (75.0, 2.9, Reason.POSTURE),
        (75.1, 2.9, Reason.SUDDEN_RISE),
        (69.0, 2.75, Reason.POSTURE),
        (72.0, 3.06, Reason.SUDDEN_RISE),
        (72.0, None, Reason.SUDDEN_RISE),
    ],
)
def test_within_one_scatter_of_the_own_signature_it_is_posture(
    minute: Minute, hr: float, ln: float | None, reason: Reason
) -> None:
    """From 60 bpm and ln 3.5: standing is 72 give or take 3, and 2.9 give or take 0.15."""
    gate = StepHoldGate(GateSettings())
    gate.signature = STANDING
    level(gate, minute, range(3), 60.0)
    verdict(gate, minute(3, hr=66.0, tens=step(12.0)))
    assert verdict(gate, minute(4, hr=hr, ln_rmssd=ln)) is reason


def test_without_a_signature_no_step_is_called_posture(minute: Minute) -> None:
    gate = StepHoldGate(GateSettings())
    level(gate, minute, range(3), 60.0)
    verdict(gate, minute(3, hr=66.0, tens=step(12.0)))
    assert verdict(gate, minute(4, hr=72.0, ln_rmssd=2.9)) is Reason.SUDDEN_RISE


def test_with_the_strap_put_on_anew_a_held_step_is_no_posture_any_more(minute: Minute) -> None:
    """So that a restart, which knows the hold but not the variability before it, says the same."""
    gate = StepHoldGate(GateSettings())
    gate.signature = STANDING
    level(gate, minute, range(3), 60.0)
    held = gate.judge(minute(3, hr=72.0, ln_rmssd=2.9, tens=step(12.0)), Instant)
    assert held.reason is Reason.POSTURE
    gate.start_wearing()
    again = StepHoldGate(GateSettings())
    again.signature = STANDING
    again.recall(held, int)
    for one in (gate, again):
        assert verdict(one, minute(20, hr=72.0, ln_rmssd=2.9)) is Reason.SUDDEN_RISE


def test_a_hold_lasts_no_longer_over_a_boot_than_it_had_left(minute: Minute) -> None:
    """A clock that stands an hour too early after the boot would stretch it by that hour."""
    gate = StepHoldGate(GateSettings())
    level(gate, minute, range(3), 60.0)
    verdict(gate, minute(3, hr=66.0, tens=step(9.0)))
    gate.carry_over(delta_ms=200 * MINUTE_MS, ended_ms=10 * MINUTE_MS, started_ms=100 * MINUTE_MS)
    assert verdict(gate, minute(138, hr=69.0)) is Reason.SUDDEN_RISE
    assert verdict(gate, minute(139, hr=69.0)) is None
