"""The ledger by columns: what a decision rests on, a number a minute, for deciding it again under other rules.

Only what was stored, nothing computed anew: so what the daemon concludes from its memory and what a reader concludes
from the database are the same.
"""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrvdaemon.regulation.prompting import is_thin
from hrvdaemon.vocabulary.decisions import DecisionMade, GateVerdict
from hrvdaemon.vocabulary.epochs import Quality
from hrvdaemon.vocabulary.inputs import Answer
from hrvdaemon.vocabulary.units import MINUTE_MS, PromptId

GATE_BITS = {
    name: 1 << place
    for place, name in enumerate(
        ("rhythm", "quality", "wish", "breathing", "motion", "activity", "kinetics", "recovery", "step_hold", "tags")
    )
}
"""A bit for each gate that failed."""

_TYPES = {
    "start_minute": "q",
    "mono_minute": "q",
    "minutes": "q",
    "local_day": "l",
    "local_minute": "h",
    "is_worn": "b",
    "is_comparable": "b",
    "failed": "h",
    "said": "b",
    "stage": "b",
    "is_fair": "b",
    "is_tagged": "b",
    "is_standing_like": "b",
    "is_thin": "b",
    "is_strap_on": "b",
    "is_after_session": "b",
    "z_hr": "d",
    "z_ln_rmssd": "d",
    "activation": "d",
    "theta_on": "d",
    "hr_bpm": "d",
    "artefact_share": "d",
    "respiration_hz": "d",
    "activity_limit_bpm": "d",
}
_NAN = float("nan")

Whole = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Answered:
    """An invitation by the row that led to it, the first row after its answer, and the answer."""

    row: int
    from_row: int
    answer: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerColumns:
    """One entry a row, as they were made; NaN where there was no number. ``said``: what the gate "wish" saw."""

    start_minute: Whole
    mono_minute: Whole
    minutes: Whole
    local_day: Whole
    local_minute: Whole
    is_worn: Whole
    is_comparable: Whole
    failed: Whole
    said: Whole
    stage: Whole
    is_fair: Whole
    is_tagged: Whole
    is_standing_like: Whole
    is_thin: Whole
    is_strap_on: Whole
    is_after_session: Whole
    z_hr: Floats
    z_ln_rmssd: Floats
    activation: Floats
    theta_on: Floats
    hr_bpm: Floats
    artefact_share: Floats
    respiration_hz: Floats
    activity_limit_bpm: Floats
    answers: tuple[Answered, ...] = ()


class Ledger:
    """Rows of the last days, packed; ``append`` them in the order they are made."""

    def __init__(self) -> None:
        self._columns: dict[str, array[Any]] = {name: array(kind) for name, kind in _TYPES.items()}
        self._prompts: dict[PromptId, int] = {}
        self._answers: list[Answered] = []

    def __len__(self) -> int:
        return len(self._columns["start_minute"])

    def append(self, decision: DecisionMade) -> None:
        """Take the newest row in."""
        if decision.prompt is not None:
            self._prompts[decision.prompt] = len(self)
        for name, value in _entries(decision):
            self._columns[name].append(value)

    def answer(self, prompt: PromptId, answer: Answer) -> None:
        """An answer came, after the rows so far; one to an invitation that is not here changes nothing."""
        if prompt in self._prompts:
            self._answers.append(Answered(self._prompts[prompt], len(self), answer))

    def keep_days(self, first: int, last: int) -> None:
        """Keep the newest rows that are all of these local days; what a clock that was set lived elsewhere goes too."""
        days = self._columns["local_day"]
        gone = next((row + 1 for row in range(len(days) - 1, -1, -1) if not first <= days[row] <= last), 0)
        if gone:
            self._columns = {name: column[gone:] for name, column in self._columns.items()}
            self._prompts = {prompt: row - gone for prompt, row in self._prompts.items() if row >= gone}
            kept = (a for a in self._answers if a.row >= gone)
            self._answers = [Answered(a.row - gone, a.from_row - gone, a.answer) for a in kept]

    def columns(self) -> LedgerColumns:
        """All rows so far."""
        typed: dict[str, Any] = {
            name: np.array(column, dtype=np.float64 if _TYPES[name] == "d" else np.int64)
            for name, column in self._columns.items()
        }
        return LedgerColumns(**typed, answers=tuple(self._answers))


def columns_of(decisions: Iterable[DecisionMade]) -> LedgerColumns:
    """The columns of rows that were read, in the order they were made."""
    ledger = Ledger()
    for decision in decisions:
        ledger.append(decision)
    return ledger.columns()


def _entries(decision: DecisionMade) -> Iterable[tuple[str, float]]:
    gates = {verdict.gate: verdict for verdict in decision.gates}
    yield "start_minute", decision.start_at // MINUTE_MS
    yield "mono_minute", decision.start_mono_ms // MINUTE_MS
    yield "minutes", decision.minutes
    yield "local_day", decision.local_day
    yield "local_minute", decision.local_minute
    yield "is_worn", decision.epoch is not None
    yield "is_comparable", decision.is_comparable
    yield "failed", sum(GATE_BITS[gate] for gate, verdict in gates.items() if not verdict.passed and gate in GATE_BITS)
    yield "said", int(_value(gates, "wish") or 0)
    yield "stage", decision.stage
    yield "is_fair", decision.quality is Quality.FAIR
    yield "is_tagged", (_value(gates, "tags") or 0) > 0
    yield "is_standing_like", decision.is_standing_like
    yield "is_thin", is_thin(decision.stage, None if decision.usual is None else decision.usual.n_eff)
    yield "is_strap_on", decision.is_strap_on
    yield "is_after_session", decision.is_after_session
    yield "z_hr", _or_nan(decision.z_hr)
    yield "z_ln_rmssd", _or_nan(decision.z_ln_rmssd)
    yield "activation", _or_nan(decision.activation)
    yield "theta_on", decision.theta_on
    yield "hr_bpm", _or_nan(decision.hr_bpm)
    yield "artefact_share", _or_nan(_value(gates, "rhythm"))
    yield "respiration_hz", _or_nan(_value(gates, "breathing"))
    yield "activity_limit_bpm", _or_nan(gates["activity"].limit if "activity" in gates else None)


def _value(gates: dict[str, GateVerdict], gate: str) -> float | None:
    return gates[gate].value if gate in gates else None


def _or_nan(value: float | None) -> float:
    return _NAN if value is None else value
