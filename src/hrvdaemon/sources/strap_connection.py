"""One link to one strap, from its first packet to its loss. Used once: a reconnect gets a new one (bleak#1969).

It stamps and passes on: parsing, repeated packets and gaps belong to the pipeline. Every ``SensorConnected`` is
followed by exactly one ``SensorLost``, stamped when the loss was noticed, and nothing of that link comes after it.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from hrvdaemon.sources.link_state import LinkState
from hrvdaemon.sources.sightings import Sighting
from hrvdaemon.vocabulary.inputs import BatteryRead, Input, PacketReceived, SensorConnected, SensorLost
from hrvdaemon.vocabulary.units import SensorId

LINK_LOST = "link lost"
STOPPED = "stopped"


class StrapConnection:
    """``put`` and ``received`` are called from the radio's callbacks: they must neither wait nor raise.

    ``received`` is called after each packet was put. ``silence_s`` without a packet ends the link, from ``announce``
    on; ``state_after`` then tells a strap that never sent from one that went away.
    """

    def __init__(
        self,
        sighting: Sighting,
        *,
        silence_s: float,
        put: Callable[[Input], None],
        mono_ms: Callable[[], int],
        received: Callable[[PacketReceived], None],
    ) -> None:
        self.sighting = sighting
        self._sensor = SensorId(sighting.address)
        self._name = sighting.name or sighting.address
        self._silence_s = silence_s
        self._put = put
        self._mono_ms = mono_ms
        self._received = received
        self._watchdog: asyncio.TimerHandle | None = None
        self.is_connected = False
        """Set when ``connect`` has returned; until then bleak repeats an aborted attempt by itself (8)."""
        self.since_ms: int | None = None
        """When it was announced; None: not yet."""
        self.lost_ms: int | None = None
        """When the link broke by itself; None: it lasts, or was ended from here."""
        self.state_after = LinkState.LOST
        self.first_packet = asyncio.Event()
        self.ended = asyncio.Event()

    def announce(self) -> None:
        """Notifications are on; a first packet may have said so already."""
        self._announce(self._mono_ms())

    def on_packet(self, _characteristic: Any, data: bytearray) -> None:
        """Callback of ``start_notify``: stamp first, copy the bytes, hand over."""
        mono_ms = self._mono_ms()
        self._announce(mono_ms)
        if self.ended.is_set():
            return
        packet = PacketReceived(mono_ms=mono_ms, sensor=self._sensor, data=bytes(data))
        self._put(packet)
        self._wind_watchdog()
        self.first_packet.set()
        self._received(packet)

    def on_disconnect(self, _client: Any) -> None:
        """Callback of the client. It does not come when bluetoothd crashes; then the silence tells."""
        if self.is_connected and not self.ended.is_set():
            mono_ms = self._mono_ms()
            self.lost_ms = mono_ms
            self._end(LINK_LOST, mono_ms)

    def battery(self, percent: int) -> None:
        if not self.ended.is_set():
            self._put(BatteryRead(mono_ms=self._mono_ms(), sensor=self._sensor, percent=percent))

    def lose(self, reason: str, *, state: LinkState = LinkState.LOST) -> None:
        """End it. Idempotent: only the first reason counts."""
        if not self.ended.is_set():
            self.state_after = state
            self._end(reason, self._mono_ms())

    def _end(self, reason: str, mono_ms: int) -> None:
        self.ended.set()
        if self._watchdog is not None:
            self._watchdog.cancel()
        if self.since_ms is not None:
            self._put(SensorLost(mono_ms=mono_ms, sensor=self._sensor, reason=reason))

    def _announce(self, mono_ms: int) -> None:
        if self.since_ms is not None or self.ended.is_set():
            return
        self.since_ms, self.is_connected = mono_ms, True
        self._put(SensorConnected(mono_ms=mono_ms, sensor=self._sensor, name=self._name))
        self._wind_watchdog()

    def _wind_watchdog(self) -> None:
        if self._watchdog is not None:
            self._watchdog.cancel()
        self._watchdog = asyncio.get_running_loop().call_later(self._silence_s, self._bark)

    def _bark(self) -> None:
        state = LinkState.LOST if self.first_packet.is_set() else LinkState.NO_DATA
        self.lose(f"no data for {self._silence_s:g} s", state=state)
