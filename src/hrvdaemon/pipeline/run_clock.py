"""Wall time as an anchor on the run's own clock; only ``RunStarted`` and ``ClockChanged`` move it (law 1)."""

from hrvdaemon.vocabulary.local_time import LocalTime, local_time, next_local
from hrvdaemon.vocabulary.units import MINUTE_MS, Instant


class RunClock:
    """Converts between milliseconds since boot and wall time of one run."""

    def __init__(self, mono_ms: int, at: Instant, zone: str) -> None:
        self._offset_ms = at - mono_ms
        self.zone = zone

    def wall(self, mono_ms: int) -> Instant:
        """Wall time of a moment of this run."""
        return Instant(mono_ms + self._offset_ms)

    def mono(self, at: Instant) -> int:
        """Moment of this run at a wall time."""
        return at - self._offset_ms

    def local(self, mono_ms: int) -> LocalTime:
        """Local day and minute of a moment."""
        return local_time((mono_ms + self._offset_ms) // MINUTE_MS * MINUTE_MS, self.zone)

    def whole(self, mono_ms: int, length_ms: int) -> int:
        """Start of the wall-clock interval of this length (a divisor of an hour) that holds the moment."""
        return mono_ms - (mono_ms + self._offset_ms) % length_ms

    def next_local(self, mono_ms: int, minute: int) -> int:
        """The next moment at which a local clock shows this minute of the day."""
        return self.mono(next_local(self.wall(mono_ms), self.zone, minute=minute))
