"""Beats from an integral: where it crosses a level, and what a strap makes of it, with the truth (science E.3)."""

from bisect import bisect_right
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from hrvdaemon.simulation.person import Condition, Person
from hrvdaemon.vocabulary.units import TICKS_PER_SECOND

Floats = NDArray[np.float64]

SAMPLES_PER_SECOND = 50


class BeatTruth(StrEnum):
    """What an interval really is. All but ``NORMAL`` are no NN interval."""

    NORMAL = "normal"
    PREMATURE_VENTRICULAR = "premature_ventricular"
    PREMATURE_ATRIAL = "premature_atrial"
    COMPENSATORY = "compensatory"
    """The pause behind a premature beat."""
    MISSED = "missed"
    """The strap overlooked a beat: two intervals in one."""
    EXTRA = "extra"
    """The strap saw a beat too many: one interval in two, both of this kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedBeat:
    """One interval and the truth about it. ``tick`` is when it ended, in 1/1024 s since the heart began."""

    tick: int
    rr_ticks: int
    truth: BeatTruth

    @property
    def is_nn(self) -> bool:
        """Whether this is an interval between two ordinary beats."""
        return self.truth is BeatTruth.NORMAL


class SinusNode:
    """The integrator, and what the strap makes of its beats: levels at which the next beats are seen.

    Ordinary beats are one level apart. Everything else is a pattern of levels: a ventricular premature beat comes early
    and its pause makes good for it (sum 2), an atrial one moves the rhythm (0.75 + 1.05), a missed beat is one step of
    two, an extra beat cuts a step in two (science E.3).
    """

    def __init__(self, chance: np.random.Generator, person: Person) -> None:
        self._chance = chance
        self._person = person
        self._integral = 0.0
        self._level, self._truth = 1.0, BeatTruth.NORMAL
        self._ahead: deque[tuple[float, BeatTruth]] = deque()
        self._tick = 0

    def beats(self, rate_hz: Floats, conditions: Sequence[Condition], second: int) -> list[SimulatedBeat]:
        """Beats of a block that starts at ``second``; ``rate_hz`` is (seconds, samples)."""
        within = np.cumsum(rate_hz / SAMPLES_PER_SECOND, axis=1)
        starts = self._starts(within[:, -1])
        found = self._found(starts, conditions)
        integral = (np.array(starts[:-1])[:, None] + within).ravel()
        levels = np.array([level for level, _ in found])
        ticks = second * TICKS_PER_SECOND + _crossing_ticks(levels, integral, starts[0])
        return [self._beat(tick, truth) for tick, (_, truth) in zip(ticks.tolist(), found, strict=True)]

    def _starts(self, gains: Floats) -> list[float]:
        """The integral at the start of each second, and at the end of the last."""
        starts = [self._integral]
        for gain in gains.tolist():
            starts.append(starts[-1] + gain)
        self._integral = starts[-1]
        return starts

    def _found(self, starts: list[float], conditions: Sequence[Condition]) -> list[tuple[float, BeatTruth]]:
        found = []
        while self._level < starts[-1]:
            found.append((self._level, self._truth))
            if not self._ahead:
                self._ahead.extend(self._pattern(conditions[bisect_right(starts, self._level) - 1]))
            step, self._truth = self._ahead.popleft()
            self._level += step
        return found

    def _pattern(self, condition: Condition) -> tuple[tuple[float, BeatTruth], ...]:
        """Steps to the next beats, chosen at each beat by the condition it fell in."""
        chances = (
            (BeatTruth.PREMATURE_VENTRICULAR, condition.pvc_chance + self._person.pvc_chance),
            (BeatTruth.PREMATURE_ATRIAL, condition.pac_chance + self._person.pac_chance),
            (BeatTruth.MISSED, condition.missed_chance),
            (BeatTruth.EXTRA, condition.extra_chance),
        )
        drawn = self._chance.random()
        for truth, chance in chances:
            if drawn < chance:
                return _steps(truth, self._chance.random())
            drawn -= chance
        return ((1.0, BeatTruth.NORMAL),)

    def _beat(self, tick: int, truth: BeatTruth) -> SimulatedBeat:
        beat = SimulatedBeat(tick=tick, rr_ticks=tick - self._tick, truth=truth)
        self._tick = tick
        return beat


def _steps(truth: BeatTruth, drawn: float) -> tuple[tuple[float, BeatTruth], ...]:
    """Levels from one beat to the next in each pattern; ``drawn`` is uniform in [0, 1)."""
    if truth is BeatTruth.MISSED:
        return ((2.0, truth),)
    if truth is BeatTruth.EXTRA:
        split = 0.3 + 0.4 * drawn
        return ((split, truth), (1 - split, truth))
    if truth is BeatTruth.PREMATURE_ATRIAL:
        return ((0.75, truth), (1.05, BeatTruth.COMPENSATORY))
    early = 0.65 + 0.15 * drawn
    return ((early, truth), (2 - early, BeatTruth.COMPENSATORY))


def _crossing_ticks(levels: Floats, integral: Floats, start: float) -> NDArray[np.int64]:
    """Ticks since the block began at which the integral passes each level, straight between two samples."""
    after = np.searchsorted(integral, levels, side="right")
    before = np.where(after > 0, integral[after - 1], start)
    samples = after + (levels - before) / (integral[after] - before)
    ticks = np.floor(samples * TICKS_PER_SECOND / SAMPLES_PER_SECOND).astype(np.int64)
    last_of_second = (after // SAMPLES_PER_SECOND + 1) * TICKS_PER_SECOND - 1
    return np.minimum(ticks, last_of_second)
