"""A jump of the wall clock and another zone are inputs; a clock that is steered slowly is not."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from hrvdaemon.sources.clock_watch import clock_watch
from hrvdaemon.vocabulary.inputs import ClockChanged, Input
from hrvdaemon.vocabulary.units import Instant

START_AT = 1_770_000_000_000


@dataclass
class Machine:
    """Its wall clock is ``mono`` and an offset; each look comes after ten seconds, and then something may happen."""

    mono_ms: int = 5_000
    offset_ms: int = START_AT
    zone: str = "Europe/Berlin"
    put: list[Input] = field(default_factory=list)

    async def watched(self, happenings: list[Callable[["Machine"], None] | None]) -> list[Input]:
        waiting = list(happenings)

        async def sleep(seconds: float) -> None:
            if not waiting:
                raise asyncio.CancelledError
            self.mono_ms += round(1000 * seconds)
            if (happens := waiting.pop(0)) is not None:
                happens(self)

        with pytest.raises(asyncio.CancelledError):
            await clock_watch(
                self.put.append,
                lambda: self.mono_ms,
                lambda: Instant(self.mono_ms + self.offset_ms),
                lambda: self.zone,
                sleep,
            )
        return self.put


def jump(ms: int) -> Callable[[Machine], None]:
    def happens(machine: Machine) -> None:
        machine.offset_ms += ms

    return happens


def travel(zone: str) -> Callable[[Machine], None]:
    def happens(machine: Machine) -> None:
        machine.zone = zone

    return happens


async def test_a_steady_clock_is_not_mentioned() -> None:
    assert await Machine().watched([None] * 20) == []


@pytest.mark.parametrize("ms", [3_600_000, -3_600_000, 1_001, -1_001])
async def test_a_jump_is_told_once_with_the_right_time(ms: int) -> None:
    machine = Machine()
    [told] = await machine.watched([None, jump(ms), None, None])
    assert told == ClockChanged(mono_ms=25_000, at=Instant(START_AT + 25_000 + ms), zone="Europe/Berlin")


async def test_another_zone_is_told_once_though_the_time_is_the_same() -> None:
    [told] = await Machine().watched([travel("America/Lima"), None, None])
    assert told == ClockChanged(mono_ms=15_000, at=Instant(START_AT + 15_000), zone="America/Lima")


async def test_each_jump_is_told_against_the_one_before() -> None:
    told = await Machine().watched([jump(60_000), None, jump(-60_000), None])
    assert [given.at - given.mono_ms - START_AT for given in told if isinstance(given, ClockChanged)] == [60_000, 0]


@pytest.mark.parametrize("slew_ms", [5, -5])
async def test_a_clock_that_is_steered_slowly_stays_one_clock(slew_ms: int) -> None:
    """500 ppm, the most that adjtimex gives: 5 ms in ten seconds, over half an hour less than a second."""
    assert await Machine().watched([jump(slew_ms)] * 180) == []
