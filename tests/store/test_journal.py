from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from hrvdaemon.store.journal import append, decode, encode, journal_inputs, last_number
from hrvdaemon.vocabulary.errors import BadInput
from hrvdaemon.vocabulary.inputs import Input, PacketReceived, RunStarted, Scalar, Tick
from hrvdaemon.vocabulary.units import Instant, RunId, SensorId

RUN = RunId("r1")
STARTED = RunStarted(mono_ms=0, at=Instant(0), run=RUN, version="0", zone="UTC", boot_id="b", seed=-1)


@given(data=st.data())
@settings(max_examples=300, deadline=None)
def test_any_inputs_come_back_equal_and_in_order(
    any_of: Callable[[Any], st.SearchStrategy[Any]], data: st.DataObject
) -> None:
    inputs: list[Input] = data.draw(st.lists(any_of(Input), min_size=1, max_size=30))
    again = decode(encode(inputs))
    assert again == inputs
    assert [type(item) for item in again] == [type(item) for item in inputs]


@given(packets=st.lists(st.binary(max_size=6), min_size=1, max_size=40))
def test_packets_of_every_length_and_none_are_kept_to_the_byte(packets: list[bytes]) -> None:
    inputs = [PacketReceived(mono_ms=i, sensor=SensorId("a"), data=data) for i, data in enumerate(packets)]
    assert decode(encode(inputs)) == inputs


def test_the_kind_of_a_setting_survives() -> None:
    scalars: dict[str, Scalar] = {"flag": True, "whole": 1, "real": 1.0, "word": "1"}
    (again,) = decode(
        encode(
            [
                RunStarted(
                    mono_ms=0, at=Instant(0), run=RUN, version="0", zone="UTC", boot_id="b", seed=0, settings=scalars
                )
            ]
        )
    )
    assert isinstance(again, RunStarted)
    assert [type(value) for value in again.settings.values()] == [bool, int, float, str]


def test_an_hour_of_packets_takes_less_than_a_third_of_its_lines_compressed() -> None:
    """3600 packets of 4 bytes and as many ticks are 14 KiB of plain packet bytes; the block may not be larger."""
    inputs: list[Input] = []
    for second in range(3600):
        rr_ticks = 900 + (second * 37) % 64
        inputs.append(
            PacketReceived(
                mono_ms=second * 1000 + (second * 13) % 40,
                sensor=SensorId("a"),
                data=bytes((0x10, 68)) + rr_ticks.to_bytes(2, "little"),
            )
        )
        inputs.append(Tick(mono_ms=second * 1000 + 500))
    assert len(encode(inputs)) < 3600 * 4


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        (b"", "came nothing"),
        (b"\x02abc", "format 01, came 02"),
        (encode([STARTED])[:-3], "damaged"),
        (b"\x01junk", "damaged"),
    ],
)
def test_a_damaged_or_newer_block_is_refused_with_what_came(payload: bytes, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        decode(payload)


@given(junk=st.binary(max_size=60), at=st.integers(0, 200))
def test_any_bytes_are_inputs_or_bad_input_and_nothing_else(junk: bytes, at: int) -> None:
    whole = encode([STARTED, Tick(mono_ms=3), PacketReceived(mono_ms=4, sensor=SensorId("a"), data=b"\x00\x40")])
    try:
        decode(whole[:at] + junk + whole[at + len(junk) :])
    except BadInput:
        return


def test_an_empty_block_is_our_own_mistake() -> None:
    with pytest.raises(ValueError, match="came none"):
        encode([])


def test_inputs_are_read_from_any_number_on(db: Database) -> None:
    ticks = [Tick(mono_ms=i) for i in range(10)]
    db.execute("INSERT INTO run VALUES (1, 'r1', 0, 0, 0, 'b', 'UTC', '0', '0', '{}', NULL, NULL)")
    append(db.conn, RUN, 0, ticks[:4])
    append(db.conn, RUN, 4, ticks[4:])
    for number in range(12):
        assert list(journal_inputs(db.conn, RUN, number)) == ticks[number:]
    assert last_number(db.conn, RUN) == 9
    assert last_number(db.conn, RunId("other")) == -1


def test_a_damaged_block_is_named_by_its_run_and_number(db: Database) -> None:
    append(db.conn, RUN, 7, [Tick(mono_ms=1)])
    db.execute("UPDATE journal SET payload = x'0100'")
    with pytest.raises(BadInput, match="run r1, block from input 7"):
        list(journal_inputs(db.conn, RUN))
