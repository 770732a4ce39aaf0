"""What the losses of a strap have in common: too many in a short time, or always after the same time.

Equal intervals (30, 100 or 150 s) are no bad luck: the strap asks for other connection parameters, the computer
refuses, and the strap hangs up (bluepy#53, gattlib#144, OpenHRV#39). Coming closer does not help against those.
"""

from collections import deque

from hrvdaemon.sources.link_state import LinkState

EQUAL_NEEDED = 3
EQUAL_WITHIN_MS = 2_000
"""A supervision timeout more or less. Three links of 15 to 120 s at random end so alike about once in a thousand."""
SHORTEST_EQUAL_MS = 15_000
"""Shorter links end for other reasons: the data watchdog, a hand that goes back and forth."""
OUTLIVED = 1.5
"""A link that lasts so many times the interval shows that it is over."""
MANY = 3
MANY_WITHIN_MS = 300_000


class Losses:
    """``add`` each link that broke by itself; ``state`` then says what a link that sends now is worth."""

    def __init__(self) -> None:
        self._lasted_ms: deque[int] = deque(maxlen=EQUAL_NEEDED)
        self._lost_ms: deque[int] = deque(maxlen=MANY)

    def add(self, *, since_ms: int, lost_ms: int) -> None:
        """A link that sent from ``since_ms`` was lost."""
        self._lasted_ms.append(lost_ms - since_ms)
        self._lost_ms.append(lost_ms)

    @property
    def interval_ms(self) -> int | None:
        """How long the last links lasted, if all of them lasted the same time."""
        lasted = self._lasted_ms
        if len(lasted) < EQUAL_NEEDED or min(lasted) < SHORTEST_EQUAL_MS:
            return None
        return sum(lasted) // len(lasted) if max(lasted) - min(lasted) <= EQUAL_WITHIN_MS else None

    def state(self, *, since_ms: int, mono_ms: int) -> LinkState:
        """Of a link that sends, and did so since ``since_ms``."""
        interval_ms = self.interval_ms
        if interval_ms is not None and mono_ms - since_ms > OUTLIVED * interval_ms:
            self._lasted_ms.clear()
            interval_ms = None
        if interval_ms is not None:
            return LinkState.EQUAL_DROPS
        is_many = len(self._lost_ms) == MANY and mono_ms - self._lost_ms[0] <= MANY_WITHIN_MS
        return LinkState.WEAK_SIGNAL if is_many else LinkState.STREAMING
