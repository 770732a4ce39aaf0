"""What the minutes of the ledger share with their neighbours, written once.

That is the run's clock and zone, what the wearer said, stage, threshold, the gates' limits, and the usual of the two
hour bins around them.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from typing import Any, Final

from hrvdaemon.store.rows import Value
from hrvdaemon.vocabulary.decisions import DecisionMade, GateVerdict, HourUsual, usual_between
from hrvdaemon.vocabulary.units import MINUTE_MS, Instant

EPOCH_DAY: Final = 719_163
"""The ordinal of 1970-01-01, the day whose minutes UTC counts from."""
DAY_MIN: Final = 1440

Bins = tuple[HourUsual, HourUsual]


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a minute shares with its neighbours. ``limits`` by gate, in the gates' order; ``bins``: the hours' usual.

    ``said`` and ``tags`` are the values of the gates "wish" and "tags".
    """

    run: int
    wall_ms: int
    utc_offset_min: int
    said: int | None
    tags: int | None
    tags_until_at: Instant | None
    is_strap_on: bool
    is_after_session: bool
    stage: int
    theta_on: float
    rules: str
    limits: tuple[tuple[str, float | None], ...]
    bins: Bins | None

    @classmethod
    def of(cls, run: int, decision: DecisionMade, hours: Sequence[HourUsual], last: "Context | None") -> "Context":
        """The context of a decision; what is nothing to this row is as in the ``last`` one.

        ``hours``: the baseline's. Where they don't give the decision's usual, that is kept itself.
        """
        local = (decision.local_day - EPOCH_DAY) * DAY_MIN + decision.local_minute
        gates = {verdict.gate: verdict for verdict in decision.gates}
        shared = last if decision.epoch is None else None
        limits = dict(last.limits) if last is not None else {}
        return cls(
            run=run,
            wall_ms=decision.start_at - decision.start_mono_ms,
            utc_offset_min=local - decision.start_at // MINUTE_MS,
            said=_count(gates.get("wish")) if shared is None else shared.said,
            tags=_count(gates.get("tags")) if shared is None else shared.tags,
            tags_until_at=_until(gates.get("tags")) if shared is None else shared.tags_until_at,
            is_strap_on=decision.is_strap_on if shared is None else shared.is_strap_on,
            is_after_session=decision.is_after_session if shared is None else shared.is_after_session,
            stage=decision.stage,
            theta_on=decision.theta_on,
            rules=decision.rules,
            limits=tuple(_limits(decision.gates, limits)) if shared is None else shared.limits,
            bins=_bins(decision, hours) if shared is None else shared.bins,
        )

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> "Context":
        """The context of a row of ``ledger_context``."""
        bins = None if row["usual_json"] is None else bins_of(json.loads(row["usual_json"]))
        return cls(
            run=row["run"],
            wall_ms=row["wall_ms"],
            utc_offset_min=row["utc_offset_min"],
            said=row["said"],
            tags=row["tags"],
            tags_until_at=row["tags_until_ms"],
            is_strap_on=bool(row["is_strap_on"]),
            is_after_session=bool(row["is_after_session"]),
            stage=row["stage"],
            theta_on=row["theta_on"],
            rules=row["rules"],
            limits=tuple(json.loads(row["limits_json"]).items()),
            bins=None if bins is None else (bins[0], bins[1]),
        )

    def row(self) -> dict[str, Value]:
        """The columns of ``ledger_context`` without its number and its first minute."""
        usual = None if self.bins is None else json.dumps([astuple(one) for one in self.bins], separators=(",", ":"))
        return {
            "run": self.run,
            "wall_ms": self.wall_ms,
            "utc_offset_min": self.utc_offset_min,
            "said": self.said,
            "tags": self.tags,
            "tags_until_ms": self.tags_until_at,
            "is_strap_on": self.is_strap_on,
            "is_after_session": self.is_after_session,
            "stage": self.stage,
            "theta_on": self.theta_on,
            "rules": self.rules,
            "limits_json": json.dumps(dict(self.limits), separators=(",", ":")),
            "usual_json": usual,
        }

    def usual_at(self, minute_of_day: int) -> HourUsual | None:
        """The usual at a minute of the day in it."""
        return None if self.bins is None else usual_between(*self.bins, minute_of_day)


def _count(verdict: GateVerdict | None) -> int | None:
    return None if verdict is None or verdict.value is None else int(verdict.value)


def _until(verdict: GateVerdict | None) -> Instant | None:
    return None if verdict is None else verdict.until_at


def bins_of(values: Sequence[Sequence[float]]) -> tuple[HourUsual, ...]:
    """Hour bins of arrays of their fields, as ``baseline.hours_json`` has them."""
    names = [field.name for field in fields(HourUsual)]
    return tuple(HourUsual(**dict(zip(names, one, strict=True))) for one in values)


def _limits(gates: Sequence[GateVerdict], last: dict[str, float | None]) -> Iterator[tuple[str, float | None]]:
    """Each gate's limit; where the row itself has it, the last one stays."""
    share = next((verdict.value for verdict in gates if verdict.gate == "rhythm"), None)
    for verdict in gates:
        is_own = verdict.gate == "step_hold" or (verdict.gate == "quality" and verdict.value != share)
        yield verdict.gate, last.get(verdict.gate) if is_own else verdict.limit


def _bins(decision: DecisionMade, hours: Sequence[HourUsual]) -> Bins | None:
    """The two hour bins that give the decision's usual; where none do, that usual itself for both."""
    if decision.usual is None:
        return None
    if hours:
        before = ((decision.local_minute + 30) // 60 - 1) % 24
        bins = hours[before], hours[(before + 1) % 24]
        if usual_between(*bins, decision.local_minute) == decision.usual:
            return bins
    return decision.usual, decision.usual
