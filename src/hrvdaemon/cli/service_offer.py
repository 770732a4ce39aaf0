"""The exact commands that start the daemon by itself at each login; nothing is run here."""

import shlex
import shutil
import sys
from pathlib import Path

import hrvdaemon
from hrvdaemon.config import INSTANCE, instance

USUAL_PROGRAM = Path("~/.local/bin/hrvdaemon")
"""Where pipx and uv put it, and where the unit looks."""


def service_name() -> str:
    """As systemd knows it, an instance by its wearer."""
    name = instance()
    return "hrvdaemon" if name is None else f"hrvdaemon@{name}"


def command(words: str, config: Path | None) -> str:
    """One of ours as it is typed for the same config and the same wearer."""
    name = instance()
    wearer = "" if name is None else f"{INSTANCE}={name} "
    option = "" if config is None else f" --config {shlex.quote(str(config))}"
    return f"{wearer}hrvdaemon {words}{option}"


def commands(config: Path | None) -> list[str]:
    """For a user's systemd; none where there is no systemd, or where the unit is not at hand."""
    unit = unit_file()
    if unit is None or shutil.which("systemctl") is None:
        return []
    folder = "~/.config/systemd/user"
    return [
        f"mkdir -p {folder}",
        f"{_placed(unit, config)} {folder}/{unit.name}",
        "systemctl --user daemon-reload",
        f"systemctl --user enable --now {service_name()}",
    ]


def unit_file() -> Path | None:
    """The unit in the package, or in the checkout that it runs from."""
    package = Path(hrvdaemon.__file__).parent
    unit = "hrvdaemon.service" if instance() is None else "hrvdaemon@.service"
    places = (package / "systemd" / "user" / unit, package.parents[1] / "systemd" / "user" / unit)
    return next((place for place in places if place.is_file()), None)


def _placed(unit: Path, config: Path | None) -> str:
    """The unit as it is, or with the program and the config that are used here."""
    program = _program()
    if config is None and program == USUAL_PROGRAM.expanduser():
        return f"cp {shlex.quote(str(unit))}"
    words = [_for_systemd(str(program)), "run"]
    if config is not None:
        words += ["--config", _for_systemd(str(config.absolute()))]
    return f"sed {shlex.quote('s|^ExecStart=.*|ExecStart=' + ' '.join(words) + '|')} {shlex.quote(str(unit))} >"


def _program() -> Path:
    """The program as it was called, else the first one in the path."""
    called = Path(sys.argv[0]).absolute()
    found = shutil.which("hrvdaemon")
    if USUAL_PROGRAM.expanduser().exists():
        return USUAL_PROGRAM.expanduser()
    return called if called.name == "hrvdaemon" and called.exists() else Path(found or USUAL_PROGRAM.expanduser())


def _for_systemd(word: str) -> str:
    """Specifiers doubled, and quotes around a word with spaces (systemd.service(5), COMMAND LINES)."""
    doubled = word.replace("%", "%%")
    return f'"{doubled}"' if " " in doubled else doubled
