"""The simulated wearer answers once, follows the pacer while an exercise is guided, calms down with it, and ends."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from math import cos, pi, sin
from typing import Any

import pytest

from hrvdaemon.channel import Channel
from hrvdaemon.clock import TurnedClock
from hrvdaemon.hrv.heart_rate_measurement import HeartRateMeasurement
from hrvdaemon.simulation.episodes import Episode, EpisodeKind
from hrvdaemon.simulation.scenario import Scenario
from hrvdaemon.simulation.strap import StrapManner, Wearer
from hrvdaemon.sources.simulated import Pacing, SimulatedWearer
from hrvdaemon.vocabulary.events import (
    Confidence,
    Event,
    ExerciseFinished,
    ExerciseStarted,
    Outcome,
    PromptIssued,
)
from hrvdaemon.vocabulary.inputs import Answer, Input, PacketReceived, PromptAnswered, Tick
from hrvdaemon.vocabulary.steps import Step
from hrvdaemon.vocabulary.units import Instant, PromptId, RunId, SessionId

STRESS = Episode(kind=EpisodeKind.STRESS, start_s=10, duration_s=100_000, hr_bpm=14, onset_s=5)
AT = Instant(0)


def invitation(number: int = 0) -> PromptIssued:
    return PromptIssued(
        mono_ms=0, at=AT, id=PromptId(f"p{number}"), activation=2.0, minutes=9, hr_bpm=80.0, rmssd_ms=20.0, baseline_hr_bpm=65.0,
        baseline_rmssd_ms=35.0, exercise="paced_6", confidence=Confidence.HIGH, is_learning=False, tags=(),
    )  # fmt: skip


def exercise(mono_ms: int, duration_s: float = 120.0) -> ExerciseStarted:
    return ExerciseStarted(
        mono_ms=mono_ms, at=AT, session=SessionId("s"), exercise="paced_6", prompt=None, duration_s=duration_s
    )


def finished() -> ExerciseFinished:
    outcome = Outcome(
        completed=True, before=None, after=None, delta_hr_bpm=None, delta_ln_rmssd=None, smallest_detectable=None,
        is_clear=None, swing_bpm=None, tension_before=None, tension_after=None,
    )  # fmt: skip
    return ExerciseFinished(
        mono_ms=0,
        at=AT,
        session=SessionId("s"),
        exercise="paced_6",
        prompt=None,
        started_at=AT,
        ended_at=AT,
        outcome=outcome,
    )


@dataclass
class Life:
    """A wearer whose sleep only counts; ``told`` maps a second of their life to what the daemon concludes then."""

    seconds: int
    pacing: Pacing
    told: dict[int, Event] = field(default_factory=dict)
    put: list[Input] = field(default_factory=list)
    slept: list[tuple[int, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        scenario = Scenario(name="life", duration_s=self.seconds, episodes=(STRESS,))
        self.clock = TurnedClock(0, AT)
        wearer = Wearer(scenario, 4, manner=StrapManner(burst_chance=0.0), start_mono_ms=0)
        self.simulated = SimulatedWearer(wearer, self.clock, self.pacing, sleep=self._sleep)
        self._steps = Channel[Step]()
        self._number = 0

    async def lived(self) -> "Life":
        watching = asyncio.create_task(self.simulated.watch(self._steps))
        await self.simulated.live(self.put.append)
        self._steps.close()
        await watching
        return self

    async def _sleep(self, seconds: float) -> None:
        second = self.simulated.wearer.second
        self.slept.append((second, seconds))
        if (event := self.told.pop(second, None)) is not None:
            self._number += 1
            self._steps.put(
                Step(run=RunId("r"), number=self._number, input=Tick(mono_ms=self.clock.now_ms), events=(event,))
            )
        await asyncio.sleep(0)

    @property
    def answers(self) -> list[PromptAnswered]:
        return [given for given in self.put if isinstance(given, PromptAnswered)]


Make = Callable[..., Awaitable[Life]]


@pytest.fixture
def live() -> Make:
    async def live(seconds: int, told: dict[int, Event] | None = None, **pacing: Any) -> Life:
        return await Life(seconds, Pacing(**{"earlier_s": 0, **pacing}), told or {}).lived()

    return live


async def test_every_second_brings_packets_and_a_tick_and_then_it_ends(live: Make) -> None:
    life = await live(90)
    assert sum(isinstance(given, PacketReceived) for given in life.put) == 90
    ticks = [given.mono_ms for given in life.put if isinstance(given, Tick)]
    assert [mono_ms // 1000 for mono_ms in ticks] == list(range(1, 91))
    assert life.clock.now_ms == ticks[-1]


async def test_no_input_is_stamped_before_one_that_came_earlier(live: Make) -> None:
    """Answers too: a notification comes a little after its second, and the clock goes with it."""
    life = await live(60, {10: invitation(), 30: exercise(30_000, 10.0)}, speed=20.0, answer_after_s=0.5)
    times = [given.mono_ms for given in life.put]
    assert times == sorted(times)
    assert len(life.answers) == 1


async def test_earlier_time_passes_at_once_and_then_at_the_speed_asked_for(live: Make) -> None:
    life = await live(40, earlier_s=30, speed=20.0)
    assert [seconds for second, seconds in life.slept if second < 30] == [0.0] * 29
    assert [seconds for second, seconds in life.slept if second >= 30] == [1 / 20] * 11


async def test_an_invitation_is_answered_once_after_the_time_to_think(live: Make) -> None:
    """Half a second of the wall is ten simulated seconds at speed 20."""
    life = await live(60, {20: invitation()}, speed=20.0, answer_after_s=0.5)
    [answer] = life.answers
    assert (answer.prompt, answer.answer) == ("p0", Answer.START)
    assert 29_000 <= answer.mono_ms <= 32_000


async def test_each_invitation_has_its_own_answer(live: Make) -> None:
    life = await live(60, {10: invitation(0), 40: invitation(1)}, speed=20.0, answer_after_s=0.1)
    assert [answer.prompt for answer in life.answers] == ["p0", "p1"]


async def test_an_exercise_that_somebody_else_began_leaves_nothing_to_answer(live: Make) -> None:
    """The person at the keyboard said yes first."""
    life = await live(60, {10: invitation(), 12: exercise(12_000, 5.0)}, speed=20.0, answer_after_s=0.5)
    assert life.answers == []


async def test_while_an_exercise_is_guided_it_lives_at_real_speed_in_quarters(live: Make) -> None:
    life = await live(60, {20: exercise(20_000, 30.0)}, speed=20.0)
    guided = [seconds for second, seconds in life.slept if 21 <= second < 50]
    assert guided == [0.25] * 4 * 29
    assert {seconds for second, seconds in life.slept if second < 20 or second > 51} == {1 / 20}
    ticks = [given.mono_ms for given in life.put if isinstance(given, Tick)]
    assert ticks == sorted(ticks)


def intervals(life: Life, from_s: int, to_s: int) -> list[float]:
    packets = [g for g in life.put if isinstance(g, PacketReceived) and from_s <= g.mono_ms / 1000 < to_s]
    return [rr / 1.024 for packet in packets for rr in HeartRateMeasurement.from_bytes(packet.data).rr_ticks]


def mean(values: list[float]) -> float:
    return sum(values) / len(values)


def share_at_the_pacer(rr_ms: list[float], breaths_a_minute: float = 6.0) -> float:
    """Share of the variance of the intervals that a sine at the pacer's pace explains, by least squares."""
    times, total = [], 0.0
    for rr in rr_ms:
        total += rr / 1000
        times.append(total)
    centred = [rr - mean(rr_ms) for rr in rr_ms]
    omega = 2 * pi * breaths_a_minute / 60
    waves = ([sin(omega * t) for t in times], [cos(omega * t) for t in times])
    parts = [sum(w * c for w, c in zip(wave, centred, strict=True)) ** 2 / sum(w * w for w in wave) for wave in waves]
    return sum(parts) / sum(c * c for c in centred)


async def test_the_heart_follows_the_pacer_and_stress_fades_with_the_exercise(live: Make) -> None:
    life = await live(900, {400: exercise(400_000, 120.0)}, speed=1000.0)
    untouched = await live(900, speed=1000.0)
    assert share_at_the_pacer(intervals(life, 415, 515)) > 2 * share_at_the_pacer(intervals(untouched, 415, 515))
    assert mean(intervals(life, 780, 900)) > mean(intervals(untouched, 780, 900)) + 30
    assert mean(intervals(life, 300, 400)) == mean(intervals(untouched, 300, 400))


async def test_the_first_outcome_is_noticed(live: Make) -> None:
    assert not (await live(30)).simulated.first_outcome.is_set()
    assert (await live(30, {20: finished()})).simulated.first_outcome.is_set()
