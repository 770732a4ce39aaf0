"""btsnoop: what ``btmon -w`` writes, what Android calls ``btsnoop_hci.log``, and what most Bluetooth tools can write.

A header of 16 bytes (``btsnoop`` and a zero, version 1, the data link), then for each packet 24 bytes and its data:
original length, included length, flags, cumulative drops (32 bits each) and a time (64 bits, microseconds), all big
endian. The layout is that of snoop (RFC 1761); data links 1001 and 1002 are those of Symbian's and Android's logs, 2001
is BlueZ's (``src/shared/btsnoop.h``): there the flags hold the adapter's number and what the packet is.
"""

from collections.abc import Iterator
from enum import IntEnum
from struct import Struct

from hrvdaemon.formats.capture import Complaints, HciPacket, Kind
from hrvdaemon.formats.captured_bytes import CapturedBytes
from hrvdaemon.vocabulary.errors import UnreadableRecording

MAGIC = b"btsnoop\0"
VERSION = 1
EPOCH_US = 0x00DCDDB30F2F8000
"""1970-01-01 on the clock of btsnoop, which counts from a year 0 (BlueZ, Android and Wireshark agree on the figure)."""

LARGEST_PACKET = 4 + 0xFFFF + 1
"""Header of a data packet, the most data it may announce, and the type octet of a serial line."""

_HEADER = Struct(">8sII")
_RECORD = Struct(">IIIIq")


class Datalink(IntEnum):
    """The data links that are read."""

    HCI = 1001
    UART = 1002
    MONITOR = 2001


_UART_KINDS = {1: Kind.COMMAND, 2: Kind.ACL, 4: Kind.EVENT}
_MONITOR_KINDS = {
    1: (Kind.ADAPTER_GONE, False),  # deleted
    2: (Kind.COMMAND, False),
    3: (Kind.EVENT, True),
    4: (Kind.ACL, False),
    5: (Kind.ACL, True),
    9: (Kind.ADAPTER_GONE, False),  # closed
}


def read_btsnoop(source: CapturedBytes, complaints: Complaints) -> Iterator[HciPacket]:
    """The packets that may matter. A damaged end is a complaint: everything before it counts.

    UnreadableRecording if the header is not one of a data link that is known.
    """
    datalink = _datalink(source.take(_HEADER.size))
    number = 0
    while head := source.take(_RECORD.size):
        number += 1
        data = _data(source, head, number, complaints)
        if data is None:
            return
        original, included, flags, _, time_us = _RECORD.unpack(head)
        if included < original:
            complaints.n_cut_short += 1
        packet = _packet(datalink, number, (time_us - EPOCH_US + 500) // 1000, flags, data)
        if packet is not None:
            yield packet
        elif datalink is Datalink.UART and not data:
            complaints.add(f"packet {number}: expected the octet that says what it is, came nothing")


def _datalink(header: bytes) -> Datalink:
    if len(header) < _HEADER.size:
        raise UnreadableRecording(f"expected a btsnoop header of {_HEADER.size} bytes, came {len(header)}")
    _, version, datalink = _HEADER.unpack(header)
    if version != VERSION:
        raise UnreadableRecording(f"expected btsnoop version {VERSION}, came {version}")
    try:
        return Datalink(datalink)
    except ValueError as error:
        known = ", ".join(f"{link.value}" for link in Datalink)
        raise UnreadableRecording(
            f"expected a btsnoop data link of {known}, came {datalink}; `btmon -w FILE` writes 2001"
        ) from error


def _data(source: CapturedBytes, head: bytes, number: int, complaints: Complaints) -> bytes | None:
    """The bytes of one packet; None where the file is cut or damaged, and nothing behind can be found."""
    start = source.offset - len(head)
    if len(head) < _RECORD.size:
        complaints.add(f"packet {number}: the capture is cut here, at byte {start}; everything before counts")
        return None
    included = _RECORD.unpack(head)[1]
    if included > LARGEST_PACKET:
        complaints.add(
            f"packet {number}: expected at most {LARGEST_PACKET} bytes, came the length {included}: the capture is "
            f"damaged here, at byte {start}; everything before counts"
        )
        return None
    data = source.take(included)
    if len(data) < included:
        complaints.add(f"packet {number}: the capture is cut here, at byte {start}; everything before counts")
        return None
    return data


def _packet(datalink: Datalink, number: int, at_ms: int, flags: int, data: bytes) -> HciPacket | None:
    """None where it is of no use here: sound, notes of the monitor, a type that is not known."""
    if datalink is Datalink.MONITOR:
        kind, is_received = _MONITOR_KINDS.get(flags & 0xFFFF, (None, False))
        adapter = flags >> 16
    elif datalink is Datalink.UART:
        kind, is_received, adapter = _UART_KINDS.get(data[0] if data else 0), bool(flags & 1), 0
        data = data[1:]
    else:
        is_received, adapter = bool(flags & 1), 0
        kind = (Kind.EVENT if is_received else Kind.COMMAND) if flags & 2 else Kind.ACL
    return None if kind is None else HciPacket(number, at_ms, adapter, kind, is_received, data)
