"""J31: the gates that need no memory, and all of them together (science D.4, G0 and G5 to G8)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from hrvdaemon.regulation.gate import Gate, GateSettings, MinuteSeen
from hrvdaemon.regulation.gates import (
    REPLACED_BY_MOTION,
    BreathingGate,
    QualityGate,
    RhythmGate,
    TagGate,
    WishGate,
    gates,
    verdicts,
)
from hrvdaemon.vocabulary.events import Reason
from hrvdaemon.vocabulary.units import MINUTE_MS, Instant

Minute = Callable[..., MinuteSeen]


def verdict(gate: Gate, minute: MinuteSeen) -> Reason | None:
    given = gate.judge(minute, Instant)
    assert given.passed == (given.reason is None)
    return given.reason


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


@pytest.mark.parametrize(("wish", "value"), [("is_paused", 1), ("is_exercising", 2), ("is_quiet", 0)])
def test_beside_the_quiet_hours_the_value_tells_what_else_holds(minute: Minute, wish: str, value: int) -> None:
    told = WishGate(GateSettings()).judge(minute(**{wish: True}), Instant)
    assert told.value == value
    both = WishGate(GateSettings()).judge(minute(is_quiet=True, is_paused=True, is_exercising=True), Instant)
    assert (both.reason, both.value) == (Reason.QUIET, 3)


def test_a_tag_blocks_nothing_and_is_told_with_its_end(minute: Minute) -> None:
    told = TagGate(GateSettings()).judge(minute(tags=("caffeine", "meal"), tagged_until_ms=90 * MINUTE_MS), Instant)
    assert (told.passed, told.value, told.until_at) == (True, 2, 90 * MINUTE_MS)
    none = TagGate(GateSettings()).judge(minute(), Instant)
    assert (none.passed, none.value, none.until_at) == (True, 0, None)


# -- all of them -------------------------------------------------------------------------------------------------------


def test_every_gate_passes_a_calm_minute_and_says_its_name(minute: Minute) -> None:
    given = verdicts(gates(GateSettings()), minute(), Instant)
    assert all(one.passed for one in given)
    assert [one.gate for one in given] == [
        "rhythm", "quality", "wish", "breathing", "motion", "activity", "kinetics", "recovery", "step_hold", "tags",
    ]  # fmt: skip


def test_gates_do_not_look_at_variability(minute: Minute) -> None:
    """An activation of any size passes: what is raised is decided elsewhere."""
    low = minute(ln_rmssd=0.5, rmssd_ms=1.6)
    assert all(one.passed for one in verdicts(gates(GateSettings()), low, Instant))


@pytest.mark.parametrize(
    ("motion", "limit", "reason"),
    [
        (0.1, 0.5, None),
        (0.6, 0.5, Reason.MOVING),
        (None, 0.5, Reason.MOVING),
        (0.1, None, Reason.MOVING),
    ],
)
def test_measured_movement_replaces_what_heart_rate_guesses(
    minute: Minute, motion: float | None, limit: float | None, reason: Reason | None
) -> None:
    """150 bpm is movement by heart rate; where a limit is known and the minute was measured, only the measure counts."""
    every = gates(GateSettings())
    for number in range(6):
        said = verdicts(every, minute(number, hr=150.0, motion=motion, motion_limit=limit), Instant)
    failed = [one.reason for one in said if not one.passed]
    assert (failed[0] if failed else None) is reason
    guessed = {one.gate: one for one in said if one.gate in REPLACED_BY_MOTION}
    assert guessed["activity"].value == 150.0
    assert guessed["recovery"].until_at is not None
    assert all(one.passed for one in guessed.values()) == (motion is not None and limit is not None)


@pytest.mark.parametrize("changed", [{"coverage": 0.5}, {"is_quiet": True}, {"in_session": True}])
def test_measured_movement_replaces_no_other_gate(minute: Minute, changed: dict[str, Any]) -> None:
    said = verdicts(gates(GateSettings()), minute(motion=0.1, motion_limit=0.5, **changed), Instant)
    assert not all(one.passed for one in said)
