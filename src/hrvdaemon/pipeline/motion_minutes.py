"""Movement by minutes, where a strap measures it."""

from hrvdaemon.vocabulary.units import MINUTE_MS

_KEPT_MS = 10 * MINUTE_MS


class MotionMinutes:
    """What was measured lately; ``mean`` of a minute once its beats are closed."""

    def __init__(self) -> None:
        self._measured: list[tuple[int, float]] = []

    def add(self, mono_ms: int, motion: float) -> None:
        """Movement since the measurement before, told at this moment."""
        self._measured = [entry for entry in self._measured if entry[0] > mono_ms - _KEPT_MS]
        self._measured.append((mono_ms, motion))

    def forget(self) -> None:
        """The strap was put on: what it measured before was not the wearer."""
        self._measured.clear()

    def mean(self, start_ms: int) -> float | None:
        """Mean of what was measured in the minute that begins here; None if nothing was."""
        motions = [motion for moment, motion in self._measured if start_ms <= moment < start_ms + MINUTE_MS]
        return sum(motions) / len(motions) if motions else None
