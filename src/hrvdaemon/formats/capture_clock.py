"""A capture's clock as a run's: it only goes on. Where the computer's clock was set, the anchor moves (law 1)."""

from hrvdaemon.formats.capture import Complaints
from hrvdaemon.vocabulary.inputs import ClockChanged
from hrvdaemon.vocabulary.units import DAY_MS, SECOND_MS, Instant, instant, iso

EARLIEST, LATEST = instant("1990-01-01T00:00:00Z"), instant("2200-01-01T00:00:00Z")
"""A capture that says it is from before or after was made without a clock: embedded systems count from their start."""

LONGEST_SILENCE_MS = 30 * DAY_MS
"""A step ahead that is longer is a clock that was set: small computers start in 1970, or where they stopped."""

SHORTEST_STEP_BACK_MS = SECOND_MS
"""Packets stand a little out of order where two queues were written into one file; that is no clock that was set."""


class CaptureClock:
    """``begin`` once, then ``mono`` for each moment, in the order of the capture."""

    def __init__(self, zone: str, complaints: Complaints) -> None:
        self._zone = zone
        self._complaints = complaints
        self._zero_ms = 0
        self._last_ms = 0

    def begin(self, at_ms: int, start_at: Instant) -> Instant:
        """Wall time of the first moment: its own, or ``start_at`` where the capture has no clock."""
        self._zero_ms, self._last_ms = at_ms, 0
        return Instant(at_ms) if EARLIEST <= at_ms < LATEST else start_at

    def mono(self, at_ms: int) -> tuple[int, ClockChanged | None]:
        """Milliseconds since the first moment, and the new anchor where the clock was set."""
        step_ms = at_ms - self._zero_ms - self._last_ms
        if -SHORTEST_STEP_BACK_MS < step_ms <= LONGEST_SILENCE_MS:
            self._last_ms += max(step_ms, 0)
            return self._last_ms, None
        self._zero_ms = at_ms - self._last_ms
        return self._last_ms, self._set(at_ms, step_ms)

    def _set(self, at_ms: int, step_ms: int) -> ClockChanged | None:
        """None where the new time is none: the old anchor holds."""
        where = f"{'back' if step_ms < 0 else 'ahead'} by {abs(step_ms) / SECOND_MS:.1f} s"
        if not EARLIEST <= at_ms < LATEST:
            self._complaints.add(f"the capture's clock steps {where}, to no time at all; the time before goes on")
            return None
        self._complaints.add(f"the capture's clock steps {where}, to {iso(at_ms)}")
        return ClockChanged(mono_ms=self._last_ms, at=Instant(at_ms), zone=self._zone)
