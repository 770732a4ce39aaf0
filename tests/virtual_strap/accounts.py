"""What a strap sent against what the daemon's database holds, once the room is closed."""

from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from hrvdaemon.store.beats import beats_between
from hrvdaemon.store.queries import open_readonly, records_between
from hrvdaemon.vocabulary.events import GapDetected
from hrvdaemon.vocabulary.units import Instant
from tests.e2e.ledger import Disturbance, Ledger, Sent, Stored, balance, numbered
from tests.virtual_strap.strap import Strap
from tests.virtual_strap.watched import BEGAN_AT

FOR_EVER = Instant(1 << 62)


def accounts(database: Path, strap: Strap, disturbances: Iterable[Disturbance] = ()) -> Ledger:
    """Each beat of the strap looked up in the database. Without ``disturbances`` no heard beat may be missing."""
    sent = [
        Sent(number=beat.number, at_ms=BEGAN_AT + round(beat.at_s * 1000), is_heard=beat.is_heard)
        for beat in strap.sent
    ]
    with closing(open_readonly(database)) as connection:
        beats = beats_between(connection, Instant(0), FOR_EVER)
        gaps_at_ms = sorted(gap.at for gap in records_between(connection, GapDetected, Instant(0), FOR_EVER))
    at_ms = beats.at_ms.tolist()
    numbers = numbered(beats.rr_ticks.tolist(), at_ms, sent)
    stored = [
        Stored(number=number, at_ms=at, run=run, segment=segment)
        for number, at, run, segment in zip(numbers, at_ms, beats.run, beats.segment.tolist(), strict=True)
    ]
    stored.sort(key=lambda beat: beat.number)  # a late burst is timed anew, so its beats need not be in order of time
    return balance(sent, stored, gaps_at_ms, disturbances)
