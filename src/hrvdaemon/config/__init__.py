"""TOML to validated settings. The settings live beside the code they set; here they are gathered and checked.

Every mistake is reported at once: file and line, key, what was expected, what came, and the nearest known key.
What is heavy is imported where the whole config is asked for, so that a command that only speaks to the running
daemon pays for none of it.
"""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from hrvdaemon.config.text import Mistake, absolute, parsed, read, report
from hrvdaemon.vocabulary.errors import BadConfig
from hrvdaemon.vocabulary.inputs import Scalar

if TYPE_CHECKING:
    from hrvdaemon.config.sections import WearerSettings
    from hrvdaemon.sinks.mqtt import MqttSettings
    from hrvdaemon.sources.strap_settings import StrapSettings
    from hrvdaemon.store.writer import StoreSettings

APP = "hrvdaemon"
INSTANCE = "HRVDAEMON_INSTANCE"
SYSTEM_RUNTIME = Path("/run/hrvdaemon")
"""RuntimeDirectory of the system unit; it lets others in, its socket only whom its mode lets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Everything a run needs to know. ``pipeline_settings`` holds what differs from the defaults, by dotted key."""

    path: Path | None
    """The file that was read; None: there is none, and everything is as by default."""
    strap: "StrapSettings"
    database: Path
    store: "StoreSettings"
    mqtt: "MqttSettings"
    socket: Path
    wearer: "WearerSettings"
    pipeline_settings: dict[str, Scalar]


def instance() -> str | None:
    """Name of this wearer's daemon, where several wearers share a computer; None: it is the only one.

    Each instance has a config, a database, a control socket and so topics of its own, in a folder of its name.
    BadConfig if the name would be no folder of ours.
    """
    name = os.environ.get(INSTANCE, "")
    if name and not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,31}", name):
        raise BadConfig(f"{INSTANCE}: expected a name of a-z, 0-9 and -, 32 at most, came {name!r}")
    return name or None


def default_path() -> Path:
    """Where the config is looked for; under systemd, where its ConfigurationDirectory is."""
    return _folder("CONFIGURATION_DIRECTORY", platformdirs.user_config_path(APP)) / "hrvdaemon.toml"


def default_database() -> Path:
    """Where the database is kept; under systemd, in its StateDirectory."""
    return _folder("STATE_DIRECTORY", platformdirs.user_data_path(APP)) / "hrvdaemon.db"


def default_socket() -> Path:
    """Where the daemon listens; under systemd, in its RuntimeDirectory.

    A computer without runtime folders has it beside the database: a folder under /tmp could be somebody else's.
    """
    private = platformdirs.user_runtime_path if os.environ.get("XDG_RUNTIME_DIR") else platformdirs.user_data_path
    return _folder("RUNTIME_DIRECTORY", private(APP)) / "control.sock"


def load(path: Path | None = None) -> Config:
    """The config at ``path``, which must be there, or at the default path, which need not. BadConfig lists mistakes."""
    from hrvdaemon.config.checks import checked  # noqa: PLC0415 - late, see the module's docstring

    where, text = _source(path)
    mistakes: list[Mistake] = []
    found = checked(parsed(text, where), where, mistakes)
    if mistakes:
        raise BadConfig(report(mistakes, text, where))
    return Config(
        path=where if text is not None else None,
        strap=found.strap,
        database=found.database or default_database(),
        store=found.store,
        mqtt=found.mqtt,
        socket=found.socket or default_socket(),
        wearer=found.wearer,
        pipeline_settings=found.pipeline_settings,
    )


def control_socket(path: Path | None = None) -> Path:
    """Where the running daemon listens; the rest is not checked. BadConfig for a file that is no TOML.

    Where the config names no socket and the user runs no daemon of their own, it is the one of a system unit.
    """
    where, text = _source(path)
    control = parsed(text, where).get("control")
    socket = control.get("socket") if isinstance(control, dict) else None
    return absolute(Path(socket), where) if isinstance(socket, str) else _socket_that_is_there(default_socket())


def _socket_that_is_there(own: Path) -> Path:
    systems = _of_instance(SYSTEM_RUNTIME) / own.name
    return systems if not own.exists() and systems.exists() else own


def _source(path: Path | None) -> tuple[Path, str | None]:
    where = default_path() if path is None else path
    return where, read(where, must_exist=path is not None)


def _folder(variable: str, otherwise: Path) -> Path:
    """The folder that systemd gives, an instance's own by its unit; else the instance's in ``otherwise``."""
    folder = os.environ.get(variable)
    return Path(folder) if folder else _of_instance(otherwise)


def _of_instance(folder: Path) -> Path:
    return folder / (instance() or "")
