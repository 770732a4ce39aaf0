"""A Bluetooth heart-rate strap as a source of inputs: search, connect, stream, and begin again, for ever.

The rules, each learnt from a fault that was seen (the numbers are those of docs/straps.md):

- a client of its own for each connection, and ``disconnect()`` after every loss: else packets double (1)
- no packet for ten seconds is a loss, whatever ``is_connected`` says: a crashed bluetoothd tells nobody (2)
- a strap is connected to at once after it is seen, and looked for anew after a loss (4)
- one scan at a time, over before the connection begins (5, 11)
- no adapter, no Bluetooth service, no permission: said, and tried again; never the end of the daemon (6)
- the pause between tries grows until data arrives, not until a connection does (27)
- on cancellation the strap is let go within a limit, or it stays connected and silent for everyone (7)
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

from hrvdaemon.sources.link_state import LinkState
from hrvdaemon.sources.radio import BATTERY_LEVEL, HEART_RATE_MEASUREMENT, Client, Radio, RadioFault, ask
from hrvdaemon.sources.reconnection import pause_s
from hrvdaemon.sources.sightings import Sighting, Wanted, bluez_options, first_sighting, held
from hrvdaemon.sources.strap_connection import STOPPED, StrapConnection
from hrvdaemon.vocabulary.inputs import Input

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class StrapSettings:
    """Which strap, and how patiently. The numbers in brackets are those of docs/straps.md, where the sources are."""

    address: str | None = None
    """Address of the strap (on macOS the system's UUID for it); None: see ``name``."""
    name: str | None = None
    """Part of its name, in any case; for devices whose address changes. None with no address: any strap in sight."""
    adapter: str | None = None
    """Linux: kernel name of the adapter, such as hci1 for a dongle; None: the first one that is on (9)."""
    data_watchdog_s: float = 10.0
    """Seconds without a packet that count as a loss. Straps send one a second, beats or not (2)."""
    scan_window_s: float = 30.0
    """Seconds after which a scanner that saw nothing is built anew (3)."""
    connect_limit_s: float = 20.0
    """Seconds for a connection with its services; bleak repeats an aborted attempt within it (8)."""
    subscribe_limit_s: float = 10.0
    """Seconds for turning notifications on: one acknowledged write, which takes a few connection intervals."""
    battery_limit_s: float = 5.0
    """Seconds for reading the battery once; it is optional (19)."""
    disconnect_limit_s: float = 5.0
    """Seconds for letting go; BlueZ 5.66 itself waits 2 s before it disconnects."""
    pause_first_s: float = 1.0
    """First pause between tries; doubled for each further try without data."""
    pause_cap_s: float = 30.0
    """Longest pause, so that a strap that is back is found within about half a minute (5)."""


class BluetoothStrap:
    """One strap of one wearer. ``run`` it as a task; cancel the task to stop.

    ``put`` takes inputs and ``report`` takes changes of the link's state; both are called from the event loop and must
    neither wait nor raise. ``mono_ms`` is the run's clock, ``jitter`` draws from [0, 1).
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
    ) -> None:
        self._settings = settings
        self._wanted = Wanted(address=settings.address, name=settings.name)
        self._put = put
        self._mono_ms = mono_ms
        self._radio = radio
        self._jitter = jitter
        self._report = report
        self._state: LinkState | None = None
        self._n_failures = 0
        self._may_be_held = self._wanted.is_named

    async def run(self) -> None:
        """Search, connect and stream for ever. Cancelled, it disconnects before it ends, within the limits."""
        while True:
            try:
                sighting = await self._seek()
                if sighting is not None:
                    await self._stay_connected(sighting)
            except RadioFault as fault:
                self._say(fault.state, came=fault.came)
            await asyncio.sleep(self._pause_s())
            self._n_failures += 1

    async def _seek(self) -> Sighting | None:
        return await self._held_link() or await self._next_sighting()

    async def _held_link(self) -> Sighting | None:
        """The strap, if this computer still holds it: a killed process leaves the link up, and the strap unseen (7).

        Asked at the start and after a window without a sighting only: after a crash of bluetoothd the list of links is
        stale. Without address or name none is taken: the link may be another wearer's.
        """
        if not self._may_be_held:
            return None
        self._may_be_held = False
        links = await held(self._radio, adapter=self._settings.adapter)
        return next(filter(self._wanted.is_met_by, links), None)

    async def _next_sighting(self) -> Sighting | None:
        settings = self._settings
        sighting = await first_sighting(
            self._radio,
            self._wanted,
            window_s=settings.scan_window_s,
            adapter=settings.adapter,
            started=self._searching,
        )
        if sighting is None:
            self._may_be_held = self._wanted.is_named
            self._n_failures = 0  # half a minute of listening hammers nothing, and a strap that is back shall not wait
            self._say(LinkState.NOT_FOUND)
        return sighting

    async def _stay_connected(self, sighting: Sighting) -> None:
        """One connection, from the sighting to its loss; the client is let go however it ends."""
        settings = self._settings
        self._say(LinkState.CONNECTING)
        connection = StrapConnection(
            sighting,
            silence_s=settings.data_watchdog_s,
            put=self._put,
            mono_ms=self._mono_ms,
            flowing=self._streaming,
        )
        client = self._radio.client(
            sighting.device,
            connection.on_disconnect,
            timeout=settings.connect_limit_s,
            bluez=bluez_options(settings.adapter),
        )
        try:
            await self._subscribe(client, connection)
            await self._stream(client, connection)
        except RadioFault as fault:
            connection.lose(fault.came)
            raise
        finally:
            connection.lose(STOPPED)
            await self._let_go(client)
        self._say(connection.state_after)

    async def _subscribe(self, client: Client, connection: StrapConnection) -> None:
        settings = self._settings
        await ask(client.connect(), limit_s=settings.connect_limit_s, otherwise=LinkState.REFUSED)
        self._say(LinkState.WAITING_FOR_BEATS)
        notify = client.start_notify(HEART_RATE_MEASUREMENT, connection.on_packet)
        await ask(notify, limit_s=settings.subscribe_limit_s, otherwise=LinkState.REFUSED)
        connection.announce()

    async def _stream(self, client: Client, connection: StrapConnection) -> None:
        async with asyncio.TaskGroup() as group:
            battery = group.create_task(self._read_battery(client, connection), name="battery")
            await connection.ended.wait()
            battery.cancel()

    async def _read_battery(self, client: Client, connection: StrapConnection) -> None:
        """Once for each connection, when data flows. BlueZ may hide it (bleak#104), and nothing depends on it."""
        await connection.first_packet.wait()
        try:
            read = client.read_gatt_char(BATTERY_LEVEL)
            level = await ask(read, limit_s=self._settings.battery_limit_s, otherwise=LinkState.REFUSED)
        except RadioFault as fault:
            logger.debug("battery not read: %s", fault.came)
            return
        if level and level[0] <= 100:
            connection.battery(level[0])

    async def _let_go(self, client: Client) -> None:
        """Disconnect, which alone closes bleak's own D-Bus connection (bleak#2002). May raise after a crash (2)."""
        try:
            await ask(client.disconnect(), limit_s=self._settings.disconnect_limit_s, otherwise=LinkState.LOST)
        except RadioFault as fault:
            logger.debug("not disconnected: %s", fault.came)

    def _pause_s(self) -> float:
        settings = self._settings
        limits = {"first_s": settings.pause_first_s, "cap_s": settings.pause_cap_s}
        return pause_s(self._n_failures, **limits, jitter=self._jitter())

    def _searching(self) -> None:
        if self._state is not LinkState.NOT_FOUND:  # the next window of the same search
            self._say(LinkState.SEARCHING)

    def _streaming(self) -> None:
        self._n_failures = 0
        self._say(LinkState.STREAMING)

    def _say(self, state: LinkState, *, came: str | None = None) -> None:
        if state is self._state:
            return
        self._state = state
        logger.info("link %s%s", state, f" ({came})" if came else "")
        self._report(state)
