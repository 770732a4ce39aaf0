"""The attribute protocol: what discovery tells of a device's attributes, and its notifications.

Layouts are those of Core 5.4, vol 3, part F, 3.4; what a characteristic declaration holds is in part G, 3.3.1. A device
answers in one order, one question at a time, so the answer belongs to the question before it in the other direction.
Where that was not captured, an answer counts that can be nothing but declarations of characteristics.
"""

from collections.abc import Callable, Iterable, Iterator
from enum import IntEnum
from struct import unpack_from

from hrvdaemon.formats.capture import (
    AttPdu,
    AttributeKnown,
    Happening,
    Link,
    LinkClosed,
    LinkHappening,
    LinkOpened,
    Notified,
    ServiceKnown,
)


class Opcode(IntEnum):
    """The packets that tell something."""

    ERROR = 0x01
    FIND_INFORMATION_REQUEST = 0x04
    FIND_INFORMATION_RESPONSE = 0x05
    READ_BY_TYPE_REQUEST = 0x08
    READ_BY_TYPE_RESPONSE = 0x09
    READ_BY_GROUP_TYPE_REQUEST = 0x10
    READ_BY_GROUP_TYPE_RESPONSE = 0x11
    NOTIFICATION = 0x1B
    MULTIPLE_NOTIFICATION = 0x23


PRIMARY_SERVICE = "2800"
SECONDARY_SERVICE = "2801"
CHARACTERISTIC = "2803"

_BASE_UUID = bytes.fromhex("fb349b5f8000008000100000")
"""The Bluetooth base UUID, last octet first, without the 32 bits that a short number fills in."""

_MOST_LINKS = 1024

Attribute = AttributeKnown | ServiceKnown | Notified


def attributes_of(happenings: Iterable[LinkHappening]) -> Iterator[Happening]:
    """The same, with the attribute protocol understood; what is too short for what it says tells nothing."""
    reader = _AttReader()
    for happening in happenings:
        if isinstance(happening, AttPdu):
            yield from reader.feed(happening)
            continue
        if isinstance(happening, LinkOpened | LinkClosed):
            reader.close(happening.link)
        yield happening


class _AttReader:
    def __init__(self) -> None:
        self._asked: dict[tuple[Link, bool], str] = {}

    def feed(self, given: AttPdu) -> Iterable[Attribute]:
        """What one packet tells."""
        match given.pdu[0] if given.pdu else 0:
            case Opcode.NOTIFICATION:
                return _notification(given)
            case Opcode.MULTIPLE_NOTIFICATION:
                return _notifications(given)
            case Opcode.FIND_INFORMATION_RESPONSE | Opcode.READ_BY_TYPE_RESPONSE | Opcode.READ_BY_GROUP_TYPE_RESPONSE:
                return _ANSWERS[given.pdu[0]](given, self._answered(given))
            case Opcode.FIND_INFORMATION_REQUEST | Opcode.READ_BY_TYPE_REQUEST | Opcode.READ_BY_GROUP_TYPE_REQUEST:
                self._ask(given)
            case Opcode.ERROR:
                self._answered(given)
            case _:
                pass
        return ()

    def close(self, link: Link) -> None:
        """The link is gone, and what was asked on it."""
        for is_received in (False, True):
            self._asked.pop((link, is_received), None)

    def _ask(self, given: AttPdu) -> None:
        """Remember which type was asked for; first and last handle stand before it."""
        if len(self._asked) >= _MOST_LINKS:
            self._asked.clear()
        self._asked[given.link, given.is_received] = uuid(given.pdu[5:])

    def _answered(self, given: AttPdu) -> str | None:
        """The type that was asked for, where the question was captured."""
        return self._asked.pop((given.link, not given.is_received), None)


def uuid(octets: bytes) -> str:
    """Of 2 or 16 octets, the last one first; others give an empty text."""
    if len(octets) == 16 and octets.startswith(_BASE_UUID) and octets[14:] == b"\0\0":
        return octets[13:11:-1].hex()
    return octets[::-1].hex() if len(octets) in (2, 16) else ""


def _notification(given: AttPdu) -> Iterator[Notified]:
    if len(given.pdu) >= 3:
        yield Notified(given.at_ms, given.link, unpack_from("<H", given.pdu, 1)[0], given.pdu[3:])


def _notifications(given: AttPdu) -> Iterator[Notified]:
    """Several at once: handle, length and value of each."""
    at = 1
    while at + 4 <= len(given.pdu):
        handle, length = unpack_from("<HH", given.pdu, at)
        value = given.pdu[at + 4 : at + 4 + length]
        if len(value) == length:
            yield Notified(given.at_ms, given.link, handle, value)
        at += 4 + length


def _information(given: AttPdu, _asked: str | None) -> Iterator[AttributeKnown]:
    """Handles and their types; 1 in front says short ones, 2 long ones."""
    length = {b"\1": 4, b"\2": 18}.get(given.pdu[1:2], 0)
    for item in _items(given.pdu[2:], length):
        yield AttributeKnown(given.link, unpack_from("<H", item)[0], uuid(item[2:]))


def _values(given: AttPdu, asked: str | None) -> Iterator[AttributeKnown]:
    """Of the type that was asked for: declarations, which name another attribute, or the attributes themselves."""
    for item in _items(given.pdu[2:], given.pdu[1] if len(given.pdu) > 1 else 0):
        handle: int = unpack_from("<H", item)[0]
        if asked not in (None, "", CHARACTERISTIC):
            yield AttributeKnown(given.link, handle, str(asked))
        elif len(item) in (7, 21) and (named := unpack_from("<H", item, 3)[0]) > handle:
            yield AttributeKnown(given.link, named, uuid(item[5:]))


def _groups(given: AttPdu, asked: str | None) -> Iterator[ServiceKnown]:
    """Services: first and last handle and what they are."""
    if asked in (None, "", PRIMARY_SERVICE, SECONDARY_SERVICE):
        for item in _items(given.pdu[2:], given.pdu[1] if len(given.pdu) > 1 else 0):
            if len(item) in (6, 20):
                first, last = unpack_from("<HH", item)
                yield ServiceKnown(given.link, first, last, uuid(item[4:]))


_ANSWERS: dict[int, Callable[[AttPdu, str | None], Iterator[Attribute]]] = {
    Opcode.FIND_INFORMATION_RESPONSE: _information,
    Opcode.READ_BY_TYPE_RESPONSE: _values,
    Opcode.READ_BY_GROUP_TYPE_RESPONSE: _groups,
}


def _items(data: bytes, length: int) -> Iterator[bytes]:
    """The whole ones of a list; a length that can hold no handle gives none."""
    if length >= 4:
        for at in range(0, len(data) - length + 1, length):
            yield data[at : at + length]
