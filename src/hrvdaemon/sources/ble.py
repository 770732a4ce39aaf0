"""A Bluetooth heart-rate strap as a source of inputs: search, connect, stream, and begin again, for ever.

The rules, each learnt from a fault that was seen (the numbers are those of docs/straps.md):

- a client of its own for each connection, and ``disconnect()`` after every loss: else packets double (1)
- no packet for ten seconds is a loss, whatever ``is_connected`` says: a crashed bluetoothd tells nobody (2)
- a strap is connected to at once after it is seen, and looked for anew after a loss (4)
- one scan at a time, over before the connection begins (5, 11)
- no adapter, no Bluetooth service, no permission: said, and tried again; never the end of the daemon (6)
- the pause between tries grows until data arrives, not until a connection does (27)
- on cancellation the strap is let go within a limit, or it stays connected and silent for everyone (7)
- one strap at a time, also where the wearer has several: so no beat is ever counted twice
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from hrvdaemon.sources.link_state import LinkState
from hrvdaemon.sources.losses import Losses
from hrvdaemon.sources.radio import HEART_RATE_MEASUREMENT, Client, Radio, RadioFault, ask
from hrvdaemon.sources.reception import Reception
from hrvdaemon.sources.reconnection import pause_s
from hrvdaemon.sources.sightings import Sighting, bluez_options
from hrvdaemon.sources.strap_connection import STOPPED, StrapConnection
from hrvdaemon.sources.strap_memory import StrapMemory
from hrvdaemon.sources.strap_reading import StrapDetails, battery_percent, strap_details
from hrvdaemon.sources.strap_search import StrapSearch
from hrvdaemon.sources.strap_settings import StrapSettings
from hrvdaemon.vocabulary.inputs import Input, PacketReceived

__all__ = ["BluetoothStrap", "StrapSettings"]

logger = logging.getLogger(__name__)

UNSEEN = (LinkState.NOT_FOUND, LinkState.ANOTHERS, LinkState.HELD)


class BluetoothStrap:
    """One wearer's straps, one of them at a time. ``run`` it as a task; cancel the task to stop.

    ``put`` takes inputs, ``report`` changes of the link's state and ``describe`` what is known of the strap in use; all
    are called from the event loop and must neither wait nor raise. ``mono_ms`` is the run's clock, ``jitter`` draws
    from [0, 1). ``memory`` is asked only where the settings name no strap.
    """

    def __init__(
        self,
        settings: StrapSettings,
        *,
        put: Callable[[Input], None],
        mono_ms: Callable[[], int],
        radio: Radio,
        jitter: Callable[[], float],
        report: Callable[[LinkState], None],
        describe: Callable[[StrapDetails], None] = lambda _: None,
        memory: StrapMemory | None = None,
    ) -> None:
        self._settings = settings
        self._put = put
        self._mono_ms = mono_ms
        self._radio = radio
        self._jitter = jitter
        self._report = report
        self._describe = describe
        self._search = StrapSearch(
            settings,
            radio=radio,
            memory=memory or StrapMemory(),
            say=self._say_unseen,
            started=self._searching,
        )
        self._state: LinkState | None = None
        self._losses = Losses()
        self._details: dict[str, StrapDetails] = {}
        self._connection: StrapConnection | None = None
        self._reception = Reception(0)
        self._next: Sighting | None = None
        self._hurry = asyncio.Event()
        self._n_failures = 0

    async def run(self) -> None:
        """Search, connect and stream for ever. Cancelled, it disconnects before it ends, within the limits."""
        while True:
            try:
                handed_over, self._next = self._next, None
                sighting = handed_over or await self._search.next(self._hurry)
                if sighting is not None:
                    await self._visit(sighting)
            except RadioFault as fault:
                self._say(await self._state_at(fault), came=fault.came)
            await self._rest()

    def end_link(self, reason: str) -> None:
        """The link, if there is one, is known to be dead; it is not worth waiting for the watchdog."""
        if self._connection is not None:
            self._connection.lose(reason)

    def try_now(self) -> None:
        """Something changed for the better: end the present pause or scan, and begin with short pauses again."""
        self._n_failures = 0
        self._hurry.set()

    async def _visit(self, sighting: Sighting) -> None:
        """One connection. A list of services that may be stale is forgotten, and the next scan begins without (10)."""
        try:
            await self._stay_connected(sighting)
        except RadioFault as fault:
            if fault.is_stale:
                await self._forget(sighting)
            raise

    async def _stay_connected(self, sighting: Sighting) -> None:
        """From the sighting to the loss; the client is let go however it ends."""
        settings = self._settings
        self._say(LinkState.CONNECTING)
        connection = StrapConnection(
            sighting,
            silence_s=settings.data_watchdog_s,
            put=self._put,
            mono_ms=self._mono_ms,
            received=self._received,
        )
        client = self._radio.client(
            sighting.device,
            connection.on_disconnect,
            timeout=settings.connect_limit_s,
            bluez=bluez_options(settings.adapter),
        )
        self._connection = connection
        try:
            await self._subscribe(client, connection)
            await self._stream(client, connection)
        except RadioFault as fault:
            connection.lose(fault.came)
            raise
        finally:
            self._connection = None
            connection.lose(STOPPED)
            self._count(connection)
            await self._let_go(client)
        self._say(connection.state_after)

    async def _subscribe(self, client: Client, connection: StrapConnection) -> None:
        settings = self._settings
        await ask(client.connect(), limit_s=settings.connect_limit_s, otherwise=LinkState.REFUSED)
        connection.is_connected = True
        self._reception = Reception(self._mono_ms())
        self._say(LinkState.WAITING_FOR_BEATS)
        notify = client.start_notify(HEART_RATE_MEASUREMENT, connection.on_packet)
        await ask(notify, limit_s=settings.subscribe_limit_s, otherwise=LinkState.REFUSED)
        connection.announce()

    async def _stream(self, client: Client, connection: StrapConnection) -> None:
        async with asyncio.TaskGroup() as group:
            beside = [
                group.create_task(self._read(client, connection), name="battery"),
                group.create_task(self._look_for_another(connection), name="other straps"),
            ]
            await connection.ended.wait()
            for task in beside:
                task.cancel()

    async def _read(self, client: Client, connection: StrapConnection) -> None:
        """What the strap tells only when asked, once data flows; the battery again and again (19)."""
        settings = self._settings
        await connection.first_packet.wait()
        while True:
            percent = await battery_percent(client, limit_s=settings.battery_limit_s)
            if percent is not None:
                connection.battery(percent)
            await self._tell_details(client, connection.sighting)
            await asyncio.sleep(settings.battery_every_s)

    async def _tell_details(self, client: Client, sighting: Sighting) -> None:
        """Texts do not change, so each strap is asked for them once."""
        if self._settings.device_information and sighting.address not in self._details:
            limit_s = self._settings.battery_limit_s
            self._details[sighting.address] = await strap_details(client, limit_s=limit_s)
        known = self._details.get(sighting.address, StrapDetails())
        self._describe(replace(known, rssi_dbm=sighting.rssi_dbm))

    async def _look_for_another(self, connection: StrapConnection) -> None:
        """While this strap brings no beats: is another one of the wearer's in sight? Then go over to it."""
        while self._settings.others:
            await asyncio.sleep(self._settings.switch_after_s)
            if self._state is not None and self._state.is_beatless:
                self._next = await self._search.another_than(connection.sighting)
            if self._next is not None and self._state is not None and not self._state.is_beatless:
                self._next = None  # its beats came back during the look
            if self._next is not None:
                self.try_now()
                connection.lose("another strap of the wearer is in sight")

    def _received(self, packet: PacketReceived) -> None:
        """Say what the packet shows; a strap that brings beats is the one to look for next time."""
        connection = self._connection
        if connection is None or connection.since_ms is None:
            return
        self._n_failures = 0
        self._hurry.clear()
        state = self._reception.feed(packet.mono_ms, packet.data)
        if state is LinkState.STREAMING:
            state = self._losses.state(since_ms=connection.since_ms, mono_ms=packet.mono_ms)
        if state.brings_beats:
            self._search.settle_for(connection.sighting)
        self._say(state)

    def _count(self, connection: StrapConnection) -> None:
        """Remember a link that broke by itself, and say once more when links end by the clock (17)."""
        if connection.since_ms is None or connection.lost_ms is None:
            return
        self._losses.add(since_ms=connection.since_ms, lost_ms=connection.lost_ms)
        if self._losses.interval_ms is not None:
            logger.warning("event=equal_drops every_s=%.0f", self._losses.interval_ms / 1000)

    async def _let_go(self, client: Client) -> None:
        """Disconnect, which alone closes bleak's own D-Bus connection (bleak#2002). May raise after a crash (2)."""
        try:
            await ask(client.disconnect(), limit_s=self._settings.disconnect_limit_s, otherwise=LinkState.LOST)
        except RadioFault as fault:
            logger.debug("not disconnected: %s", fault.came)

    async def _forget(self, sighting: Sighting) -> None:
        limit_s = self._settings.disconnect_limit_s
        try:
            await ask(self._radio.forget(sighting.device), limit_s=limit_s, otherwise=LinkState.NO_SERVICE)
        except RadioFault as fault:
            logger.debug("services not forgotten: %s", fault.came)

    async def _state_at(self, fault: RadioFault) -> LinkState:
        """The state after a fault; for bleak a service that is not running is an adapter that is not there."""
        if fault.state is not LinkState.NO_BLUETOOTH:
            return fault.state
        limit_s = self._settings.disconnect_limit_s
        try:
            is_served = await ask(self._radio.is_served(), limit_s=limit_s, otherwise=LinkState.NO_SERVICE)
        except RadioFault:
            is_served = False  # no system bus, or nobody on it answers
        return LinkState.NO_BLUETOOTH if is_served else LinkState.NO_SERVICE

    async def _rest(self) -> None:
        settings = self._settings
        limits = {"first_s": settings.pause_first_s, "cap_s": settings.pause_cap_s}
        seconds = pause_s(self._n_failures, **limits, jitter=self._jitter())
        self._n_failures += 1
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._hurry.wait()
        self._hurry.clear()

    def _searching(self) -> None:
        if self._state not in UNSEEN:  # the next window of the same search
            self._say(LinkState.SEARCHING)

    def _say_unseen(self, state: LinkState) -> None:
        """A window of listening hammers nothing, and a strap that is back shall not wait for a long pause to end."""
        self._n_failures = 0
        self._say(state)

    def _say(self, state: LinkState, *, came: str | None = None) -> None:
        if state is self._state:
            return
        self._state = state
        logger.info("link %s%s", state, f" ({came})" if came else "")
        self._report(state)
