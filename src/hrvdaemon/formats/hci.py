"""Packets between host and controller to links and attribute protocol.

Of the events three matter: LE Connection Complete and its enhanced forms (Core 5.4, vol 4, part E, 7.7.65.1 and .10),
Disconnection Complete (7.7.5), and advertising reports for the names in them. Of the commands only Reset (7.3.2), which
ends all links of its adapter, as its removal does.
"""

from collections.abc import Iterable, Iterator
from struct import unpack_from

from hrvdaemon.formats.acl import AclReassembly
from hrvdaemon.formats.advertising import EXTENDED_REPORT, LEGACY_REPORT, address, names_heard
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
)

_DISCONNECTION_COMPLETE = 0x05
_LE_META = 0x3E
_CONNECTION_COMPLETE = frozenset((0x01, 0x0A, 0x29))
"""As it was, enhanced, and enhanced version 2: they begin alike."""

_RESET = (0x0C03).to_bytes(2, "little")

REASONS = {
    0x08: "connection timeout",
    0x13: "ended by the strap",
    0x14: "ended by the strap: low resources",
    0x15: "ended by the strap: switched off",
    0x16: "ended by this host",
    0x3B: "unacceptable connection interval",
    0x3D: "encryption failed",
    0x3E: "the connection was not established",
}
"""Core 5.4, vol 1, part F; others are told by their number."""


def links_of(packets: Iterable[HciPacket], complaints: Complaints) -> Iterator[LinkHappening]:
    """All that the packets say of links, in their order."""
    reader = _HciReader(complaints)
    for packet in packets:
        yield from reader.feed(packet)


class _HciReader:
    def __init__(self, complaints: Complaints) -> None:
        self._complaints = complaints
        self._acl = AclReassembly(complaints)

    def feed(self, packet: HciPacket) -> Iterable[LinkHappening]:
        match packet.kind:
            case Kind.ACL:
                return self._data(packet)
            case Kind.EVENT:
                return self._event(packet)
            case Kind.COMMAND if packet.data[:2] == _RESET:
                return self._adapter_gone(packet, "the adapter was reset")
            case Kind.ADAPTER_GONE:
                return self._adapter_gone(packet, "the adapter went away")
            case _:
                return ()

    def _data(self, packet: HciPacket) -> Iterable[LinkHappening]:
        whole = self._acl.feed(packet)
        return () if whole is None else (AttPdu(packet.at_ms, whole[0], packet.is_received, whole[1]),)

    def _event(self, packet: HciPacket) -> Iterable[LinkHappening]:
        data = packet.data
        if len(data) < 3 or data[0] not in (_DISCONNECTION_COMPLETE, _LE_META):
            return ()
        if data[0] == _DISCONNECTION_COMPLETE:
            return self._closed(packet)
        if data[2] in _CONNECTION_COMPLETE:
            return self._opened(packet)
        return names_heard(data[2], data[3:]) if data[2] in (LEGACY_REPORT, EXTENDED_REPORT) else ()

    def _opened(self, packet: HciPacket) -> Iterable[LinkHappening]:
        """Status, handle, role, type of address, address; a status other than 0 is no connection."""
        if len(packet.data) < 14:
            self._complain(packet, "a connection is complete, but its address is cut off")
            return ()
        if packet.data[3] != 0:
            return ()
        link = self._link(packet, 4)
        self._acl.close(link)
        return (LinkOpened(packet.at_ms, link, address(packet.data[8:14])),)

    def _closed(self, packet: HciPacket) -> Iterable[LinkHappening]:
        if len(packet.data) < 6:
            self._complain(packet, "a disconnection is complete, but its handle is cut off")
            return ()
        if packet.data[2] != 0:
            return ()
        link, code = self._link(packet, 3), packet.data[5]
        self._acl.close(link)
        return (LinkClosed(packet.at_ms, link, REASONS.get(code, f"disconnected, reason {code:#04x}")),)

    def _adapter_gone(self, packet: HciPacket, reason: str) -> Iterable[LinkHappening]:
        self._acl.close_adapter(packet.adapter)
        return (AdapterGone(packet.at_ms, packet.adapter, reason),)

    def _link(self, packet: HciPacket, at: int) -> Link:
        handle: int = unpack_from("<H", packet.data, at)[0]
        return Link(packet.adapter, handle & 0x0FFF)

    def _complain(self, packet: HciPacket, message: str) -> None:
        self._complaints.add(f"packet {packet.number}: {message}")
