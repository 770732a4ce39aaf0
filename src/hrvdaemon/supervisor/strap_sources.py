"""The strap as a source of the run: by Bluetooth, with what tells it that the world changed, or simulated."""

import asyncio
import random
from collections.abc import Callable
from pathlib import Path

from hrvdaemon.clock import Clock
from hrvdaemon.config import Config
from hrvdaemon.notify_socket import notify
from hrvdaemon.sinks.live import Live
from hrvdaemon.sources.ble import BluetoothStrap
from hrvdaemon.sources.bluez import Change, bluez_watch
from hrvdaemon.sources.link_state import LINK_WORDS, LinkState
from hrvdaemon.sources.radio import Radio, bleak_radio
from hrvdaemon.sources.reception import Reception
from hrvdaemon.sources.sleep_watch import sleep_watch
from hrvdaemon.sources.strap_memory import StrapMemory
from hrvdaemon.sources.strap_reading import StrapDetails
from hrvdaemon.supervisor.lifetime import Put, Source
from hrvdaemon.vocabulary.inputs import Input, PacketReceived
from hrvdaemon.vocabulary.units import SECOND_MS

MakeStrap = Callable[[Config, Clock, Live], Source]

CONNECTED = "connected"
"""What faces say of a link that streams, beside the strap's name; any other state is told in its own words."""


def tell_link(live: Live, state: LinkState) -> None:
    """Say on every face, and to systemd, what the link is doing: one table of words for all of them."""
    words = LINK_WORDS[state]
    shown = CONNECTED if state is LinkState.STREAMING else str(words)
    live.report_link(state.value, words=shown, next_step=words.next_step)
    notify(f"STATUS={words}")


def tell_details(live: Live, details: StrapDetails) -> None:
    """Say what the strap in use is."""
    named = " ".join(text for text in (details.manufacturer, details.model) if text)
    firmware = f"firmware {details.firmware}" if details.firmware else ""
    live.describe_strap(rssi_dbm=details.rssi_dbm, model=", ".join(text for text in (named, firmware) if text) or None)


def memory_of(database: Path) -> StrapMemory:
    """Beside the database, under its name: each wearer's daemon remembers their own strap."""
    return StrapMemory(database.with_name(f"{database.stem}.strap"))


def bluetooth(config: Config, clock: Clock, live: Live) -> Source:
    """The wearer's straps, by Bluetooth."""
    settings = config.strap
    radio = bleak_radio(pair=settings.pair, use_start_notify=settings.use_start_notify)
    return bluetooth_by(radio, config, clock, live)


def bluetooth_by(radio: Radio, config: Config, clock: Clock, live: Live) -> Source:
    """The wearer's straps, over this radio."""

    async def run(put: Put) -> None:
        strap = BluetoothStrap(
            config.strap,
            put=put,
            mono_ms=clock.mono_ms,
            radio=radio,
            jitter=random.random,
            report=lambda state: tell_link(live, state),
            describe=lambda details: tell_details(live, details),
            memory=memory_of(config.database),
        )
        async with asyncio.TaskGroup() as group:
            group.create_task(strap.run(), name="strap")
            group.create_task(sleep_watch(lambda: woke(strap)), name="suspend")
            group.create_task(bluez_watch(lambda change: heard(strap, change)), name="BlueZ")

    return Source("strap", run)


def woke(strap: BluetoothStrap) -> None:
    """After a suspend the link is worth nothing, and nobody says so."""
    strap.end_link("the computer slept")
    strap.try_now()


def heard(strap: BluetoothStrap, change: Change) -> None:
    """BlueZ went away: its links are dead. It is back: now is the time to try."""
    if change is Change.GONE:
        strap.end_link("Bluetooth service ended")
    else:
        strap.try_now()


def simulated(scenario: str) -> MakeStrap:
    """A simulated strap in real time, to try the rest of the daemon without one."""
    from hrvdaemon.simulation.named import SCENARIOS  # noqa: PLC0415  only for those who ask
    from hrvdaemon.simulation.strap import StrapManner, Wearer  # noqa: PLC0415  as above

    def make(_config: Config, clock: Clock, live: Live) -> Source:
        async def run(put: Put) -> None:
            began_ms = clock.mono_ms()
            wearer = Wearer(SCENARIOS[scenario], seed=1, manner=StrapManner(), start_mono_ms=began_ms)
            judge = _Judge(live, began_ms)
            while wearer.second < wearer.scenario.duration_s:
                inputs, _ = wearer.live(1)
                for given in inputs:
                    put(given)
                    judge.take(given)
                await asyncio.sleep((began_ms + wearer.second * SECOND_MS - clock.mono_ms()) / SECOND_MS)

        return Source("simulated strap", run)

    return make


class _Judge:
    """Says what a simulated strap's packets are worth, as of a real one's; it is there at once, without waiting."""

    def __init__(self, live: Live, began_ms: int) -> None:
        self._live = live
        self._reception = Reception(began_ms)
        self._state = LinkState.STREAMING
        tell_link(live, self._state)

    def take(self, given: Input) -> None:
        if not isinstance(given, PacketReceived):
            return
        state = self._reception.feed(given.mono_ms, given.data)
        if state not in (self._state, LinkState.WAITING_FOR_BEATS):
            self._state = state
            tell_link(self._live, state)
