"""A wearer made of whole numbers: intervals that alternate, so heart rate and RMSSD are known exactly."""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import log
from typing import TypeVar

import pytest

from hrvdaemon.hrv.heart_rate_measurement import HeartRateMeasurement
from hrvdaemon.pipeline import History, Pipeline
from hrvdaemon.vocabulary.events import BaselineComputed, Event, HourUsual
from hrvdaemon.vocabulary.inputs import Input, PacketReceived, RunEnded, RunStarted, Scalar, SensorConnected
from hrvdaemon.vocabulary.units import MINUTE_MS, Instant, RunId, SensorId, instant

STRAP = SensorId("strap")
USUAL = HourUsual(hr_bpm=60.0, hr_sigma_bpm=3.0, ln_rmssd=log(24), ln_sigma=0.15, n_eff=120.0)
E = TypeVar("E")


def run_started(at: str, settings: dict[str, Scalar] | None = None, zone: str = "Europe/Berlin") -> RunStarted:
    return RunStarted(
        mono_ms=0,
        at=instant(at),
        run=RunId("run"),
        version="0",
        zone=zone,
        boot_id="boot",
        seed=7,
        settings=settings or {},
    )


def learned(started: RunStarted, stage: int) -> Pipeline:
    """A pipeline that knows this wearer's usual: 60 bpm, RMSSD 24 ms, at every hour."""
    known = BaselineComputed(
        mono_ms=0,
        at=started.at,
        cutoff_at=started.at,
        stage=stage,
        eligible_minutes=2000,
        days=9,
        hours=(USUAL,) * 24,
        rho=0.5,
        hr_rest_bpm=55.0,
    )
    return Pipeline(History(records=(started, known)))


@dataclass
class Day:
    """A pipeline being lived with; ``now_ms`` is the run's clock, one beat follows the other without a gap."""

    pipeline: Pipeline
    offset_ms: int
    now_ms: int = 0
    events: list[Event] = field(default_factory=list)
    inputs: list[Input] = field(default_factory=list)
    _odd: bool = False
    _beat_ms: float = 0.0

    def feed(self, given: Input) -> list[Event]:
        """Give it one input; the events are kept too."""
        self.inputs.append(given)
        self.now_ms = max(self.now_ms, given.mono_ms)
        new = self.pipeline.feed(given)
        self.events += new
        return new

    def live(
        self, minutes: float, *, hr: float = 60.0, rmssd: float = 24.0, hr_end: float | None = None
    ) -> list[Event]:
        """A packet a second, for whole seconds: mean interval 60/hr, alternating by half the RMSSD."""
        new: list[Event] = []
        start, end = self.now_ms, self.now_ms + round(minutes * 60) * 1000
        self._beat_ms = max(self._beat_ms, start)
        for second in range(start, end, 1000):
            ticks = []
            while True:
                here = hr if hr_end is None else hr + (hr_end - hr) * (second - start) / (end - start)
                rr = round((60_000 / here + (rmssd / 2 if self._odd else -rmssd / 2)) * 1.024)
                if self._beat_ms + rr / 1.024 > second + 1000:
                    break
                self._odd = not self._odd
                self._beat_ms += rr / 1.024
                ticks.append(rr)
            data = bytes(HeartRateMeasurement(heart_rate_bpm=round(hr), rr_ticks=tuple(ticks)))
            new += self.feed(PacketReceived(mono_ms=second + 1000, sensor=STRAP, data=data))
        self.now_ms = end
        return new

    def stress(self, minutes: float = 14) -> list[Event]:
        """Four minutes up to 72 bpm, slowly enough for no gate, RMSSD halved, and on."""
        return [*self.live(4, hr=60.0, hr_end=72.0, rmssd=12.0), *self.live(minutes - 4, hr=72.0, rmssd=12.0)]

    def silence(self, minutes: float) -> None:
        """No packet at all."""
        self.now_ms += round(minutes * MINUTE_MS)

    def end(self) -> list[Event]:
        """The run ends now."""
        return self.feed(RunEnded(mono_ms=self.now_ms, reason="end"))

    def of(self, cls: type[E]) -> list[E]:
        """Every event of a kind so far."""
        return [event for event in self.events if isinstance(event, cls)]

    def wall(self) -> Instant:
        """Wall time now, as the pipeline was told."""
        return Instant(self.now_ms + self.offset_ms)


Begin = Callable[..., Day]


@pytest.fixture
def begin() -> Begin:
    """``begin(stage=3)``: a run from noon in Berlin, strap connected, the usual known from stage 1 on."""

    def make(at: str = "2026-03-10T11:00:00Z", *, stage: int = 0, settings: dict[str, Scalar] | None = None) -> Day:
        started = run_started(at, settings)
        pipeline = learned(started, stage) if stage else Pipeline()
        day = Day(pipeline, started.at)
        if not stage:
            day.feed(started)
        day.feed(SensorConnected(mono_ms=0, sensor=STRAP, name="Strap"))
        return day

    return make


@pytest.fixture
def packet() -> Callable[..., PacketReceived]:
    """``packet(5000, 1024, bpm=0)``: a notification at a moment."""

    def make(mono_ms: int, *rr_ticks: int, bpm: int = 60, has_contact: bool | None = None) -> PacketReceived:
        measured = HeartRateMeasurement(heart_rate_bpm=bpm, rr_ticks=rr_ticks, has_contact=has_contact)
        return PacketReceived(mono_ms=mono_ms, sensor=STRAP, data=bytes(measured))

    return make


@pytest.fixture
def invited(begin: Begin) -> Day:
    """31 calm minutes, then 14 of activation in stage 3: one invitation, at noon and 39 minutes."""
    day = begin(stage=3)
    day.live(31)
    day.stress()
    return day
