"""How large the numbers of an input may be, and what its text may hold: the same for a recording and for a request.

Whoever reads an input from outside asks ``problem_of`` before it goes anywhere: the pipeline and the store take what
they are given.
"""

from collections.abc import Iterator
from dataclasses import fields
from math import isfinite
from typing import Any, get_args

from hrvdaemon.vocabulary.inputs import Input

LONGEST_PAUSE_MIN = 7 * 24 * 60
MOST_TENSION = 10
LARGEST = 2**53
"""Every reader of JSON and the database can hold it."""

BOUNDS: dict[str, tuple[int, int]] = {
    "BatteryRead.percent": (0, 100),
    "FeltRated.tension": (0, MOST_TENSION),
    "PauseRequested.minutes": (0, LONGEST_PAUSE_MIN),
    "RunStarted.seed": (-(2**126), 2**126),
}
"""Least and most by class and field; a chance is drawn from 128 bits of the seed."""

_FIELDS: dict[type[Any], tuple[tuple[str, int, int], ...]] = {
    cls: tuple((one.name, *BOUNDS.get(f"{cls.__name__}.{one.name}", (-LARGEST, LARGEST))) for one in fields(cls))
    for cls in get_args(Input)
}


def problem_of(given: Input) -> str | None:
    """What is wrong with an input whose types are right: which field, what was expected, what came. None: nothing."""
    cls = type(given)
    for name, low, high in _FIELDS[cls]:
        field = getattr(given, name)
        for value in _values(field) if isinstance(field, dict) else (field,):
            if (expected := _expected(value, low, high)) is not None:
                return f"expected {name} of {cls.__name__} {expected}, came {value!r:.80}"
    return None


def _values(settings: dict[str, Any]) -> Iterator[Any]:
    """Settings are looked at one by one, names too."""
    yield from settings
    yield from settings.values()


def _expected(value: Any, low: int, high: int) -> str | None:
    match value:
        case int() if not low <= value <= high:
            return f"from {low} to {high}"
        case float() if not isfinite(value):
            return "as a finite number"
        case str() if not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value):
            return "as Unicode text"
        case _:
            return None
