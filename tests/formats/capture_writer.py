"""A tiny writer of Bluetooth captures, from the specifications alone; each function says which part it follows.

Core is the Bluetooth Core Specification 5.4. Numbers on the wire are little endian, those of a btsnoop file big endian.
"""

from dataclasses import dataclass
from struct import pack

UNIX_EPOCH_US = 0x00E03AB44A676000 - 946_684_800_000_000
"""BlueZ has the figure for the year 2000 (``src/shared/btsnoop.c``)."""

ADDRESS = "C4:11:22:33:44:55"
BEGAN_US = 1_773_129_600_000_000
"""2026-03-10T08:00:00Z."""

COMMAND, ACL, EVENT = 1, 2, 4
"""Type octets of the UART transport (Core, vol 4, part A, 2)."""

UART, HCI, MONITOR = 1002, 1001, 2001


@dataclass(frozen=True)
class Packet:
    """``sent`` by the host."""

    at_us: int
    kind: int
    data: bytes
    sent: bool = False
    adapter: int = 0


def btsnoop(packets: list[Packet], datalink: int = UART) -> bytes:
    """Header and records (RFC 1761, with the time of btsnoop: microseconds since a year 0)."""
    return b"btsnoop\0" + pack(">II", 1, datalink) + b"".join(record(packet, datalink) for packet in packets)


def record(packet: Packet, datalink: int = UART) -> bytes:
    """Original and included length, flags, drops, time. Flag 1: received; flag 2: command or event."""
    data = bytes([packet.kind]) + packet.data if datalink == UART else packet.data
    flags = (not packet.sent) | (2 if packet.kind != ACL else 0)
    if datalink == MONITOR:
        opcode = {COMMAND: 2, EVENT: 3, ACL: 4 if packet.sent else 5}[packet.kind]
        flags = packet.adapter << 16 | opcode
    return pack(">IIIIq", len(data), len(data), flags, 0, packet.at_us + UNIX_EPOCH_US) + data


def packet_logger(packets: list[Packet], order: str = ">") -> bytes:
    """Apple's: length of the rest, seconds, microseconds, kind."""
    kinds = {(COMMAND, True): 0, (EVENT, False): 1, (ACL, True): 2, (ACL, False): 3}
    parts = []
    for packet in packets:
        seconds, microseconds = divmod(packet.at_us, 1_000_000)
        kind = kinds[packet.kind, packet.sent]
        parts.append(pack(f"{order}IIIB", 9 + len(packet.data), seconds, microseconds, kind) + packet.data)
    return b"".join(parts)


def octets(address: str) -> bytes:
    """The last octet first."""
    return bytes.fromhex(address.replace(":", ""))[::-1]


def event(code: int, parameters: bytes) -> bytes:
    """Core, vol 4, part E, 5.4.4."""
    return bytes([code, len(parameters)]) + parameters


def connection_complete(handle: int = 64, address: str = ADDRESS, status: int = 0) -> bytes:
    """LE Connection Complete (Core, vol 4, part E, 7.7.65.1), as central."""
    return event(0x3E, pack("<BBHBB6sHHHB", 0x01, status, handle, 0, 1, octets(address), 24, 0, 42, 0))


def enhanced_connection_complete(handle: int = 64, address: str = ADDRESS) -> bytes:
    """7.7.65.10, without and with resolvable addresses."""
    return event(
        0x3E, pack("<BBHBB6s6s6sHHHB", 0x0A, 0, handle, 0, 1, octets(address), bytes(6), bytes(6), 24, 0, 42, 0)
    )


def disconnection_complete(handle: int = 64, reason: int = 0x08, status: int = 0) -> bytes:
    """7.7.5."""
    return event(0x05, pack("<BHB", status, handle, reason))


def advertising_report(address: str, data: bytes) -> bytes:
    """7.7.65.2: one report; the signal strength stands behind the data."""
    return event(0x3E, pack("<BBBB6sB", 0x02, 1, 0, 1, octets(address), len(data)) + data + b"\xc4")


def extended_advertising_report(address: str, data: bytes) -> bytes:
    """7.7.65.13: one report."""
    head = pack(
        "<BBHB6sBBBBbHB6sB", 0x0D, 1, 0x13, 1, octets(address), 1, 0, 0xFF, 0x7F, -60, 0, 0, bytes(6), len(data)
    )
    return event(0x3E, head + data)


def name(text: bytes, kind: int = 0x09) -> bytes:
    """Length, type, value (Core, vol 3, part C, 11)."""
    return bytes([len(text) + 1, kind]) + text


def acl(data: bytes, handle: int = 64, boundary: int = 0b10) -> bytes:
    """Core, vol 4, part E, 5.4.2."""
    return pack("<HH", handle | boundary << 12, len(data)) + data


def l2cap(pdu: bytes, channel: int = 4) -> bytes:
    """Core, vol 3, part A, 3.1."""
    return pack("<HH", len(pdu), channel) + pdu


def notification(value: bytes, attribute: int = 0x10) -> bytes:
    """Core, vol 3, part F, 3.4.7.1."""
    return pack("<BH", 0x1B, attribute) + value


def read_by_type_request(uuid: int = 0x2803) -> bytes:
    """3.4.4.1."""
    return pack("<BHHH", 0x08, 1, 0xFFFF, uuid)


def characteristics(*declared: tuple[int, int, int]) -> bytes:
    """3.4.4.2 with declarations (part G, 3.3.1): handle of the declaration, handle of the value, UUID."""
    items = [pack("<HBHH", handle, 0x10, value, uuid) for handle, value, uuid in declared]
    return bytes([0x09, len(items[0])]) + b"".join(items)


def services(*known: tuple[int, int, int]) -> bytes:
    """3.4.4.10: first handle, last handle, UUID."""
    return b"\x11\x06" + b"".join(pack("<HHH", *service) for service in known)


def information(*known: tuple[int, int]) -> bytes:
    """3.4.3.2: handle, UUID."""
    return b"\x05\x01" + b"".join(pack("<HH", *attribute) for attribute in known)


def sent(pdu: bytes, at_us: int, handle: int = 64, adapter: int = 0) -> Packet:
    """From the host; a host begins with boundary 00."""
    return Packet(at_us, ACL, acl(l2cap(pdu), handle, 0b00), sent=True, adapter=adapter)


def received(pdu: bytes, at_us: int, handle: int = 64, adapter: int = 0) -> Packet:
    return Packet(at_us, ACL, acl(l2cap(pdu), handle), adapter=adapter)


def session(
    values: list[bytes], *, handle: int = 64, address: str = ADDRESS, began_us: int = BEGAN_US, adapter: int = 0
) -> list[Packet]:
    """Connect, discover 0x2A37 at 0x0010, a notification each second from 2 s on, and the link is lost 8 s after."""
    last_us = began_us + (len(values) + 1) * 1_000_000
    return [
        Packet(began_us, EVENT, connection_complete(handle, address), adapter=adapter),
        sent(read_by_type_request(), began_us + 200_000, handle, adapter),
        received(characteristics((0x0E, 0x0F, 0x2A38), (0x0F, 0x10, 0x2A37)), began_us + 300_000, handle, adapter),
        *(
            received(notification(value), began_us + (second + 2) * 1_000_000, handle, adapter)
            for second, value in enumerate(values)
        ),
        Packet(last_us + 8_000_000, EVENT, disconnection_complete(handle), adapter=adapter),
    ]
