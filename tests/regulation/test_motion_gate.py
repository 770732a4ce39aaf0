"""Movement where it is measured: above the wearer's own limit, and for five minutes after (science D.4)."""

from collections.abc import Callable

import pytest

from hrvdaemon.regulation.gate import GateSettings, MinuteSeen
from hrvdaemon.regulation.motion_gate import MotionGate
from hrvdaemon.vocabulary.events import Reason
from hrvdaemon.vocabulary.units import MINUTE_MS, Instant

Minute = Callable[..., MinuteSeen]


def moves(gate: MotionGate, minute: MinuteSeen) -> Reason | None:
    return gate.judge(minute, Instant).reason


@pytest.mark.parametrize(("motion", "reason"), [(0.5, None), (0.501, Reason.MOVING), (None, None)])
def test_more_than_the_own_sedentary_limit_is_movement(
    minute: Minute, motion: float | None, reason: Reason | None
) -> None:
    assert moves(MotionGate(GateSettings()), minute(motion=motion, motion_limit=0.5)) is reason


def test_while_the_limit_is_not_known_nothing_is_movement(minute: Minute) -> None:
    assert moves(MotionGate(GateSettings()), minute(motion=9.0, motion_limit=None)) is None


def test_five_minutes_after_movement_are_not_judged_either(minute: Minute) -> None:
    gate = MotionGate(GateSettings())
    assert moves(gate, minute(0, motion=0.9, motion_limit=0.5)) is Reason.MOVING
    after = [moves(gate, minute(n, motion=0.1, motion_limit=0.5)) for n in range(1, 8)]
    assert after == [Reason.RECOVERING] * 5 + [None] * 2


def test_it_is_recalled_from_its_verdict(minute: Minute) -> None:
    gate, again = MotionGate(GateSettings()), MotionGate(GateSettings())
    again.recall(gate.judge(minute(0, motion=0.9, motion_limit=0.5), Instant), int)
    for n in range(1, 8):
        calm = minute(n, motion=0.1, motion_limit=0.5)
        assert gate.judge(calm, Instant) == again.judge(calm, Instant)


def test_it_goes_on_holding_in_the_next_run(minute: Minute) -> None:
    gate = MotionGate(GateSettings())
    moves(gate, minute(0, motion=0.9, motion_limit=0.5))
    gate.carry_over(delta_ms=100 * MINUTE_MS, ended_ms=2 * MINUTE_MS, started_ms=102 * MINUTE_MS)
    assert moves(gate, minute(105, motion=0.1, motion_limit=0.5)) is Reason.RECOVERING
    assert moves(gate, minute(106, motion=0.1, motion_limit=0.5)) is None
