from itertools import pairwise
from struct import pack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hrvdaemon.formats.acl import AclReassembly
from hrvdaemon.formats.capture import Complaints, HciPacket, Kind, Link
from tests.formats import capture_writer as w

PDU = w.notification(bytes(range(40)))
FIRST, FIRST_OF_HOST, GOES_ON, COMPLETE = 0b10, 0b00, 0b01, 0b11


class Reassembled:
    """What a series of data packets gave."""

    def __init__(self, *data: bytes, is_received: bool = True) -> None:
        self.complaints = Complaints()
        self.acl = AclReassembly(self.complaints)
        self.whole = [whole for one in data if (whole := self.feed(one, is_received=is_received)) is not None]

    def feed(self, data: bytes, *, is_received: bool = True, adapter: int = 0) -> tuple[Link, bytes] | None:
        return self.acl.feed(HciPacket(7, 0, adapter, Kind.ACL, is_received, data))

    @property
    def told(self) -> list[str]:
        return [str(problem) for problem in self.complaints.problems]


@pytest.mark.parametrize("boundary", [FIRST, FIRST_OF_HOST, COMPLETE])
def test_a_packet_in_one_piece_is_given_with_its_link(boundary: int) -> None:
    got = Reassembled(w.acl(w.l2cap(PDU), 0x0EFF, boundary))
    assert (got.whole, got.told) == ([(Link(0, 0x0EFF), PDU)], [])


@settings(deadline=None)
@given(cuts=st.sets(st.integers(1, len(PDU) + 3)))
def test_a_packet_in_any_pieces_is_the_same_packet(cuts: set[int]) -> None:
    """Also where the length or the channel themselves are torn apart."""
    data, places = w.l2cap(PDU), [0, *sorted(cuts), len(PDU) + 4]
    pieces = [data[begin:end] for begin, end in pairwise(places)]
    got = Reassembled(*(w.acl(piece, 64, GOES_ON if number else FIRST) for number, piece in enumerate(pieces)))
    assert (got.whole, got.told) == ([(Link(0, 64), PDU)], [])


def test_links_directions_and_adapters_do_not_mix() -> None:
    data, got = w.l2cap(PDU), Reassembled()
    ways = [(64, True, 0), (65, True, 0), (64, False, 0), (64, True, 1)]
    for handle, is_received, adapter in ways:
        assert got.feed(w.acl(data[:9], handle), is_received=is_received, adapter=adapter) is None
    for handle, is_received, adapter in ways:
        whole = got.feed(w.acl(data[9:], handle, GOES_ON), is_received=is_received, adapter=adapter)
        assert whole == (Link(adapter, handle), PDU)
    assert got.told == []


def test_fragments_out_of_order_are_told_and_the_next_packet_is_whole() -> None:
    data = w.l2cap(PDU)
    got = Reassembled(w.acl(data[20:], 64, GOES_ON), w.acl(data[:20]), w.acl(data))
    assert got.whole == [(Link(0, 64), PDU)]
    assert got.told == [
        "packet 7: a packet goes on whose beginning is not there",
        "packet 7: a new packet begins before the one before it on this link was whole",
    ]


def test_more_than_was_announced_is_told_and_left_out() -> None:
    data = w.l2cap(PDU)
    got = Reassembled(w.acl(data[:20]), w.acl(data[20:] + b"!", 64, GOES_ON), w.acl(data + b"!"))
    assert got.whole == []
    assert got.told == [f"packet 7: expected {len(PDU)} bytes on channel 4, came {len(PDU) + 1}"] * 2


def test_data_that_the_capture_cut_short_is_told_and_left_out() -> None:
    got = Reassembled(w.acl(w.l2cap(PDU))[:12], w.acl(w.l2cap(PDU))[:3], b"")
    assert got.whole == []
    assert got.told == [
        f"packet 7: expected {len(PDU) + 4} bytes of data, came 8",
        "packet 7: expected a data header of 4 bytes, came 3",
        "packet 7: expected a data header of 4 bytes, came 0",
    ]


def test_other_channels_are_no_complaint_in_one_piece_or_several() -> None:
    data = w.l2cap(bytes(40), channel=5)
    got = Reassembled(
        w.acl(data), w.acl(data[:9]), w.acl(data[9:20], 64, GOES_ON), w.acl(data[20:], 64, GOES_ON),
        w.acl(data[:2]), w.acl(data[2:9], 64, GOES_ON), w.acl(data[9:], 64, GOES_ON), w.acl(w.l2cap(PDU)),
    )  # fmt: skip
    assert (got.whole, got.told) == ([(Link(0, 64), PDU)], [])


def test_what_a_lost_link_had_begun_is_not_gone_on_with() -> None:
    data = w.l2cap(PDU)
    got = Reassembled(w.acl(data[:20]))
    got.acl.close(Link(0, 64))
    assert got.feed(w.acl(data[20:], 64, GOES_ON)) is None
    got.feed(w.acl(data[:20]))
    got.acl.close_adapter(0)
    assert got.feed(w.acl(data[20:], 64, GOES_ON)) is None
    assert got.told == ["packet 7: a packet goes on whose beginning is not there"] * 2


def test_a_long_announcement_on_every_handle_needs_no_memory_beyond_what_came() -> None:
    got = Reassembled(*(w.acl(pack("<HH", 0xFFFF, 4) + b"x", handle) for handle in range(4096)))
    assert (got.whole, got.told) == ([], [])
    assert sum(len(begun) for begun in got.acl._begun.values()) <= 1024 * 5


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.binary(max_size=12), st.integers(0, 2), st.integers(0, 3)), max_size=12))
def test_any_data_packets_give_whole_packets_of_what_came(parts: list[tuple[bytes, int, int]]) -> None:
    got = Reassembled(*(w.acl(data, handle, boundary) for data, handle, boundary in parts))
    assert sum(len(pdu) + 4 for _, pdu in got.whole) <= sum(len(data) for data, _, _ in parts)
