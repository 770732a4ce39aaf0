"""What ``btmon`` prints, as people paste it into issues; the same as ``btmon -w`` as far as the print gives it.

A packet is a line that begins with ``<`` (sent), ``>`` (received), ``=`` or ``@`` and ends with its time, and indented
lines of what is in it. From these the packets of the attribute protocol are put together again, so that one reader
understands both. Colours, a program's name in front, an indentation of everything, and columns cut to the width of a
terminal are no problem. Layouts: BlueZ 5.50 to 5.80, ``monitor/packet.c`` and ``monitor/att.c``.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from hrvdaemon.formats.advertising import readable
from hrvdaemon.formats.att import Opcode
from hrvdaemon.formats.btmon_time import PrintedTimes
from hrvdaemon.formats.capture import (
    AdapterGone,
    AttPdu,
    AttributeKnown,
    Complaints,
    Link,
    LinkClosed,
    LinkHappening,
    LinkOpened,
    NameHeard,
)
from hrvdaemon.formats.captured_bytes import CapturedBytes

_LONGEST_LINE = 20_000
_MOST_LINES = 4_000
"""Of one packet; a list of attributes has a few hundred."""

_LONGEST_ADDRESS = 40
_LONGEST_REASON = 80

_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_HEADER = re.compile(
    r"\s*(?:[\w.-]+\[\d+\]: )?([<>=@]) (ACL|HCI|SCO|ISO|Note|MGMT|RAW|USER|New|Delete|Open|Close|Index|bluetoothd)(.*)"
)
_ADAPTER = re.compile(r"\[hci(\d+)\]")
_ACL_HANDLE = re.compile(r" Data [RT]X: Handle (\d+) ")
_EVENT = re.compile(r"HCI Event: .*\((0x[0-9a-f]{2})\) plen ")
_GONE = re.compile(r"HCI Command: .*\(0x03\|0x0003\) plen |Delete Index|Close Index")
_OPCODE = re.compile(r"\s*ATT: .*\(0x([0-9a-f]{2})\) len (\d+)$")
_FIELD = re.compile(r"\s*([A-Za-z][A-Za-z ()]*?)(?:\[\d+\])?: ?(.*)$")
_UUID = re.compile(r"\((?:0x([0-9a-f]{4})|([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}))\)$")
_RANGE = re.compile(r"0x([0-9a-f]{4})-0x([0-9a-f]{4})$")
_HEX = re.compile(r"(?:[0-9a-f]{2})*")


def is_btmon(head: bytes) -> bool:
    """Whether a file that begins with these bytes is print of btmon."""
    lines = _COLOUR.sub("", head.decode("utf-8", "replace")).splitlines()
    return any(line.startswith("Bluetooth monitor ver") or _HEADER.fullmatch(line) for line in lines)


def read_btmon(source: CapturedBytes, complaints: Complaints, times: PrintedTimes) -> Iterator[LinkHappening]:
    """All that is printed of links, in its order."""
    reader = _Printed(complaints)
    for number, block in _blocks(source, times):
        try:
            yield from reader.read(block)
        except ValueError as error:
            complaints.add(f"line {number}: expected a packet as btmon prints it: {error}")


@dataclass(slots=True, kw_only=True)
class _Block:
    """One packet in print: its headline, and what follows it as names and values."""

    mark: str
    headline: str
    adapter: int
    at_ms: int
    lines: list[str] = field(default_factory=list)

    def fields(self) -> Iterator[tuple[str, str]]:
        for line in self.lines:
            match = _FIELD.match(line)
            if match is not None:
                yield match[1], match[2]

    def first(self, name: str) -> str:
        """Value of the first field of that name; ValueError if there is none."""
        for known, value in self.fields():
            if known == name:
                return value
        raise ValueError(f"no {name!r} below {re.split('  +', self.headline)[0][:60]!r}")

    def says(self, text: str) -> bool:
        return any(text in line for line in self.lines)


def _blocks(source: CapturedBytes, times: PrintedTimes) -> Iterator[tuple[int, _Block]]:
    """Each packet with the number of its first line."""
    block: _Block | None = None
    number = begun = 0
    while raw := source.line(_LONGEST_LINE):
        number += 1
        line = _COLOUR.sub("", raw.decode("utf-8", "replace")).rstrip()
        header = _HEADER.fullmatch(line)
        if header is None:
            if block is not None and len(block.lines) < _MOST_LINES:
                block.lines.append(line)
            continue
        if block is not None:
            yield begun, block
        adapter = _ADAPTER.search(line)
        at_ms = times.read(line)
        begun = number
        block = _Block(
            mark=header[1], headline=header[2] + header[3], adapter=int(adapter[1][:4]) if adapter else 0, at_ms=at_ms
        )
    if block is not None:
        yield begun, block


class _Printed:
    def __init__(self, complaints: Complaints) -> None:
        self._complaints = complaints
        self._open: dict[Link, None] = {}

    def read(self, block: _Block) -> Iterable[LinkHappening]:
        """What one packet says; ValueError where it is not printed as expected."""
        if block.headline.startswith("ACL"):
            return self._data(block)
        if _GONE.match(block.headline):
            return (AdapterGone(block.at_ms, block.adapter, "the adapter was reset or went away"),)
        event = _EVENT.match(block.headline)
        if event is not None and event[1] == "0x3e":
            return self._meta(block)
        if event is not None and event[1] == "0x05":
            return self._closed(block)
        return ()

    def _meta(self, block: _Block) -> Iterable[LinkHappening]:
        if block.says("Advertising Report ("):
            return _names(block)
        if not block.says("Connection Complete (") or not block.says("Status: Success"):
            return ()
        link = Link(block.adapter, _link_number(block))
        self._open[link] = None
        return (LinkOpened(block.at_ms, link, _address(block.first("Peer address"))),)

    def _closed(self, block: _Block) -> Iterable[LinkHappening]:
        if not block.says("Status: Success"):
            return ()
        link = Link(block.adapter, _link_number(block))
        self._open.pop(link, None)
        reason = readable(block.first("Reason").encode()).partition(" (0x")[0].lower()[:_LONGEST_REASON]
        return (LinkClosed(block.at_ms, link, reason),)

    def _data(self, block: _Block) -> Iterator[LinkHappening]:
        said = next((match for line in block.lines if (match := _OPCODE.match(line))), None)
        pdu = None if said is None else _pdu(int(said[1], 16), block)
        if said is None or pdu is None:
            return
        if pdu[0] == Opcode.NOTIFICATION and len(pdu) - 1 != int(said[2][:6]):
            raise ValueError(f"{said[2]} bytes are announced, {len(pdu) - 1} are there")
        link = self._link(block)
        known = _UUID.search(block.first("Handle")) if pdu[0] == Opcode.NOTIFICATION else None
        if known is not None and known[1]:
            yield AttributeKnown(link, int.from_bytes(pdu[1:3], "little"), known[1])
        yield AttPdu(block.at_ms, link, block.mark == ">", pdu)

    def _link(self, block: _Block) -> Link:
        """A narrow terminal cuts the handle off; with one connection, or one of which nothing is said, it is clear."""
        handle = _ACL_HANDLE.search(f" {block.headline} ")
        if handle is not None:
            return Link(block.adapter, int(handle[1][:5]))
        links = [link for link in self._open if link.adapter == block.adapter]
        if len(links) > 1:
            raise ValueError("the connection's handle is cut off, and there are several; print it wider")
        return links[0] if links else Link(block.adapter, 0)


def _names(block: _Block) -> Iterator[NameHeard]:
    address = ""
    for name, value in block.fields():
        if name == "Address":
            address = _address(value)
        elif name in ("Name (complete)", "Name (short)") and address and value:
            yield NameHeard(address, readable(value.encode()))


def _address(value: str) -> str:
    """Also one that somebody made unreadable; what it is of stands behind it."""
    return readable(value.encode()).partition(" ")[0].upper()[:_LONGEST_ADDRESS]


def _pdu(opcode: int, block: _Block) -> bytes | None:
    """The packet as it was on the air; of questions only what was asked for. None where it tells nothing."""
    match opcode:
        case Opcode.NOTIFICATION:
            return bytes([opcode]) + _handle(block.first("Handle")) + _octets(block.first("Data"))
        case Opcode.READ_BY_TYPE_REQUEST:
            return bytes([opcode, 0, 0, 0, 0]) + _uuid(block.first("Attribute type"))
        case Opcode.READ_BY_GROUP_TYPE_REQUEST:
            return bytes([opcode, 0, 0, 0, 0]) + _uuid(block.first("Attribute group type"))
        case Opcode.ERROR:
            return bytes([opcode])
        case _:
            return _answer(opcode, block)


def _answer(opcode: int, block: _Block) -> bytes | None:
    """Lists of handles with values or types."""
    match opcode:
        case Opcode.READ_BY_TYPE_RESPONSE:
            pairs = _pairs(block, "Handle", "Value")
            return _listed(opcode, [_handle(handle) + _octets(value) for handle, value in pairs])
        case Opcode.READ_BY_GROUP_TYPE_RESPONSE:
            pairs = _pairs(block, "Handle range", "UUID")
            return _listed(opcode, [_handles(handles) + _uuid(value) for handles, value in pairs])
        case Opcode.FIND_INFORMATION_RESPONSE:
            items = [_handle(handle) + _uuid(value) for handle, value in _pairs(block, "Handle", "UUID")]
            return _listed(opcode, items, head=1 if items and len(items[0]) == 4 else 2)
        case _:
            return None


def _pairs(block: _Block, first: str, second: str) -> Iterator[tuple[str, str]]:
    """Two fields that belong together, one below the other; deeper lines explain the second."""
    before: str | None = None
    for name, value in block.fields():
        if name == first:
            before = value
        elif name == second and before is not None:
            yield before, value
            before = None


def _listed(opcode: int, items: list[bytes], *, head: int | None = None) -> bytes | None:
    """A list of items of one length, which stands in front unless ``head`` does."""
    alike = [item for item in items if len(item) == len(items[0])]
    if not alike or len(alike[0]) > 0xFF:
        return None
    return bytes([opcode, len(alike[0]) if head is None else head]) + b"".join(alike)


def _handle(value: str) -> bytes:
    match = re.match(r"0x([0-9a-f]{4})\b", value)
    if match is None:
        raise ValueError(f"expected a handle such as 0x0010, came {value[:40]!r}")
    return bytes.fromhex(match[1])[::-1]


def _handles(value: str) -> bytes:
    match = _RANGE.match(value)
    if match is None:
        raise ValueError(f"expected handles such as 0x0010-0x0014, came {value[:40]!r}")
    return bytes.fromhex(match[1])[::-1] + bytes.fromhex(match[2])[::-1]


def _uuid(value: str) -> bytes:
    match = _UUID.search(value)
    return bytes.fromhex((match[1] or match[2]).replace("-", ""))[::-1] if match else b""


def _octets(value: str) -> bytes:
    if _HEX.fullmatch(value) is None:
        raise ValueError(f"expected bytes in hexadecimal, came {value[:40]!r}")
    return bytes.fromhex(value)


def _link_number(block: _Block) -> int:
    """Number of the connection. ValueError where the line was cut."""
    return int(block.first("Handle").partition(" ")[0])
