from struct import pack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hrvdaemon.formats.att import attributes_of, uuid
from hrvdaemon.formats.capture import (
    AttPdu,
    AttributeKnown,
    Happening,
    Link,
    LinkClosed,
    LinkHappening,
    Notified,
    ServiceKnown,
)
from tests.formats import capture_writer as w

LINK = Link(0, 64)
DECLARED = w.characteristics((0x0E, 0x0F, 0x2A38), (0x0F, 0x10, 0x2A37))
KNOWN = [AttributeKnown(LINK, 0x0F, "2a38"), AttributeKnown(LINK, 0x10, "2a37")]
LONG = bytes.fromhex("fb349b5f80000080001000003 72a0000".replace(" ", ""))
VENDOR = bytes(range(16))


def told(*pdus: tuple[bool, bytes]) -> list[Happening]:
    """``True`` for what was received."""
    return list(attributes_of([AttPdu(5, LINK, is_received, pdu) for is_received, pdu in pdus]))


def test_a_notification_has_a_handle_and_a_value() -> None:
    assert told((True, bytes.fromhex("1b 1000 164e1b03"))) == [Notified(5, LINK, 0x10, bytes.fromhex("164e1b03"))]
    assert told((False, b"\x1b\x10\x00")) == [Notified(5, LINK, 0x10, b"")]


def test_several_notifications_in_one_packet_are_each_given() -> None:
    """Core, vol 3, part F, 3.4.7.4."""
    pdu = b"\x23" + pack("<HH2sHH1s", 0x10, 2, b"ab", 0x20, 1, b"c") + pack("<HH", 0x30, 9) + b"cut"
    assert told((True, pdu)) == [Notified(5, LINK, 0x10, b"ab"), Notified(5, LINK, 0x20, b"c")]


def test_declarations_of_characteristics_name_the_handle_of_the_value() -> None:
    assert told((False, w.read_by_type_request()), (True, DECLARED)) == KNOWN


def test_long_uuids_of_the_bluetooth_base_are_the_short_ones() -> None:
    item = pack("<HBH", 0x0F, 0x10, 0x10)
    assert told((True, b"\x09\x15" + item + LONG)) == [AttributeKnown(LINK, 0x10, "2a37")]
    assert told((True, b"\x09\x15" + item + VENDOR)) == [AttributeKnown(LINK, 0x10, VENDOR[::-1].hex())]


@pytest.mark.parametrize(("octets", "text"), [(b"\x37\x2a", "2a37"), (LONG, "2a37"), (b"", ""), (b"\x37\x2a\0\0", "")])
def test_a_uuid_is_two_or_sixteen_octets(octets: bytes, text: str) -> None:
    assert uuid(octets) == text


def test_a_read_by_the_measurements_own_uuid_tells_its_handle() -> None:
    answer = b"\x09\x04" + pack("<H2s", 0x10, b"\x16\x4e")
    assert told((False, w.read_by_type_request(0x2A37)), (True, answer)) == [AttributeKnown(LINK, 0x10, "2a37")]


def test_an_answer_belongs_to_the_question_of_the_other_side() -> None:
    """A host is asked as well, and for something else; and a refused question has no answer."""
    names = b"\x09\x07" + pack("<H5s", 0x03, b"Hello")
    assert told((False, w.read_by_type_request()), (True, w.read_by_type_request(0x2A00)), (False, names), (True, DECLARED)) == [
        AttributeKnown(LINK, 0x03, "2a00"), *KNOWN,
    ]  # fmt: skip
    refused = b"\x01\x08\x01\x00\x0a"
    assert told((False, w.read_by_type_request(0x2A00)), (True, refused), (True, DECLARED)) == KNOWN


def test_an_answer_without_its_question_counts_where_it_can_be_nothing_else() -> None:
    assert told((True, DECLARED)) == KNOWN
    backwards = b"\x09\x07" + pack("<HBHH", 0x10, 0x10, 0x0F, 0x2A37)
    assert told((True, backwards), (True, b"\x09\x04" + pack("<HH", 0x10, 0x2A37))) == []


def test_a_question_does_not_outlive_its_link() -> None:
    happenings: list[LinkHappening] = [
        AttPdu(1, LINK, False, w.read_by_type_request(0x2A00)), LinkClosed(2, LINK, "gone"), AttPdu(3, LINK, True, DECLARED),
    ]  # fmt: skip
    assert list(attributes_of(happenings)) == [LinkClosed(2, LINK, "gone"), *KNOWN]


def test_find_information_tells_types_of_both_lengths() -> None:
    assert told((True, w.information((0x10, 0x2A37), (0x11, 0x2902)))) == [
        AttributeKnown(LINK, 0x10, "2a37"), AttributeKnown(LINK, 0x11, "2902"),
    ]  # fmt: skip
    assert told((True, b"\x05\x02" + pack("<H", 0x10) + LONG)) == [AttributeKnown(LINK, 0x10, "2a37")]
    assert told((True, b"\x05\x03" + bytes(20))) == []


def test_services_have_a_first_and_a_last_handle() -> None:
    request = pack("<BHHH", 0x10, 1, 0xFFFF, 0x2800)
    assert told((False, request), (True, w.services((0x0D, 0x13, 0x180D), (0x14, 0x18, 0x180F)))) == [
        ServiceKnown(LINK, 0x0D, 0x13, "180d"), ServiceKnown(LINK, 0x14, 0x18, "180f"),
    ]  # fmt: skip


def test_what_is_cut_or_empty_tells_what_is_whole() -> None:
    assert told((True, DECLARED[:-1])) == KNOWN[:1]
    for pdu in (
        b"",
        b"\x1b",
        b"\x1b\x10",
        b"\x09",
        b"\x09\x00" + bytes(9),
        b"\x05",
        b"\x11",
        b"\x11\x06\x01",
        b"\x08",
        b"\x23\x01",
    ):
        assert told((True, pdu)) == []


@settings(max_examples=400, deadline=None)
@given(
    st.lists(
        st.tuples(st.booleans(), st.sampled_from(b"\x01\x04\x05\x08\x09\x10\x11\x1b\x23\xff"), st.binary(max_size=30)),
        max_size=6,
    )
)
def test_any_packets_tell_handles_of_sixteen_bits(pdus: list[tuple[bool, int, bytes]]) -> None:
    for one in told(*((is_received, bytes([opcode]) + rest) for is_received, opcode, rest in pdus)):
        assert isinstance(one, Notified | AttributeKnown | ServiceKnown)
        assert 0 <= (one.first if isinstance(one, ServiceKnown) else one.handle) <= 0xFFFF
