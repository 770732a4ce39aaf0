"""Looking for the wearer's strap: the links that are left over, then the air, and what to say where it is not there."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from hrvdaemon.sources.link_state import LinkState
from hrvdaemon.sources.radio import Radio, RadioFault
from hrvdaemon.sources.sightings import Sighting, Wanted, first_sighting, held
from hrvdaemon.sources.strap_memory import KnownStrap, StrapMemory
from hrvdaemon.sources.strap_settings import StrapSettings

LOOK_S = 10.0
"""So long another strap is looked for while the one in use brings no beats; straps show themselves once a second."""


class StrapSearch:
    """``say`` hears why no strap was found; ``started`` is called whenever a scan has begun.

    ``memory`` is asked only where the settings name no strap.
    """

    def __init__(
        self,
        settings: StrapSettings,
        *,
        radio: Radio,
        memory: StrapMemory,
        say: Callable[[LinkState], None],
        started: Callable[[], None],
    ) -> None:
        self._settings = settings
        self._radio = radio
        self._memory = memory
        self._say = say
        self._started = started
        self._may_be_held = self.wanted.is_named

    @property
    def wanted(self) -> Wanted:
        settings = self._settings
        return Wanted(address=settings.address, name=settings.name, others=settings.others, known=self._memory.known)

    def settle_for(self, sighting: Sighting) -> None:
        """It brought beats: where none is configured, it is the one to look for from now on."""
        if not self.wanted.is_configured:
            self._memory.keep(KnownStrap(address=sighting.address, name=sighting.name))

    async def next(self, until: asyncio.Event) -> Sighting | None:
        """The strap to connect to; None after a window without one, which was said, or once ``until`` is set."""
        settings = self._settings
        link = await self._left_over()
        if link is not None:
            return link
        strangers: list[Sighting] = []
        sighting = await first_sighting(
            self._radio,
            self.wanted,
            window_s=settings.scan_window_s,
            adapter=settings.adapter,
            choose_s=settings.choose_s,
            started=self._started,
            stranger=strangers.append,
            until=until,
        )
        if sighting is None and not until.is_set():
            self._say(await self._why_unseen(is_anothers_seen=bool(strangers)))
        return sighting

    async def another_than(self, used: Sighting) -> Sighting | None:
        """Another one of the wearer's straps, if it shows itself; None where there is none or no scan can be made."""
        settings = self._settings
        others = self.wanted.without(used)
        if not others.is_configured:
            return None
        with suppress(RadioFault):  # a look that fails costs nothing; the link to the used one stays
            other = await first_sighting(
                self._radio,
                others,
                window_s=min(LOOK_S, settings.scan_window_s),
                adapter=settings.adapter,
                choose_s=settings.choose_s,
            )
            return other if other is not None and other.address != used.address else None
        return None

    async def _left_over(self) -> Sighting | None:
        """The strap, if this computer still holds it: a killed process leaves the link up, and the strap unseen (7).

        Asked at the start and after a window without a sighting only: after a crash of bluetoothd the list of links is
        stale. Where any strap would do none is taken: the link may be another wearer's.
        """
        if not self._may_be_held:
            return None
        self._may_be_held = False
        wanted = self.wanted
        links = filter(wanted.is_met_by, await held(self._radio, adapter=self._settings.adapter))
        return min(links, key=lambda link: wanted.rank(link) or 0, default=None)

    async def _why_unseen(self, *, is_anothers_seen: bool) -> LinkState:
        wanted = self.wanted
        self._may_be_held = wanted.is_named
        if is_anothers_seen and not wanted.is_configured:
            return LinkState.ANOTHERS
        if not wanted.is_named and await held(self._radio, adapter=self._settings.adapter):
            return LinkState.HELD
        return LinkState.NOT_FOUND
