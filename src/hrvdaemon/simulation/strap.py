"""A chest strap on the synthetic heart: once a second real 0x2A37 bytes, with what the air does to them.

Everything drawn is keyed by the second (``vocabulary.draws``), so second by second and all at once are the same.
``Wearer`` lives on second by second for the demo; ``simulate`` makes a whole run with its labels.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import hrvdaemon
from hrvdaemon.hrv.heart_rate_measurement import HeartRateMeasurement
from hrvdaemon.simulation.heart import Heart
from hrvdaemon.simulation.person import Pace
from hrvdaemon.simulation.scenario import LabelledSpan, Link, Scenario
from hrvdaemon.simulation.sinus_node import SimulatedBeat
from hrvdaemon.vocabulary.draws import draw
from hrvdaemon.vocabulary.inputs import Input, PacketReceived, RunEnded, RunStarted, SensorConnected, SensorLost
from hrvdaemon.vocabulary.units import SECOND_MS, TICKS_PER_SECOND, Instant, RunId, SensorId

SIMULATED = SensorId("simulated")
CONNECTION_INTERVAL_MS = 60
"""Between two notifications that a stall had held back."""
_LONGEST_BURST = 4
_AVERAGED_BEATS = 5
_LINK_CHANGE_MS = 500
_MILLION = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class StrapManner:
    """How a strap and its radio behave. Chances are for each notification."""

    sensor: SensorId = SIMULATED
    name: str = "Simulated strap"
    reports_contact: bool = True
    clock_ppm: int = 0
    """Error of the strap's clock: positive counts more ticks than there are."""
    jitter_ms: int = 40
    """A notification arrives up to this late."""
    burst_chance: float = 0.01
    """Held back by a stall and delivered with the next one."""
    drop_chance: float = 0.0
    duplicate_chance: float = 0.0


class Strap:
    """One strap on one heart. Feed ``second`` the beats of each second, in order; it gives what reaches the host."""

    def __init__(self, seed: int, manner: StrapManner, start_mono_ms: int) -> None:
        self._seed = seed
        self._manner = manner
        self._start_mono_ms = start_mono_ms
        self._second = 0
        self._link = Link.LOST
        self._saw_last_beat = True
        self._recent: deque[int] = deque(maxlen=_AVERAGED_BEATS)
        self._held: list[bytes] = []
        self.dropped = 0
        """Notifications that never arrive: dropped, silent, or held when the link broke."""

    @property
    def held(self) -> int:
        """Notifications that wait for the next one."""
        return len(self._held)

    def second(self, beats: Sequence[SimulatedBeat], link: Link) -> list[Input]:
        """What the host receives for one second of beats: link changes first, then notifications."""
        changes = self._link_changes(link)
        measurement = self._measurement(self._intervals(beats, link), link)
        packets: list[Input] = []
        match link:
            case Link.CONNECTED | Link.NO_CONTACT:
                packets = [*self._arrivals(bytes(measurement))]
            case Link.SILENT:
                self.dropped += 1
            case Link.LOST:
                pass
        self._second += 1
        return changes + packets

    def _link_changes(self, link: Link) -> list[Input]:
        was_linked, is_linked = self._link is not Link.LOST, link is not Link.LOST
        self._link = link
        if was_linked == is_linked:
            return []
        sensor = self._manner.sensor
        if is_linked:
            return [SensorConnected(mono_ms=self._now_ms(), sensor=sensor, name=self._manner.name)]
        self.dropped += len(self._held)
        self._held.clear()
        return [SensorLost(mono_ms=self._now_ms(_LINK_CHANGE_MS), sensor=sensor, reason="out of range")]

    def _now_ms(self, after_ms: int = 0) -> int:
        return self._start_mono_ms + self._second * SECOND_MS + after_ms

    def _intervals(self, beats: Sequence[SimulatedBeat], link: Link) -> tuple[int, ...]:
        """RR in the strap's own ticks; none across beats it did not see."""
        if link is Link.NO_CONTACT:
            self._saw_last_beat = False
            return ()
        seen = beats if self._saw_last_beat else beats[1:]
        self._saw_last_beat = self._saw_last_beat or bool(beats)
        intervals = tuple(self._own_ticks(b.tick) - self._own_ticks(b.tick - b.rr_ticks) for b in seen)
        self._recent.extend(intervals)
        return intervals

    def _own_ticks(self, ticks: int) -> int:
        return ticks * (_MILLION + self._manner.clock_ppm) // _MILLION

    def _measurement(self, rr_ticks: tuple[int, ...], link: Link) -> HeartRateMeasurement:
        has_contact = link is not Link.NO_CONTACT
        mean_ticks = sum(self._recent) / len(self._recent) if self._recent else 0.0
        return HeartRateMeasurement(
            heart_rate_bpm=round(60 * TICKS_PER_SECOND / mean_ticks) if mean_ticks and has_contact else 0,
            has_contact=has_contact if self._manner.reports_contact else None,
            rr_ticks=rr_ticks,
        )

    def _arrivals(self, data: bytes) -> list[PacketReceived]:
        """The notification, those that waited for it, and repetitions, in order of arrival."""
        manner = self._manner
        if self._happens(manner.drop_chance, "drop"):
            self.dropped += 1
        else:
            self._held.append(data)
        if self._happens(manner.burst_chance, "burst") and len(self._held) < _LONGEST_BURST:
            return []
        arrived, self._held = self._held, []
        packets = self._stamped(arrived)
        return packets + packets[-1:] if self._happens(manner.duplicate_chance, "duplicate") else packets

    def _stamped(self, arrived: list[bytes]) -> list[PacketReceived]:
        late_ms = int(self._manner.jitter_ms * draw(self._seed, "jitter", self._second))
        first_ms = self._now_ms(SECOND_MS + late_ms)
        return [
            PacketReceived(mono_ms=first_ms + number * CONNECTION_INTERVAL_MS, sensor=self._manner.sensor, data=data)
            for number, data in enumerate(arrived)
        ]

    def _happens(self, chance: float, what: str) -> bool:
        return chance > 0 and draw(self._seed, what, self._second) < chance


class Wearer:
    """A simulated person with a strap, living a scenario second by second; they may follow a pacer at any time.

    ``scenario`` may be replaced while they live (``Scenario.without_rest_of`` lets stress fade); it keeps its clock.
    """

    def __init__(self, scenario: Scenario, seed: int, *, manner: StrapManner, start_mono_ms: int) -> None:
        self.scenario = scenario
        self.strap = Strap(seed, manner, start_mono_ms)
        self.second = 0
        """Seconds lived."""
        self._heart = Heart(seed, scenario.person)

    def live(self, seconds: int, pace: Pace | None = None) -> tuple[list[Input], list[SimulatedBeat]]:
        """What the host receives in the next seconds, and the truth; ``pace`` leads their breath for that time."""
        span = range(self.second, self.second + seconds)
        conditions = [self.scenario.condition_at(second) for second in span]
        beats = self._heart.follow([replace(c, pace=pace) for c in conditions] if pace else conditions)
        inputs: list[Input] = []
        for second, seen in zip(span, _by_second(beats, span), strict=True):
            inputs += self.strap.second(seen, self.scenario.link_at(second))
        self.second += seconds
        return inputs, beats


def _by_second(beats: list[SimulatedBeat], span: range) -> list[list[SimulatedBeat]]:
    seconds: list[list[SimulatedBeat]] = [[] for _ in span]
    for beat in beats:
        seconds[beat.tick // TICKS_PER_SECOND - span.start].append(beat)
    return seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """A whole run as the daemon would have recorded it, and the truth about it."""

    inputs: tuple[Input, ...]
    labels: tuple[LabelledSpan, ...]
    beats: tuple[SimulatedBeat, ...] = field(repr=False)
    dropped: int
    """Notifications that never arrived."""


def simulate(
    scenario: Scenario, seed: int, start_at: Instant, zone: str, *, manner: StrapManner | None = None
) -> Simulation:
    """One run of a scenario: RunStarted, the strap, RunEnded. Its clock starts at 0 ms."""
    wearer = Wearer(scenario, seed, manner=manner or StrapManner(), start_mono_ms=0)
    inputs, beats = wearer.live(scenario.duration_s)
    started = RunStarted(
        mono_ms=0,
        at=start_at,
        run=RunId(f"{scenario.name}-{seed}"),
        version=hrvdaemon.__version__,
        zone=zone,
        boot_id="simulated",
        seed=seed,
    )
    ended = RunEnded(mono_ms=(scenario.duration_s + 1) * SECOND_MS, reason="simulation ended")
    return Simulation(
        inputs=(started, *inputs, ended),
        labels=scenario.labels(),
        beats=tuple(beats),
        dropped=wearer.strap.dropped + wearer.strap.held,
    )
