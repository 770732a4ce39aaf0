"""Where beats lie in time: the running sum of RR intervals, anchored to when packets arrived.

Packets carry no time and come in bursts, so arrival orders nothing by itself. The rules (science A.0, A.1):

- the last interval of the first packet ends at its arrival; from there on only intervals move the time
- more than ``resync_s`` off the arrival, in either direction: anchor again and mark a gap. Straps' clocks run fast
  and slow; a day at 400 ppm is 35 s off and costs about a dozen gaps, not thousands
- heart rate 0, contact lost, the strap away, or ten seconds without an interval: no data, a gap
- the same bytes within 50 ms are one packet received twice (bleak#2002)
- fifteen equal intervals in a row are a frozen sensor, not a heart
- nothing is ever filled in; a beat behind a gap starts a new ``segment``
"""

from dataclasses import dataclass

from hrvdaemon.hrv.artefacts import TimedBeat
from hrvdaemon.hrv.heart_rate_measurement import HeartRateMeasurement
from hrvdaemon.vocabulary.units import (
    GRAINS_PER_MS,
    GRAINS_PER_SECOND,
    GRAINS_PER_TICK,
    TICKS_PER_SECOND,
    ticks_from_ms,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineSettings:
    resync_s: float = 3.0
    """Anchor again when so far off the arrival (science A.0)."""
    duplicate_ms: int = 50
    """Equal bytes within this are one packet (bluetooth quirk 1)."""
    flatline_beats: int = 15
    """Equal intervals in a row that are a sensor fault (science A.1)."""
    longest_rr_s: float = 3.0
    """A longer interval is a gap (science A.0)."""
    unit_check_s: int = 100
    """Uninterrupted stretch over which the sum of intervals is compared with the clock (bluetooth quirk 13)."""
    millisecond_sensors: str = ""
    """Straps known to send milliseconds instead of 1/1024 s: names or addresses, comma between."""


@dataclass(frozen=True, slots=True)
class Gap:
    """The beats on both sides are not neighbours."""

    why: str
    duration_grains: int | None


@dataclass(frozen=True, slots=True)
class UnitSuspected:
    """The intervals add up to 1000/1024 of the time that passed: the strap seems to send milliseconds."""


Moment = TimedBeat | Gap | UnitSuspected

MILLISECOND_RATIO = 1000 / TICKS_PER_SECOND
_RATIO_TOLERANCE = 0.008
_SUSPICIONS_NEEDED = 2


class BeatTimeline:
    """One strap's beats in time. ``feed`` measurements in the order in which they arrived."""

    def __init__(self, settings: TimelineSettings, *, sends_milliseconds: bool = False, last_segment: int = 0) -> None:
        self._settings = settings
        self._resync_grains = settings.resync_s * GRAINS_PER_SECOND
        self._longest_ticks = settings.longest_rr_s * TICKS_PER_SECOND
        self._sends_milliseconds = sends_milliseconds
        self._end: int | None = None
        self.segment = last_segment
        self._is_broken = True
        self._last: tuple[int, HeartRateMeasurement] | None = None
        self._newest_ticks, self._n_equal = 0, 0
        self._stretch = _Stretch(settings.unit_check_s)

    def feed(self, measurement: HeartRateMeasurement, mono_ms: int) -> list[Moment]:
        """Beats and gaps of one packet, in order."""
        if self._is_repeated(measurement, mono_ms):
            return []
        if measurement.heart_rate_bpm == 0 or measurement.has_contact is False:
            return [*self.interrupt("contact lost" if measurement.has_contact is False else "heart rate 0")]
        rr = measurement.rr_ticks
        if not rr:
            return []
        return self._intervals(tuple(map(ticks_from_ms, rr)) if self._sends_milliseconds else rr, mono_ms)

    def interrupt(self, why: str) -> list[Gap]:
        """No data from here on; one gap however often it is said."""
        if self._is_broken:
            return []
        self._is_broken = True
        self._stretch.restart()
        return [Gap(why, None)]

    def _intervals(self, rr_ticks: tuple[int, ...], mono_ms: int) -> list[Moment]:
        moments: list[Moment] = []
        frozen = [self._is_frozen(ticks) for ticks in rr_ticks]
        if not all(frozen):
            sum_ticks = sum(rr_ticks)
            moments += self._anchor(sum_ticks, mono_ms * GRAINS_PER_MS)
            moments += self._stretch.feed(sum_ticks, mono_ms)
        for ticks, is_frozen in zip(rr_ticks, frozen, strict=True):
            moments += self.interrupt("frozen sensor") if is_frozen else self._beat(ticks)
        return moments

    def _is_repeated(self, measurement: HeartRateMeasurement, mono_ms: int) -> bool:
        last, self._last = self._last, (mono_ms, measurement)
        return last is not None and mono_ms - last[0] < self._settings.duplicate_ms and measurement == last[1]

    def _anchor(self, sum_ticks: int, arrival: int) -> list[Gap]:
        """Decide where the first interval of this packet begins."""
        length = sum_ticks * GRAINS_PER_TICK
        off = None if self._end is None else arrival - (self._end + length)
        if self._is_broken or off is None:
            self._start_segment(arrival - length)
            return [Gap("data again", off)] if off is not None and off > 0 else []
        if abs(off) <= self._resync_grains:
            return []
        self._start_segment(arrival - length)
        self._stretch.restart()
        return [Gap("clock off", max(off, 0))]

    def _start_segment(self, start: int) -> None:
        self.segment += 1
        self._end = start
        self._is_broken = False

    def _beat(self, ticks: int) -> list[Moment]:
        if self._end is None:
            return []
        self._end += ticks * GRAINS_PER_TICK
        if self._is_broken:
            self._start_segment(self._end)
        beat = TimedBeat(self._end, ticks, self.segment)
        if ticks <= self._longest_ticks:
            return [beat]
        self.segment += 1
        return [beat, Gap("long interval", ticks * GRAINS_PER_TICK)]

    def _is_frozen(self, ticks: int) -> bool:
        self._n_equal = self._n_equal + 1 if ticks == self._newest_ticks else 1
        self._newest_ticks = ticks
        return self._n_equal >= self._settings.flatline_beats


class _Stretch:
    """Sum of intervals against the clock over an uninterrupted stretch; two suspicious ones in a row are told once."""

    def __init__(self, length_s: int) -> None:
        self._length_ms = length_s * 1000
        self._suspicions = 0
        self.restart()

    def restart(self) -> None:
        self._start_ms: int | None = None
        self._ticks = 0

    def feed(self, sum_ticks: int, mono_ms: int) -> list[UnitSuspected]:
        if self._start_ms is None:
            self._start_ms = mono_ms
            return []
        self._ticks += sum_ticks
        elapsed_ms = mono_ms - self._start_ms
        if elapsed_ms < self._length_ms:
            return []
        ratio = self._ticks * MILLISECOND_RATIO / elapsed_ms
        is_suspect = abs(ratio - MILLISECOND_RATIO) < _RATIO_TOLERANCE
        self._suspicions = self._suspicions + 1 if is_suspect else 0
        self.restart()
        return [UnitSuspected()] if self._suspicions == _SUSPICIONS_NEEDED else []
