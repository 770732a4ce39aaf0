"""What a strap tells only to who connects: whether it sends RR intervals, and its battery. A short, polite visit.

A visit is for a person who looks for a strap, never for the daemon. It is made while no scan runs (bluez#569), to one
strap at a time, each of its steps has a limit, and it always ends with ``disconnect``. A strap that this computer holds
already is not visited: letting it go afterwards would take it from its holder.
"""

import asyncio
import logging
from dataclasses import dataclass
from typing import Any

from hrvdaemon.hrv.heart_rate_measurement import HeartRateMeasurement
from hrvdaemon.sources.link_state import LinkState
from hrvdaemon.sources.radio import BATTERY_LEVEL, HEART_RATE_MEASUREMENT, Client, Radio, RadioFault, ask
from hrvdaemon.sources.sightings import Sighting, bluez_options
from hrvdaemon.vocabulary.errors import MalformedPacket

logger = logging.getLogger(__name__)

CONNECT_LIMIT_S = 12.0
"""A strap in reach connects in one to three seconds; bleak repeats an aborted attempt within the limit (bleak#993)."""
STEP_LIMIT_S = 5.0
"""Turning notifications on, reading the battery, letting go: a few connection intervals each."""
LISTEN_S = 10.0
"""Packets come once a second; a strap just put on needs some seconds for its first interval."""
PACKETS_WITHOUT_RR = 8
"""With a heart rate in each. At 40 beats a minute every second packet carries an interval, so that is no chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What the strap told. None where it told nothing; ``fault`` says why it could not be asked."""

    rr: bool | None = None
    """It sends RR intervals; False: heart rate only."""
    battery_percent: int | None = None
    fault: LinkState | None = None


async def visit(
    radio: Radio,
    strap: Sighting,
    *,
    adapter: str | None,
    step_limit_s: float = STEP_LIMIT_S,
    listen_s: float = LISTEN_S,
) -> Visit:
    """Connect, listen for an interval, read the battery, let go. Never raises for what the radio or the strap does."""
    client = radio.client(strap.device, _ignored, timeout=CONNECT_LIMIT_S, bluez=bluez_options(adapter))
    try:
        await ask(client.connect(), limit_s=CONNECT_LIMIT_S, otherwise=LinkState.REFUSED)
        rr = await _listened(client, step_limit_s, listen_s)
        return Visit(rr=rr, battery_percent=await _battery(client, step_limit_s))
    except RadioFault as fault:
        logger.debug("not asked: %s", fault.came)
        return Visit(fault=fault.state)
    finally:
        await _let_go(client, step_limit_s)


def _ignored(_client: Any) -> None:
    """A link that breaks during a visit shows in the next step, or in silence."""


async def _listened(client: Client, limit_s: float, listen_s: float) -> bool | None:
    answered = asyncio.Event()
    n_without_rr = 0
    rr: bool | None = None

    def on_packet(_characteristic: Any, data: bytearray) -> None:
        nonlocal n_without_rr, rr
        carries = _carries_rr(bytes(data))
        n_without_rr += carries is False
        if carries or n_without_rr >= PACKETS_WITHOUT_RR:
            rr = bool(rr or carries)
            answered.set()

    notify = client.start_notify(HEART_RATE_MEASUREMENT, on_packet)
    await ask(notify, limit_s=limit_s, otherwise=LinkState.REFUSED)
    answer = asyncio.create_task(answered.wait(), name="first interval")
    await asyncio.wait({answer}, timeout=listen_s)
    answer.cancel()
    return rr


def _carries_rr(data: bytes) -> bool | None:
    """None for a packet that says nothing of it: unreadable, off the skin, or before the first beat."""
    try:
        measurement = HeartRateMeasurement.from_bytes(data)
    except MalformedPacket:
        return None
    if measurement.rr_ticks or measurement.has_rr_field:
        return True
    return None if measurement.has_contact is False or measurement.heart_rate_bpm == 0 else False


async def _battery(client: Client, limit_s: float) -> int | None:
    """Percent; None where the strap or BlueZ hides it (bleak#104)."""
    try:
        level = await ask(client.read_gatt_char(BATTERY_LEVEL), limit_s=limit_s, otherwise=LinkState.REFUSED)
    except RadioFault as fault:
        logger.debug("battery not read: %s", fault.came)
        return None
    return level[0] if level and level[0] <= 100 else None


async def _let_go(client: Client, limit_s: float) -> None:
    try:
        await ask(client.disconnect(), limit_s=limit_s, otherwise=LinkState.LOST)
    except RadioFault as fault:
        logger.debug("not disconnected: %s", fault.came)
