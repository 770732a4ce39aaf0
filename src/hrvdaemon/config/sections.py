"""Which keys there are, of what type, from where to where, and what they are by default."""

import dataclasses
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, get_type_hints

from pydantic import Field

from hrvdaemon.broker import BrokerSettings
from hrvdaemon.pipeline.ranges import RANGES as PIPELINE_RANGES
from hrvdaemon.sinks.mqtt import MqttSettings
from hrvdaemon.sources.strap_settings import StrapSettings
from hrvdaemon.store.writer import StoreSettings
from hrvdaemon.vocabulary.inputs import Scalar

RANGES: dict[str, tuple[float, float]] = {
    "wearer.age": (1, 120),
    "wearer.daily_cap": PIPELINE_RANGES["prompts.daily_cap"],
    "wearer.cooldown_min": PIPELINE_RANGES["prompts.cooldown_min"],
    "store.flush_s": (0.1, 600),
    "store.busy_timeout_s": (0.1, 600),
    "store.waiting_steps": (1, 10_000_000),
    "store.batch_steps": (1, 1_000_000),
}
"""Least and most, where the settings' own type does not say it."""
STRAP_RANGE_S = (0.1, 3600)

Reach = Literal["desktop", "terminal", "mqtt", "quiet"]


def minute_of_day(text: str) -> int:
    """``22:00`` is 1320. ValueError if it is no time of day."""
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text):
        raise ValueError('expected a time of day such as "22:00"')
    return int(text[:2]) * 60 + int(text[3:])


@dataclass(frozen=True, slots=True, kw_only=True)
class WearerSettings:
    """What a wearer may want to change, in their words; each becomes a setting of the pipeline."""

    age: int | None = None
    """Years; sets the highest heart rate to expect. None: not known."""
    quiet_from: str = "22:00"
    """No invitation from this time of day."""
    quiet_to: str = "08:00"
    """Invitations again from this time of day."""
    daily_cap: int = 4
    """Most invitations a day."""
    cooldown_min: int = 60
    """Shortest time from one invitation to the next, minutes."""
    reach: Reach = "terminal"
    """How invitations reach the wearer; ``quiet`` makes none."""


def _years(age: int | None) -> int:
    return age or 0


def _same(value: int) -> int:
    return value


WEARER: dict[str, tuple[str, Callable[[Any], Scalar]]] = {
    "age": ("gates.age_years", _years),
    "quiet_from": ("prompts.quiet_from_min", minute_of_day),
    "quiet_to": ("prompts.quiet_to_min", minute_of_day),
    "daily_cap": ("prompts.daily_cap", _same),
    "cooldown_min": ("prompts.cooldown_min", _same),
}
"""The pipeline's setting that each of the wearer's becomes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """``check`` raises ValueError for what the type alone can't refuse."""

    kind: Any
    default: Any = None
    check: Callable[[Any], object] | None = None


def sections() -> dict[str, dict[str, Key]]:
    """Section, key. A path's default of None means the one of this computer."""
    mqtt = {**_keys("mqtt", MqttSettings), **_keys("mqtt", BrokerSettings)}
    del mqtt["broker"]
    wearer = _keys("wearer", WearerSettings)
    for name in ("quiet_from", "quiet_to"):
        wearer[name] = dataclasses.replace(wearer[name], check=minute_of_day)
    return {
        "strap": _keys("strap", StrapSettings),
        "store": {"path": Key(kind=Path), **_keys("store", StoreSettings)},
        "mqtt": mqtt,
        "wearer": wearer,
        "control": {"socket": Key(kind=Path)},
    }


def _keys(section: str, settings: type[Any]) -> dict[str, Key]:
    hints = get_type_hints(settings, include_extras=True)
    return {
        setting.name: Key(kind=_ranged(section, setting.name, hints[setting.name]), default=_default(setting))
        for setting in dataclasses.fields(settings)
    }


def _default(setting: "dataclasses.Field[Any]") -> Any:
    factory = setting.default_factory
    return setting.default if factory is dataclasses.MISSING else factory()


def _ranged(section: str, name: str, kind: Any) -> Any:
    limits = STRAP_RANGE_S if section == "strap" and name.endswith("_s") else RANGES.get(f"{section}.{name}")
    return kind if limits is None else Annotated[kind, Field(ge=limits[0], le=limits[1])]
