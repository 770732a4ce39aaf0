"""A simulated wearer as a source: the demo's strap and, where nobody answers, the demo's person.

It turns the run's clock itself, so a demo at sixty times speed has every time right, answers included. While an
exercise is guided it lives at real speed and the simulated heart follows the pacer.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from hrvdaemon.channel import Channel
from hrvdaemon.clock import TurnedClock
from hrvdaemon.simulation.episodes import EpisodeKind
from hrvdaemon.simulation.person import Pace
from hrvdaemon.simulation.strap import Wearer
from hrvdaemon.vocabulary.events import ExerciseFinished, ExerciseStarted, PromptIssued
from hrvdaemon.vocabulary.inputs import Answer, Input, PromptAnswered, Tick
from hrvdaemon.vocabulary.steps import Step
from hrvdaemon.vocabulary.units import SECOND_MS, PromptId

Put = Callable[[Input], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pacing:
    """How fast simulated time passes."""

    speed: float = 60.0
    """Simulated seconds a second, but for the exercise itself."""
    earlier_s: int = 3 * 3600
    """Lived at full speed first."""
    answer_after_s: float = 8.0
    """The simulated person answers an invitation after so many seconds of the wall, if nobody did."""


@dataclass(slots=True)
class SimulatedWearer:
    """``live`` puts inputs; ``watch`` tells it what the daemon concluded, and sets ``first_outcome`` with the first."""

    wearer: Wearer
    clock: TurnedClock
    pacing: Pacing
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    first_outcome: asyncio.Event = field(default_factory=asyncio.Event)
    _open: tuple[PromptId, float] | None = None
    _guided_until_ms: int = 0
    _pace: Pace | None = None

    async def live(self, put: Put) -> None:
        """Live until the scenario is over."""
        while self.wearer.second < self.wearer.scenario.duration_s:
            self._second(put)
            await self._pause()
            self._answer(put)

    async def watch(self, steps: Channel[Step]) -> None:
        """Take in what the daemon says."""
        async for step in steps:
            for event in step.events:
                self._hear(event)

    def _second(self, put: Put) -> None:
        guided = self.clock.now_ms < self._guided_until_ms
        inputs, _ = self.wearer.live(1, self._pace if guided else None)
        for given in inputs:
            put(given)
        latest_ms = max((given.mono_ms for given in inputs), default=0)  # a notification arrives a little late
        self.clock.now_ms = max(self.wearer.second * SECOND_MS, latest_ms, self.clock.now_ms)
        put(Tick(mono_ms=self.clock.now_ms))

    async def _pause(self) -> None:
        """Let the wall's time pass; at real speed the clock turns in quarters, so that a pacer moves smoothly."""
        if self._pause_s() < 1:
            await self.sleep(self._pause_s())
            return
        for _ in range(4):
            await self.sleep(0.25)
            self.clock.now_ms += SECOND_MS // 4

    def _pause_s(self) -> float:
        if self.wearer.second < self.pacing.earlier_s:
            return 0.0
        return 1.0 if self.clock.now_ms < self._guided_until_ms else 1 / self.pacing.speed

    def _hear(self, event: object) -> None:
        match event:
            case PromptIssued():
                self._open = (event.id, self.pacing.answer_after_s)
            case ExerciseStarted():
                self._open = None
                self._guided_until_ms = event.mono_ms + round(event.duration_s * SECOND_MS)
                self._pace = Pace()
                fading = self.wearer.scenario.without_rest_of(EpisodeKind.STRESS, self.wearer.second)
                self.wearer.scenario = fading
            case ExerciseFinished():
                self.first_outcome.set()
            case _:
                return

    def _answer(self, put: Put) -> None:
        """Say yes once the time to think is over, measured in the wall's seconds."""
        if self._open is None:
            return
        prompt, left_s = self._open
        left_s -= self._pause_s()
        self._open = (prompt, left_s)
        if left_s <= 0:
            self._open = None
            put(PromptAnswered(mono_ms=self.clock.now_ms, prompt=prompt, answer=Answer.START))
