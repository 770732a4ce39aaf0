"""``hrvdaemon import``: Bluetooth captures to a recording, or into a database."""

import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from hrvdaemon.vocabulary.errors import BadUsage, UnreadableRecording
from hrvdaemon.vocabulary.inputs import Input

if TYPE_CHECKING:
    from hrvdaemon.formats.heart_rate_capture import Wish
    from hrvdaemon.formats.problem import Problem

PROBLEMS_SHOWN = 5
_LAST_HANDLE = 0xFFFF


def import_(
    *captures: Path,
    out: Path | None = None,
    db: Path | None = None,
    handle: str | None = None,
    address: str | None = None,
    zone: str = "UTC",
    shareable: bool = False,
) -> None:
    """Make a recording of Bluetooth captures.

    Parameters
    ----------
    captures
        btsnoop (``btmon -w``, Android's btsnoop_hci.log), PacketLogger, or what btmon prints; ``.gz`` too.
    out
        Recording to write (.jsonl or .jsonl.gz); without it, and without --db, it goes beside the first capture.
    db
        Keep it in this SQLite file as well, marked as imported.
    handle
        Attribute handle of the heart rate measurement, such as 0x0010, where discovery is not in the capture.
    address
        The one strap that counts, where there are several.
    zone
        Time zone (IANA name) of the wearer.
    shareable
        Move the date, and leave out the address and the name of the strap.
    """
    if not captures:
        raise BadUsage("expected at least one capture, came none; for example: hrvdaemon import btsnoop_hci.log")
    wanted = _wanted(handle, address, zone)
    target = _target(captures, out) if out is not None or db is None else None
    unread: list[UnreadableRecording] = []
    with ExitStack() as stack:
        inputs = _inputs(captures, wanted, unread)
        _write(inputs if db is None else _kept(inputs, stack.enter_context(_database(db))), target, shareable=shareable)
    for path in (target, db):
        if path is not None and len(unread) < len(captures):
            print(f"Kept in {path}" if path is db else f"Written to {path}: `hrvdaemon replay {path}`")
    if unread:
        raise unread[0] if len(captures) == 1 else UnreadableRecording(_several(len(unread), len(captures)))


def _wanted(handle: str | None, address: str | None, zone: str) -> "Wish":
    from hrvdaemon.formats.heart_rate_capture import Wish  # noqa: PLC0415  numpy
    from hrvdaemon.formats.reading import ASSUMED_START  # noqa: PLC0415  numpy

    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadUsage(f"--zone: expected a time zone such as Europe/Berlin, came {zone!r}") from error
    return Wish(start_at=ASSUMED_START, zone=zone, handle=_handle(handle), address=address)


def _handle(text: str | None) -> int | None:
    if text is None:
        return None
    try:
        handle = int(text, 16 if text.lower().startswith("0x") else 10)
    except ValueError:
        handle = 0
    if not 0 < handle <= _LAST_HANDLE:
        raise BadUsage(f"--handle: expected one such as 0x0010, up to 0xffff, came {text!r}")
    return handle


def _target(captures: tuple[Path, ...], out: Path | None) -> Path:
    """Where the recording goes; nothing is overwritten that was not named."""
    target = captures[0].with_name(f"{captures[0].name}.jsonl") if out is None else out
    if out is None and target.exists():
        raise BadUsage(f"{target} is there already; name another file with --out")
    if any(target.resolve() == capture.resolve() for capture in captures):
        raise BadUsage(f"--out: expected another file than the capture, came {target}")
    return target


def _inputs(captures: tuple[Path, ...], wanted: "Wish", unread: list[UnreadableRecording]) -> Iterator[Input]:
    """One run a capture; what each held is told when it is done, and one without heart rate hinders no other."""
    from hrvdaemon.formats.capture_file import CaptureReader  # noqa: PLC0415  numpy

    for capture in captures:
        reader = CaptureReader(capture, wanted)
        try:
            yield from reader
        except UnreadableRecording as error:
            unread.append(error)
            if len(captures) > 1:
                print(error, file=sys.stderr)
            continue
        finally:
            _complain(capture, reader.problems)
        print(f"{capture.name}: {'; '.join(reader.notes)}")


def _complain(capture: Path, problems: "tuple[Problem, ...]") -> None:
    for problem in problems[:PROBLEMS_SHOWN]:
        print(f"{capture}: {problem}", file=sys.stderr)
    if len(problems) > PROBLEMS_SHOWN:
        print(f"{capture}: {len(problems) - PROBLEMS_SHOWN} more of this kind", file=sys.stderr)


def _several(n_unread: int, n_all: int) -> str:
    return f"{n_unread} of {n_all} captures could not be used; see above"


@contextmanager
def _database(db: Path) -> Iterator[Callable[[Input], object]]:
    """Each input through the pipeline, and what was concluded into the database, as ``replay --db``."""
    from hrvdaemon.store.writer import recorder  # noqa: PLC0415  sqlite_utils takes long to load
    from hrvdaemon.supervisor.engine import Engine  # noqa: PLC0415  numpy

    with recorder(db, imported=True) as keep:
        yield Engine(keep).feed


def _kept(inputs: Iterable[Input], feed: Callable[[Input], object]) -> Iterator[Input]:
    for given in inputs:
        feed(given)
        yield given


def _write(inputs: Iterator[Input], target: Path | None, *, shareable: bool) -> None:
    from hrvdaemon.formats import sharing  # noqa: PLC0415  --help does without it
    from hrvdaemon.formats.whole_recording import write_whole_recording  # noqa: PLC0415  pydantic

    if target is None:
        deque(inputs, maxlen=0)
        return
    given = sharing.shareable(inputs, sharing.Sharing()) if shareable else inputs
    write_whole_recording(target, given, note="made of a Bluetooth capture")
