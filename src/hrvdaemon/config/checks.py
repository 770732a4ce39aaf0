"""Each value against its key; what is right becomes settings, what is not becomes a mistake, and none hides another."""

import dataclasses
import difflib
import json
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ConfigDict, TypeAdapter, ValidationError

from hrvdaemon.broker import BrokerSettings
from hrvdaemon.config.sections import WEARER, Key, WearerSettings, sections
from hrvdaemon.config.text import Mistake, absolute
from hrvdaemon.pipeline.ranges import out_of_order, out_of_range
from hrvdaemon.pipeline.settings import defaults
from hrvdaemon.sinks.mqtt import MqttSettings
from hrvdaemon.sources.strap_settings import StrapSettings
from hrvdaemon.store.writer import StoreSettings
from hrvdaemon.vocabulary.inputs import Scalar

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """To be used only if there is no mistake: where there is one, the default stands in its place."""

    strap: StrapSettings
    database: Path | None
    store: StoreSettings
    mqtt: MqttSettings
    socket: Path | None
    wearer: WearerSettings
    pipeline_settings: dict[str, Scalar]


def checked(values: dict[str, Any], where: Path, mistakes: list[Mistake]) -> Checked:
    """The settings of a parsed file; ``mistakes`` is added to."""
    known = sections()
    _note_unknown("", values, [*known, "detector"], mistakes)
    found = {name: _section(name, values.get(name, {}), keys, where, mistakes) for name, keys in known.items()}
    overrides = _overrides(values.get("detector", {}), mistakes)
    wearer = WearerSettings(**found["wearer"])
    return Checked(
        strap=StrapSettings(**found["strap"]),
        database=found["store"].pop("path", None),
        store=StoreSettings(**found["store"]),
        mqtt=_mqtt(found["mqtt"], mistakes),
        socket=found["control"].get("socket"),
        wearer=wearer,
        pipeline_settings=_changed({**overrides, **_of_wearer(wearer)}),
    )


def _section(name: str, values: Any, keys: Mapping[str, Key], where: Path, mistakes: list[Mistake]) -> dict[str, Any]:
    """The values that are right."""
    if not isinstance(values, dict):
        mistakes.append(Mistake(name, f"expected a section [{name}], came {_shown(values)}"))
        return {}
    _note_unknown(f"{name}.", values, keys, mistakes)
    right: dict[str, Any] = {}
    for key in (key for key in keys if key in values):
        problems, value = _value(keys[key], values[key])
        mistakes.extend(Mistake(f"{name}.{key}", problem) for problem in problems)
        if not problems:
            right[key] = absolute(value, where) if isinstance(value, Path) else value
    return right


def _value(key: Key, value: Any) -> tuple[list[str], Any]:
    """What is wrong with a value, or the value in the setting's own type."""
    adapter: TypeAdapter[Any] = TypeAdapter(key.kind, config=ConfigDict(strict=True, allow_inf_nan=False))
    try:
        right = adapter.validate_json(json.dumps(value, default=str))
        if key.check is not None:
            key.check(right)
    except ValidationError as error:
        return [f"{_expected(one['msg'])}, came {_shown(one['input'])}" for one in error.errors()], None
    except ValueError as error:
        return [f"{error}, came {_shown(value)}"], None
    return [], right


def _mqtt(found: dict[str, Any], mistakes: list[Mistake]) -> MqttSettings:
    """What only several keys together can get wrong is judged once each of them is right by itself."""
    wrong = {mistake.key for mistake in mistakes}
    names = {setting.name for setting in dataclasses.fields(BrokerSettings)}
    broker = {key: value for key, value in found.items() if key in names}
    rest = {key: value for key, value in found.items() if key not in names}
    return _made(
        lambda: MqttSettings(
            **rest,
            broker=_made(
                lambda: BrokerSettings(**broker), BrokerSettings, "mqtt.tls",
                wrong & {"mqtt.host", "mqtt.tls", "mqtt.i_accept_plaintext"}, mistakes,
            ),
        ),
        MqttSettings, "mqtt.client", wrong & {"mqtt.enabled", "mqtt.client"}, mistakes,
    )  # fmt: skip


def _made(make: Callable[[], T], otherwise: Callable[[], T], key: str, wrong: set[str], mistakes: list[Mistake]) -> T:
    try:
        return make()
    except ValueError as error:
        if not wrong:
            mistakes.append(Mistake(key, str(error)))
        return otherwise()


def _overrides(values: Any, mistakes: list[Mistake]) -> dict[str, Scalar]:
    if not isinstance(values, dict):
        mistakes.append(Mistake("detector", f"expected a section [detector], came {_shown(values)}"))
        return {}
    known = defaults()
    flat = dict(_flat("", values))
    _note_unknown("detector.", flat, known, mistakes)
    _note_owned(flat, mistakes)
    right: dict[str, Scalar] = {}
    for key in (key for key in flat if key in known):
        problems, value = _value(Key(kind=type(known[key])), flat[key])
        if not problems and (problem := out_of_range(key, value)) is not None:
            problems = [problem]
        mistakes.extend(Mistake(f"detector.{key}", problem) for problem in problems)
        right.update({} if problems else {key: value})
    if set(right) == set(flat):
        mistakes.extend(Mistake(f"detector.{key}", problem) for key, problem in out_of_order(right, known).items())
    return right


def _flat(prefix: str, values: dict[str, Any]) -> Iterable[tuple[str, Any]]:
    for key, value in values.items():
        if isinstance(value, dict):
            yield from _flat(f"{prefix}{key}.", value)
        else:
            yield f"{prefix}{key}", value


def _note_owned(flat: Mapping[str, Any], mistakes: list[Mistake]) -> None:
    """One setting has one key."""
    for key, (owned, _) in WEARER.items():
        if owned in flat:
            mistakes.append(Mistake(f"detector.{owned}", f"expected it as wearer.{key}, came here"))


def _note_unknown(prefix: str, values: Iterable[str], known: Iterable[str], mistakes: list[Mistake]) -> None:
    names = list(known)
    for key in (key for key in values if key not in names):
        near = difflib.get_close_matches(key, names, n=1)
        hint = f"did you mean {prefix}{near[0]}?" if near else f"known are {', '.join(names)}"
        mistakes.append(Mistake(f"{prefix}{key}", f"expected a known key, came this one; {hint}"))


def _of_wearer(wearer: WearerSettings) -> dict[str, Scalar]:
    wishes = {dotted: become(getattr(wearer, key)) for key, (dotted, become) in WEARER.items()}
    return {**wishes, "prompts.daily_cap": 0} if wearer.reach == "quiet" else wishes


def _changed(flat: dict[str, Scalar]) -> dict[str, Scalar]:
    """What differs from the defaults: only that is written into a run."""
    usual = defaults()
    return {key: value for key, value in flat.items() if value != usual[key]}


def _expected(message: str) -> str:
    """Pydantic's sentence in our own form."""
    text = message.removeprefix("Value error, ").replace("Input should be", "expected", 1)
    return text if text.startswith("expected") else f"expected otherwise: {text}"


def _shown(value: Any) -> str:
    """As it would stand in the file, shortened."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    text = json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}…"
