"""What a connected strap's packets are worth: beats, a heart rate only, no skin contact, holes, or nothing readable.

Pure: stamped packets in, a state out, so every rule is testable without a radio. It looks at what came, never at what
it means for the wearer; the pipeline judges by itself and heart rate variability is never made from the heart rate.

- intervals within the last ten seconds: the strap sends (``streaming``), or, with holes, ``weak_signal``
- none for ten seconds where there were some, or a heart rate of 0: ``off_skin``. Straps repeat their last heart rate
  for a while after they were taken off, so that number proves nothing (polar-ble-sdk#143)
- contact bits count once the device has sent an interval: optical bands send none and set them as they please (#143)
- never an interval in half a minute, but a heart rate: ``heart_rate_only``
"""

from collections import deque
from statistics import median

from hrvdaemon.hrv.heart_rate_measurement import HeartRateMeasurement
from hrvdaemon.sources.link_state import LinkState
from hrvdaemon.vocabulary.errors import MalformedPacket

BEATLESS_MS = 10_000
"""So long without an interval, or without contact: longer than a pause of the heart or a twist of the body."""
ONLY_HEART_RATE_MS = 30_000
"""A chest strap with damp electrodes has found the beats by then."""
WATCHED_MS = 60_000
"""Over this the holes between packets are added up."""
LEAST_WATCHED_MS = 20_000
USUAL_MS = 1_000
"""Between two packets (Heart Rate Service 1.0, 3.1.1); slower devices are measured by their own pace."""
HOLE = 1.5
"""An interval between packets so many times the usual one has a hole in it."""
WEAK_SHARE, STRONG_SHARE = 0.2, 0.1
"""Share of the time that lies in holes: from the first on weak, below the second strong again. Between: as before."""


class Reception:
    """One connection's packets, ``feed`` in the order they came."""

    def __init__(self, since_ms: int) -> None:
        self._since_ms = since_ms
        self._interval_ms: int | None = None
        """When an interval came last."""
        self._alive_ms = since_ms
        """When contact, or a heart rate above 0, was last reported."""
        self._readable_ms = since_ms
        self._steps: deque[tuple[int, int]] = deque()
        self._last_ms: int | None = None
        self._is_weak = False

    def feed(self, mono_ms: int, data: bytes) -> LinkState:
        """State with this packet."""
        self._step(mono_ms)
        try:
            measurement = HeartRateMeasurement.from_bytes(data)
        except MalformedPacket:
            return self._state(mono_ms)
        self._readable_ms = mono_ms
        if measurement.rr_ticks and measurement.heart_rate_bpm:
            self._interval_ms = mono_ms
        if measurement.heart_rate_bpm and not self._denies_contact(measurement):
            self._alive_ms = mono_ms
        return self._state(mono_ms)

    def _denies_contact(self, measurement: HeartRateMeasurement) -> bool:
        return measurement.has_contact is False and self._interval_ms is not None

    def _state(self, mono_ms: int) -> LinkState:
        if mono_ms - self._readable_ms >= BEATLESS_MS:
            return LinkState.UNREADABLE
        if mono_ms - self._alive_ms >= BEATLESS_MS:
            return LinkState.OFF_SKIN
        if self._interval_ms is None:
            is_long = mono_ms - self._since_ms >= ONLY_HEART_RATE_MS
            return LinkState.HEART_RATE_ONLY if is_long else LinkState.WAITING_FOR_BEATS
        if mono_ms - self._interval_ms >= BEATLESS_MS:
            return LinkState.OFF_SKIN
        return LinkState.WEAK_SIGNAL if self._is_weak else LinkState.STREAMING

    def _step(self, mono_ms: int) -> None:
        """Note the time since the last packet, and judge the holes of the last minute."""
        if self._last_ms is not None:
            self._steps.append((mono_ms, mono_ms - self._last_ms))
        self._last_ms = mono_ms
        while self._steps and self._steps[0][0] <= mono_ms - WATCHED_MS:
            self._steps.popleft()
        share = self._share_in_holes()
        if share is not None:
            self._is_weak = share >= (STRONG_SHARE if self._is_weak else WEAK_SHARE)

    def _share_in_holes(self) -> float | None:
        """Of the time watched; None while that is too short."""
        steps_ms = [step_ms for _, step_ms in self._steps]
        watched_ms = sum(steps_ms)
        if watched_ms < LEAST_WATCHED_MS:
            return None
        usual_ms = max(USUAL_MS, median(steps_ms))
        return sum(step_ms - usual_ms for step_ms in steps_ms if step_ms > HOLE * usual_ms) / watched_ms
