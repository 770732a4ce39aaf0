"""What a Bluetooth capture tells, whatever wrote it: links that come and go, attributes that get known, notifications.

A capture is a file that a host wrote of all that went between it and its Bluetooth controller. Its readers come in
three steps, each of which hands on what the next one needs and nothing else:

- a file to packets (``btsnoop``, ``packet_logger``)
- packets to links and attribute protocol (``hci``); printed captures come in here (``btmon``)
- attribute protocol to attributes and notifications (``att``), and these to a recording (``heart_rate_capture``)
"""

from dataclasses import dataclass
from enum import Enum, auto
from typing import NamedTuple

from hrvdaemon.formats.problem import Problem

MOST_COMPLAINTS = 1_000
"""Of a damaged capture each packet may be one; the rest is only counted."""


class Kind(Enum):
    """What a packet is to us."""

    COMMAND = auto()
    EVENT = auto()
    ACL = auto()
    ADAPTER_GONE = auto()


class HciPacket(NamedTuple):
    """One packet between host and controller, without the type octet of a serial line; a tuple, as millions come."""

    number: int
    at_ms: int
    """Milliseconds since 1970, as the capture's clock had it."""
    adapter: int
    kind: Kind
    is_received: bool
    data: bytes


class Link(NamedTuple):
    """A connection while it is open: its handle is given anew afterwards."""

    adapter: int
    handle: int


@dataclass(frozen=True, slots=True)
class LinkOpened:
    at_ms: int
    link: Link
    address: str


@dataclass(frozen=True, slots=True)
class LinkClosed:
    at_ms: int
    link: Link
    reason: str


@dataclass(frozen=True, slots=True)
class AdapterGone:
    """It was reset or removed, and all its links with it."""

    at_ms: int
    adapter: int
    reason: str


@dataclass(frozen=True, slots=True)
class NameHeard:
    """A device said its name when it advertised."""

    address: str
    name: str


@dataclass(frozen=True, slots=True)
class AttPdu:
    """One whole packet of the attribute protocol (Core 5.4, vol 3, part F)."""

    at_ms: int
    link: Link
    is_received: bool
    pdu: bytes


@dataclass(frozen=True, slots=True)
class AttributeKnown:
    """``uuid`` is four hexadecimal digits where the Bluetooth SIG gave it, else 32."""

    link: Link
    handle: int
    uuid: str


@dataclass(frozen=True, slots=True)
class ServiceKnown:
    """The attributes from ``first`` to ``last`` belong to this service."""

    link: Link
    first: int
    last: int
    uuid: str


@dataclass(frozen=True, slots=True)
class Notified:
    at_ms: int
    link: Link
    handle: int
    value: bytes


LinkHappening = LinkOpened | LinkClosed | AdapterGone | NameHeard | AttPdu | AttributeKnown
"""What is read out of packets, or out of print."""

Happening = LinkOpened | LinkClosed | AdapterGone | NameHeard | AttributeKnown | ServiceKnown | Notified
"""The same with the attribute protocol understood."""


class Complaints:
    """What a capture's readers could not use, in order: the first thousand in words, the rest as a number."""

    def __init__(self) -> None:
        self._told: list[Problem] = []
        self._n_more = 0
        self.n_cut_short = 0
        """Packets of which the capture kept only the beginning."""

    def add(self, message: str) -> None:
        if len(self._told) < MOST_COMPLAINTS:
            self._told.append(Problem(0, message))
        else:
            self._n_more += 1

    @property
    def problems(self) -> tuple[Problem, ...]:
        more = (Problem(0, f"{self._n_more} more packets that can not be used"),) if self._n_more else ()
        return (*self._told, *more)
