"""One record, one row: the columns of a dataclass, made from its fields and read back equal.

- an ``Instant`` is a column ``*_ms``; a tuple or dict is JSON in ``*_json``, a record inside it an array of its fields
  in their order without the trailing nulls; every other value is itself
- a record inside a record is spread out: ``epoch``, ``metrics`` and ``outcome`` as they are, others behind their name
"""

import json
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, TypeVar, Union, get_args, get_origin, get_type_hints

from hrvdaemon.vocabulary import events as ev
from hrvdaemon.vocabulary import inputs as inp
from hrvdaemon.vocabulary.units import Instant

TABLES: Final[dict[type[Any], str]] = {
    inp.ClockChanged: "clock_change",
    inp.SettingsChanged: "settings_change",
    inp.SensorConnected: "sensor",
    inp.SensorLost: "sensor",
    inp.BatteryRead: "sensor",
    inp.PromptAnswered: "prompt_answer",
    inp.DeliveryReported: "delivery",
    inp.FeltRated: "felt_rating",
    inp.TagSet: "tag",
    inp.PauseRequested: "pause",
    inp.BaselineEpochStarted: "baseline_epoch",
    ev.PacketRejected: "rejected_packet",
    ev.WearingStarted: "wearing",
    ev.GapDetected: "gap",
    ev.SignalQualityChanged: "signal_note",
    ev.EpochClosed: "epoch",
    ev.BaselineComputed: "baseline",
    ev.BaselineRestarted: "baseline_restart",
    ev.ReferenceDayTaken: "reference_day",
    ev.DriftReported: "drift",
    ev.ThresholdComputed: "threshold",
    ev.StandingMeasured: "standing",
    ev.AutonomicStateChanged: "state_change",
    ev.PromptIssued: "prompt",
    ev.ExerciseStarted: "session",
    ev.ExerciseFinished: "outcome",
    ev.WindowSummarised: "window_summary",
}
"""Where a record is one row of one table. Runs, beats, the journal and the ledger have their own shapes."""

HAPPENINGS: Final[dict[type[Any], str]] = {
    inp.SensorConnected: "connected",
    inp.SensorLost: "lost",
    inp.BatteryRead: "battery",
}
"""``sensor.happening``: the three records that share that table."""

NOT_STORED: Final = "not_stored"
"""``gap.why`` where steps were lost before they could be written; its ``event_number`` is -1."""

R = TypeVar("R")
Value = str | int | float | bytes | None
_SPREAD_AS_THEY_ARE = frozenset({"epoch", "metrics", "outcome"})


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    field: str
    to_sql: Callable[[Any], Value]
    from_sql: Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Spread:
    """A field that is a record of its own, under a prefix."""

    prefix: str
    field: str
    cls: type[Any]
    proof: str | None
    """A column that is never null where the record is there; None if it always is."""


_PARTS: dict[type[Any], tuple[_Column | _Spread, ...]] = {}


def row_of(record: object, prefix: str = "") -> dict[str, Value]:
    """The columns of a record and their values."""
    row: dict[str, Value] = {}
    for part in _parts(type(record)):
        value = getattr(record, part.field)
        if isinstance(part, _Column):
            row[prefix + part.name] = None if value is None else part.to_sql(value)
        else:
            inner = prefix + part.prefix
            row |= _empty_row(part.cls, inner) if value is None else row_of(value, inner)
    return row


def record_of(cls: type[R], row: Mapping[str, Any] | sqlite3.Row, prefix: str = "") -> R:
    """The record of a row; columns that are not the record's are ignored."""
    values: dict[str, Any] = {}
    for part in _parts(cls):
        if isinstance(part, _Column):
            value = row[prefix + part.name]
            values[part.field] = None if value is None else part.from_sql(value)
        elif part.proof is not None and row[prefix + part.proof] is None:
            values[part.field] = None
        else:
            values[part.field] = record_of(part.cls, row, prefix + part.prefix)
    return cls(**values)


def insert(connection: sqlite3.Connection, table: str, row: Mapping[str, Value]) -> None:
    """Add a row; one whose key is there already was stored before and stays as it is."""
    connection.execute(_insert_sql(table, tuple(row)), tuple(row.values()))


@cache
def _insert_sql(table: str, names: tuple[str, ...]) -> str:
    marks = ", ".join("?" * len(names))
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks}) ON CONFLICT DO NOTHING"  # noqa: S608 - our names


def _parts(cls: type[Any]) -> tuple[_Column | _Spread, ...]:
    if cls not in _PARTS:
        hints = get_type_hints(cls)
        _PARTS[cls] = tuple(_part(field.name, hints[field.name]) for field in fields(cls))
    return _PARTS[cls]


def _part(name: str, hint: Any) -> _Column | _Spread:
    inner, is_optional = _without_none(hint)
    if is_dataclass(inner) and isinstance(inner, type):
        prefix = "" if name in _SPREAD_AS_THEY_ARE else f"{name}_"
        proof = prefix + next(iter(_empty_row(inner))) if is_optional else None
        return _Spread(prefix, name, inner, proof)
    if get_origin(inner) in (tuple, dict):
        return _Column(f"{name}_json", name, _to_json, lambda text: _from_plain(inner, json.loads(text)))
    column = f"{name}_ms" if inner is Instant else name
    return _Column(column, name, _itself, lambda value: _from_plain(inner, value))


def _empty_row(cls: type[Any], prefix: str = "") -> dict[str, Value]:
    row: dict[str, Value] = {}
    for part in _parts(cls):
        row |= {prefix + part.name: None} if isinstance(part, _Column) else _empty_row(part.cls, prefix + part.prefix)
    return row


def _without_none(hint: Any) -> tuple[Any, bool]:
    if get_origin(hint) in (Union, UnionType) and NoneType in get_args(hint):
        (inner,) = (part for part in get_args(hint) if part is not NoneType)
        return inner, True
    return hint, False


def _itself(value: Value) -> Value:
    return value.value if isinstance(value, StrEnum) else value


def _to_json(value: object) -> str:
    return json.dumps(_plain(value), separators=(",", ":"), ensure_ascii=False)


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if not is_dataclass(value):
        return int(value) if isinstance(value, bool) else value
    row = [_plain(getattr(value, field.name)) for field in fields(value)]
    while row and row[-1] is None:
        row.pop()
    return row


def _from_plain(hint: Any, value: Any) -> Any:
    inner, _ = _without_none(hint)
    if value is None or get_origin(inner) is dict:
        return value
    if get_origin(inner) is tuple:
        return tuple(_from_plain(get_args(inner)[0], item) for item in value)
    if is_dataclass(inner) and isinstance(inner, type):
        hints = get_type_hints(inner)
        present = zip(fields(inner), value, strict=False)
        return inner(**{field.name: _from_plain(hints[field.name], item) for field, item in present})
    return inner(value) if isinstance(inner, type) and issubclass(inner, StrEnum | bool) else value
