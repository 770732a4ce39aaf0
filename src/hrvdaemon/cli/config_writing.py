"""The config that ``hrvdaemon init`` writes: short, readable by its owner only, whole or not at all."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from hrvdaemon.config import load
from hrvdaemon.config.checks import checked
from hrvdaemon.config.sections import Reach
from hrvdaemon.config.text import Mistake, parsed, read, report
from hrvdaemon.sinks.mqtt import pseudonym
from hrvdaemon.vocabulary.errors import BadUsage, Unavailable

HEAD = "# Written by `hrvdaemon init`. `hrvdaemon doctor` checks it; every line may be left out."


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What the wearer chose. None leaves the strap, the adapter or the broker as it was; a broker counts for MQTT."""

    address: str | None = None
    strap_name: str = ""
    adapter: str | None = None
    reach: Reach = "terminal"
    broker: str | None = None


def settings_before(path: Path) -> dict[str, Any]:
    """What a config that is there says, so that no answer is asked for twice and nothing agreed to is forgotten.

    Empty where there is none. BadConfig if it has mistakes: then nothing of it can be taken over.
    """
    if load(path).path is None:
        return {}
    return parsed(read(path, must_exist=True), path)


def config_text(choices: Choices, before: dict[str, Any]) -> str:
    """TOML: what was set ``before``, with the choices in it."""
    settings = {**before, "strap": _strap(choices, before), "wearer": {**_of(before, "wearer"), "reach": choices.reach}}
    if choices.reach == "mqtt":
        settings["mqtt"] = _mqtt(choices.broker, _of(before, "mqtt"))
    comments = {
        "strap": choices.strap_name if choices.address else "",
        "mqtt": "The client is a pseudonym, never a name.",
    }
    parts = [_section(name, values, comments.get(name, "")) for name, values in settings.items()]
    return "\n\n".join([HEAD, *parts]) + "\n"


def _of(before: dict[str, Any], section: str) -> dict[str, Any]:
    values: dict[str, Any] = before.get(section, {})
    return values


def _strap(choices: Choices, before: dict[str, Any]) -> dict[str, Any]:
    """An address takes the place of a name; further straps stay."""
    kept = _of(before, "strap")
    if choices.address is not None:
        others = {key: value for key, value in kept.items() if key not in ("address", "name")}
        kept = {"address": choices.address, **others}
    return {**kept, "adapter": choices.adapter} if choices.adapter else kept


def _mqtt(broker: str | None, before: dict[str, Any]) -> dict[str, Any]:
    """Another machine is spoken to over TLS only; pseudonym and agreed fields are kept."""
    from hrvdaemon.broker import is_loopback  # noqa: PLC0415  only who publishes pays for it

    settings = {"host": "localhost", "client": pseudonym(), **before, "enabled": True}
    if broker in (None, before.get("host")):
        return settings
    port = {"port": 1883, "tls": False} if is_loopback(broker or "") else {"port": 8883, "tls": True}
    return {**settings, "host": broker, **port}


def _section(name: str, values: dict[str, Any], comment: str) -> str:
    lines = [f"[{name}]", *([f"# {comment}"] if comment else [])]
    return "\n".join([*lines, *(f"{key} = {_value(value)}" for key, value in _flat("", values))])


def _flat(prefix: str, values: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        if isinstance(value, dict):
            yield from _flat(f"{prefix}{key}.", value)
        else:
            yield f"{prefix}{key}", value


def _value(value: Any) -> str:
    """As TOML has it: JSON but for dates, if no letter is written as two halves."""
    return value.isoformat() if isinstance(value, date) else json.dumps(value, ensure_ascii=False)


def judge(text: str, path: Path) -> None:
    """BadUsage with every mistake, if the daemon would not take this text."""
    mistakes: list[Mistake] = []
    checked(parsed(text, path), path, mistakes)
    if mistakes:
        raise BadUsage(f"not written; {report(mistakes, text, path)}")


def write_config(path: Path, text: str, now: datetime) -> Path | None:
    """Put ``text`` at ``path`` in one step, mode 0600; the copy of what was there, if anything was.

    Unavailable, and everything as before, if that can not be done. A link is followed, not replaced.
    """
    target = path.resolve()
    half = target.with_name(f".{target.name}.{os.getpid()}.new")
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_private(half, text)
        kept = _copy(target, now)
        half.replace(target)
    except OSError as error:
        raise Unavailable(f"expected a place for the config at {target}, came: {error.strerror}") from error
    finally:
        with suppress(OSError):
            half.unlink(missing_ok=True)
    return kept


def _write_private(path: Path, text: str) -> None:
    """On the disk before it takes the place of another."""
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _copy(path: Path, now: datetime) -> Path | None:
    """Beside it, named by the second, so that no earlier copy is lost."""
    if not path.exists():
        return None
    kept = path.with_name(f"{path.name}.before-{now:%Y%m%d-%H%M%S}")
    shutil.copy2(path, kept)
    kept.chmod(0o600)
    return kept
