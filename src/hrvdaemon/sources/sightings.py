"""Seeing straps: the one that is wanted, as soon as it shows itself, or all that are near.

Results are collected by callback, so that a failing ``stop`` can not lose them (bleak#2021), and the scanner is always
stopped before the caller connects (bluez#569). A scanner is used for one window and then built anew: after a restart of
bluetoothd an old one stays silent for ever (bluez#1554).
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from hrvdaemon.sources.link_state import LinkState
from hrvdaemon.sources.radio import HEART_RATE_SERVICE, Advertisement, Device, Radio, RadioFault, ask

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
    """Which strap: by address, else by a part of its name in any case, else any that announces a heart rate.

    With an address or a name the scan is not filtered: some straps announce 0x180D in no packet (docs/straps.md 26).
    """

    address: str | None = None
    name: str | None = None

    @property
    def is_named(self) -> bool:
        return bool(self.address or self.name)

    @property
    def service_uuids(self) -> list[str] | None:
        return None if self.is_named else [HEART_RATE_SERVICE]

    def is_met_by(self, sighting: Sighting) -> bool:
        if self.address:
            return sighting.address.casefold() == self.address.casefold()
        return (self.name or "").casefold() in sighting.name.casefold()


async def first_sighting(
    radio: Radio, wanted: Wanted, *, window_s: float, adapter: str | None, started: Callable[[], None] = lambda: None
) -> Sighting | None:
    """The wanted strap, the moment it is seen; None after ``window_s``. RadioFault if no scan can be started."""
    found: asyncio.Future[Sighting] = asyncio.get_running_loop().create_future()

    def on_advertisement(device: Device, advertisement: Advertisement) -> None:
        sighting = _sighting(device, advertisement)
        if wanted.is_met_by(sighting) and not found.done():
            found.set_result(sighting)

    async with _scan(radio, on_advertisement, wanted.service_uuids, adapter):
        started()
        await asyncio.wait({found}, timeout=window_s)
    return found.result() if found.done() else None


async def held(radio: Radio, *, adapter: str | None) -> list[Sighting]:
    """Heart-rate straps that this computer is connected to, also by a program that was killed (bluez#89)."""
    devices = await ask(_links(radio, adapter), limit_s=START_LIMIT_S, otherwise=LinkState.NO_SERVICE)
    return [_sighting(device, None) for device in devices]


async def survey(radio: Radio, *, window_s: float, adapter: str | None = None) -> list[Sighting]:
    """Every heart-rate strap seen within ``window_s`` or held by this computer, strongest first. RadioFault."""
    seen: dict[str, Sighting] = {}

    def on_advertisement(device: Device, advertisement: Advertisement) -> None:
        seen[device.address] = _sighting(device, advertisement)

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
        name=_printable(device.name or (advertisement.local_name if advertisement else None) or ""),
        rssi_dbm=None if rssi_dbm == UNKNOWN_RSSI_DBM else rssi_dbm,
        is_held=advertisement is None,
    )


def _printable(name: str) -> str:
    """A name without what a terminal would obey; names come from the air."""
    return "".join(letter for letter in name if letter.isprintable()).strip()
