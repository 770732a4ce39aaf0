"""The names of devices in advertising reports: legacy (Core 5.4, vol 4, part E, 7.7.65.2) and extended (7.7.65.13)."""

from collections.abc import Iterator

from hrvdaemon.formats.capture import NameHeard

LEGACY_REPORT = 0x02
EXTENDED_REPORT = 0x0D

_ADDRESS_AT = {LEGACY_REPORT: 2, EXTENDED_REPORT: 3}
_LENGTH_AT = {LEGACY_REPORT: 8, EXTENDED_REPORT: 23}
_BEHIND = {LEGACY_REPORT: 1, EXTENDED_REPORT: 0}
"""Bytes of a report behind its data: the signal strength, which an extended one has in front."""

_NAMES = (0x08, 0x09)
"""Shortened and complete local name (Core Specification Supplement, part A, 1.2)."""


def names_heard(subevent: int, reports: bytes) -> Iterator[NameHeard]:
    """The names in a report event, from the number of reports on; what is cut gives what it has."""
    at, length_at = 1, _LENGTH_AT[subevent]
    for _ in range(reports[0] if reports else 0):
        if len(reports) <= at + length_at:
            return
        first = at + _ADDRESS_AT[subevent]
        begin = at + length_at + 1
        end = begin + reports[at + length_at]
        name = _name(reports[begin:end])
        if name:
            yield NameHeard(address(reports[first : first + 6]), name)
        at = end + _BEHIND[subevent]


def address(octets: bytes) -> str:
    """As people write it; on the wire the last octet comes first."""
    return ":".join(f"{octet:02X}" for octet in reversed(octets))


def _name(data: bytes) -> str | None:
    """Of parts that are length, type and value."""
    at = 0
    while at + 1 < len(data):
        end = at + 1 + data[at]
        if data[at + 1] in _NAMES:
            return readable(data[at + 2 : end])
        at = end
    return None


def readable(name: bytes) -> str:
    """Whatever encoding a device has its name in: without what can not be shown."""
    text = name.decode("utf-8", "replace")
    return "".join(letter for letter in text if letter.isprintable()).strip()
