"""The daemon: strap, machine clock and controls in; store, faces and broker out; and what came before, recalled."""

import asyncio
import logging
import secrets
import signal
import socket
from contextlib import closing
from pathlib import Path

import hrvdaemon
from hrvdaemon.channel import Channel
from hrvdaemon.clock import Clock, boot_id, zone
from hrvdaemon.config import Config
from hrvdaemon.notify_socket import notify
from hrvdaemon.regulation.exercises import CATALOGUE
from hrvdaemon.regulation.explanations import state_sentence
from hrvdaemon.sinks.live import Live
from hrvdaemon.sources.clock_watch import clock_watch
from hrvdaemon.sources.controls import Controls, answer, listening
from hrvdaemon.sources.ticks import ticks
from hrvdaemon.store.history import NOTHING_PAST, Past, load_past
from hrvdaemon.store.queries import open_readonly, summaries_sent
from hrvdaemon.store.schema import open_for_writing
from hrvdaemon.store.sole_writer import sole_writer
from hrvdaemon.store.writer import Store
from hrvdaemon.supervisor.engine import Engine
from hrvdaemon.supervisor.lifetime import Put, Sink, Source, Supervisor
from hrvdaemon.supervisor.strap_sources import MakeStrap
from hrvdaemon.vocabulary.events import BaselineComputed, Event, ExerciseFinished, ExerciseStarted, PromptIssued
from hrvdaemon.vocabulary.inputs import Input, PromptAnswered, RunEnded, RunStarted, Tick
from hrvdaemon.vocabulary.steps import Step
from hrvdaemon.vocabulary.units import RunId

log = logging.getLogger(__name__)

STILL_SHOWN = (BaselineComputed, PromptIssued, PromptAnswered, ExerciseStarted, ExerciseFinished)
"""What a face shows of before this run: the stage, today's invitations and whether one waits. Not the last decision,
whose activation would stand there as if it were now."""


async def run_daemon(config: Config, clock: Clock, strap: MakeStrap) -> None:
    """Run until SIGTERM or Ctrl-C.

    Unavailable, before anything is read or fed, if nothing can be kept or another daemon has the database or the
    control socket; a missing strap or broker ends nothing.
    """
    with sole_writer(config.database), listening(config.socket) as listener:
        await _run(config, clock, strap, listener)


async def _run(config: Config, clock: Clock, strap: MakeStrap, listener: socket.socket) -> None:
    past, first_seq = _open_past(config, clock)
    live = Live(version=hrvdaemon.__version__, mono_ms=clock.mono_ms)
    live.report(store="ok", broker="off")
    supervisor = Supervisor(clock.mono_ms)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, supervisor.end, signal.Signals(number).name)
    engine, ended = _engine(past, supervisor, live)
    await supervisor.run(
        engine,
        [*ended, _started(config, clock)],
        sources=[strap(config, clock, live), *_sources(listener, clock, live)],
        sinks=_sinks(config, live, first_seq),
    )
    notify("STOPPING=1")


def _open_past(config: Config, clock: Clock) -> tuple[Past, int]:
    """Make or upgrade the database, and read what came before, and the number of the next summary."""
    is_new = not config.database.exists()
    open_for_writing(config.database, busy_timeout_ms=round(config.store.busy_timeout_s * 1000)).close()
    if is_new:
        return NOTHING_PAST, 1
    with closing(open_readonly(config.database)) as connection:
        return load_past(connection, clock.at()), summaries_sent(connection) + 1


def _engine(past: Past, supervisor: Supervisor, live: Live) -> tuple[Engine, list[Input]]:
    """The engine as it was, the picture with what still holds of it, and the end of a run that a crash cut off."""

    def told(record: Input | Event) -> None:
        if isinstance(record, STILL_SHOWN):
            live.remember(record)

    engine = Engine(supervisor.take, past.history)
    for record in () if past.history is None else past.history.records:
        told(record)
    for tail in past.tails:
        engine.recall(tail.run, tail.last_number, tail.inputs, told)
    if past.unended is None:
        return engine, []
    last = past.tails[-1].inputs
    log.warning("event=unended run=%s inputs=%s", past.unended, len(last))
    return engine, [RunEnded(mono_ms=last[-1].mono_ms, reason="cut off")] if last else []


def _started(config: Config, clock: Clock) -> RunStarted:
    return RunStarted(
        mono_ms=clock.mono_ms(),
        at=clock.at(),
        run=RunId(f"{clock.at():x}"),
        version=hrvdaemon.__version__,
        zone=zone(),
        boot_id=boot_id(),
        seed=secrets.randbits(63),
        settings=config.pipeline_settings,
    )


def _sources(listener: socket.socket, clock: Clock, live: Live) -> list[Source]:
    async def controls(put: Put) -> None:
        asked = Controls(
            status=live.status_json, subscribe=live.subscribe, put=put, mono_ms=clock.mono_ms, exercises=CATALOGUE
        )
        await answer(asked, listener)

    return [
        Source("ticks", lambda put: ticks(put, clock.mono_ms)),
        Source("clock", lambda put: clock_watch(put, clock.mono_ms, clock.at, zone)),
        Source("controls", controls),
    ]


def _sinks(config: Config, live: Live, first_seq: int) -> list[Sink]:
    store = Store(config.database, config.store, report=lambda words: _report(live, store=words))
    sinks = [Sink("store", store.run), Sink("live", live.run, limit=10_000), Sink("systemd", _tell_systemd, limit=10)]
    return [*sinks, _mqtt(config, live, first_seq)] if config.mqtt.enabled else sinks


def _report(live: Live, *, store: str | None = None, broker: str | None = None) -> None:
    live.report(store=store, broker=broker)
    log.warning("%s", store or broker)


def _mqtt(config: Config, live: Live, first_seq: int) -> Sink:
    from dataclasses import replace  # noqa: PLC0415  as below

    from hrvdaemon.sinks.mqtt import MqttSink  # noqa: PLC0415  aiomqtt and pydantic, only where a broker is wanted

    settings = replace(config.mqtt, client=config.mqtt.client or _client(config.database))
    live.report(broker="connecting")
    sink = MqttSink(
        settings,
        sentence=state_sentence,
        first_seq=first_seq,
        report=lambda words: _report(live, broker=words),
    )
    return Sink("mqtt", sink.run)


def _client(database: Path) -> str:
    """The wearer's pseudonym, drawn once and kept beside the database."""
    from hrvdaemon.sinks.mqtt import pseudonym  # noqa: PLC0415  as above

    kept = database.with_name("mqtt-client")
    if not kept.exists():
        kept.touch(mode=0o600)
        kept.write_text(pseudonym() + "\n", encoding="utf-8")
    return kept.read_text(encoding="utf-8").strip()


async def _tell_systemd(steps: Channel[Step]) -> None:
    """READY with the first step, then a sign of life as long as ticks come out of the pipeline."""
    is_ready = False
    async for step in steps:
        if not is_ready:
            notify("READY=1")
            is_ready = True
        if isinstance(step.input, Tick):
            notify("WATCHDOG=1")
