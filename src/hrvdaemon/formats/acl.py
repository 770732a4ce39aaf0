"""Data packets to whole packets of the attribute protocol: fragments put together for each link and direction.

A data packet has a connection handle of 12 bits, two bits that say whether it begins something (00, 10) or goes on with
it (01), two of broadcast, and its length (Core 5.4, vol 4, part E, 5.4.2). What it carries begins with its length and a
channel; the attribute protocol of Bluetooth Low Energy has channel 4 (vol 3, part A, 3.1 and 2.1).
"""

from struct import unpack_from

from hrvdaemon.formats.capture import Complaints, HciPacket, Link

ATT_CHANNEL = 0x0004
_HEADER_BYTES = 4
_BASIC_HEADER_BYTES = 4
_GOES_ON = 0b01
_COMPLETE = 0b11
_MOST_LINKS = 1024
"""Half-received packets of so many links and directions are kept; no controller holds a tenth of it."""


class AclReassembly:
    """``feed`` the data packets of one capture; what does not fit together is a complaint and is left out."""

    def __init__(self, complaints: Complaints) -> None:
        self._complaints = complaints
        self._begun: dict[tuple[Link, bool], bytearray] = {}
        self._skipping: set[tuple[Link, bool]] = set()

    def feed(self, packet: HciPacket) -> tuple[Link, bytes] | None:
        """A whole packet of the attribute protocol and its link, if this one completes it."""
        if len(packet.data) < _HEADER_BYTES:
            self._complain(packet, f"expected a data header of {_HEADER_BYTES} bytes, came {len(packet.data)}")
            return None
        head, length = unpack_from("<HH", packet.data)
        link, boundary = Link(packet.adapter, head & 0x0FFF), head >> 12 & 0b11
        data = packet.data[_HEADER_BYTES : _HEADER_BYTES + length]
        if len(data) < length:
            self._forget((link, packet.is_received))
            self._complain(packet, f"expected {length} bytes of data, came {len(data)}")
            return None
        whole = self._put(packet, (link, packet.is_received), boundary, data)
        return None if whole is None else (link, whole)

    def close(self, link: Link) -> None:
        """The link is gone, and what it had begun."""
        for is_received in (False, True):
            self._forget((link, is_received))

    def close_adapter(self, adapter: int) -> None:
        """All its links are gone."""
        for link, _ in [*self._begun, *self._skipping]:
            if link.adapter == adapter:
                self.close(link)

    def _put(self, packet: HciPacket, way: tuple[Link, bool], boundary: int, data: bytes) -> bytes | None:
        if boundary == _GOES_ON:
            return self._go_on(packet, way, data)
        if way in self._begun:
            self._complain(packet, "a new packet begins before the one before it on this link was whole")
        self._forget(way)
        if len(data) >= _BASIC_HEADER_BYTES and unpack_from("<H", data, 2)[0] != ATT_CHANNEL:
            self._skip(way)
            return None
        return self._whole(packet, way, bytearray(data), is_all=boundary == _COMPLETE)

    def _go_on(self, packet: HciPacket, way: tuple[Link, bool], data: bytes) -> bytes | None:
        if way in self._skipping:
            return None
        begun = self._begun.pop(way, None)
        if begun is None:
            self._complain(packet, "a packet goes on whose beginning is not there")
            return None
        begun += data
        return self._whole(packet, way, begun, is_all=False)

    def _whole(self, packet: HciPacket, way: tuple[Link, bool], begun: bytearray, *, is_all: bool) -> bytes | None:
        """The attribute protocol's packet once all of it is there; until then it waits."""
        if len(begun) < _BASIC_HEADER_BYTES:
            self._wait(way, begun)
            return None
        length, channel = unpack_from("<HH", begun)
        if channel != ATT_CHANNEL:
            self._skip(way)
            return None
        n_there = len(begun) - _BASIC_HEADER_BYTES
        if n_there < length and not is_all:
            self._wait(way, begun)
            return None
        if n_there != length:
            self._complain(packet, f"expected {length} bytes on channel 4, came {n_there}")
            return None
        return bytes(begun[_BASIC_HEADER_BYTES:])

    def _wait(self, way: tuple[Link, bool], begun: bytearray) -> None:
        if len(self._begun) >= _MOST_LINKS:
            self._begun.pop(next(iter(self._begun)))
        self._begun[way] = begun

    def _skip(self, way: tuple[Link, bool]) -> None:
        """What goes on with another channel's packet is of no use, and no complaint."""
        if len(self._skipping) >= _MOST_LINKS:
            self._skipping.clear()
        self._skipping.add(way)

    def _forget(self, way: tuple[Link, bool]) -> None:
        self._begun.pop(way, None)
        self._skipping.discard(way)

    def _complain(self, packet: HciPacket, message: str) -> None:
        self._complaints.add(f"packet {packet.number}: {message}")
