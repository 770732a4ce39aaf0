"""A decision as one small row of whole numbers, and back again bit for bit.

The numbers stand on the ledger's grid already, so nothing is lost; what many minutes share is their ``Context``.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from typing import Any, Final

from hrvdaemon.store.ledger_codes import BITS, CONFIDENCES, QUALITIES, REASONS, STATES, WITHHELD
from hrvdaemon.store.ledger_context import DAY_MIN, EPOCH_DAY, Context
from hrvdaemon.store.ledger_tables import KEY_BITS
from hrvdaemon.store.rows import Value
from hrvdaemon.vocabulary.decisions import DecisionMade, GateVerdict, Reason
from hrvdaemon.vocabulary.ledger_grid import BPM, LN, SHARE, from_whole, to_whole
from hrvdaemon.vocabulary.units import MINUTE_MS, Instant, PromptId

Row = Mapping[str, Any] | sqlite3.Row
GRACE_MS: Final = 15_000
"""A minute is closed so long after its end (law 2); ``late_ms`` counts from there."""
GATES: Final = frozenset(
    {"rhythm", "quality", "wish", "breathing", "motion", "activity", "kinetics", "recovery", "step_hold", "tags"}
)
_COLUMNS: Final = {
    "rhythm": ("artefact_share", SHARE),
    "breathing": ("respiration", SHARE),
    "kinetics": ("rise", LN),
}
"""Column and scale of a gate's value where it has a column of its own."""


def to_row(decision: DecisionMade) -> dict[str, Value]:
    """The columns of ``decision`` but those that say where it came from.

    ValueError if a gate says what there is no column or bit for (a migration has to add it), or if the minute does not
    begin with one of the wall.
    """
    if decision.start_at % MINUTE_MS:
        raise ValueError(f"expected a minute that begins with one of the wall, came one at {decision.start_at} ms")
    gates = {verdict.gate: verdict for verdict in decision.gates}
    unknown = gates.keys() - GATES
    if unknown:
        raise ValueError(f"expected gates that the ledger has columns for, came {', '.join(sorted(unknown))}")
    return {
        "minutes": decision.minutes,
        "epoch": decision.epoch,
        "state": STATES.index(decision.state),
        "reason": None if decision.reason is None else REASONS.index(decision.reason),
        "withheld": None if decision.withheld is None else WITHHELD.index(decision.withheld),
        "findings": sum(BITS[verdict.gate, verdict.reason] for verdict in decision.gates if verdict.reason is not None),
        "quality": None if decision.quality is None else QUALITIES.index(decision.quality),
        **{name: to_whole(_value(gates, gate), scale) for gate, (name, scale) in _COLUMNS.items()},
        "motion": _value(gates, "motion"),
        "recovery_until_ms": _until(gates, "recovery", decision.start_at),
        "step_release": to_whole(gates["step_hold"].limit, BPM) if "step_hold" in gates else None,
        "step_until_ms": _until(gates, "step_hold", decision.start_at),
        "hr": to_whole(decision.hr_bpm, BPM),
        "ln": to_whole(decision.ln_rmssd, LN),
        "z_hr": to_whole(decision.z_hr, LN),
        "z_ln": to_whole(decision.z_ln_rmssd, LN),
        "activation": to_whole(decision.activation, LN),
        "resid": to_whole(decision.resid, LN),
        "evidence": decision.evidence,
        "is_armed": decision.is_armed,
        "learns": decision.learns,
        "is_standing_like": decision.is_standing_like,
        "confidence": CONFIDENCES.index(decision.confidence),
        "prompt": decision.prompt,
        "rare_json": _rare(gates, decision),
    }


def _value(gates: Mapping[str, GateVerdict], gate: str) -> float | None:
    return gates[gate].value if gate in gates else None


def _until(gates: Mapping[str, GateVerdict], gate: str, start_at: Instant) -> int | None:
    """How many ms after the minute began what holds ends."""
    until = gates[gate].until_at if gate in gates else None
    return None if until is None else until - start_at


def _rare(gates: Mapping[str, GateVerdict], decision: DecisionMade) -> str | None:
    """What few minutes have.

    ``late_ms``: how much later than usual it was closed; ``quality``: value and limit, where they are not those of the
    share of artefacts; ``motion_until_ms``.
    """
    late_ms = decision.mono_ms - (decision.start_mono_ms + decision.minutes * MINUTE_MS + GRACE_MS)
    motion_until_ms, quality = _until(gates, "motion", decision.start_at), gates.get("quality")
    rare: dict[str, object] = {} if late_ms == 0 else {"late_ms": late_ms}
    if motion_until_ms is not None:
        rare["motion_until_ms"] = motion_until_ms
    if quality is not None and quality.value != _value(gates, "rhythm"):
        rare["quality"] = [quality.value, quality.limit]
    return json.dumps(rare, separators=(",", ":")) if rare else None


def key_of(decision: DecisionMade, context: int) -> int:
    """The key of a row in this context; keys of one context or of one minute are never equal."""
    return (decision.start_at // MINUTE_MS << KEY_BITS) + context


def from_row(row: Row, context: Context) -> DecisionMade:
    """The decision of a row."""
    start_minute = row["key"] >> KEY_BITS
    local = start_minute + context.utc_offset_min
    start_at = Instant(start_minute * MINUTE_MS)
    start_mono_ms = start_at - context.wall_ms
    rare = {} if row["rare_json"] is None else json.loads(row["rare_json"])
    mono_ms = start_mono_ms + row["minutes"] * MINUTE_MS + GRACE_MS + rare.get("late_ms", 0)
    has_beats = row["epoch"] is not None
    return DecisionMade(
        mono_ms=mono_ms,
        at=Instant(mono_ms + context.wall_ms),
        start_at=start_at,
        start_mono_ms=start_mono_ms,
        minutes=row["minutes"],
        epoch=row["epoch"],
        local_day=local // DAY_MIN + EPOCH_DAY,
        local_minute=local % DAY_MIN,
        state=STATES[row["state"]],
        reason=None if row["reason"] is None else REASONS[row["reason"]],
        withheld=None if row["withheld"] is None else WITHHELD[row["withheld"]],
        gates=tuple(_verdicts(row, rare, context, start_at)) if has_beats else (),
        stage=context.stage,
        quality=None if row["quality"] is None else QUALITIES[row["quality"]],
        hr_bpm=from_whole(row["hr"], BPM),
        ln_rmssd=from_whole(row["ln"], LN),
        usual=context.usual_at(local % DAY_MIN) if has_beats else None,
        z_hr=from_whole(row["z_hr"], LN),
        z_ln_rmssd=from_whole(row["z_ln"], LN),
        activation=from_whole(row["activation"], LN),
        resid=from_whole(row["resid"], LN),
        theta_on=context.theta_on,
        evidence=row["evidence"],
        is_armed=bool(row["is_armed"]),
        learns=bool(row["learns"]),
        is_standing_like=bool(row["is_standing_like"]),
        is_strap_on=context.is_strap_on and has_beats,
        is_after_session=context.is_after_session and has_beats,
        confidence=CONFIDENCES[row["confidence"]],
        prompt=None if row["prompt"] is None else PromptId(row["prompt"]),
        rules=context.rules,
    )


def _verdicts(row: Row, rare: Mapping[str, Any], context: Context, start_at: Instant) -> Iterator[GateVerdict]:
    found: dict[str, Reason] = {gate: reason for (gate, reason), bit in BITS.items() if row["findings"] & bit}
    value, limit = rare.get("quality", (None, None))
    for gate, shared in context.limits:
        is_other = gate == "quality" and "quality" in rare
        until = _stored_until(row, rare, gate)
        yield GateVerdict(
            gate=gate,
            passed=gate not in found,
            value=value if is_other else _stored_value(row, context, gate),
            limit=limit if is_other else from_whole(row["step_release"], BPM) if gate == "step_hold" else shared,
            reason=found.get(gate),
            until_at=context.tags_until_at if gate == "tags" else None if until is None else Instant(start_at + until),
        )


def _stored_until(row: Row, rare: Mapping[str, Any], gate: str) -> int | None:
    until: int | None = None
    match gate:
        case "recovery":
            until = row["recovery_until_ms"]
        case "step_hold":
            until = row["step_until_ms"]
        case "motion":
            until = rare.get("motion_until_ms")
        case _:
            pass
    return until


def _stored_value(row: Row, context: Context, gate: str) -> float | None:
    match gate:
        case "motion":
            return None if row["motion"] is None else float(row["motion"])
        case "activity" | "step_hold":
            return from_whole(row["hr"], BPM)
        case "wish":
            return context.said
        case "tags":
            return context.tags
        case "recovery":
            return None
        case _:
            name, scale = _COLUMNS["rhythm" if gate == "quality" else gate]
            return from_whole(row[name], scale)
