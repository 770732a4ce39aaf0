"""An independent writer: bumble's packets and its snooper, of a session on a virtual air, read back by our reader."""

import asyncio
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from bumble import att, hci, l2cap
from bumble.core import UUID
from bumble.host import Host
from bumble.snoop import BtSnooper
from hypothesis import given, settings
from hypothesis import strategies as st

from hrvdaemon.formats.att import attributes_of
from hrvdaemon.formats.capture import (
    AttPdu,
    AttributeKnown,
    Complaints,
    Happening,
    HciPacket,
    Kind,
    Link,
    LinkClosed,
    LinkOpened,
    Notified,
    ServiceKnown,
)
from hrvdaemon.formats.hci import links_of
from hrvdaemon.formats.reading import read_any
from hrvdaemon.sources.link_state import LinkState
from hrvdaemon.vocabulary.inputs import PacketReceived, SensorConnected, SensorLost
from tests.virtual_strap.room import Room, play
from tests.virtual_strap.strap import Strap

ADDRESS = "C4:11:22:33:44:55"
LINK = Link(0, 0x0EFF)
HANDLES = st.integers(1, 0xFFFF)
KINDS = {hci.HCI_COMMAND_PACKET: Kind.COMMAND, hci.HCI_ACL_DATA_PACKET: Kind.ACL, hci.HCI_EVENT_PACKET: Kind.EVENT}


def understood(*packets: hci.HCI_Packet, received: bool = True) -> list[Happening]:
    complaints = Complaints()
    given_packets = [
        HciPacket(number, 5, 0, KINDS[data[0]], received, data[1:])
        for number, data in enumerate(map(bytes, packets), 1)
    ]
    got = list(attributes_of(links_of(given_packets, complaints)))
    assert complaints.problems == ()
    return got


def carried(pdu: att.ATT_PDU, size: int = 512) -> list[hci.HCI_Packet]:
    """In data packets of so many bytes, as bumble's own host cuts them."""
    data = bytes(l2cap.L2CAP_PDU(att.ATT_CID, bytes(pdu)))
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    return [
        hci.HCI_AclDataPacket(LINK.handle, 1 if number else 2, 0, len(piece), piece)
        for number, piece in enumerate(pieces)
    ]


@settings(max_examples=100, deadline=None)
@given(handle=HANDLES, value=st.binary(max_size=512), size=st.integers(1, 600))
def test_a_notification_of_bumble_is_read_in_whatever_pieces_it_comes(handle: int, value: bytes, size: int) -> None:
    pdu = att.ATT_Handle_Value_Notification(attribute_handle=handle, attribute_value=value)
    assert understood(*carried(pdu, size)) == [Notified(5, LINK, handle, value)]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(HANDLES, HANDLES, st.integers(0, 0xFFFF)), min_size=1, max_size=5))
def test_discovery_in_bumbles_words_is_understood(declared: list[tuple[int, int, int]]) -> None:
    items = b"".join(
        handle.to_bytes(2, "little") + b"\x10" + value.to_bytes(2, "little") + bytes(UUID.from_16_bits(uuid))
        for handle, value, uuid in declared
    )
    answer = att.ATT_Read_By_Type_Response(length=7, attribute_data_list=items)
    assert understood(*carried(answer)) == [
        AttributeKnown(LINK, value, f"{uuid:04x}") for handle, value, uuid in declared if value > handle
    ]
    found = b"".join(value.to_bytes(2, "little") + bytes(UUID.from_16_bits(uuid)) for _, value, uuid in declared)
    information = att.ATT_Find_Information_Response(format=1, information_data=found)
    assert understood(*carried(information)) == [
        AttributeKnown(LINK, value, f"{uuid:04x}") for _, value, uuid in declared
    ]
    ranges = b"".join(
        first.to_bytes(2, "little") + last.to_bytes(2, "little") + bytes(UUID.from_16_bits(uuid))
        for first, last, uuid in declared
    )
    groups = att.ATT_Read_By_Group_Type_Response(length=6, attribute_data_list=ranges)
    assert understood(*carried(groups)) == [
        ServiceKnown(LINK, first, last, f"{uuid:04x}") for first, last, uuid in declared
    ]


def test_the_full_uuid_of_the_measurement_is_the_short_one() -> None:
    """As libraries ask for it that know no short ones."""
    request = att.ATT_Read_By_Type_Request(
        starting_handle=1, ending_handle=0xFFFF, attribute_type=UUID("00002a37-0000-1000-8000-00805f9b34fb")
    )
    answer = att.ATT_Read_By_Type_Response(length=4, attribute_data_list=b"\x10\x00\x16\x4e")
    happenings = [AttPdu(5, LINK, False, bytes(request)), AttPdu(5, LINK, True, bytes(answer))]
    assert list(attributes_of(happenings)) == [AttributeKnown(LINK, 0x10, "2a37")]


def test_links_in_bumbles_words_open_and_close() -> None:
    peer = hci.Address(ADDRESS)
    complete: dict[str, Any] = {
        "status": 0, "connection_handle": LINK.handle, "role": 0, "peer_address_type": peer.address_type, "peer_address": peer,
        "connection_interval": 24, "peripheral_latency": 0, "supervision_timeout": 42, "central_clock_accuracy": 0,
    }  # fmt: skip
    private: dict[str, Any] = {"local_resolvable_private_address": peer, "peer_resolvable_private_address": peer}
    behind: dict[str, Any] = {"advertising_handle": 0xFF, "sync_handle": 0}
    events = (
        hci.HCI_LE_Connection_Complete_Event(**complete),
        hci.HCI_LE_Enhanced_Connection_Complete_Event(**complete, **private),
        hci.HCI_LE_Enhanced_Connection_Complete_V2_Event(**complete, **private, **behind),
    )
    assert understood(*events) == [LinkOpened(5, LINK, ADDRESS)] * 3
    lost = hci.HCI_Disconnection_Complete_Event(status=0, connection_handle=LINK.handle, reason=0x13)
    assert understood(lost) == [LinkClosed(5, LINK, "ended by the strap")]


def snooped(host: Host) -> BytesIO:
    """What bumble's snooper writes of this host, from now on."""
    file = BytesIO()
    host.snooper = BtSnooper(file)
    return file


def listening(strap: Strap) -> list[bytes]:
    """What the strap gave to its radio for a subscriber, from now on."""
    sent: list[bytes] = []
    send = strap.send

    async def noted(data: bytes, *, unasked: bool = False) -> None:
        if strap.subscribed.is_set():
            sent.append(data)
        await send(data, unasked=unasked)

    strap.send = noted  # type: ignore[method-assign]  # the strap calls itself by this name
    return sent


@pytest.mark.parametrize("side", ["central", "strap"])
def test_a_capture_of_a_session_reads_back_equal_to_what_the_strap_sent(tmp_path: Path, side: str) -> None:
    """Connections, discovery, notifications and losses of the daemon's own source, captured on either side of the air."""
    path = tmp_path / "capture"
    session = play(captured(side))
    path.write_bytes(session.capture)
    replayable = read_any(path)
    assert replayable.problems == ()
    values = [one.data for one in replayable.inputs if isinstance(one, PacketReceived)]
    assert values == session.sent == session.received
    assert len(values) > 60
    assert sum(isinstance(one, SensorConnected) for one in replayable.inputs) == 2
    assert sum(isinstance(one, SensorLost) for one in replayable.inputs) == 2
    names = {one.name for one in replayable.inputs if isinstance(one, SensorConnected)}
    assert names == ({"Virtual H10"} if side == "central" else {"F0:F1:F2:F3:F4:F5"})


@dataclass(frozen=True)
class Session:
    """The capture, what the strap gave to its radio for a subscriber, and what the daemon's source made of it."""

    capture: bytes
    sent: list[bytes]
    received: list[bytes]


async def captured(side: str) -> Session:
    """A strap streams, hangs up, is found again and streams on."""
    async with Room() as room:
        strap = await room.strap()
        capture = snooped((room.laptop if side == "central" else strap.device).host)
        sent = listening(strap)
        room.start()
        await room.until(LinkState.STREAMING)
        await asyncio.sleep(30.5)
        await strap.hang_up()
        await room.streams()
        await asyncio.sleep(40.5)
        sent = list(sent)
    return Session(capture.getvalue(), sent, [each.data for each in room.of(PacketReceived)])
