"""The table of states: what leads where, what can not happen, and the diagram that the documents show."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrvdaemon.regulation.state_machine import TABLE, Condition, StateMachine, diagram
from hrvdaemon.vocabulary.decisions import AutonomicState as S

C = Condition
DOCUMENT = Path(__file__).parents[2] / "docs" / "detector.md"
FORBIDDEN = {
    (S.STEADY, S.SYMPATHETIC_DOMINANCE),
    (S.LOW_PATTERN, S.SYMPATHETIC_DOMINANCE),
    (S.CALIBRATING, S.SYMPATHETIC_DOMINANCE),
    (S.CALIBRATING, S.LOW_PATTERN),
    (S.ELEVATED, S.LOW_PATTERN),
    (S.SYMPATHETIC_DOMINANCE, S.LOW_PATTERN),
    *((S.NO_SIGNAL, state) for state in S if state not in {S.NO_SIGNAL, S.WARMING_UP}),
}
"""Science D.4: beats first, raised before lasting, ordinary before far below."""


def walked(*conditions: Condition) -> list[S]:
    machine = StateMachine()
    return [machine.step(condition) for condition in conditions]


def test_the_way_of_the_specification_to_an_invitation_and_back() -> None:
    way = (C.BEATS, C.FEW_BEATS, C.LEARNING, C.ORDINARY, C.RAISED, C.LASTING, C.COOLING, C.ORDINARY, C.NO_BEATS)
    assert walked(*way) == [
        S.WARMING_UP, S.WARMING_UP, S.CALIBRATING, S.STEADY, S.ELEVATED, S.SYMPATHETIC_DOMINANCE, S.COOLDOWN, S.STEADY,
        S.NO_SIGNAL,
    ]  # fmt: skip


def test_lasting_activation_is_raised_first() -> None:
    assert walked(C.BEATS, C.ORDINARY, C.LASTING, C.LASTING)[-2:] == [S.ELEVATED, S.SYMPATHETIC_DOMINANCE]


def test_a_minute_not_judged_interrupts_and_does_not_end_it() -> None:
    assert walked(C.BEATS, C.ORDINARY, C.RAISED, C.LASTING, C.GATED, C.LASTING)[-2:] == [
        S.NOT_JUDGED,
        S.SYMPATHETIC_DOMINANCE,
    ]


@given(st.lists(st.sampled_from(Condition), max_size=60))
def test_no_sequence_of_conditions_takes_a_way_that_is_forbidden(conditions: list[Condition]) -> None:
    machine = StateMachine()
    for condition in conditions:
        before = machine.state
        if (before, condition) not in TABLE:
            with pytest.raises(ValueError, match=f"that the table has for {before.value}, came {condition.name}"):
                machine.step(condition)
            assert machine.state is before
            continue
        assert machine.step(condition) is machine.state is TABLE[before, condition]
        assert (before, machine.state) not in FORBIDDEN


@pytest.mark.parametrize("state", [state for state in S if state is not S.NO_SIGNAL])
@pytest.mark.parametrize("condition", [condition for condition in C if condition is not C.BEATS])
def test_with_a_signal_every_condition_leads_somewhere(state: S, condition: Condition) -> None:
    assert (state, condition) in TABLE


def test_every_state_can_be_reached_and_left() -> None:
    assert {to for (state, _), to in TABLE.items() if state is not to} == set(S)
    assert {state for (state, _), to in TABLE.items() if state is not to} == set(S)


def test_a_run_begins_without_a_signal() -> None:
    machine = StateMachine()
    machine.step(C.BEATS)
    machine.restart()
    assert machine.state is S.NO_SIGNAL


def test_the_documents_show_the_diagram_of_the_table() -> None:
    assert f"```mermaid\n{diagram()}\n```" in DOCUMENT.read_text(encoding="utf-8")
