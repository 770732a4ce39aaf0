"""The daemon as it runs: a simulated strap, a real Mosquitto, a real SQLite file, ended by SIGTERM."""

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any, get_args

import aiomqtt
import pytest

from hrvdaemon.clock import Clock, TurnedClock
from hrvdaemon.config import Config, load
from hrvdaemon.pipeline import Pipeline
from hrvdaemon.simulation.named import SCENARIOS
from hrvdaemon.simulation.strap import StrapManner, Wearer
from hrvdaemon.sinks.live import Live
from hrvdaemon.sources.simulated import Pacing, SimulatedWearer
from hrvdaemon.store.beats import beats_between
from hrvdaemon.store.journal import journal_inputs
from hrvdaemon.store.ledger_queries import decisions_between
from hrvdaemon.store.queries import last_run, open_readonly, records_between, runs
from hrvdaemon.store.rows import TABLES
from hrvdaemon.supervisor.daemon import run_daemon
from hrvdaemon.supervisor.lifetime import Put, Source
from hrvdaemon.vocabulary import events as ev
from hrvdaemon.vocabulary.events import Event
from hrvdaemon.vocabulary.inputs import Answer, PromptAnswered
from hrvdaemon.vocabulary.units import Instant, instant

ALWAYS = Instant(0), Instant(2**53)
AFTERNOON = instant("2026-03-10T12:00:00Z")

StartMosquitto = Callable[..., Awaitable[Any]]


def config(folder: Path, port: int | None = None) -> Config:
    mqtt = "" if port is None else f'[mqtt]\nenabled = true\nhost = "127.0.0.1"\nport = {port}\nclient = "k7f2"\n'
    path = folder / "hrvdaemon.toml"
    path.write_text(f'[store]\npath = "{folder / "h.db"}"\n[control]\nsocket = "{folder / "s"}"\n{mqtt}')
    return load(path)


@asynccontextmanager
async def listening(port: int) -> AsyncIterator[list[aiomqtt.Message]]:
    """Everything a practitioner's client would see, from before the daemon starts until after it has ended."""
    got: list[aiomqtt.Message] = []
    async with aiomqtt.Client("127.0.0.1", port, protocol=aiomqtt.ProtocolVersion.V5) as client:
        await client.subscribe("hrvd/#", qos=1)

        async def collect() -> None:
            async for message in client.messages:
                got.append(message)  # noqa: PERF401  read while it grows

        collecting = asyncio.create_task(collect())
        yield got
        await asyncio.sleep(1)
        collecting.cancel()


def hurried(clock: TurnedClock, live_for_s: int) -> Callable[[Config, Clock, Live], Source]:
    """A wearer who lives the stress ramp as fast as the machine allows, answers, and then ends the daemon."""
    wearer = Wearer(SCENARIOS["stress_ramp"], 12, manner=StrapManner(), start_mono_ms=0)

    async def no_time(_: float) -> None:
        await asyncio.sleep(0)

    simulated = SimulatedWearer(wearer, clock, Pacing(earlier_s=0, speed=60, answer_after_s=0.2), no_time)

    def make(_config: Config, _clock: Clock, live: Live) -> Source:
        async def live_and_end(put: Put) -> None:
            with live.subscribe() as heard:
                living = asyncio.create_task(simulated.live(put))
                async for record in heard:
                    if isinstance(record, ev.PromptIssued):
                        put(PromptAnswered(mono_ms=clock.mono_ms(), prompt=record.id, answer=Answer.START))
                    if clock.now_ms >= live_for_s * 1000:
                        break
                living.cancel()
            os.kill(os.getpid(), signal.SIGTERM)
            await asyncio.sleep(3600)

        return Source("hurried wearer", live_and_end)

    return make


def stored(path: Path) -> dict[type, list[Event]]:
    """Every event that has a table, by class, in the order it came."""
    with closing(open_readonly(path)) as connection:
        classes = [cls for cls in TABLES if cls in get_args(ev.Event)]
        rows: dict[type, list[Event]] = {cls: records_between(connection, cls, *ALWAYS) for cls in classes}
        return rows | {ev.DecisionMade: list[Event](decisions_between(connection, *ALWAYS))}


def replayed(path: Path) -> list[Event]:
    """The journal of the last run through a new pipeline."""
    with closing(open_readonly(path)) as connection:
        run = last_run(connection)
        assert run is not None
        pipeline = Pipeline()
        return [event for given in journal_inputs(connection, run.started.run) for event in pipeline.feed(given)]


async def test_sigterm_leaves_everything_stored_and_the_journal_replays_to_the_same_events(
    start_mosquitto: StartMosquitto, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    mosquitto = await start_mosquitto()
    clock, settings = TurnedClock(0, AFTERNOON), config(tmp_path, mosquitto.port)
    async with listening(mosquitto.port) as messages:
        await run_daemon(settings, clock, hurried(clock, live_for_s=SCENARIOS["stress_ramp"].duration_s - 60))

    kept, again = stored(settings.database), replayed(settings.database)
    for cls, records in kept.items():
        assert records == [event for event in again if type(event) is cls], cls.__name__
    assert len(kept[ev.PromptIssued]) == 1
    assert len(kept[ev.ExerciseFinished]) == 1
    assert len(kept[ev.DecisionMade]) > 200
    classified = [event for event in again if isinstance(event, ev.BeatsClassified)]
    with closing(open_readonly(settings.database)) as connection:
        beats = beats_between(connection, *ALWAYS)
        (run,) = runs(connection)
    assert beats.rr_ticks.tolist() == [ticks for event in classified for ticks in event.rr_ticks]
    assert run.end_reason == "SIGTERM"

    by_topic: dict[str, list[Any]] = {}
    for message in messages:
        assert isinstance(message.payload, bytes)
        by_topic.setdefault(str(message.topic).removeprefix("hrvd/v1/home/k7f2/"), []).append(message.payload)
    windows = [json.loads(payload) for payload in by_topic["summary/window"]]
    assert [window["id"] for window in windows] == [
        f"{run.started.run}-window-{summary.number}"
        for summary in kept[ev.WindowSummarised]
        if isinstance(summary, ev.WindowSummarised)
    ]
    (session,) = [json.loads(payload) for payload in by_topic["summary/session"]]
    assert sorted([window["seq"] for window in windows] + [session["seq"]]) == list(range(1, len(windows) + 2))
    assert by_topic["status"] == [b"online", b"offline"]
    assert all(json.loads(payload)["schema"] == "hrvd.state/1" for payload in by_topic["state"])
    assert not any(b"rr_ticks" in payload for payloads in by_topic.values() for payload in payloads)


async def test_a_broker_that_is_away_never_stops_recording(
    start_mosquitto: StartMosquitto, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    mosquitto = await start_mosquitto()
    mosquitto.stop(kill=True)
    clock, settings = TurnedClock(0, AFTERNOON), config(tmp_path, mosquitto.port)
    await run_daemon(settings, clock, hurried(clock, live_for_s=900))
    assert len(stored(settings.database)[ev.EpochClosed]) >= 14


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """``daemon()``: a real process in real time with a simulated strap, once it answers at its socket."""
    started: list[subprocess.Popen[bytes]] = []
    config(tmp_path)

    def start() -> subprocess.Popen[bytes]:
        command = [
            sys.executable,
            "-m",
            "hrvdaemon",
            "run",
            "--simulated",
            "rest",
            "--config",
            str(tmp_path / "hrvdaemon.toml"),
        ]
        with (tmp_path / "log").open("ab") as log:
            started.append(subprocess.Popen(command, stderr=log, stdout=log))
        for _ in range(200):
            if (tmp_path / "s").exists():
                return started[-1]
            time.sleep(0.05)
        pytest.fail((tmp_path / "log").read_text())

    yield start
    for process in started:
        process.kill()
        process.wait(10)


def rows(path: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def test_the_process_ends_0_on_sigterm_and_a_killed_run_is_closed_by_the_next(
    daemon: Callable[[], subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    killed = daemon()
    time.sleep(3)
    killed.kill()
    killed.wait(10)
    (tmp_path / "s").unlink(missing_ok=True)
    ended = daemon()
    time.sleep(4)
    ended.send_signal(signal.SIGTERM)
    assert ended.wait(20) == 0
    database = tmp_path / "simulated.db"
    assert not (tmp_path / "h.db").exists()
    assert rows(database, "SELECT end_reason FROM run ORDER BY started_at_ms") == [("cut off",), ("SIGTERM",)]
    assert rows(database, "PRAGMA quick_check") == [("ok",)]
    assert rows(database, "SELECT count(*) > 0 FROM beat_block") == [(1,)]
    assert "Traceback" not in (tmp_path / "log").read_text()
