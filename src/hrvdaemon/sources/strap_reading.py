"""What a strap tells when it is asked: its battery, and who made it. Polite and optional: nothing depends on it.

One value at a time, each with a limit, never before data flows. BlueZ may hide the battery (bleak#104), and many
straps have only some of the texts.
"""

import logging
from dataclasses import dataclass

from hrvdaemon.sources.link_state import LinkState
from hrvdaemon.sources.radio import (
    BATTERY_LEVEL,
    FIRMWARE_REVISION,
    MANUFACTURER_NAME,
    MODEL_NUMBER,
    Client,
    RadioFault,
    ask,
)
from hrvdaemon.sources.sightings import printable

logger = logging.getLogger(__name__)

LONGEST_TEXT = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class StrapDetails:
    """What is known of a strap beside its beats; None where it does not say. The signal is that of its sighting."""

    rssi_dbm: int | None = None
    manufacturer: str | None = None
    model: str | None = None
    firmware: str | None = None


async def battery_percent(client: Client, *, limit_s: float) -> int | None:
    """0 to 100; None where it is hidden, out of range, or not told within ``limit_s``."""
    level = await _read(client, BATTERY_LEVEL, limit_s)
    return level[0] if level and level[0] <= 100 else None


async def strap_details(client: Client, *, limit_s: float) -> StrapDetails:
    """The Device Information Service (0x180A), as far as the strap has it."""
    return StrapDetails(
        manufacturer=await _text(client, MANUFACTURER_NAME, limit_s),
        model=await _text(client, MODEL_NUMBER, limit_s),
        firmware=await _text(client, FIRMWARE_REVISION, limit_s),
    )


async def _text(client: Client, characteristic: str, limit_s: float) -> str | None:
    raw = await _read(client, characteristic, limit_s)
    return printable(raw.decode("utf-8", errors="replace"))[:LONGEST_TEXT] or None


async def _read(client: Client, characteristic: str, limit_s: float) -> bytes:
    try:
        read = client.read_gatt_char(characteristic)
        return bytes(await ask(read, limit_s=limit_s, otherwise=LinkState.REFUSED))
    except RadioFault as fault:
        logger.debug("%s not read: %s", characteristic, fault.came)
        return b""
