"""Open a recording whatever it is: what it holds decides, never its name."""

import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import BytesIO, TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import numpy as np

from hrvdaemon.formats.beat_times import (
    are_beat_times,
    is_time_and_class,
    read_classified_beats,
    series_of_beat_times,
)
from hrvdaemon.formats.capture_file import CaptureReader, is_capture, refuse_other_captures
from hrvdaemon.formats.heart_rate_capture import Wish
from hrvdaemon.formats.hrv_logger import header_columns, is_two_columns, read_hrv_logger, read_time_and_rr
from hrvdaemon.formats.numpy_array import MAGIC, read_numpy
from hrvdaemon.formats.packets import inputs_from_rr, series_from_inputs
from hrvdaemon.formats.polar_hrm import is_polar_hrm, read_polar_hrm
from hrvdaemon.formats.problem import Problem
from hrvdaemon.formats.recording import MOST_INPUTS, read_recording
from hrvdaemon.formats.rr_series import RRSeries, Unit
from hrvdaemon.formats.rr_text import read_column, series_of_intervals
from hrvdaemon.vocabulary.errors import UnreadableRecording
from hrvdaemon.vocabulary.inputs import Input
from hrvdaemon.vocabulary.units import Instant, RunId, instant, iso

ASSUMED_START = instant("2026-01-05T08:00:00Z")
"""Where a file without a clock begins: a Monday morning."""

LARGEST_BYTES = 32 * 1024 * 1024
"""Of a file that is not JSON lines, decompressed; three months of beats. It bounds what reading costs: 0.7 GB."""

CAPTURE = "bluetooth-capture"

_READS = (
    "RR text (one interval a line), beat times, HRV Logger CSV, time and interval CSV, Polar HRM, a NumPy array, a "
    "Bluetooth capture, or hrvdaemon's JSON lines"
)
_BYTE_ORDER_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_HEADER_WITHIN = 5
_HEAD_BYTES = 4096
_GZIP = 16 + zlib.MAX_WBITS


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayable:
    """The inputs of a recording, what could not be read, and what the reader decided by itself."""

    inputs: tuple[Input, ...]
    problems: tuple[Problem, ...]
    notes: tuple[str, ...]


def read_rr(path: Path, unit: Unit | None = None) -> RRSeries:
    """The RR intervals of a file. ``unit`` None is decided for the whole file, and told in ``notes``.

    Raises
    ------
    UnreadableRecording
        If the file is not there, empty, binary, larger than ``LARGEST_BYTES``, or has no interval.
    """
    series = _series(path, unit)
    if not series.rr_ms.size:
        why = f"; {series.problems[0]}" if series.problems else ""
        raise UnreadableRecording(f"expected at least one RR interval, came none in {path}{why}")
    return series


def read_any(
    path: Path,
    *,
    unit: Unit | None = None,
    start_at: Instant | None = None,
    zone: str = "UTC",
    run: RunId | None = None,
) -> Replayable:
    """The inputs of a file. ``start_at``, ``zone`` and ``run`` are for files that have none of their own.

    UnreadableRecording as ``read_rr``.
    """
    head = _head(path)
    if _is_json(head):
        recording = read_recording(path)
        return Replayable(inputs=recording.inputs, problems=recording.problems, notes=())
    if is_capture(head):
        return _read_capture(path, start_at, zone)
    series = read_rr(path, unit)
    start, notes = series.start_at if start_at is None else start_at, series.notes
    if start is None:
        start, notes = ASSUMED_START, (*notes, f"no clock in the file: it starts at {iso(ASSUMED_START)}")
    inputs = inputs_from_rr(series, start_at=start, zone=zone, run=run or RunId(path.name))
    return Replayable(inputs=tuple(inputs), problems=series.problems, notes=notes)


def _read_capture(path: Path, start_at: Instant | None, zone: str) -> Replayable:
    """A capture has its own clock and the name of its run; ``start_at`` is for one that was made without a clock."""
    reader = CaptureReader(path, Wish(start_at=start_at or ASSUMED_START, zone=zone))
    inputs = tuple(islice(reader, MOST_INPUTS + 1))
    if len(inputs) > MOST_INPUTS:
        raise UnreadableRecording(f"expected at most {MOST_INPUTS} notifications in a capture, came more in {path}")
    return Replayable(inputs=inputs, problems=reader.problems, notes=reader.notes)


def _series(path: Path, unit: Unit | None) -> RRSeries:
    head = _head(path)
    if _is_json(head):
        return _series_from_json(path)
    return _series_from_capture(path) if is_capture(head) else _series_from_bytes(path, unit)


def _series_from_capture(path: Path) -> RRSeries:
    capture = _read_capture(path, None, "UTC")
    series = series_from_inputs(capture.inputs)
    problems = (*capture.problems, *series.problems)
    return replace(series, format=CAPTURE, problems=problems, notes=(*capture.notes, *series.notes))


def _series_from_json(path: Path) -> RRSeries:
    recording = read_recording(path)
    series = series_from_inputs(recording.inputs)
    return replace(series, problems=(*recording.problems, *series.problems))


def _series_from_bytes(path: Path, unit: Unit | None) -> RRSeries:
    data = _content(path)
    if data.startswith(MAGIC):
        return read_numpy(data, unit)
    encoding = next((name for mark, name in _BYTE_ORDER_MARKS.items() if data.startswith(mark)), "utf-8")
    if encoding == "utf-8" and _CONTROL.search(data):
        raise UnreadableRecording(f"expected {_READS}, came a binary file: {path}")
    return _series_from_text(_Text(data, encoding), path, unit)


@dataclass(frozen=True, slots=True)
class _Text:
    """Text of which only a few kilobytes are decoded at a time; iterate as often as wanted."""

    data: bytes
    encoding: str

    def __iter__(self) -> Iterator[str]:
        return iter(TextIOWrapper(BytesIO(self.data), self.encoding, errors="replace", newline=None))

    def head(self) -> list[str]:
        """The first lines with content."""
        content = (line for line in self if line.strip() and not line.startswith("#"))
        return list(islice(content, _HEADER_WITHIN))


def _series_from_text(text: _Text, path: Path, unit: Unit | None) -> RRSeries:
    head = text.head()
    if not head:
        raise UnreadableRecording(f"expected {_READS}, came an empty file: {path}")
    if is_polar_hrm(head[0]):
        return read_polar_hrm(text, unit)
    if head[0].startswith("["):
        raise UnreadableRecording(f"expected {_READS}, in {path} came a list or sections")
    if any(header_columns(line) for line in head):
        return read_hrv_logger(text, unit)
    if any(is_time_and_class(line) for line in head):
        return read_classified_beats(text, unit)
    if any(is_two_columns(line) for line in head[:2]):
        return read_time_and_rr(text, unit)
    column = read_column(text)
    is_growing = are_beat_times(np.array(column.rows.values, np.float64))
    return series_of_beat_times(column, unit) if is_growing else series_of_intervals(column, unit)


def _head(path: Path) -> bytes:
    """The first bytes, decompressed; UnreadableRecording for a capture of a kind that is not read."""
    with _opened(path) as file:
        head = _decompressed(file.read(_HEAD_BYTES), path)[:_HEAD_BYTES]
    refuse_other_captures(head, path)
    return head


def _is_json(head: bytes) -> bool:
    return head.lstrip().startswith(b"{")


def _content(path: Path) -> bytes:
    with _opened(path) as file:
        data = _decompressed(file.read(LARGEST_BYTES + 1), path)
    if len(data) > LARGEST_BYTES:
        raise UnreadableRecording(
            f"expected at most {LARGEST_BYTES >> 20} MB, came more in {path}; split it, or convert it to hrvdaemon's "
            "JSON lines"
        )
    return data


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        with path.open("rb") as file:
            yield file
    except OSError as error:
        raise UnreadableRecording(f"expected a readable file, came {error.strerror}: {path}") from error


def _decompressed(data: bytes, path: Path) -> bytes:
    """Whatever of the data can be had; a cut gzip file gives what it has."""
    if not data.startswith(b"\x1f\x8b"):
        return data
    try:
        return zlib.decompressobj(_GZIP).decompress(data, LARGEST_BYTES + 1)
    except zlib.error as error:
        raise UnreadableRecording(f"expected {_READS}, came a damaged gzip file: {path} ({error})") from error
