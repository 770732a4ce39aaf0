"""The journal: every input, in order, in compressed blocks of consecutive numbers (law 7). Appended, never rewritten.

A block holds columns, because equal things side by side compress well. After a version byte, zlib of one line of JSON
and the bytes of the packets:

- ``shapes``   the distinct (sensor, characteristic, length) of packets
- ``kinds``    for each input the index of its shape, or -1 for a tick, or -2 for any other
- ``mono_ms``  each input's, as difference from the one before
- ``others``   what is neither packet nor tick, as the codec writes it
- the bytes    shape by shape: all first bytes, all second bytes, ...

Whoever trims the journal leaves the last block of each run: its ``last_number`` is how a run that is fed again is
recognised.
"""

import json
import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from typing import Any, Final

from hrvdaemon.vocabulary.codec import input_from_json, to_json
from hrvdaemon.vocabulary.errors import BadInput
from hrvdaemon.vocabulary.inputs import Input, PacketReceived, Tick
from hrvdaemon.vocabulary.units import RunId, SensorId

FORMAT: Final = b"\x01"
_TICK = -1
_OTHER = -2


def encode(inputs: Sequence[Input]) -> bytes:
    """The inputs as one block; ``decode`` gives equal ones. ValueError if there are none."""
    if not inputs:
        raise ValueError("expected at least one input in a block of the journal, came none")
    shapes: dict[tuple[SensorId, str, int], list[bytes]] = {}
    indices: dict[tuple[SensorId, str, int], int] = {}
    kinds: list[int] = []
    others: list[dict[str, Any]] = []
    for item in inputs:
        match item:
            case PacketReceived():
                shape = (item.sensor, item.characteristic, len(item.data))
                kinds.append(indices.setdefault(shape, len(indices)))
                shapes.setdefault(shape, []).append(item.data)
            case Tick():
                kinds.append(_TICK)
            case _:
                kinds.append(_OTHER)
                others.append(to_json(item))
    head = {"shapes": list(shapes), "kinds": kinds, "mono_ms": _differences(inputs), "others": others}
    text = json.dumps(head, separators=(",", ":")).encode()
    return FORMAT + zlib.compress(text + b"\n" + b"".join(map(_by_column, shapes.values())))


def decode(payload: bytes) -> list[Input]:
    """The inputs of a block. BadInput if it is damaged or written by a newer version."""
    if payload[:1] != FORMAT:
        raise BadInput(f"expected a journal block of format {FORMAT.hex()}, came {payload[:1].hex() or 'nothing'}")
    try:
        head, _, data = zlib.decompress(payload[1:]).partition(b"\n")
        return list(_inputs(json.loads(head), data))
    except (zlib.error, ValueError, KeyError, IndexError, TypeError, StopIteration, RuntimeError) as error:
        raise BadInput(f"a journal block of {len(payload)} bytes is damaged: {error}") from error


def append(connection: sqlite3.Connection, run: RunId, first_number: int, inputs: Sequence[Input]) -> None:
    """Store a block of inputs with consecutive numbers; one that is there already stays as it is."""
    row = (run, first_number, first_number + len(inputs) - 1, inputs[0].mono_ms, inputs[-1].mono_ms, encode(inputs))
    connection.execute("INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", row)


def last_number(connection: sqlite3.Connection, run: RunId) -> int:
    """Number of the last stored input of the run, -1 if there is none."""
    sql = "SELECT last_number FROM journal WHERE run = ? ORDER BY first_number DESC LIMIT 1"
    row = connection.execute(sql, (run,)).fetchone()
    return -1 if row is None else int(row[0])


def journal_inputs(connection: sqlite3.Connection, run: RunId, from_number: int = 0) -> Iterator[Input]:
    """The run's inputs in order; what was lost (Store, on a full disk) or trimmed is missing without a mark.

    BadInput, naming the block, where one is damaged.
    """
    sql = "SELECT first_number, payload FROM journal WHERE run = ? AND last_number >= ? ORDER BY first_number"
    for first_number, payload in connection.execute(sql, (run, from_number)):
        try:
            inputs = decode(payload)
        except BadInput as error:
            raise BadInput(f"journal of run {run}, block from input {first_number}: {error}") from error
        yield from inputs[max(0, from_number - first_number) :]


def _differences(inputs: Sequence[Input]) -> list[int]:
    times = [item.mono_ms for item in inputs]
    return [times[0], *(after - before for before, after in pairwise(times))]


def _by_column(packets: list[bytes]) -> bytes:
    """Packets of one length: flags beside flags, heart rates beside heart rates."""
    return b"".join(map(bytes, zip(*packets, strict=True)))


def _by_packet(columns: bytes, n_packets: int, length: int) -> list[bytes]:
    if len(columns) != n_packets * length:
        raise ValueError(f"expected {n_packets * length} bytes of packets, came {len(columns)}")
    return [columns[first::n_packets] for first in range(n_packets)]


def _inputs(head: dict[str, Any], data: bytes) -> Iterator[Input]:
    packets: list[Iterator[bytes]] = []
    for kind, (_, _, length) in enumerate(head["shapes"]):
        n_packets = head["kinds"].count(kind)
        packets.append(iter(_by_packet(data[: n_packets * length], n_packets, length)))
        data = data[n_packets * length :]
    others = iter(head["others"])
    for kind, mono_ms in zip(head["kinds"], accumulate(head["mono_ms"]), strict=True):
        if kind == _TICK:
            yield Tick(mono_ms=mono_ms)
        elif kind == _OTHER:
            yield input_from_json(next(others))
        else:
            sensor, characteristic, _ = head["shapes"][kind]
            yield PacketReceived(
                mono_ms=mono_ms, sensor=sensor, data=next(packets[kind]), characteristic=characteristic
            )
