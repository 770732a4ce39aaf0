from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hrvdaemon.formats.capture import Complaints, HciPacket, Kind
from hrvdaemon.formats.captured_bytes import CapturedBytes
from hrvdaemon.formats.packet_logger import is_packet_logger, read_packet_logger
from tests.formats import capture_writer as w
from tests.formats.capture_writer import ACL, BEGAN_US, COMMAND, EVENT, Packet

PACKETS = [
    Packet(BEGAN_US, COMMAND, b"\x03\x0c\x00", sent=True),
    Packet(BEGAN_US + 999_500, EVENT, b"\x0e\x01\x00"),
    Packet(BEGAN_US + 1_500_000, ACL, b"\x40\x00\x00\x00", sent=True),
    Packet(BEGAN_US + 2_000_000, ACL, b"\x40\x20\x00\x00"),
]


def read(data: bytes) -> tuple[list[HciPacket], list[str]]:
    complaints = Complaints()
    packets = list(read_packet_logger(CapturedBytes(BytesIO(data)), complaints))
    return packets, [str(problem) for problem in complaints.problems]


def test_a_record_written_out_by_hand_is_read() -> None:
    """Length 12 behind itself, 2023-11-14T22:13:20.250Z, kind 3: data received."""
    data = bytes.fromhex("0000000c 6553f100 0003d090 03 aabbcc")
    assert is_packet_logger(data)
    assert read(data) == ([HciPacket(1, 1_700_000_000_250, 0, Kind.ACL, is_received=True, data=b"\xaa\xbb\xcc")], [])


@pytest.mark.parametrize("order", ["<", ">"])
def test_both_byte_orders_are_known_by_their_first_packet(order: str) -> None:
    data = w.packet_logger(PACKETS, order)
    packets, complaints = read(data)
    assert [packet.data for packet in packets] == [packet.data for packet in PACKETS]
    assert [packet.at_ms - BEGAN_US // 1000 for packet in packets] == [0, 1000, 1500, 2000]
    assert [packet.is_received for packet in packets] == [False, True, False, True]
    assert complaints == []


def test_notes_between_packets_are_passed_over() -> None:
    note = bytes.fromhex("0000000d 6553f100 00000000 fc") + b"hi, "
    packets, complaints = read(note + w.packet_logger(PACKETS))
    assert ([packet.number for packet in packets], complaints) == ([2, 3, 4, 5], [])


def test_a_cut_anywhere_gives_every_packet_before() -> None:
    data = w.packet_logger(PACKETS)
    whole = [len(w.packet_logger(PACKETS[:n])) for n in range(1, 5)]
    for cut in range(13, len(data)):
        packets, complaints = read(data[:cut])
        assert len(packets) == sum(end <= cut for end in whole)
        assert complaints == [] if cut in whole else "cut or damaged here" in complaints[0]


def test_an_absurd_length_ends_it() -> None:
    packets, complaints = read(w.packet_logger(PACKETS[:1]) + b"\xff\xff\xff\xff" + bytes(20))
    assert len(packets) == 1
    assert complaints == ["packet 2: the capture is cut or damaged here, at byte 16; all before counts"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        bytes(12),
        bytes(40),
        b"800\n810\n805\n790\n",
        bytes.fromhex("0000000c 00000000 0003d090 03 aabbcc"),  # 1970
        bytes.fromhex("0000000c 6553f100 000f4240 03 aabbcc"),  # a million microseconds
        bytes.fromhex("0000000c 6553f100 0003d090 42 aabbcc"),  # no such kind
        bytes.fromhex("00000008 6553f100 0003d090 03 aabbcc"),  # shorter than its own head
        bytes.fromhex("7fffffff 6553f100 0003d090 03 aabbcc"),
    ],
)
def test_what_only_looks_like_it_is_not_taken_for_it(data: bytes) -> None:
    assert not is_packet_logger(data)


@settings(max_examples=200, deadline=None)
@given(rest=st.binary(max_size=120))
def test_any_bytes_behind_a_packet_give_packets_or_a_complaint(rest: bytes) -> None:
    packets, complaints = read(w.packet_logger(PACKETS[:1]) + rest)
    assert packets[0].data == PACKETS[0].data
    assert len(complaints) <= 1
