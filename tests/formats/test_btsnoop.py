from io import BytesIO
from struct import pack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hrvdaemon.formats import btsnoop
from hrvdaemon.formats.btsnoop import read_btsnoop
from hrvdaemon.formats.capture import Complaints, HciPacket, Kind
from hrvdaemon.formats.captured_bytes import CapturedBytes
from hrvdaemon.vocabulary.errors import UnreadableRecording
from tests.formats import capture_writer as w
from tests.formats.capture_writer import ACL, BEGAN_US, COMMAND, EVENT, HCI, MONITOR, UART, Packet

HEADER = b"btsnoop\0\x00\x00\x00\x01\x00\x00\x03\xea"
PACKETS = [
    Packet(BEGAN_US, COMMAND, b"\x03\x0c\x00", sent=True),
    Packet(BEGAN_US + 1_499, EVENT, b"\x0e\x01\x00"),
    Packet(BEGAN_US + 1_500, ACL, b"\x40\x00\x00\x00", sent=True),
    Packet(BEGAN_US + 2_000, ACL, b"\x40\x20\x00\x00"),
]


def read(data: bytes) -> tuple[list[HciPacket], list[str]]:
    complaints = Complaints()
    packets = list(read_btsnoop(CapturedBytes(BytesIO(data)), complaints))
    return packets, [str(problem) for problem in complaints.problems]


def test_a_record_written_out_by_hand_is_read() -> None:
    """The one of the specification's layout, byte by byte: an event of 4 bytes behind its type octet, on 2000-01-01."""
    data = HEADER + bytes.fromhex("00000005 00000005 00000003 00000000 00e03ab44a676000 04 05010203")
    assert read(data) == (
        [HciPacket(1, 946_684_800_000, 0, Kind.EVENT, is_received=True, data=b"\x05\x01\x02\x03")],
        [],
    )


def test_every_data_link_gives_the_same_packets() -> None:
    of_uart, of_hci, of_monitor = (read(w.btsnoop(PACKETS, datalink))[0] for datalink in (UART, HCI, MONITOR))
    assert of_uart == of_hci == of_monitor
    assert [packet.kind for packet in of_uart] == [Kind.COMMAND, Kind.EVENT, Kind.ACL, Kind.ACL]
    assert [packet.is_received for packet in of_uart] == [False, True, False, True]
    began_ms = BEGAN_US // 1000
    assert [packet.at_ms - began_ms for packet in of_uart] == [0, 1, 2, 2]  # to the nearest millisecond


def test_the_monitor_names_the_adapter_and_says_when_it_is_gone() -> None:
    data = w.btsnoop([Packet(BEGAN_US, EVENT, b"\x0e\x00", adapter=3)], MONITOR)
    for opcode in (0, 1, 8, 9, 10, 12, 13):  # new, deleted, opened, closed, info, note, log
        data += pack(">IIIIq", 0, 0, 2 << 16 | opcode, 0, BEGAN_US + w.UNIX_EPOCH_US)
    packets, complaints = read(data)
    assert [(packet.adapter, packet.kind) for packet in packets] == [
        (3, Kind.EVENT), (2, Kind.ADAPTER_GONE), (2, Kind.ADAPTER_GONE),
    ]  # fmt: skip
    assert complaints == []


@pytest.mark.parametrize("datalink", [UART, HCI, MONITOR])
def test_a_file_that_is_cut_anywhere_gives_every_packet_before_and_says_where(datalink: int) -> None:
    data = w.btsnoop(PACKETS, datalink)
    ends = [16]
    for packet in PACKETS:
        ends.append(ends[-1] + len(w.record(packet, datalink)))
    for cut in range(16, len(data)):
        packets, complaints = read(data[:cut])
        n_whole = sum(end <= cut for end in ends) - 1
        assert len(packets) == n_whole
        is_clean = cut in ends
        where = [] if is_clean else [
            f"packet {n_whole + 1}: the capture is cut here, at byte {ends[n_whole]}; everything before counts"
        ]  # fmt: skip
        assert complaints == where


def test_an_absurd_length_ends_the_capture_without_being_allocated() -> None:
    data = w.btsnoop(PACKETS[:2]) + pack(">IIIIq", 5, 0xFFFFFFFF, 3, 0, 0) + b"x" * 100
    packets, complaints = read(data)
    assert len(packets) == 2
    says = "packet 3: expected at most 65540 bytes, came the length 4294967295: the capture is damaged here, at byte"
    assert complaints == [f"{says} {len(data) - 124}; everything before counts"]


def test_the_longest_packet_there_is_is_read() -> None:
    longest = Packet(BEGAN_US, ACL, b"\x40\x20\xff\xff" + bytes(0xFFFF))
    packets, complaints = read(w.btsnoop([longest]))
    assert (len(packets[0].data), complaints) == (btsnoop.LARGEST_PACKET - 1, [])


def test_a_record_of_no_bytes_has_no_type_and_hinders_nothing() -> None:
    empty = pack(">IIIIq", 0, 0, 0, 0, BEGAN_US + w.UNIX_EPOCH_US)
    packets, complaints = read(w.btsnoop(PACKETS[:1]) + empty + w.record(PACKETS[1]))
    assert [packet.number for packet in packets] == [1, 3]
    assert complaints == ["packet 2: expected the octet that says what it is, came nothing"]


def test_types_without_use_are_passed_over() -> None:
    sound, isochronous = Packet(BEGAN_US, 3, b"\0\0\0"), Packet(BEGAN_US, 5, b"\0\0\0\0")
    assert read(w.btsnoop([sound, isochronous])) == ([], [])


def test_packets_of_which_only_the_beginning_was_kept_are_counted() -> None:
    complaints = Complaints()
    data = HEADER + pack(">IIIIq", 40, 5, 1, 0, BEGAN_US + w.UNIX_EPOCH_US) + b"\x02\x40\x20\x10\x00"
    assert len(list(read_btsnoop(CapturedBytes(BytesIO(data)), complaints))) == 1
    assert complaints.n_cut_short == 1


@pytest.mark.parametrize(
    ("header", "why"),
    [
        (HEADER[:15], "16 bytes, came 15"),
        (b"btsnoop\0" + pack(">II", 2, 1002), "version 1, came 2"),
        (b"btsnoop\0" + pack(">II", 1, 1003), "1001, 1002, 2001, came 1003; `btmon -w FILE` writes 2001"),
    ],
)
def test_another_header_is_refused_by_what_is_wrong_with_it(header: bytes, why: str) -> None:
    with pytest.raises(UnreadableRecording, match=why):
        read(header)


@settings(max_examples=200, deadline=None)
@given(datalink=st.sampled_from([UART, HCI, MONITOR]), rest=st.binary(max_size=120))
def test_any_bytes_behind_a_header_give_packets_or_a_complaint(datalink: int, rest: bytes) -> None:
    packets, complaints = read(b"btsnoop\0" + pack(">II", 1, datalink) + rest)
    assert sum(len(packet.data) for packet in packets) <= len(rest)
    assert datalink != HCI or bool(packets or complaints) == bool(rest)  # there each record is a packet
