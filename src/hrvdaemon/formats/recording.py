"""The exchange format: JSON lines, full fidelity, read back without loss (docs/recording-format.md).

The first line names the format and its version; then one input a line, as ``vocabulary.codec`` writes it. ``.gz`` files
are the same, compressed. A line that can not be read is a counted problem with its number and the rest still counts:
a recorder that lost power leaves at most its last line cut.
"""

import gzip
import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import IO, cast

from hrvdaemon.formats.problem import MOST_PROBLEMS, Problem
from hrvdaemon.vocabulary.bounds import problem_of
from hrvdaemon.vocabulary.codec import input_from_json, json_value, to_json
from hrvdaemon.vocabulary.errors import BadInput, UnreadableRecording
from hrvdaemon.vocabulary.inputs import ClockChanged, Input, RunStarted

FORMAT = "hrvdaemon-recording"
VERSION = 1

LONGEST_LINE = 1_000_000
"""Bytes; a longer line is no input, and is cut into problems instead of being taken into memory whole."""

MOST_INPUTS = 3_000_000
"""As many as are read into memory at once: a month of one packet a second, somewhat below 1 GB."""


@dataclass(frozen=True, slots=True)
class Recording:
    """A whole recording in memory; inputs in the order of the file."""

    inputs: tuple[Input, ...]
    problems: tuple[Problem, ...]


class RecordingReader:
    """Inputs of a recording, one after the other, for files larger than memory likes.

    Iterate once; ``problems`` is complete afterwards. UnreadableRecording at the end if there was no input at all, and
    at once if the file was written in a newer version.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.problems: list[Problem] = []

    def __iter__(self) -> Iterator[Input]:
        n_inputs = 0
        for number, line in self._lines():
            if number == 1 and self._is_header(line):
                continue
            item = self._input(number, line)
            if item is not None:
                n_inputs += 1
                yield item
        if n_inputs == 0:
            why = f"; {self.problems[0]}" if self.problems else ""
            raise UnreadableRecording(f"expected JSON lines with at least one input, came none in {self._path}{why}")

    def _lines(self) -> Iterator[tuple[int, bytes]]:
        number = 0
        try:
            with _open(self._path) as file:
                for number, line in enumerate(iter(partial(file.readline, LONGEST_LINE), b""), 1):
                    yield number, line
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            self.problems.append(Problem(number + 1, f"the compressed file is cut or damaged here ({error})"))
        except OSError as error:
            raise UnreadableRecording(f"expected a readable file, came {error.strerror}: {self._path}") from error

    def _is_header(self, line: bytes) -> bool:
        header = _json_or_none(line)
        if not isinstance(header, dict) or header.get("format") != FORMAT:
            self.problems.append(Problem(1, f'expected the first line to say {{"format": "{FORMAT}"}}'))
            return False
        version = header.get("version")
        if version != VERSION:
            raise UnreadableRecording(
                f"expected version {VERSION}, came {version!r} in {self._path}; a newer hrvdaemon may read it"
            )
        return True

    def _input(self, number: int, line: bytes) -> Input | None:
        if not line.strip():
            return None
        try:
            return _within_bounds(input_from_json(json_value(line)))
        except (BadInput, ValueError, OverflowError, RecursionError) as error:
            if len(self.problems) >= MOST_PROBLEMS:
                raise UnreadableRecording(
                    f"expected JSON lines, in {self._path} came more than {MOST_PROBLEMS} that are no input; first: "
                    f"{self.problems[0]}"
                ) from error
            cut = "" if line.endswith(b"\n") else ", the last line is cut"
            self.problems.append(Problem(number, f"expected an input as JSON{cut}: {error}"))
            return None


def read_recording(path: Path) -> Recording:
    """All inputs of a file, and what could not be read. UnreadableRecording if there is none, or too many."""
    reader = RecordingReader(path)
    inputs = tuple(islice(reader, MOST_INPUTS + 1))
    if len(inputs) > MOST_INPUTS:
        raise UnreadableRecording(
            f"expected at most {MOST_INPUTS} inputs in a recording, came more in {path}; split it"
        )
    return Recording(inputs, tuple(reader.problems))


def write_recording(path: Path, inputs: Iterable[Input], *, note: str = "") -> None:
    """Write ``inputs`` as given; the same inputs give the same bytes, compressed (``.gz``) or not."""
    with path.open("wb") as raw:
        file = gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) if path.suffix == ".gz" else raw
        with file:
            for line in recording_lines(inputs, note=note):
                file.write(line.encode())


def recording_lines(inputs: Iterable[Input], *, note: str = "") -> Iterator[str]:
    """The lines of a recording, header first, each with its line end."""
    yield _line({"format": FORMAT, "version": VERSION, "note": note})
    for item in inputs:
        yield _line(to_json(item))


def _within_bounds(item: Input) -> Input:
    """BadInput if it is not. What sets the clock is left to who replays: the rest means nothing without it."""
    problem = None if isinstance(item, RunStarted | ClockChanged) else problem_of(item)
    if problem is not None:
        raise BadInput(problem)
    return item


def _line(value: dict[str, object]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False) + "\n"


def _open(path: Path) -> IO[bytes]:
    """The file, decompressed if it is gzip, whatever its name."""
    with path.open("rb") as file:
        is_gzip = file.read(2) == b"\x1f\x8b"
    return cast("IO[bytes]", gzip.open(path)) if is_gzip else path.open("rb")


def _json_or_none(line: bytes) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None
