"""Looking for a strap that is only just being put on: window after window, until one is seen or the time is over."""

import asyncio
from collections.abc import Callable

from hrvdaemon.sources.link_state import LINK_WORDS, LinkState
from hrvdaemon.sources.radio import Radio, RadioFault
from hrvdaemon.sources.sightings import Sighting, survey

WINDOW_S = 5.0
"""Long enough for five advertisements of every strap around, so that the choice is whole."""
HINT_AFTER_S = 10.0
AGAIN_S = 2.0
"""Between two tries while Bluetooth is off: long enough to be seen, short for who has just switched it on."""


class Looking:
    """``say`` hears what keeps it from finding one, each thing once."""

    def __init__(self, radio: Radio, *, adapter: str | None, timeout_s: float, say: Callable[[str], None]) -> None:
        self._radio = radio
        self._adapter = adapter
        self._timeout_s = timeout_s
        self._say = say
        self._said: set[LinkState] = set()

    async def run(self, *, is_patient: bool) -> list[Sighting]:
        """Straps of the first window that had any, strongest first; none when the time is over.

        Bluetooth that is off ends it at once, unless it ``is_patient``: a person may be switching it on.
        """
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        while (left_s := began_s + self._timeout_s - loop.time()) > 0:
            try:
                seen = await survey(self._radio, window_s=min(WINDOW_S, left_s), adapter=self._adapter)
            except RadioFault as fault:
                self._once(fault.state)
                if not is_patient:
                    return []
                await asyncio.sleep(min(AGAIN_S, left_s))
                continue
            if seen:
                return seen
            if loop.time() - began_s >= HINT_AFTER_S:
                self._once(LinkState.NOT_FOUND)
        self._say("No strap was seen.")
        return []

    def _once(self, state: LinkState) -> None:
        if state not in self._said:
            self._said.add(state)
            self._say(str(LINK_WORDS[state]))
