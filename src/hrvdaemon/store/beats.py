"""Beats in blocks: at most a minute of one segment, two bytes and a letter a beat, its time from the running sum.

A new block begins with a new sensor, segment or minute of boot time, where the wall clock's anchor moved, and where the
running sum is not where the beat was. The blocks are a function of the beats alone, however they came in batches: the
last block of the run is read back and goes on.
"""

import sqlite3
import struct
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hrvdaemon.vocabulary.events import BeatsClassified
from hrvdaemon.vocabulary.units import GRAINS_PER_MS, GRAINS_PER_TICK, MINUTE_MS, Instant, RunId, SensorId

_LONGEST_RR_MS = 64_000
"""65 535 ticks, the most that two bytes hold, as on the air."""
_COLUMNS = "number, sensor, segment, first_beat_mono_ms, first_beat_at_ms, kinds, rr_ticks"


@dataclass(frozen=True, slots=True, kw_only=True)
class Beats:
    """Beats in the order they came, one element each.

    ``at_ms`` is UTC, at most 1 ms before the beat's own time; ``kinds`` has the letters of ``BeatKind``. Two neighbours
    are successive beats of the heart only if both ``segment`` and ``run`` are equal.
    """

    at_ms: NDArray[np.int64]
    rr_ticks: NDArray[np.int64]
    kinds: NDArray[np.str_]
    segment: NDArray[np.int64]
    run: NDArray[np.str_]


@dataclass(slots=True, kw_only=True)
class _Block:
    """A block while it grows; ``sum_ticks`` is from its first beat to its last."""

    number: int
    sensor: SensorId
    segment: int
    first_mono_ms: int
    first_at_ms: int
    kinds: str
    rr_ticks: list[int]
    sum_ticks: int

    def takes(self, event: BeatsClassified, rr_ticks: int, mono_ms: int) -> bool:
        """Whether the next beat goes on from this block's last one. Times were rounded down, so 1 ms may be missing."""
        expected_ms = self.first_mono_ms + (self.sum_ticks + rr_ticks) * GRAINS_PER_TICK // GRAINS_PER_MS
        return (
            (event.sensor, event.segment) == (self.sensor, self.segment)
            and event.at - event.mono_ms == self.first_at_ms - self.first_mono_ms
            and mono_ms // MINUTE_MS == self.first_mono_ms // MINUTE_MS
            and 0 <= mono_ms - expected_ms <= 1
        )

    def add(self, rr_ticks: int, kind: str) -> None:
        self.rr_ticks.append(rr_ticks)
        self.kinds += kind
        self.sum_ticks += rr_ticks


def store_beats(connection: sqlite3.Connection, run: RunId, events: Iterable[BeatsClassified]) -> None:
    """Add the beats after those that the run has. The caller sees to it that none comes twice."""
    block = _last_block(connection, run)
    for event in events:
        for rr_ticks, mono_ms, kind in zip(event.rr_ticks, event.beat_mono_ms, event.kinds, strict=True):
            if block is not None and block.takes(event, rr_ticks, mono_ms):
                block.add(rr_ticks, kind)
                continue
            number = 0
            if block is not None:
                _write(connection, run, block)
                number = block.number + 1
            block = _first_of_block(number, event, rr_ticks, mono_ms, kind)
    if block is not None:
        _write(connection, run, block)


def beats_between(connection: sqlite3.Connection, from_at: Instant, to_at: Instant) -> Beats:
    """Every beat with ``from_at`` ≤ time < ``to_at``; empty arrays if there is none."""
    sql = """
        SELECT run, segment, first_beat_at_ms, kinds, rr_ticks FROM beat_block
        WHERE first_beat_at_ms > ? AND first_beat_at_ms < ? ORDER BY first_beat_at_ms, run, number
    """
    blocks = connection.execute(sql, (from_at - MINUTE_MS - _LONGEST_RR_MS, to_at)).fetchall()
    runs, segments, starts, kinds, packed = zip(*blocks, strict=True) if blocks else ((),) * 5
    sizes = [len(letters) for letters in kinds]
    rr_ticks = np.frombuffer(b"".join(packed), "<u2").astype(np.int64)
    at_ms = np.repeat(np.array(starts, np.int64), sizes) + _since_block_ms(rr_ticks, sizes)
    inside = (at_ms >= from_at) & (at_ms < to_at)
    return Beats(
        at_ms=at_ms[inside],
        rr_ticks=rr_ticks[inside],
        kinds=np.frombuffer("".join(kinds).encode("ascii"), "S1").astype(np.str_)[inside],
        segment=np.repeat(np.array(segments, np.int64), sizes)[inside],
        run=np.repeat(np.array(runs, np.str_), sizes)[inside],
    )


def _since_block_ms(rr_ticks: NDArray[np.int64], sizes: list[int]) -> NDArray[np.int64]:
    """Time of each beat after the first one of its block, rounded down."""
    sums: NDArray[np.int64] = np.cumsum(rr_ticks)
    firsts = np.cumsum([0, *sizes[:-1]]) if sizes else np.zeros(0, np.int64)
    since_ms: NDArray[np.int64] = (sums - np.repeat(sums[firsts], sizes)) * GRAINS_PER_TICK // GRAINS_PER_MS
    return since_ms


def _first_of_block(number: int, event: BeatsClassified, rr_ticks: int, mono_ms: int, kind: str) -> _Block:
    return _Block(
        number=number,
        sensor=event.sensor,
        segment=event.segment,
        first_mono_ms=mono_ms,
        first_at_ms=mono_ms + event.at - event.mono_ms,
        kinds=kind,
        rr_ticks=[rr_ticks],
        sum_ticks=0,
    )


def _last_block(connection: sqlite3.Connection, run: RunId) -> _Block | None:
    sql = f"SELECT {_COLUMNS} FROM beat_block WHERE run = ? ORDER BY number DESC LIMIT 1"  # noqa: S608 - our names
    row = connection.execute(sql, (run,)).fetchone()
    if row is None:
        return None
    number, sensor, segment, first_mono_ms, first_at_ms, kinds, packed = row
    rr_ticks = list(struct.unpack(f"<{len(kinds)}H", packed))
    return _Block(
        number=number,
        sensor=sensor,
        segment=segment,
        first_mono_ms=first_mono_ms,
        first_at_ms=first_at_ms,
        kinds=kinds,
        rr_ticks=rr_ticks,
        sum_ticks=sum(rr_ticks[1:]),
    )


def _write(connection: sqlite3.Connection, run: RunId, block: _Block) -> None:
    packed = struct.pack(f"<{len(block.rr_ticks)}H", *block.rr_ticks)
    row = (block.number, block.sensor, block.segment, block.first_mono_ms, block.first_at_ms, block.kinds, packed)
    sql = f"""
        INSERT INTO beat_block (run, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET kinds = excluded.kinds, rr_ticks = excluded.rr_ticks
    """  # noqa: S608 - our own column names
    connection.execute(sql, (run, *row))
