"""Heart rate measurements in a capture, as the inputs that a daemon beside it would have had.

Which handle has the measurement (0x2A37) is learned from the discovery in the capture. Where a host remembered it and
did not ask, what the same address said before holds, else the place: in the Heart Rate service only the measurement
notifies (Heart Rate Service 1.0, table 3.1). Where nothing tells, nothing is guessed, and the handles that spoke are
told.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from hrvdaemon import __version__
from hrvdaemon.formats.capture import (
    AdapterGone,
    AttributeKnown,
    Complaints,
    Happening,
    Link,
    LinkClosed,
    LinkOpened,
    NameHeard,
    Notified,
    ServiceKnown,
)
from hrvdaemon.formats.capture_clock import CaptureClock
from hrvdaemon.formats.found import Found, FoundStrap, OtherHandle
from hrvdaemon.hrv.heart_rate_measurement import HeartRateMeasurement
from hrvdaemon.vocabulary.errors import MalformedPacket
from hrvdaemon.vocabulary.inputs import (
    HEART_RATE_MEASUREMENT,
    Input,
    PacketReceived,
    RunEnded,
    RunStarted,
    SensorConnected,
    SensorLost,
)
from hrvdaemon.vocabulary.units import Instant, RunId, SensorId

HEART_RATE_SERVICE = "180d"
_MOST_NAMES = 4096
_MOST_LINKS = 1024
_MOST_OTHERS = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What of a capture is wanted, and what it does not say itself."""

    start_at: Instant
    """Wall time of its beginning where it was made without a clock."""
    zone: str = "UTC"
    handle: int | None = None
    """Attribute handle of the measurement; None: what discovery finds."""
    address: str | None = None
    """Of the one strap that counts; None: all do."""


@dataclass(slots=True)
class _Peer:
    """What is known of the device at the other end of an open link."""

    address: str
    handles: set[int] = field(default_factory=set)
    others: set[int] = field(default_factory=set)
    services: set[tuple[int, int]] = field(default_factory=set)
    is_announced: bool = False

    def is_measurement(self, handle: int) -> bool:
        if handle in self.handles or handle in self.others:
            return handle in self.handles
        return any(first <= handle <= last for first, last in self.services)


class HeartRateCapture:
    """``inputs`` once; ``found`` is complete afterwards."""

    def __init__(self, wish: Wish, run: RunId, complaints: Complaints) -> None:
        self._wish = wish
        self._run = run
        self._clock = CaptureClock(wish.zone, complaints)
        self._peers: dict[Link, _Peer] = {}
        self._names: dict[str, str] = {}
        self._remembered: dict[str, set[int]] = {}
        self._straps: dict[str, FoundStrap] = {}
        self._others: Counter[OtherHandle] = Counter()
        self._addresses: dict[str, None] = {}
        self._n_links = 0
        self._began_at: Instant | None = None
        self._is_dated = True
        self._last_ms: int | None = None

    def inputs(self, happenings: Iterable[Happening]) -> Iterator[Input]:
        """One run, from when a strap is known to when it was last heard of; nothing where there is none."""
        for happening in happenings:
            yield from self._take(happening)
        if self._last_ms is not None:
            yield RunEnded(mono_ms=self._last_ms, reason="end of capture")

    @property
    def found(self) -> Found:
        """What was in it."""
        return Found(
            began_at=self._began_at,
            is_dated=self._is_dated,
            straps=tuple(self._straps.values()),
            others=tuple(self._others.most_common()),
            addresses=tuple(self._addresses),
            known=tuple(self._remembered),
            n_links=self._n_links,
        )

    def _take(self, happening: Happening) -> Iterable[Input]:
        match happening:
            case Notified():
                return self._notified(happening)
            case LinkOpened():
                return self._opened(happening)
            case LinkClosed():
                return self._close(happening.at_ms, happening.link, happening.reason)
            case AdapterGone():
                return self._adapter_gone(happening)
            case AttributeKnown():
                self._attribute(happening)
            case ServiceKnown():
                if happening.uuid == HEART_RATE_SERVICE:
                    self._peer(happening.link).services.add((happening.first, happening.last))
            case NameHeard():
                self._name(happening)
        return ()

    # -- links and what is known of them -----------------------------------------------------------------------------

    def _opened(self, opened: LinkOpened) -> Iterator[Input]:
        self._n_links += 1
        yield from self._close(opened.at_ms, opened.link, "its connection was given anew")
        peer = _Peer(opened.address, handles=set(self._remembered.get(opened.address, ())))
        self._keep(opened.link, peer)
        if opened.address in self._straps:
            yield from self._announce(peer, opened.at_ms)

    def _close(self, at_ms: int, link: Link, reason: str) -> Iterator[Input]:
        """Nothing where it was no strap's."""
        peer = self._peers.pop(link, None)
        if peer is not None and peer.is_announced:
            yield from self._at(at_ms)
            yield SensorLost(mono_ms=self._now, sensor=SensorId(peer.address), reason=reason)

    def _adapter_gone(self, gone: AdapterGone) -> Iterator[Input]:
        for link in [link for link in self._peers if link.adapter == gone.adapter]:
            yield from self._close(gone.at_ms, link, gone.reason)

    def _attribute(self, known: AttributeKnown) -> None:
        peer = self._peer(known.link)
        if known.uuid == HEART_RATE_MEASUREMENT:
            peer.handles.add(known.handle)
            peer.others.discard(known.handle)
            self._remember(peer)
        else:
            peer.others.add(known.handle)
            peer.handles.discard(known.handle)

    def _remember(self, peer: _Peer) -> None:
        if len(self._remembered) >= _MOST_LINKS:
            self._remembered.pop(next(iter(self._remembered)))
        self._remembered[peer.address] = peer.handles

    def _name(self, heard: NameHeard) -> None:
        if len(self._names) >= _MOST_NAMES:
            self._names.pop(next(iter(self._names)))
        self._names[heard.address] = heard.name

    def _peer(self, link: Link) -> _Peer:
        """One whose connection came before the capture is known by its handle only."""
        if link not in self._peers:
            self._keep(link, _Peer(f"link-{link.adapter}-{link.handle}"))
        return self._peers[link]

    def _keep(self, link: Link, peer: _Peer) -> None:
        if len(self._peers) >= _MOST_LINKS:
            self._peers.pop(next(iter(self._peers)))
        self._peers[link] = peer

    # -- measurements ------------------------------------------------------------------------------------------------

    def _notified(self, notified: Notified) -> Iterator[Input]:
        peer = self._peer(notified.link)
        handle = self._wish.handle
        is_measurement = peer.is_measurement(notified.handle) if handle is None else notified.handle == handle
        if not is_measurement:
            self._count_other(peer, notified)
            return
        self._addresses.setdefault(peer.address)
        if self._is_wanted(peer):
            if not peer.is_announced:
                yield from self._announce(peer, notified.at_ms)
            yield from self._at(notified.at_ms)
            self._straps[peer.address].heard(self._now)
            yield PacketReceived(mono_ms=self._now, sensor=SensorId(peer.address), data=notified.value)

    def _is_wanted(self, peer: _Peer) -> bool:
        return self._wish.address is None or self._wish.address.upper() == peer.address.upper()

    def _announce(self, peer: _Peer, at_ms: int) -> Iterator[Input]:
        yield from self._at(at_ms)
        name = self._names.get(peer.address, peer.address)
        self._straps.setdefault(peer.address, FoundStrap(address=peer.address, name=name, first_ms=self._now))
        peer.is_announced = True
        yield SensorConnected(mono_ms=self._now, sensor=SensorId(peer.address), name=name)

    def _count_other(self, peer: _Peer, notified: Notified) -> None:
        other = OtherHandle(peer.address, notified.handle, _reads_as_heart_rate(notified.value))
        if other in self._others or len(self._others) < _MOST_OTHERS:
            self._others[other] += 1

    # -- time --------------------------------------------------------------------------------------------------------

    @property
    def _now(self) -> int:
        return self._last_ms or 0

    def _at(self, at_ms: int) -> Iterator[Input]:
        """The run begins with the first moment that counts; later ones may move its anchor."""
        if self._last_ms is None:
            self._began_at, self._last_ms = self._clock.begin(at_ms, self._wish.start_at), 0
            self._is_dated = self._began_at == at_ms
            yield self._started(self._began_at)
            return
        self._last_ms, change = self._clock.mono(at_ms)
        if change is not None:
            yield change

    def _started(self, at: Instant) -> RunStarted:
        run, zone = self._run, self._wish.zone
        return RunStarted(mono_ms=0, at=at, run=run, version=__version__, zone=zone, boot_id=f"capture-{run}", seed=0)


def _reads_as_heart_rate(value: bytes) -> bool:
    try:
        measurement = HeartRateMeasurement.from_bytes(value)
    except MalformedPacket:
        return False
    return 20 <= measurement.heart_rate_bpm <= 250 and value[0] < 0x20 and not measurement.stray_bytes
