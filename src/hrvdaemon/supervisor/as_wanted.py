"""A recording as whole runs for the pipeline, moved to another start or zone and with other settings where wanted."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import hrvdaemon
from hrvdaemon.formats.problem import Problem
from hrvdaemon.formats.reading import ASSUMED_START, read_any
from hrvdaemon.formats.rr_series import Unit
from hrvdaemon.pipeline.run_clock import RunClock
from hrvdaemon.pipeline.settings import Settings
from hrvdaemon.vocabulary.bounds import problem_of
from hrvdaemon.vocabulary.errors import BadConfig, UnreadableRecording
from hrvdaemon.vocabulary.inputs import ClockChanged, Input, RunEnded, RunStarted, Scalar, SettingsChanged
from hrvdaemon.vocabulary.units import Instant, RunId, instant, iso

EARLIEST, LATEST = instant("1970-01-01T00:00:00Z"), instant("2200-01-01T00:00:00Z")
"""A recording that says it is from before or after has a broken clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """How files are to be read and fed. ``speed`` None: as fast as it goes."""

    unit: Unit | None = None
    start_at: Instant | None = None
    zone: str | None = None
    settings: dict[str, Scalar] = field(default_factory=dict)
    join: bool = False
    speed: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """``inputs`` begin with RunStarted and end with RunEnded; the rest is what the reader has to say."""

    inputs: tuple[Input, ...]
    problems: tuple[Problem, ...]
    notes: tuple[str, ...]
    recorded_ms: int


def open_as_wanted(path: Path, wanted: Wanted, part_of: Sequence[Path] = ()) -> Opened:
    """The runs of one file, which is joined with others of ``part_of``.

    A run keeps the name that its recording has. One that was made from a bare file, changed or joined has a name made
    of what went into it, so that two different ones are never taken for one in a database.

    Raises
    ------
    UnreadableRecording
        If nothing can be read, or it asks for a time zone, a time or a setting that does not exist.
    """
    bare = RunId(path.name[:32])
    read = read_any(path, unit=wanted.unit, start_at=wanted.start_at, zone=wanted.zone or "UTC", run=bare)
    runs = list(_whole_runs(read.inputs, bare))
    _refuse_impossible(path, runs)
    moved = list(_moved(runs, wanted))
    _refuse_settings(path, moved)
    if part_of or moved != runs or any(_is_bare(given, bare) for given in runs):
        made_of = f"-{_digest(path, wanted, part_of)}"
        moved = [_renamed(given, made_of) for given in moved]
    return Opened(inputs=tuple(moved), problems=read.problems, notes=read.notes, recorded_ms=_length_ms(moved))


def _whole_runs(inputs: Sequence[Input], bare: RunId) -> Iterator[Input]:
    """Every run with its beginning and its end, also where the recorder was cut off."""
    if inputs and not isinstance(inputs[0], RunStarted):
        yield _started(inputs[0].mono_ms, bare)
    for given, following in pairwise([*inputs, None]):
        if given is None:
            return
        yield given
        if isinstance(following, RunStarted | None) and not isinstance(given, RunEnded):
            yield RunEnded(mono_ms=given.mono_ms, reason="the recording is cut off here")


def _started(mono_ms: int, run: RunId) -> RunStarted:
    version = hrvdaemon.__version__
    return RunStarted(
        mono_ms=mono_ms, at=ASSUMED_START, run=run, version=version, zone="UTC", boot_id="recording", seed=0
    )


def _refuse_impossible(path: Path, inputs: Sequence[Input]) -> None:
    """What a hand or a broken clock wrote into a recording is no bug of the pipeline."""
    clock = RunClock(0, ASSUMED_START, "UTC")
    for given in inputs:
        if isinstance(given, RunStarted | ClockChanged):
            _refuse_anchor(path, given)
            clock = RunClock(given.mono_ms, given.at, given.zone)
        if not EARLIEST <= clock.wall(given.mono_ms) < LATEST:
            raise UnreadableRecording(
                f"expected times from {iso(EARLIEST)} to {iso(LATEST)}, "
                f"in {path} came {type(given).__name__} {given.mono_ms} ms after boot"
            )


def _refuse_anchor(path: Path, given: RunStarted | ClockChanged) -> None:
    """All that follows hangs on it, so a file with a wrong one is no recording; other lines fail one by one."""
    if (problem := problem_of(given)) is not None:
        raise UnreadableRecording(f"{problem} in {path}")
    try:
        ZoneInfo(given.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UnreadableRecording(
            f"expected a time zone such as Europe/Berlin, in {path} came {given.zone!r}"
        ) from error


def _refuse_settings(path: Path, inputs: Sequence[Input]) -> None:
    """A change is judged together with what was set before it, as the pipeline will."""
    flat: dict[str, Scalar] = {}
    for given in inputs:
        if not isinstance(given, RunStarted | SettingsChanged):
            continue
        flat = given.settings if isinstance(given, RunStarted) else {**flat, **given.settings}
        try:
            Settings.from_flat(flat)
        except BadConfig as error:
            raise UnreadableRecording(f"expected settings that this version knows, in {path} came {error}") from error


def _moved(inputs: Sequence[Input], wanted: Wanted) -> Iterator[Input]:
    shift_ms = 0
    for given in inputs:
        match given:
            case RunStarted():
                if given is inputs[0] and wanted.start_at is not None:
                    shift_ms = wanted.start_at - given.at
                moved = replace(given, at=Instant(given.at + shift_ms), zone=wanted.zone or given.zone)
                yield replace(moved, settings={**given.settings, **wanted.settings})
            case ClockChanged():
                yield replace(given, at=Instant(given.at + shift_ms), zone=wanted.zone or given.zone)
            case _:
                yield given


def _is_bare(given: Input, bare: RunId) -> bool:
    return isinstance(given, RunStarted) and given.run == bare


def _renamed(given: Input, made_of: str) -> Input:
    return replace(given, run=RunId(given.run + made_of)) if isinstance(given, RunStarted) else given


def _digest(path: Path, wanted: Wanted, part_of: Sequence[Path]) -> str:
    """Of the bytes of the files and of everything that changes what they mean."""
    meaning = (wanted.unit, wanted.start_at, wanted.zone, sorted(wanted.settings.items()))
    digest = blake2b(repr(meaning).encode(), digest_size=4)
    for file in part_of or (path,):
        if file.exists():
            digest.update(file.read_bytes())
    return digest.hexdigest()


def _length_ms(inputs: Sequence[Input]) -> int:
    """Of all runs together; another boot's clock is not compared."""
    steps = pairwise(inputs)
    return sum(max(b.mono_ms - a.mono_ms, 0) for a, b in steps if not isinstance(b, RunStarted))
