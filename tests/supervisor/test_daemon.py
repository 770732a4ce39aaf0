"""The daemon's wiring, with a strap by hand and a clock that is turned: what it stores, recalls, tells and survives."""

import asyncio
import logging
import os
import signal
import socket
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from stat import S_IMODE
from typing import Any

import pytest

from hrvdaemon import config
from hrvdaemon.channel import Channel
from hrvdaemon.clock import TurnedClock
from hrvdaemon.config import Config
from hrvdaemon.simulation.named import SCENARIOS
from hrvdaemon.simulation.strap import simulate
from hrvdaemon.sinks.live import Live
from hrvdaemon.store.journal import journal_inputs
from hrvdaemon.store.queries import Run, open_readonly, records_between, runs
from hrvdaemon.store.writer import record_sync
from hrvdaemon.supervisor import daemon
from hrvdaemon.supervisor.daemon import run_daemon
from hrvdaemon.supervisor.engine import Engine
from hrvdaemon.supervisor.lifetime import Put, Source
from hrvdaemon.supervisor.strap_sources import MakeStrap, simulated
from hrvdaemon.vocabulary.errors import DatabaseUnavailable, Unavailable
from hrvdaemon.vocabulary.events import BaselineComputed, DecisionMade, PromptIssued
from hrvdaemon.vocabulary.inputs import (
    Answer,
    Input,
    PacketReceived,
    PauseRequested,
    PromptAnswered,
    RunEnded,
    RunStarted,
    SensorConnected,
    SettingsChanged,
    Tick,
)
from hrvdaemon.vocabulary.steps import Step
from hrvdaemon.vocabulary.units import MINUTE_MS, Instant, RunId, instant

NOON = instant("2026-03-10T12:00:00Z")
REST: list[Input] = [
    given
    for given in simulate(SCENARIOS["rest"], 1, NOON, "UTC").inputs
    if isinstance(given, PacketReceived | SensorConnected)
]


@pytest.fixture
def settings(tmp_path: Path) -> Config:
    path = tmp_path / "hrvdaemon.toml"
    path.write_text('[store]\npath = "data/hrv.db"\n[control]\nsocket = "c.sock"\n[wearer]\ndaily_cap = 2\n')
    return config.load(path)


@pytest.fixture(autouse=True)
def _one_boot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HRVDAEMON_BOOT_ID", "one")
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)


def strap(inputs: list[Input], then: Callable[[], None]) -> MakeStrap:
    """Puts all that it has at once, with the clock turned to each, and then something happens."""

    def make(_: Config, clock: object, live: Live) -> Source:
        async def run(put: Put) -> None:
            assert isinstance(clock, TurnedClock)
            for given in inputs:
                clock.now_ms = max(clock.now_ms, given.mono_ms)
                put(given)
            await asyncio.sleep(0.05)
            then()
            await asyncio.sleep(60)

        return Source("strap by hand", run)

    return make


def terminate() -> None:
    signal.raise_signal(signal.SIGTERM)


def crash() -> None:
    raise RuntimeError("a bug in the strap")


def stored(settings: Config) -> list[tuple[Run, list[Input]]]:
    with closing(open_readonly(settings.database)) as connection:
        return [(run, list(journal_inputs(connection, run.started.run))) for run in runs(connection)]


def packets(inputs: list[Input]) -> list[Input]:
    return [given for given in inputs if isinstance(given, PacketReceived | SensorConnected)]


async def test_sigterm_ends_the_run_and_all_that_came_is_stored(settings: Config) -> None:
    await run_daemon(settings, TurnedClock(0, NOON), strap(REST, terminate))
    [(run, inputs)] = stored(settings)
    assert packets(inputs) == REST
    assert isinstance(inputs[-1], RunEnded)
    assert run.end_reason == "SIGTERM"
    assert run.started.settings == {"prompts.daily_cap": 2}
    assert run.started.boot_id == "one"
    assert run.started.at == NOON
    assert S_IMODE(settings.database.stat().st_mode) == 0o600


async def test_a_strap_that_crashes_loses_nothing_and_is_raised(settings: Config) -> None:
    with pytest.raises(ExceptionGroup) as raised:
        await run_daemon(settings, TurnedClock(0, NOON), strap(REST, crash))
    assert [str(error) for error in raised.value.exceptions] == ["a bug in the strap"]
    [(run, inputs)] = stored(settings)
    assert packets(inputs) == REST
    assert run.end_reason == "failed: RuntimeError"


async def test_an_input_that_ended_a_run_by_a_bug_does_not_end_the_next(settings: Config) -> None:
    poison = SettingsChanged(mono_ms=700_000, settings={"no.such": 1})
    with pytest.raises(ExceptionGroup):
        await run_daemon(settings, TurnedClock(0, NOON), strap([*REST, poison], lambda: None))
    await run_daemon(settings, TurnedClock(800_000, NOON), strap([], terminate))
    (first, inputs), (second, _) = stored(settings)
    assert poison in inputs
    assert (first.end_reason, second.end_reason) == ("failed: BadConfig", "SIGTERM")


async def test_a_run_that_was_cut_off_is_ended_before_the_next_begins(
    settings: Config, caplog: pytest.LogCaptureFixture
) -> None:
    started = RunStarted(mono_ms=0, at=NOON, run=RunId("cut"), version="1", zone="UTC", boot_id="one", seed=1)
    steps: list[Step] = []
    engine = Engine(steps.append)
    for given in (started, *REST):
        engine.feed(given)
    record_sync(settings.database, steps)
    with caplog.at_level(logging.WARNING):
        await run_daemon(settings, TurnedClock(700_000, NOON), strap([], terminate))
    (first, inputs), (second, again) = stored(settings)
    assert inputs == [started, *REST, RunEnded(mono_ms=REST[-1].mono_ms, reason="cut off")]
    assert (first.started.run, first.end_reason, second.end_reason) == ("cut", "cut off", "SIGTERM")
    assert isinstance(again[0], RunStarted)
    assert f"event=unended run=cut inputs={len(steps)}" in [record.getMessage() for record in caplog.records]


async def test_a_pause_is_recalled_by_the_next_run(settings: Config) -> None:
    """Asked for in the first run for two hours; ten minutes later the second run's minutes are still not judged."""
    paused: list[Input] = [PauseRequested(mono_ms=REST[-1].mono_ms, minutes=120)]
    await run_daemon(settings, TurnedClock(0, NOON), strap([*REST, *paused], terminate))
    later_ms = 20 * MINUTE_MS
    moved: list[Input] = [replace(given, mono_ms=given.mono_ms + later_ms) for given in REST]
    await run_daemon(settings, TurnedClock(later_ms, NOON), strap(moved, terminate))
    with closing(open_readonly(settings.database)) as connection:
        rows = records_between(connection, DecisionMade, Instant(NOON + later_ms), Instant(NOON + 10 * later_ms))
    seen = [verdict for row in rows if row.epoch is not None for verdict in row.gates if verdict.reason == "paused"]
    assert seen
    assert not any(verdict.passed for verdict in seen)


async def test_a_database_that_can_not_be_made_is_said_before_anything_starts(tmp_path: Path) -> None:
    (tmp_path / "a-file").write_text("in the way")
    path = tmp_path / "hrvdaemon.toml"
    path.write_text('[store]\npath = "a-file/hrv.db"\n[control]\nsocket = "c.sock"\n')
    began: list[str] = []
    with pytest.raises(DatabaseUnavailable, match="can not be opened"):
        await run_daemon(config.load(path), TurnedClock(0, NOON), strap(REST, lambda: began.append("strap")))
    assert began == []


async def test_systemd_is_told_when_it_is_ready_and_when_it_stops(
    settings: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(tmp_path / "notify"))
        listener.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        await run_daemon(settings, TurnedClock(0, NOON), strap(REST, terminate))
        assert listener.recv(100) == b"READY=1"
        assert listener.recv(100) == b"STOPPING=1"


async def test_systemd_is_told_nothing_before_the_first_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(tmp_path / "notify"))
        listener.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        steps: Channel[Step] = Channel()
        telling = asyncio.create_task(daemon._tell_systemd(steps))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        with pytest.raises(BlockingIOError):
            listener.recv(100)
        for number in range(2):
            steps.put(Step(run=RunId("r"), number=number, input=Tick(mono_ms=number), events=()))
        steps.close()
        await telling
        assert [listener.recv(100) for _ in range(3)] == [b"READY=1", b"WATCHDOG=1", b"WATCHDOG=1"]


async def test_a_second_daemon_is_refused_before_it_reads_or_feeds_anything(settings: Config) -> None:
    refused: list[str] = []
    elsewhere = replace(settings, socket=settings.socket.with_name("d.sock"))

    def second(_: Config, clock: object, live: Live) -> Source:
        async def run(put: Put) -> None:
            for given in REST[:50]:
                put(given)
            await asyncio.sleep(0.05)
            try:
                await run_daemon(elsewhere, TurnedClock(0, NOON), strap(REST, terminate))
            except DatabaseUnavailable as error:
                refused.append(str(error))
            else:
                raise AssertionError("two daemons recorded in one database")
            terminate()

        return Source("a second one", run)

    await run_daemon(settings, TurnedClock(0, NOON), second)
    assert [f"another hrvdaemon (process {os.getpid()})" in said for said in refused] == [True]
    [(run, inputs)] = stored(settings)
    assert run.end_reason == "SIGTERM"
    assert packets(inputs) == REST[:50]


async def test_a_socket_that_is_taken_is_said_before_anything_is_fed(settings: Config) -> None:
    settings.socket.write_text("mine")
    with pytest.raises(Unavailable, match="expected a socket or nothing"):
        await run_daemon(settings, TurnedClock(0, NOON), strap(REST, terminate))
    assert settings.socket.read_text() == "mine"
    assert not settings.database.exists()


def seen(status: list[dict[str, Any]]) -> MakeStrap:
    """Looks at the status once the run has begun, and ends it."""

    def make(_: Config, clock: object, live: Live) -> Source:
        async def run(_: Put) -> None:
            await asyncio.sleep(0.05)
            invitation = live.now().invitation
            status.append(live.status_json() | {"open": None if invitation is None else invitation.id})
            terminate()

        return Source("looks", run)

    return make


@pytest.mark.parametrize("answer", [None, Answer.LATER])
async def test_a_restart_still_shows_today(settings: Config, answer: Answer | None) -> None:
    """Ten minutes after the invitation; the whole day is in the journal's tail, none of it in history."""
    steps: list[Step] = []
    engine = Engine(steps.append)
    for given in simulate(SCENARIOS["stress_ramp"], 12, NOON, "UTC").inputs:
        events = engine.feed(given)
        if asked := [event for event in events if isinstance(event, PromptIssued)]:
            break
    if answer is not None:
        engine.feed(PromptAnswered(mono_ms=given.mono_ms, prompt=asked[0].id, answer=answer))
    record_sync(settings.database, steps)
    stage = [event for step in steps for event in step.events if isinstance(event, BaselineComputed)][-1].stage
    status: list[dict[str, Any]] = []
    await run_daemon(settings, TurnedClock(given.mono_ms + 10 * MINUTE_MS, NOON), seen(status))
    assert stage > 0
    assert (status[0]["stage"], status[0]["prompts_today"]) == (stage, 1)
    assert status[0]["open"] == (asked[0].id if answer is None else None)
    assert status[0]["activation"] is None, "of a minute long ago"


async def test_after_a_disk_that_was_full_nothing_is_numbered_twice(settings: Config) -> None:
    """Of the run that was cut off ten steps are missing; its end is stored behind the last, and not taken for known."""
    started = RunStarted(mono_ms=0, at=NOON, run=RunId("cut"), version="1", zone="UTC", boot_id="one", seed=1)
    steps: list[Step] = []
    engine = Engine(steps.append)
    for given in (started, *REST[:40]):
        engine.feed(given)
    record_sync(settings.database, [*steps[:20], *steps[30:]])
    await run_daemon(settings, TurnedClock(700_000, NOON), strap([], terminate))
    (first, inputs), _ = stored(settings)
    assert first.end_reason == "cut off"
    assert isinstance(inputs[-1], RunEnded)


def test_a_simulated_strap_keeps_to_the_clock_however_long_its_work_takes(bench: Any, settings: Config) -> None:
    """Each second's work takes 0.3 s of the loop's time: after a minute the strap is at second 60, not at 46."""

    async def work() -> float:
        loop: Any = asyncio.get_running_loop()
        seconds: list[float] = []

        class LoopClock:
            def mono_ms(self) -> int:
                return int(loop.time() * 1000)

            def at(self) -> Instant:
                return Instant(NOON + self.mono_ms())

        def put(given: Input) -> None:
            seconds.append(given.mono_ms / 1000 - loop.time())
            loop.jumping.now += 0.3

        live = Live(version="1", mono_ms=LoopClock().mono_ms)
        source = simulated("rest")(settings, LoopClock(), live)
        with suppress(TimeoutError):
            async with asyncio.timeout(60):
                await source.run(put)
        return max(abs(late) for late in seconds)

    assert bench.jumping(work()) < 3


def test_the_pseudonym_for_the_broker_is_drawn_once_and_kept_for_its_owner(tmp_path: Path) -> None:
    first = daemon._client(tmp_path / "hrv.db")
    assert first == daemon._client(tmp_path / "hrv.db") != ""
    assert S_IMODE((tmp_path / "mqtt-client").stat().st_mode) == 0o600
    assert daemon._client(tmp_path / "other.db") == first, "one wearer an instance"
