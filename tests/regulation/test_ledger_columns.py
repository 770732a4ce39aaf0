"""The ledger by columns: what a row says, a number each; answers by row; days that are over let go."""

from collections.abc import Callable
from math import isnan
from typing import Any

import pytest

from hrvdaemon.regulation.ledger_columns import GATE_BITS, Answered, Ledger, columns_of
from hrvdaemon.vocabulary.epochs import Quality
from hrvdaemon.vocabulary.events import AutonomicState, DecisionMade, GateVerdict, Reason
from hrvdaemon.vocabulary.inputs import Answer
from hrvdaemon.vocabulary.units import MINUTE_MS, Instant, PromptId

Decision = Callable[..., DecisionMade]


def test_a_row_is_a_number_in_each_column(decision: Decision) -> None:
    gates = (
        GateVerdict(gate="rhythm", passed=True, value=0.02),
        GateVerdict(gate="wish", passed=False, value=2, reason=Reason.MOVING),
        GateVerdict(gate="breathing", passed=True, value=0.25, limit=0.12),
        GateVerdict(gate="activity", passed=False, value=99.0, limit=90.0, reason=Reason.MOVING),
        GateVerdict(gate="tags", passed=True, value=1),
    )
    row = decision(
        start_at=Instant(1000 * MINUTE_MS), start_mono_ms=7 * MINUTE_MS, local_day=12, local_minute=600, gates=gates,
        reason=Reason.MOVING, quality=Quality.FAIR, is_strap_on=True,
    )  # fmt: skip
    columns = columns_of([row])
    assert (columns.start_minute[0], columns.mono_minute[0], columns.minutes[0]) == (1000, 7, 1)
    assert (columns.local_day[0], columns.local_minute[0], columns.stage[0]) == (12, 600, 3)
    assert columns.failed[0] == GATE_BITS["wish"] | GATE_BITS["activity"]
    assert (columns.said[0], columns.is_tagged[0], columns.is_fair[0], columns.is_strap_on[0]) == (2, 1, 1, 1)
    assert (columns.artefact_share[0], columns.respiration_hz[0], columns.activity_limit_bpm[0]) == (0.02, 0.25, 90.0)
    assert (columns.z_hr[0], columns.z_ln_rmssd[0], columns.activation[0]) == (2.0, -2.0, 2.3)


@pytest.mark.parametrize(
    ("changed", "worn", "comparable"),
    [
        ({}, 1, 1),
        ({"reason": Reason.MOVING}, 1, 1),
        ({"reason": Reason.CLOCK_REPEATED}, 1, 0),
        ({"state": AutonomicState.WARMING_UP}, 1, 0),
        ({"activation": None}, 1, 0),
        ({"epoch": None}, 0, 0),
    ],
)
def test_what_no_gate_could_let_in_is_not_comparable(
    decision: Decision, changed: dict[str, Any], worn: int, comparable: int
) -> None:
    columns = columns_of([decision(**changed)])
    assert (columns.is_worn[0], columns.is_comparable[0]) == (worn, comparable)


def test_what_is_not_known_is_not_a_number(decision: Decision) -> None:
    columns = columns_of([decision(z_hr=None, z_ln_rmssd=None, activation=None, usual=None)])
    assert all(isnan(values[0]) for values in (columns.z_hr, columns.activation, columns.respiration_hz))
    assert columns.is_thin[0] == 1


def test_an_answer_knows_the_row_that_asked_and_the_first_row_after_it(decision: Decision) -> None:
    ledger = Ledger()
    ledger.answer(PromptId("never"), Answer.LATER)
    for prompt in (None, PromptId("p"), None):
        ledger.append(decision(prompt=prompt))
    ledger.answer(PromptId("p"), Answer.LATER)
    assert ledger.columns().answers == (Answered(1, 3, Answer.LATER),)


def test_only_the_newest_rows_of_these_days_are_kept(decision: Decision) -> None:
    """A row of 2031, lived by a clock that was ahead, goes with everything before it."""
    ledger = Ledger()
    for day, prompt in ((1, None), (9, PromptId("a")), (1835, None), (10, PromptId("b")), (11, None)):
        ledger.append(decision(local_day=day, prompt=prompt))
    ledger.answer(PromptId("a"), Answer.LATER)
    ledger.answer(PromptId("b"), Answer.START)
    ledger.keep_days(5, 12)
    columns = ledger.columns()
    assert list(columns.local_day) == [10, 11]
    assert columns.answers == (Answered(0, 2, Answer.START),)
    ledger.keep_days(5, 12)
    assert len(ledger) == 2
