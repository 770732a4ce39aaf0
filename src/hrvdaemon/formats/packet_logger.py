"""Apple's PacketLogger (``.pklg``), as a Mac, or an iPhone with Apple's Bluetooth profile, writes it.

There is no header. Each packet has a length, seconds and microseconds since 1970 (32 bits each) and an octet that says
what it is, then its data; the length counts all but itself. Old files are big endian, newer ones little endian (BlueZ,
``src/shared/btsnoop.c``). What only looks like it is told by the first packet: its length, kind and time must fit.
"""

from collections.abc import Iterator
from struct import Struct

from hrvdaemon.formats.capture import Complaints, HciPacket, Kind
from hrvdaemon.formats.captured_bytes import CapturedBytes

_ORDERS = (Struct(">IIIB"), Struct("<IIIB"))
_HEAD_BYTES = 13
_COUNTED = 9
_LARGEST = _COUNTED + 4 + 0xFFFF
_KINDS = {0: (Kind.COMMAND, False), 1: (Kind.EVENT, True), 2: (Kind.ACL, False), 3: (Kind.ACL, True)}
_FIRST_KINDS = frozenset((*_KINDS, 0x0B, *range(0xF7, 0x100)))
_LONGEST_FIRST = 4096
_YEAR_2000_S, _YEAR_2100_S = 946_684_800, 4_102_444_800
_MICROSECONDS = 1_000_000


def is_packet_logger(head: bytes) -> bool:
    """Whether a file that begins with these bytes is one."""
    return _order(head) is not None


def read_packet_logger(source: CapturedBytes, complaints: Complaints) -> Iterator[HciPacket]:
    """The packets that may matter, as ``read_btsnoop``. Nothing where ``is_packet_logger`` does not hold."""
    head, number = source.take(_HEAD_BYTES), 0
    order = _order(head)
    while order is not None and head:
        number += 1
        length, seconds, microseconds, kind = order.unpack(head) if len(head) == _HEAD_BYTES else (0, 0, 0, 0)
        data = source.take(length - _COUNTED) if _COUNTED <= length <= _LARGEST else b""
        if len(data) != length - _COUNTED:
            at = source.offset - len(head) - len(data)
            complaints.add(f"packet {number}: the capture is cut or damaged here, at byte {at}; all before counts")
            return
        if kind in _KINDS:
            at_ms = seconds * 1000 + (microseconds + 500) // 1000
            yield HciPacket(number, at_ms, 0, *_KINDS[kind], data)
        head = source.take(_HEAD_BYTES)


def _order(head: bytes) -> Struct | None:
    return next((order for order in _ORDERS if _is_first(order, head)), None)


def _is_first(order: Struct, head: bytes) -> bool:
    if len(head) < _HEAD_BYTES:
        return False
    length, seconds, microseconds, kind = order.unpack_from(head)
    is_dated = _YEAR_2000_S <= seconds < _YEAR_2100_S and microseconds < _MICROSECONDS
    return is_dated and _COUNTED <= length <= _LONGEST_FIRST and kind in _FIRST_KINDS
