"""``hrvdaemon replay``: recordings through the whole pipeline."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TextIO

from hrvdaemon.vocabulary.errors import BadUsage, UnreadableRecording
from hrvdaemon.vocabulary.inputs import Scalar
from hrvdaemon.vocabulary.steps import Step

if TYPE_CHECKING:
    from hrvdaemon.supervisor.as_wanted import Wanted
    from hrvdaemon.supervisor.replaying import Replayed

PROBLEMS_SHOWN = 5


def replay(
    *recordings: Path,
    db: Path | None = None,
    speed: str = "max",
    start: str | None = None,
    zone: str | None = None,
    unit: Literal["ms", "s", "ticks"] | None = None,
    join: bool = False,
    set: tuple[str, ...] = (),  # noqa: A002  the option is called --set
    events: Path | None = None,
    json: bool = False,
) -> None:
    """Run recordings through the whole pipeline, as if they were happening.

    Parameters
    ----------
    recordings
        JSON lines, Bluetooth captures, RR text, beat times, HRV Logger CSV, time and interval columns, Polar .hrm or
        .npy.
    db
        Keep everything in this SQLite file; without it nothing is kept.
    speed
        "max", or so many recorded seconds a second.
    start
        When it begins (ISO 8601), for files without a clock or to move one.
    zone
        Time zone (IANA name) of the recording.
    unit
        Unit of RR text; decided from the whole file if not given, and said.
    join
        All files are one run of one wearer, in this order.
    set
        A setting of the pipeline, key=value; may be given several times.
    events
        Write every event to this file, one JSON object a line.
    json
        One JSON object instead of a table.
    """
    from hrvdaemon.supervisor.replaying import Replay  # noqa: PLC0415  numpy only once something is replayed

    if not recordings:
        raise BadUsage("expected at least one recording, came none; for example: hrvdaemon replay fixtures/rest.jsonl")
    wanted, unread, began = _wanted(unit, start, zone, set, speed, join=join), list[str](), time.perf_counter()
    with _taking(db, events) as take:
        results = [_told(result) for result in Replay(wanted, take).files(recordings, _tell(unread))]
    elapsed_s = time.perf_counter() - began
    if json:
        print(dumps(_as_json(results, elapsed_s), ensure_ascii=False))
    elif results:
        _show(results, db)
    if unread:
        raise UnreadableRecording(f"{len(unread)} of {len(recordings)} recordings could not be read; see above")


def _wanted(
    unit: Literal["ms", "s", "ticks"] | None,
    start: str | None,
    zone: str | None,
    settings: tuple[str, ...],
    speed: str,
    *,
    join: bool,
) -> "Wanted":
    from hrvdaemon.supervisor.as_wanted import Wanted  # noqa: PLC0415  as above
    from hrvdaemon.vocabulary.units import instant  # noqa: PLC0415  as above

    try:
        start_at = None if start is None else instant(start)
        rate = None if speed == "max" else float(speed)
    except ValueError as error:
        raise BadUsage(f"--start or --speed: {error}; for example --start 2026-03-10T08:00:00Z --speed 60") from error
    if rate is not None and not rate > 0:  # NaN too
        raise BadUsage(f"--speed: expected a number above 0 or max, came {speed}")
    return Wanted(unit=unit, start_at=start_at, zone=_zone(zone), settings=_settings(settings), join=join, speed=rate)


def _zone(name: str | None) -> str | None:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # noqa: PLC0415  only where it is asked for

    try:
        return None if name is None else ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadUsage(f"--zone: expected a time zone such as Europe/Berlin, came {name!r}") from error


def _settings(pairs: tuple[str, ...]) -> dict[str, Scalar]:
    from tomllib import TOMLDecodeError, loads  # noqa: PLC0415  as above

    from hrvdaemon.pipeline.settings import Settings  # noqa: PLC0415  numpy

    flat: dict[str, Scalar] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals:
            raise BadUsage(f"--set: expected key=value, came {pair!r}")
        try:
            flat[key] = loads(f"v = {value}")["v"]
        except TOMLDecodeError:
            flat[key] = value
    Settings.from_flat(flat)
    return flat


@contextmanager
def _taking(db: Path | None, events: Path | None) -> Iterator[Callable[[Step], None]]:
    """What is done with each step: keep it, write its events, or nothing."""
    from hrvdaemon.store.writer import recorder  # noqa: PLC0415  sqlite_utils takes long to load
    from hrvdaemon.vocabulary.codec import to_json  # noqa: PLC0415  pydantic too

    with ExitStack() as stack:
        keep = None if db is None else stack.enter_context(recorder(db, imported=True))
        lines = None if events is None else stack.enter_context(_written(events))

        def take(step: Step) -> None:
            if keep is not None:
                keep(step)
            if lines is not None:
                lines.writelines(dumps(to_json(event), ensure_ascii=False) + "\n" for event in step.events)

        yield take


def _written(events: Path) -> TextIO:
    try:
        return events.open("w", encoding="utf-8")
    except OSError as error:
        raise BadUsage(f"--events: expected a file that can be written, came {events}: {error.strerror}") from error


def _tell(unread: list[str]) -> Callable[[str], None]:
    def tell(message: str) -> None:
        unread.append(message)
        print(message, file=sys.stderr)

    return tell


def _told(result: "Replayed") -> "Replayed":
    """Say on stderr what was assumed and which lines could not be read."""
    for note in result.notes:
        print(f"{result.file}: {note}", file=sys.stderr)
    for problem in result.problems[:PROBLEMS_SHOWN]:
        print(f"{result.file}: {problem}", file=sys.stderr)
    if len(result.problems) > PROBLEMS_SHOWN:
        print(f"{result.file}: {len(result.problems) - PROBLEMS_SHOWN} more lines rejected", file=sys.stderr)
    return result


def _as_json(results: list["Replayed"], elapsed_s: float) -> dict[str, object]:
    recorded_s = sum(result.recorded_ms for result in results) / 1000
    return {
        "files": [result.as_json() for result in results],
        "elapsed_s": round(elapsed_s, 3),
        "recorded_s": round(recorded_s, 3),
        "speed": round(recorded_s / elapsed_s, 1) if elapsed_s > 0 else None,
    }


def _show(results: list["Replayed"], db: Path | None) -> None:
    from rich.console import Console  # noqa: PLC0415  --json does without it
    from rich.table import Table  # noqa: PLC0415  as above

    table = Table("recording", "minutes", "beats", "gaps", "judged", "not judged", "invitations")
    for result in results:
        minutes = sum(result.states.values())
        unjudged = ", ".join(f"{reason} {n}" for reason, n in result.unjudged.most_common(3))
        judged = minutes - result.unjudged.total()
        at = ", ".join(f"{prompt['at'][11:16]} UTC" for prompt in result.as_json()["prompts"]) or "none"
        counted = (minutes, result.counts["beats"], result.counts["gaps"], judged)
        table.add_row(Path(result.file).name, *map(str, counted), unjudged, at)
    Console().print(table)
    if db is not None:
        print(f"Kept in {db}")
