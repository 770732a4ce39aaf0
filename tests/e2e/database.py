"""What a daemon left in its database, on one clock: milliseconds since the boot of the machine it ran on."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from hrvdaemon.hrv.heart_rate_measurement import HeartRateMeasurement
from hrvdaemon.store.beats import beats_between
from hrvdaemon.store.journal import journal_inputs
from hrvdaemon.store.queries import open_readonly, runs
from hrvdaemon.vocabulary.inputs import PacketReceived
from hrvdaemon.vocabulary.units import Instant
from tests.e2e.ledger import Sent, Stored, numbered

END_OF_TIME = Instant(1 << 50)


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """``beats`` as they were stored, ``gaps_ms`` in order; ``is_whole``: the beats are exactly the intervals of the
    journal's packets; ``end_reasons`` of the runs, in order."""

    beats: tuple[Stored, ...]
    gaps_ms: tuple[int, ...]
    is_whole: bool
    end_reasons: tuple[str | None, ...]


def read(path: Path, sent: Sequence[Sent]) -> Left:
    """All runs of the file; all of one boot, and no clock was set meanwhile."""
    with closing(open_readonly(path)) as connection:
        found = runs(connection)
        wall_ms = found[0].started.at - found[0].started.mono_ms
        inputs = [item for run in found for item in journal_inputs(connection, run.started.run)]
        packets = [item for item in inputs if isinstance(item, PacketReceived)]
        came = [ticks for packet in packets for ticks in HeartRateMeasurement.from_bytes(packet.data).rr_ticks]
        stored = beats_between(connection, Instant(0), END_OF_TIME)
        gaps = [row["mono_ms"] for row in connection.execute("SELECT mono_ms FROM gap ORDER BY mono_ms")]
    at_ms = [int(at) - wall_ms for at in stored.at_ms]
    rr_ticks = [int(ticks) for ticks in stored.rr_ticks]
    places = zip(numbered(rr_ticks, at_ms, sent), at_ms, stored.run, stored.segment, strict=True)
    return Left(
        beats=tuple(Stored(number=n, at_ms=at, run=str(run), segment=int(part)) for n, at, run, part in places),
        gaps_ms=tuple(gaps),
        is_whole=rr_ticks == came,
        end_reasons=tuple(run.end_reason for run in found),
    )
