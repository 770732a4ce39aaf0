"""The file itself: reading it, and naming the line of each mistake."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hrvdaemon.vocabulary.errors import BadConfig

_HEADER = re.compile(r"\s*\[\s*([^\[\]]+?)\s*\]\s*(#.*)?$")
_ASSIGNMENT = re.compile(r"""\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")
_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


@dataclass(frozen=True, slots=True)
class Mistake:
    """``key`` is dotted, such as ``mqtt.port``; ``what`` says what was expected and what came."""

    key: str
    what: str


def read(path: Path, *, must_exist: bool) -> str | None:
    """The text; None if there is no file and need not be one. BadConfig if there is no reading it."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        if must_exist:
            raise BadConfig(
                f"{path}: expected a config file, there is none; write one or leave the option out"
            ) from error
        return None
    except OSError as error:
        raise BadConfig(f"{path}: expected a readable config file, came: {error.strerror}") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise BadConfig(
            f"{path}:{line}: expected UTF-8 text, came the byte {error.object[error.start]:#04x}"
        ) from error


def parsed(text: str | None, path: Path) -> dict[str, Any]:
    """The values; none where there is no text. BadConfig with line and column if it is no TOML."""
    try:
        return tomllib.loads(text or "")
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        raise BadConfig(f"{path}:{_place(message, text or '')}: {_PLACE.sub('', message)}; expected TOML") from error


def report(mistakes: list[Mistake], text: str | None, path: Path) -> str:
    """All mistakes by line, each with its file and line."""
    placed = sorted((line_of(mistake.key, text or ""), mistake.key, mistake.what) for mistake in mistakes)
    lines = [f"{path}:{line}: {key}: {what}" for line, key, what in placed]
    head = "1 mistake" if len(lines) == 1 else f"{len(lines)} mistakes"
    return "\n".join([f"{head} in the config", *lines])


def line_of(key: str, text: str) -> int:
    """Line where a dotted key stands, or the longest part of it that does."""
    best_length, best_line = 0, 1
    for line, path in _keys_by_line(text):
        if (key == path or key.startswith(f"{path}.")) and len(path) > best_length:
            best_length, best_line = len(path), line
    return best_line


def absolute(path: Path, config: Path) -> Path:
    """``~`` is the user's home; a relative path begins where the config file is."""
    return config.parent.absolute() / path.expanduser()


def _keys_by_line(text: str) -> Iterator[tuple[int, str]]:
    section = ""
    for line, content in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(content):
            section = _dotted(header[1])
            yield line, section
        elif assignment := _ASSIGNMENT.match(content):
            yield line, f"{section}.{_dotted(assignment[1])}".lstrip(".")


def _dotted(key: str) -> str:
    return re.sub(r"\s*\.\s*", ".", key).replace('"', "").replace("'", "")


def _place(message: str, text: str) -> str:
    found = _PLACE.search(message)
    if found and found[1]:
        return f"{found[1]}:{found[2]}"
    lines = text.split("\n")
    return f"{len(lines)}:{len(lines[-1]) + 1}"
