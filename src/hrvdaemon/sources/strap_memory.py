"""Which strap was used last, kept beside the database: where none is configured, another person's is left alone.

Two lines of text: address and name. To use another strap, write its address into the config or delete the file.
"""

import logging
import re
from dataclasses import dataclass
from pathlib import Path

SERIAL = re.compile("(?=[0-9A-F]*[0-9])[0-9A-F]{4,}", re.IGNORECASE)
"""Four hexadecimal digits or more in a row, a decimal one among them; a name without is shared by its whole make."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownStrap:
    """``name`` is empty where the strap has none; most have their serial number in it."""

    address: str
    name: str

    def is_seen_as(self, address: str, name: str) -> bool:
        """By address in any case; or, as some devices change theirs, by the whole name if it has a serial number."""
        return address.casefold() == self.address.casefold() or (name == self.name and bool(SERIAL.search(name)))


class StrapMemory:
    """``path`` None: nothing outlasts the process. A file that can not be read or written is no reason to stop."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._known = None if path is None else _read(path)

    @property
    def known(self) -> KnownStrap | None:
        """None until a strap has sent beats."""
        return self._known

    def keep(self, strap: KnownStrap) -> None:
        """Remember this one; the file is written only when it changes, whole or not at all."""
        if strap == self._known:
            return
        self._known = strap
        if self._path is not None:
            _write(self._path, strap)


def _read(path: Path) -> KnownStrap | None:
    try:
        address, name = path.read_text(encoding="utf-8").split("\n")[:2]
    except (OSError, ValueError):  # none yet, not text, or a line is missing: the next strap is remembered anew
        return None
    return KnownStrap(address=address.strip(), name=name.strip()) if address.strip() else None


def _write(path: Path, strap: KnownStrap) -> None:
    half = path.with_name(path.name + ".new")
    try:
        half.touch(mode=0o600)
        half.write_text(f"{strap.address}\n{strap.name}\n", encoding="utf-8")
        half.replace(path)
    except OSError as error:
        logger.warning("event=strap_not_remembered reason=%s", error.strerror)
