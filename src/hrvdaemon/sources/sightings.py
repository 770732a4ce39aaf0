"""Seeing straps: the one that is wanted, as soon as it shows itself, or all that are near.

Results are collected by callback, so that a failing ``stop`` can not lose them (bleak#2021), and the scanner is always
stopped before the caller connects (bluez#569). A scanner is used for one window and then built anew: after a restart of
bluetoothd an old one stays silent for ever (bluez#1554).
"""

import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from hrvdaemon.sources.link_state import LinkState
from hrvdaemon.sources.radio import HEART_RATE_SERVICE, Advertisement, Device, Radio, RadioFault, ask
from hrvdaemon.sources.strap_memory import KnownStrap

logger = logging.getLogger(__name__)

START_LIMIT_S = 10.0
"""Starting a scan is a D-Bus connection and a few calls, also on a Pi that is still booting."""

STOP_LIMIT_S = 3.0
"""Stopping it is one call, and it must not hold up the end of the daemon."""

UNKNOWN_RSSI_DBM = -127
"""What BlueZ and the HCI say where no signal strength is known (Core 5.2, vol 4 E 7.7.65.2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A strap that was seen, or that is connected to this computer already (``is_held``; it then sends no signal)."""

    device: Device
    name: str
    rssi_dbm: int | None
    is_held: bool

    @property
    def address(self) -> str:
        return self.device.address


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which straps, the preferred one first: ``address``, else a part of ``name`` in any case; then ``others``.

    ``others`` are addresses or parts of names. Where none of the three is set it is the ``known`` one, which was used
    before, else any that announces a heart rate. Where one is set the scan is not filtered: some straps announce 0x180D
    in no packet (docs/straps.md 26).
    """

    address: str | None = None
    name: str | None = None
    others: tuple[str, ...] = ()
    known: KnownStrap | None = None

    @property
    def is_configured(self) -> bool:
        return bool(self.address or self.name or any(self.others))

    @property
    def is_named(self) -> bool:
        """Whether it is a certain strap, and not any that comes along."""
        return self.is_configured or self.known is not None

    def service_uuids(self, platform: str = sys.platform) -> list[str] | None:
        """What to filter the scan by; macOS 12 shows nothing without (bleak#635)."""
        return None if self.is_configured and platform != "darwin" else [HEART_RATE_SERVICE]

    def is_met_by(self, sighting: Sighting) -> bool:
        return self.rank(sighting) is not None

    def rank(self, sighting: Sighting) -> int | None:
        """Its place in the order, from 0; None if it is none of them."""
        if not self.is_configured:
            is_it = self.known is None or self.known.is_seen_as(sighting.address, sighting.name)
            return 0 if is_it else None
        if self.address:
            is_first = _is_called(self.address, sighting.address)
        else:
            is_first = bool(self.name) and (self.name or "").casefold() in sighting.name.casefold()
        order = (is_first, *(self._is_other(other, sighting) for other in self.others))
        return next((place for place, is_it in enumerate(order) if is_it), None)

    def without(self, sighting: Sighting) -> "Wanted":
        """The straps but the first of this one's marks, for a look at what else is there."""
        place = self.rank(sighting)
        if place == 0:
            return replace(self, address=None, name=None)
        return self if place is None else replace(self, others=self.others[: place - 1] + self.others[place:])

    @staticmethod
    def _is_other(other: str, sighting: Sighting) -> bool:
        return bool(other) and (_is_called(other, sighting.address) or other.casefold() in sighting.name.casefold())


def _is_called(address: str, seen: str) -> bool:
    return address.casefold() == seen.casefold()


async def first_sighting(
    radio: Radio,
    wanted: Wanted,
    *,
    window_s: float,
    adapter: str | None,
    choose_s: float = 0.0,
    started: Callable[[], None] = lambda: None,
    stranger: Callable[[Sighting], None] = lambda _: None,
    until: asyncio.Event | None = None,
) -> Sighting | None:
    """The wanted strap, the moment it is seen; None after ``window_s``, or once ``until`` is set.

    Where the first one seen need not be the best, the others have ``choose_s`` to show themselves: it is the first in
    the order, and among equals the nearest. ``stranger`` is given each strap that is not wanted. RadioFault if no scan
    can be started.
    """
    choice = _Choice(wanted, choose_s)

    def on_advertisement(device: Device, advertisement: Advertisement) -> None:
        sighting = _sighting(device, advertisement)
        if not choice.offer(sighting):
            stranger(sighting)

    async with _scan(radio, on_advertisement, wanted.service_uuids(), adapter):
        started()
        await _either(choice.made, until, window_s)
    return choice.best


class _Choice:
    """The best of what was seen; ``made`` is set when waiting longer is of no use."""

    def __init__(self, wanted: Wanted, choose_s: float) -> None:
        self._wanted = wanted
        self._choose_s = choose_s
        self._seen: dict[str, tuple[int, int, Sighting]] = {}
        self.made = asyncio.Event()

    def offer(self, sighting: Sighting) -> bool:
        """Whether it is wanted."""
        rank = self._wanted.rank(sighting)
        if rank is None:
            return False
        if not self._seen:
            asyncio.get_running_loop().call_later(self._choose_s, self.made.set)
        self._seen[sighting.address] = (rank, _by_strength(sighting)[0], sighting)
        if rank == 0 and self._wanted.is_named:
            self.made.set()
        return True

    @property
    def best(self) -> Sighting | None:
        return min(self._seen.values(), key=lambda seen: seen[:2])[2] if self._seen else None


async def _either(made: asyncio.Event, until: asyncio.Event | None, limit_s: float) -> None:
    waits = [asyncio.create_task(event.wait(), name="seen") for event in (made, until) if event is not None]
    try:
        await asyncio.wait(waits, timeout=limit_s, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()


async def held(radio: Radio, *, adapter: str | None) -> list[Sighting]:
    """Heart-rate straps that this computer is connected to, also by a program that was killed (bluez#89)."""
    devices = await ask(_links(radio, adapter), limit_s=START_LIMIT_S, otherwise=LinkState.NO_SERVICE)
    return [_sighting(device, None) for device in devices]


async def survey(
    radio: Radio,
    *,
    window_s: float,
    adapter: str | None = None,
    seeing: Callable[[Sighting], None] = lambda _: None,
) -> list[Sighting]:
    """Every heart-rate strap seen within ``window_s`` or held by this computer, strongest first. RadioFault.

    ``seeing`` is called with each sighting as it comes, for a face that shows the search; it must not raise.
    """
    seen: dict[str, Sighting] = {}

    def on_advertisement(device: Device, advertisement: Advertisement) -> None:
        seen[device.address] = _sighting(device, advertisement)
        seeing(seen[device.address])

    async with _scan(radio, on_advertisement, [HEART_RATE_SERVICE], adapter):
        await asyncio.sleep(window_s)
    for link in await held(radio, adapter=adapter):
        seen[link.address] = replace(seen.get(link.address, link), is_held=True)
    return sorted(seen.values(), key=_by_strength)


def _by_strength(sighting: Sighting) -> tuple[int, str]:
    rssi_dbm = UNKNOWN_RSSI_DBM if sighting.rssi_dbm is None else sighting.rssi_dbm
    return -rssi_dbm, sighting.address


@asynccontextmanager
async def _scan(
    radio: Radio,
    on_advertisement: Callable[[Device, Advertisement], None],
    service_uuids: list[str] | None,
    adapter: str | None,
) -> AsyncIterator[None]:
    async with radio.scanning:
        scanner = radio.scanner(on_advertisement, service_uuids, bluez=bluez_options(adapter))
        try:
            await ask(scanner.start(), limit_s=START_LIMIT_S, otherwise=LinkState.NO_SERVICE)
            yield
        finally:
            try:
                await ask(scanner.stop(), limit_s=STOP_LIMIT_S, otherwise=LinkState.NO_SERVICE)
            except RadioFault as fault:  # stopped already, or nobody there to stop it: there is nothing more to do
                logger.debug("scan not stopped: %s", fault.came)


def bluez_options(adapter: str | None) -> dict[str, str]:
    """Option of bleak for one adapter, by its kernel name such as hci1; the bare keyword is deprecated since 3.0."""
    return {"adapter": adapter} if adapter else {}


async def _links(radio: Radio, adapter: str | None) -> list[Device]:
    return list(await radio.links(bluez_options(adapter)))


def _sighting(device: Device, advertisement: Advertisement | None) -> Sighting:
    rssi_dbm = advertisement.rssi if advertisement else UNKNOWN_RSSI_DBM
    return Sighting(
        device=device,
        name=printable(device.name or (advertisement.local_name if advertisement else None) or ""),
        rssi_dbm=None if rssi_dbm == UNKNOWN_RSSI_DBM else rssi_dbm,
        is_held=advertisement is None,
    )


def printable(name: str) -> str:
    """A name without what a terminal would obey; names come from the air."""
    return "".join(letter for letter in name if letter.isprintable()).strip()
