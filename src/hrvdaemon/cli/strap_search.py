"""Looking for straps as a person waits for it: look, then ask each that is free what it sends, and disturb nobody."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from hrvdaemon.cli.straps import Strap
from hrvdaemon.config import control_socket
from hrvdaemon.control_client import ControlClient
from hrvdaemon.sources.link_state import LinkState
from hrvdaemon.sources.radio import Radio, RadioFault
from hrvdaemon.sources.sightings import Sighting, held, survey
from hrvdaemon.sources.strap_visit import Visit, visit
from hrvdaemon.vocabulary.errors import BadConfig, Unavailable

VISITS_LIMIT_S = 60.0
"""Nobody waits longer at a screen; the straps that were not asked by then stay unknown."""

Show = Callable[[Sequence[Strap], str], None]


class Search:
    """One search: look, then ask. ``show`` hears of each change, with what is going on in words."""

    def __init__(self, radio: Radio, *, timeout_s: float, adapter: str | None, config: Path | None) -> None:
        self._radio = radio
        self._timeout_s = timeout_s
        self._adapter = adapter
        self._config = config
        self.daemon_runs = False

    async def run(self, show: Show, *, ask: bool) -> list[Strap]:
        """RadioFault if no scan can be started; what a strap does not tell is only not known."""
        told = await running_daemon(self._config)
        self.daemon_runs = told is not None
        seen: dict[str, Sighting] = {}

        def seeing(sighting: Sighting) -> None:
            seen[sighting.address] = sighting
            show([Strap(seen=each) for each in seen.values()], f"Looking for straps, {self._timeout_s:g} s")

        show([], f"Looking for straps, {self._timeout_s:g} s")
        sightings = await survey(self._radio, window_s=self._timeout_s, adapter=self._adapter, seeing=seeing)
        straps = [told_by_daemon(each, told) for each in sightings]
        if not ask or self.daemon_runs:
            return straps
        return await ask_each(
            self._radio,
            straps,
            adapter=self._adapter,
            changed=lambda so_far, name: show(so_far, f"Asking {name} what it sends"),
        )


async def running_daemon(config: Path | None) -> dict[str, Any] | None:
    """What ``status`` of the running daemon says; None where none answers."""
    try:
        return await ControlClient(control_socket(config)).status()
    except (Unavailable, BadConfig):
        return None


def told_by_daemon(seen: Sighting, told: dict[str, Any] | None) -> Strap:
    """The daemon's own strap is told from its status, so that nobody disturbs it."""
    sensor = told["sensor"] if told else {}
    is_ours = seen.is_held and sensor.get("name") is not None and sensor["name"] in (seen.name, seen.address)
    if told is None or not is_ours:
        return Strap(seen=seen)
    asked = Visit(rr=_sends_rr(told), battery_percent=sensor["battery_percent"])
    return Strap(seen=replace(seen, rssi_dbm=seen.rssi_dbm or sensor.get("rssi_dbm")), asked=asked, is_ours=True)


def _sends_rr(told: dict[str, Any]) -> bool | None:
    state = told["sensor"].get("link_state")
    if state == LinkState.HEART_RATE_ONLY:
        return False
    is_sending = any(state == known for known in LinkState if known.brings_beats)
    return True if is_sending or told["rmssd_ms"] is not None else None


async def ask_each(
    radio: Radio, straps: Sequence[Strap], *, adapter: str | None, changed: Callable[[Sequence[Strap], str], None]
) -> list[Strap]:
    """Visit one after the other whoever is free; ``changed`` hears of each, with the name of the one asked next."""
    told, loop = list(straps), asyncio.get_running_loop()
    until_s = loop.time() + VISITS_LIMIT_S
    for place, strap in enumerate(straps):
        if loop.time() < until_s and await _is_free(radio, strap, adapter):
            changed(told, strap.name)
            told[place] = replace(strap, asked=await visit(radio, strap.seen, adapter=adapter))
    return told


async def _is_free(radio: Radio, strap: Strap, adapter: str | None) -> bool:
    """Asked again before each visit: another program may have connected since the scan."""
    if strap.seen.is_held:
        return False
    try:
        links = await held(radio, adapter=adapter)
    except RadioFault:
        return False
    return strap.seen.address not in {link.address for link in links}
