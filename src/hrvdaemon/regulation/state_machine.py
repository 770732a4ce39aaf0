"""The state machine as one table: where a wearer may go from where, and by what (science D.4, "State machine").

Each minute meets exactly one condition, the first of ``Condition`` that holds. ``TABLE`` gives the next state; a pair
that is not in it can't happen and is refused. docs/detector.md shows the diagram that ``diagram`` draws from it.
"""

from collections.abc import Iterator
from enum import Enum

from hrvdaemon.vocabulary.decisions import AutonomicState as S


class Condition(Enum):
    """What a minute meets, first match wins; the value is how the diagram calls it."""

    NO_BEATS = "no beats"
    BEATS = "beats come"
    FEW_BEATS = "under 30 beats"
    GATED = "a gate fails"
    LEARNING = "no usual yet"
    COOLING = "invited lately"
    LASTING = "8 of 10, not yet down"
    LOW = "10 min far below"
    RAISED = "3 of 5"
    ORDINARY = "none of these"


C = Condition

_OVERLAYS = {
    C.NO_BEATS: S.NO_SIGNAL,
    C.FEW_BEATS: S.WARMING_UP,
    C.GATED: S.NOT_JUDGED,
    C.LEARNING: S.CALIBRATING,
    C.COOLING: S.COOLDOWN,
}
"""What holds from every state with a signal, because it is not about activation."""

_LEVELS = {
    # activation is only ever raised before it is lasting, and low before or after it is ordinary
    S.STEADY: (S.ELEVATED, S.LOW_PATTERN, S.ELEVATED, S.STEADY),
    S.ELEVATED: (S.SYMPATHETIC_DOMINANCE, S.STEADY, S.ELEVATED, S.STEADY),
    S.SYMPATHETIC_DOMINANCE: (S.SYMPATHETIC_DOMINANCE, S.STEADY, S.ELEVATED, S.STEADY),
    S.LOW_PATTERN: (S.ELEVATED, S.LOW_PATTERN, S.ELEVATED, S.STEADY),
    # the first minute with a usual
    S.CALIBRATING: (S.ELEVATED, S.STEADY, S.ELEVATED, S.STEADY),
    # back from what is not about activation: evidence of up to five minutes' interruption still counts
    S.WARMING_UP: (S.SYMPATHETIC_DOMINANCE, S.LOW_PATTERN, S.ELEVATED, S.STEADY),
    S.NOT_JUDGED: (S.SYMPATHETIC_DOMINANCE, S.LOW_PATTERN, S.ELEVATED, S.STEADY),
    S.COOLDOWN: (S.SYMPATHETIC_DOMINANCE, S.LOW_PATTERN, S.ELEVATED, S.STEADY),
}
"""By LASTING, LOW, RAISED, ORDINARY."""

TABLE: dict[tuple[S, Condition], S] = {
    (S.NO_SIGNAL, C.NO_BEATS): S.NO_SIGNAL,
    (S.NO_SIGNAL, C.BEATS): S.WARMING_UP,
    **{(state, condition): to for state in _LEVELS for condition, to in _OVERLAYS.items()},
    **{
        (state, condition): to
        for state, levels in _LEVELS.items()
        for condition, to in zip((C.LASTING, C.LOW, C.RAISED, C.ORDINARY), levels, strict=True)
    },
}


class StateMachine:
    """Begins without a signal. ``step`` is the only way to another state."""

    def __init__(self) -> None:
        self.state = S.NO_SIGNAL

    def step(self, condition: Condition) -> S:
        """The state after this condition; it is entered.

        Raises
        ------
        ValueError
            If the condition can't be met in this state.
        """
        to = TABLE.get((self.state, condition))
        if to is None:
            raise ValueError(f"expected a condition that the table has for {self.state.value}, came {condition.name}")
        self.state = to
        return to

    def restart(self) -> None:
        """A run begins: without a signal."""
        self.state = S.NO_SIGNAL


def diagram() -> str:
    """The table as a Mermaid diagram: what is about activation, and the states laid over it."""
    return "\n".join(["stateDiagram-v2", "    [*] --> no_signal", *_arrows()])


def _arrows() -> Iterator[str]:
    ways: dict[tuple[str, str], list[str]] = {}
    for (state, condition), to in TABLE.items():
        if state is not to and condition not in _OVERLAYS:
            ways.setdefault((state.value, to.value), []).append(condition.value)
    for condition, to in _OVERLAYS.items():
        ways.setdefault(("any_with_signal", to.value), []).append(condition.value)
    for (state_name, to_name), conditions in ways.items():
        yield f"    {state_name} --> {to_name}: {' or '.join(conditions)}"
