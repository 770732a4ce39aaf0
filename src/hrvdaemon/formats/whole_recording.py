"""A recording that is there whole or not at all: written beside its place, and moved into it when it is done."""

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from hrvdaemon.formats.recording import write_recording
from hrvdaemon.vocabulary.errors import BadUsage
from hrvdaemon.vocabulary.inputs import Input


def write_whole_recording(path: Path, inputs: Iterable[Input], *, note: str) -> bool:
    """Whether there was an input; without one, or when the inputs raise, nothing is left behind.

    BadUsage if ``path`` can not be written.
    """
    rest: Iterator[Input] = iter(inputs)
    first = next(rest, None)
    if first is None:
        return False
    unfinished = path.with_name(f".{path.name}.unfinished{path.suffix}")
    try:
        write_recording(unfinished, chain([first], rest), note=note)
        unfinished.replace(path)
    except OSError as error:
        raise BadUsage(f"--out: expected a file that can be written, came {path}: {error.strerror}") from error
    finally:
        unfinished.unlink(missing_ok=True)
    return True
