from hypothesis import given, settings
from hypothesis import strategies as st

from hrvdaemon.formats.capture import (
    AdapterGone,
    AttPdu,
    Complaints,
    HciPacket,
    Kind,
    Link,
    LinkClosed,
    LinkHappening,
    LinkOpened,
    NameHeard,
)
from hrvdaemon.formats.hci import links_of
from tests.formats import capture_writer as w

LINK = Link(0, 64)


def happened(*packets: tuple[Kind, bytes], adapter: int = 0) -> tuple[list[LinkHappening], list[str]]:
    complaints = Complaints()
    given_packets = [
        HciPacket(number, number * 10, adapter, kind, kind is not Kind.COMMAND, data)
        for number, (kind, data) in enumerate(packets, 1)
    ]
    return list(links_of(given_packets, complaints)), [str(problem) for problem in complaints.problems]


def test_a_link_opens_carries_packets_and_closes() -> None:
    """Of the event written out: 3e 13 01 | status 00 | handle 40 00 | role, type | address, last octet first."""
    opened = bytes.fromhex("3e1301004000 0001 5544332211c4 1800 0000 2a00 00")
    assert opened == w.connection_complete()
    pdu = w.notification(b"\x10\x3c")
    got, told = happened(
        (Kind.EVENT, opened), (Kind.ACL, w.acl(w.l2cap(pdu))), (Kind.EVENT, w.disconnection_complete())
    )
    assert got == [
        LinkOpened(10, LINK, w.ADDRESS), AttPdu(20, LINK, True, pdu), LinkClosed(30, LINK, "connection timeout"),
    ]  # fmt: skip
    assert told == []


def test_an_enhanced_connection_is_one_too() -> None:
    assert happened((Kind.EVENT, w.enhanced_connection_complete(65)))[0] == [LinkOpened(10, Link(0, 65), w.ADDRESS)]


def test_a_connection_that_failed_is_none() -> None:
    got, _ = happened((Kind.EVENT, w.connection_complete(status=2)), (Kind.EVENT, w.disconnection_complete(status=12)))
    assert got == []


def test_reasons_are_words_or_their_number() -> None:
    codes = [0x13, 0x16, 0x3E, 0x99]
    got, _ = happened(*((Kind.EVENT, w.disconnection_complete(reason=code)) for code in codes))
    assert [one.reason for one in got if isinstance(one, LinkClosed)] == [
        "ended by the strap", "ended by this host", "the connection was not established", "disconnected, reason 0x99",
    ]  # fmt: skip


def test_a_reset_and_a_removal_end_all_links_of_the_adapter_and_what_they_had_begun() -> None:
    data = w.l2cap(w.notification(b"\x10\x3c"))
    for gone in ((Kind.COMMAND, b"\x03\x0c\x00"), (Kind.ADAPTER_GONE, b"")):
        got, told = happened((Kind.ACL, w.acl(data[:6])), gone, (Kind.ACL, w.acl(data[6:], boundary=1)), adapter=2)
        assert [type(one) for one in got] == [AdapterGone]
        assert told == ["packet 3: a packet goes on whose beginning is not there"]


def test_names_are_heard_and_other_events_and_commands_are_nothing() -> None:
    got, told = happened(
        (Kind.EVENT, w.advertising_report(w.ADDRESS, w.name(b"H10"))),
        (Kind.EVENT, w.event(0x0E, b"\x01\x03\x0c\x00")),
        (Kind.EVENT, w.event(0x3E, b"\x03\x00\x40\x00")),
        (Kind.COMMAND, b"\x06\x04\x03\x40\x00\x13"),
    )
    assert (got, told) == ([NameHeard(w.ADDRESS, "H10")], [])


def test_a_cut_event_is_told() -> None:
    got, told = happened((Kind.EVENT, w.connection_complete()[:10]), (Kind.EVENT, w.disconnection_complete()[:4]))
    assert got == []
    assert told == [
        "packet 1: a connection is complete, but its address is cut off",
        "packet 2: a disconnection is complete, but its handle is cut off",
    ]


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(Kind), st.sampled_from([b"", b"\x3e\x20", b"\x05\x04", b"\x03\x0c"]), st.binary(max_size=24)
        ),
        max_size=8,
    )
)
def test_any_packets_give_happenings_in_order(packets: list[tuple[Kind, bytes, bytes]]) -> None:
    got, _ = happened(*((kind, head + rest) for kind, head, rest in packets))
    times = [one.at_ms for one in got if isinstance(one, LinkOpened | LinkClosed | AttPdu)]
    assert times == sorted(times)
