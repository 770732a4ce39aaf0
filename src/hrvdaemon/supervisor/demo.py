"""The demo: a simulated wearer's afternoon through the whole daemon. No hardware; nothing is measured from anybody."""

import asyncio
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from json import dumps
from pathlib import Path

import hrvdaemon
from hrvdaemon.channel import Channel
from hrvdaemon.clock import TurnedClock
from hrvdaemon.regulation.explanations import outcome_sentences
from hrvdaemon.simulation.episodes import Episode, EpisodeKind
from hrvdaemon.simulation.named import LEAD_IN_S, after_lead_in
from hrvdaemon.simulation.strap import StrapManner, Wearer
from hrvdaemon.sinks.live import Live
from hrvdaemon.sources.simulated import Pacing, SimulatedWearer
from hrvdaemon.store.writer import Store, StoreSettings
from hrvdaemon.supervisor.engine import Engine
from hrvdaemon.supervisor.lifetime import Put, Sink, Source, Supervisor
from hrvdaemon.terminal.keys import Key, asked_by
from hrvdaemon.vocabulary.codec import to_json
from hrvdaemon.vocabulary.events import ExerciseFinished
from hrvdaemon.vocabulary.inputs import RunStarted
from hrvdaemon.vocabulary.steps import Step
from hrvdaemon.vocabulary.units import Instant, RunId

End = Callable[[str], None]

SEED = 12
AFTERNOON_MIN = 70
WORD = "A simulated wearer; nothing here is measured from you."


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the demo is to show. ``duration_s`` None: until the afternoon is over, or headless the first outcome."""

    speed: float
    duration_s: float | None
    headless: bool
    json: bool
    plain: bool
    database: Path
    start_at: Instant
    zone: str

    @property
    def has_screen(self) -> bool:
        """Whether somebody looks."""
        return not (self.headless or self.json)


async def run_demo(wanted: Wanted) -> Live:
    """Live the afternoon; the last picture is returned."""
    clock = TurnedClock(0, wanted.start_at)
    live = Live(version=hrvdaemon.__version__, mono_ms=clock.mono_ms)
    live.report(store="ok", broker="off")
    simulated, supervisor = _simulated(wanted, clock), Supervisor(clock.mono_ms)
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, supervisor.end, "interrupted")
    await supervisor.run(
        Engine(supervisor.take),
        [_started(wanted)],
        sources=_sources(wanted, simulated, live, supervisor.end),
        sinks=_sinks(wanted, simulated, live),
    )
    return live


def _simulated(wanted: Wanted, clock: TurnedClock) -> SimulatedWearer:
    stress = Episode(kind=EpisodeKind.STRESS, start_s=5 * 60, duration_s=30 * 60, hr_bpm=14, onset_s=120)
    scenario = after_lead_in("demo", stress, minutes=AFTERNOON_MIN)
    wearer = Wearer(scenario, SEED, manner=StrapManner(), start_mono_ms=0)
    answers_after = Pacing().answer_after_s if wanted.has_screen else 0.5
    return SimulatedWearer(wearer, clock, Pacing(speed=wanted.speed, earlier_s=LEAD_IN_S, answer_after_s=answers_after))


def _started(wanted: Wanted) -> RunStarted:
    return RunStarted(
        mono_ms=0,
        at=wanted.start_at,
        run=RunId("demo"),
        version=hrvdaemon.__version__,
        zone=wanted.zone,
        boot_id="demo",
        seed=SEED,
    )


def _sources(wanted: Wanted, simulated: SimulatedWearer, live: Live, end: End) -> list[Source]:
    """The wearer, the terminal, and what ends the demo."""

    async def afternoon(put: Put) -> None:
        await simulated.live(put)
        end("the afternoon is over")

    async def time_asked_for(_: Put) -> None:
        await asyncio.sleep(wanted.duration_s or 0)
        end("the time asked for is over")

    async def first_outcome(_: Put) -> None:
        await simulated.first_outcome.wait()
        end("the first outcome is known")

    async def terminal(put: Put) -> None:
        await _terminal(wanted, live, put)
        end("closed")

    sources = [Source("simulated wearer", afternoon)]
    if wanted.has_screen:
        sources.append(Source("terminal", terminal))
    if wanted.duration_s is not None:
        sources.append(Source("time asked for", time_asked_for))
    elif not wanted.has_screen:
        sources.append(Source("first outcome", first_outcome))
    return sources


async def _terminal(wanted: Wanted, live: Live, put: Put) -> None:
    from rich.console import Console  # noqa: PLC0415  only where there is a screen

    from hrvdaemon.terminal.view import show  # noqa: PLC0415  as above

    async def act(key: Key) -> None:
        if (asked := asked_by(key, live.now())) is not None:
            put(asked)

    await show(live.now, act=act, console=Console(highlight=False), plain=wanted.plain, until=asyncio.Event())


def _sinks(wanted: Wanted, simulated: SimulatedWearer, live: Live) -> list[Sink]:
    store = Store(wanted.database, StoreSettings(), report=lambda line: live.report(store=line))
    sinks = [
        Sink("store", store.run),
        Sink("live", live.run, limit=100_000),
        Sink("simulated wearer", simulated.watch),
    ]
    if wanted.json:
        sinks.append(Sink("json", _print_events))
    elif wanted.headless:
        sinks.append(Sink("words", _print_outcomes))
    return sinks


async def _print_events(steps: Channel[Step]) -> None:
    async for step in steps:
        for event in step.events:
            print(dumps(to_json(event), ensure_ascii=False))
    sys.stdout.flush()


async def _print_outcomes(steps: Channel[Step]) -> None:
    async for step in steps:
        for event in step.events:
            if isinstance(event, ExerciseFinished):
                print(" ".join(outcome_sentences(event.outcome)), flush=True)
