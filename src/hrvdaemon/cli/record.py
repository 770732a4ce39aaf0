"""``hrvdaemon record``: a span of what the daemon received, as a recording that can be given away."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from hrvdaemon.cli.wished_span import wait_until, wished_span
from hrvdaemon.vocabulary.errors import BadUsage, NothingToSay
from hrvdaemon.vocabulary.inputs import Input, PacketReceived, RunStarted, SensorConnected
from hrvdaemon.vocabulary.units import MINUTE_MS, Instant, iso

OUT = Path("recording.jsonl.gz")


def record(
    *,
    out: Path = OUT,
    from_: Annotated[str | None, Parameter(name="--from")] = None,
    to: str | None = None,
    last: str | None = None,
    duration: str | None = None,
    answers: bool = False,
    db: Path | None = None,
    config: Path | None = None,
) -> None:
    """Write a recording that can be given away: no name, no address, no date, no place.

    Parameters
    ----------
    out
        Recording to write (.jsonl or .jsonl.gz).
    from_
        Its beginning, ISO 8601; without an offset it is local time.
    to
        Its end; without one, now.
    last
        The last so much: 90s, 30m, 1h, 2d. One hour, if nothing else is given.
    duration
        With --from, how much from there; alone, so much from now on, while the daemon runs.
    answers
        Also what you said and did: answers, ratings, tags, pauses, exercises.
    db
        Database to read; without it the daemon's.
    config
        Config file of the daemon, where it is not the usual one.
    """
    from hrvdaemon.config import load  # noqa: PLC0415  --help does without it
    from hrvdaemon.store.queries import last_run, open_readonly  # noqa: PLC0415  as above

    path = load(config).database if db is None else db
    if out == OUT and out.exists():
        raise BadUsage(f"{out} is there already; name another file with --out")
    with closing(open_readonly(path)) as connection:
        from_at, to_at = wished_span(last_run(connection), from_, to, last, duration)
        wait_until(to_at)
        _write(connection, from_at, to_at, out, answers=answers)


def _write(connection: sqlite3.Connection, from_at: Instant, to_at: Instant, out: Path, *, answers: bool) -> None:
    from hrvdaemon.cli.recorded_span import recorded_span  # noqa: PLC0415  numpy
    from hrvdaemon.formats.sharing import Sharing, shareable  # noqa: PLC0415  as above
    from hrvdaemon.formats.whole_recording import write_whole_recording  # noqa: PLC0415  pydantic

    came, kept = Counter[str](), _Kept()
    given = _each(recorded_span(connection, from_at, to_at), came)
    inputs = kept.each(shareable(given, Sharing(keeps_what_was_said=answers)))
    if not write_whole_recording(out, inputs, note="made with hrvdaemon record"):
        raise NothingToSay(_nothing(connection, from_at, to_at))
    print(f"{out}: {kept}")
    print(_left_out(came, kept.counts))


def _each(inputs: Iterable[Input], counts: Counter[str]) -> Iterator[Input]:
    for given in inputs:
        counts[type(given).__name__] += 1
        yield given


class _Kept:
    """What is in the recording, counted as it is written."""

    def __init__(self) -> None:
        self.counts = Counter[str]()
        self._straps: set[str] = set()
        self._length_ms = 0
        self._last_ms = 0

    def each(self, inputs: Iterable[Input]) -> Iterator[Input]:
        for given in _each(inputs, self.counts):
            if isinstance(given, SensorConnected | PacketReceived):
                self._straps.add(given.sensor)
            self._length_ms += 0 if isinstance(given, RunStarted) else max(given.mono_ms - self._last_ms, 0)
            self._last_ms = given.mono_ms
            yield given

    def __str__(self) -> str:
        """The line that says what somebody else would see."""
        from hrvdaemon.formats.found import counted  # noqa: PLC0415  with the rest of what is heavy
        from hrvdaemon.formats.sharing import SAID  # noqa: PLC0415  as above

        parts = (
            f"{self._length_ms / MINUTE_MS:.1f} min",
            counted(self.counts["RunStarted"], "run"),
            counted(len(self._straps), "strap"),
            counted(self.counts["PacketReceived"], "packet"),
        )
        said = [f"{name} {n}" for name, n in sorted(self.counts.items()) if name in SAID]
        return ", ".join([*parts, *said])


def _left_out(came: Counter[str], kept: Counter[str]) -> str:
    from hrvdaemon.formats.sharing import SAID  # noqa: PLC0415  as above

    said = sum(came[name] - kept[name] for name in SAID)
    what = f"; left out as well: {said} of what you said, did or were told" if said else ""
    return f"Without address, name, date and place; weekday and time of day are in it{what}."


def _nothing(connection: sqlite3.Connection, from_at: Instant, to_at: Instant) -> str:
    from hrvdaemon.cli.recorded_span import recorded_until  # noqa: PLC0415  numpy

    known = recorded_until(connection)
    if known is None:
        return "Nothing is recorded yet."
    return (
        f"Nothing was recorded from {iso(from_at)} to {iso(to_at)}; there is something from {iso(known[0])} to "
        f"{iso(known[1])}: choose with --from and --to."
    )
