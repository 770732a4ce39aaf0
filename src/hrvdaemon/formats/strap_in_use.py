"""Of several straps in one recording, the one whose beats count: the rule of the stream, for batch analysis."""

from hrvdaemon.hrv.heart_rate_measurement import HeartRateMeasurement
from hrvdaemon.vocabulary.units import SensorId

SILENCE_MS = 10_000
"""As in the stream (``pipeline.signal``; a test holds the two equal)."""


class StrapInUse:
    """Goes over to another strap once the one in ``used`` was lost, or silent for ten seconds."""

    def __init__(self) -> None:
        self.used: SensorId | None = None
        self._heard_ms = 0

    def hears(self, sensor: SensorId, measurement: HeartRateMeasurement, mono_ms: int) -> bool:
        """Whether this measurement counts. Only one with beats makes a strap the one in use."""
        has_beats = measurement.rr_ticks and measurement.heart_rate_bpm > 0 and measurement.has_contact is not False
        if self.used not in (None, sensor) and (not has_beats or mono_ms - self._heard_ms <= SILENCE_MS):
            return False
        if has_beats:
            self.used, self._heard_ms = sensor, mono_ms
        return True

    def loses(self, sensor: SensorId) -> bool:
        """Whether the strap that was lost is the one in use; then there is none."""
        is_used = self.used in (None, sensor)
        self.used = None if is_used else self.used
        return is_used
