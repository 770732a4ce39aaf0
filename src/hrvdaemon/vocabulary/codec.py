"""JSON of inputs and events: one object each, its class in ``type``, bytes in hex, instants in ISO 8601 UTC.

Unknown fields are ignored, so a newer recording can be read; an unknown ``type`` is a BadInput that names it.
A field is an instant if it is called ``at`` or ends in ``_at``; the keys of ``settings`` are no fields.
"""

import json
from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from typing import Any, cast, get_args

from pydantic import ConfigDict, TypeAdapter, ValidationError, with_config

from hrvdaemon.vocabulary import events, inputs
from hrvdaemon.vocabulary.errors import BadInput
from hrvdaemon.vocabulary.units import instant, iso

Record = inputs.Input | events.Event

_CLASSES: dict[str, type[Any]] = {cls.__name__: cls for cls in (*get_args(inputs.Input), *get_args(events.Event))}
_INPUTS = get_args(inputs.Input)
_WITHOUT_INSTANTS = frozenset(cls for cls in _INPUTS if not any(field.name == "at" for field in fields(cls)))
"""Nearly all of a recording: their fields are plain, and none is an instant."""
_SETTINGS = "settings"
_CONFIG = ConfigDict(ser_json_bytes="hex", val_json_bytes="hex", ser_json_inf_nan="null")


_ADAPTERS: dict[str, TypeAdapter[Any]] = {}


def _adapter(cls: type[Any]) -> TypeAdapter[Any]:
    """Built at first need: a start that reads no JSON pays for none."""
    if cls.__name__ not in _ADAPTERS:
        _ADAPTERS[cls.__name__] = TypeAdapter(with_config(_CONFIG)(cls))
    return _ADAPTERS[cls.__name__]


@cache
def _json_reader() -> TypeAdapter[Any]:
    return TypeAdapter(Any)


def json_value(text: bytes) -> object:
    """What a JSON text says: ValueError if it is none, RecursionError if it is too deep.

    Pydantic reads it in half the time; what it does not take the standard library reads, or says why not.
    """
    try:
        return _json_reader().validate_json(text)
    except ValueError:
        return json.loads(text)


def to_json(record: Record) -> dict[str, Any]:
    """A plain JSON object; ``from_json`` of it equals the record."""
    cls: type[Any] = type(record)
    return {"type": cls.__name__, **_write_instants(_adapter(cls).dump_python(record, mode="json"))}


def from_json(value: object) -> Record:
    """The record of a JSON object. BadInput if it is none, says which field and why."""
    if not isinstance(value, Mapping):
        raise BadInput(f'expected a JSON object with "type", came {type(value).__name__}')
    cls = _CLASSES.get(str(value.get("type")))
    if cls is None:
        raise BadInput(f'expected a known "type", came {value.get("type")!r}; a newer version may be needed to read it')
    try:
        read = value if cls in _WITHOUT_INSTANTS else _read_instants(value)
        return cast("Record", _adapter(cls).validate_python(read))
    except (ValidationError, ValueError) as error:
        raise BadInput(f"{cls.__name__}: {_first_line(error)}") from error


def input_from_json(value: object) -> inputs.Input:
    """As ``from_json``, for an input only."""
    record = from_json(value)
    if isinstance(record, _INPUTS):
        return cast("inputs.Input", record)
    raise BadInput(f"expected an input, came the event {type(record).__name__}")


def _is_instant(key: str) -> bool:
    return key == "at" or key.endswith("_at")


def _write_instants(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _written(key, item) for key, item in value.items()}
    return [_write_instants(item) for item in value] if isinstance(value, list) else value


def _written(key: str, value: Any) -> Any:
    if key == _SETTINGS:
        return value
    return iso(value) if _is_instant(key) and value is not None else _write_instants(value)


def _read_instants(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _read(key, item) for key, item in value.items()}
    return [_read_instants(item) for item in value] if isinstance(value, list) else value


def _read(key: str, value: Any) -> Any:
    if key == _SETTINGS:
        return value
    if not (_is_instant(key) and isinstance(value, str)):
        return _read_instants(value)
    try:
        return instant(value)
    except ValueError as error:
        raise ValueError(f"{key}: expected an ISO 8601 time, came {value!r}") from error


def _first_line(error: ValueError) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}, came {first['input']!r}"
    return str(error)
