"""A daemon by hand behind a real control socket, for the commands that speak to one; and a scripted air with straps."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import pytest_asyncio
from bleak.exc import BleakDBusError, BleakError

from hrvdaemon.sinks.live import Live
from hrvdaemon.sources.controls import Controls, serve
from hrvdaemon.sources.radio import Radio
from hrvdaemon.vocabulary import events, inputs
from hrvdaemon.vocabulary.inputs import Input, RunStarted, Tick
from hrvdaemon.vocabulary.steps import Step
from hrvdaemon.vocabulary.units import Instant, RunId, SessionId, instant
from tests.jumping_loop import JumpingLoop

BEGIN = instant("2026-11-22T14:00:00Z")
SESSION = SessionId("s1")


class HandmadeDaemon:
    """Folds what it is asked at once; ``begins`` says whether a requested exercise does."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.asked: list[Input] = []
        self.begins = True
        self._mono_ms = 0
        self._count = 0
        self.live = Live(version="0.1.0", mono_ms=lambda: self._mono_ms)
        self._serving: asyncio.Task[None] | None = None

    async def start(self) -> None:
        controls = Controls(
            status=self.live.status_json,
            subscribe=self.live.subscribe,
            put=self._put,
            mono_ms=lambda: self._mono_ms,
            exercises=("paced_6",),
        )
        self._serving = asyncio.create_task(serve(controls, self.path))
        async with asyncio.timeout(10):
            while not self.path.exists():  # noqa: ASYNC110  a file has no event
                await asyncio.sleep(0.01)

    async def stop(self) -> None:
        if self._serving is not None:
            self._serving.cancel()
            with suppress(asyncio.CancelledError):
                await self._serving

    def step(self, given: Input, *concluded: events.Event) -> None:
        self._count += 1
        self._mono_ms = max(self._mono_ms, given.mono_ms)
        self.live.feed(Step(run=RunId("r"), number=self._count, input=given, events=concluded))

    def finish(self) -> None:
        """The exercise's outcome is known."""
        self._mono_ms += 300_000
        outcome = events.Outcome(
            completed=True,
            before=None,
            after=None,
            delta_hr_bpm=-4.2,
            delta_ln_rmssd=0.2,
            smallest_detectable=0.5,
            is_clear=False,
            swing_bpm=None,
            tension_before=None,
            tension_after=None,
        )
        at = Instant(BEGIN + self._mono_ms)
        finished = events.ExerciseFinished(
            mono_ms=self._mono_ms,
            at=at,
            session=SESSION,
            exercise="paced_6",
            prompt=None,
            started_at=BEGIN,
            ended_at=at,
            outcome=outcome,
        )
        self.step(Tick(mono_ms=self._mono_ms), finished)

    def _put(self, asked: Input) -> None:
        self.asked.append(asked)
        self.step(asked, *(self._begun() if isinstance(asked, inputs.ExerciseRequested) and self.begins else ()))

    def _begun(self) -> tuple[Any, ...]:
        at = Instant(BEGIN + self._mono_ms)
        started = events.ExerciseStarted(
            mono_ms=self._mono_ms, at=at, session=SESSION, exercise="paced_6", prompt=None, duration_s=120.0
        )
        phase = events.PhaseStarted(
            mono_ms=self._mono_ms, at=at, session=SESSION, text="Breathe in gently", breath="in", duration_s=4.0
        )
        return started, phase


@pytest_asyncio.fixture
async def daemon(tmp_path: Path) -> AsyncIterator[HandmadeDaemon]:
    daemon = HandmadeDaemon(tmp_path / "c.sock")
    daemon.step(RunStarted(mono_ms=1, at=BEGIN, run=RunId("r"), version="1", zone="UTC", boot_id="b", seed=1))
    await daemon.start()
    yield daemon
    await daemon.stop()


@pytest.fixture
def config_for(tmp_path: Path) -> Callable[[Path], Path]:
    """A config that names this control socket."""

    def written(socket: Path) -> Path:
        path = tmp_path / "hrvdaemon.toml"
        path.write_text(f'[control]\nsocket = "{socket}"\n')
        return path

    return written


H10, TICKR, BAND = "C4:11:22:33:44:55", "C4:11:22:33:44:66", "C4:11:22:33:44:77"
WITH_RR, WITHOUT_RR, OFF_SKIN = "103c0004", "003c", "0400"
"""Flags, heart rate 60, and in the first 1024/1024 s; the last has contact bits that say none, and no rate."""


@dataclass(eq=False)
class AirStrap:
    """``sends`` are the bytes of its packets, all sent at once to who subscribes; ``fault`` is raised on connecting."""

    address: str
    name: str | None
    rssi: int = -58
    sends: list[str] = field(default_factory=lambda: [WITH_RR])
    battery: bytes | None = b"\x57"
    fault: Exception | None = None


@dataclass
class Air:
    """What a computer hears, called as bleak's classes are. ``calls`` are in order; a client beside a scan fails."""

    straps: list[AirStrap] = field(default_factory=list)
    held: list[AirStrap] = field(default_factory=list)
    scan_faults: list[Exception | None] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    n_scans: int = 0

    def radio(self) -> Radio:
        async def links(_bluez: Any) -> list[AirStrap]:
            return self.held

        return Radio(
            scanner=lambda callback, _uuids, *, bluez: AirScanner(self, callback, bluez),
            client=lambda strap, _callback, *, timeout, bluez: AirClient(self, strap),
            links=links,
        )

    @property
    def visited(self) -> list[str]:
        return [call.removeprefix("connect ") for call in self.calls if call.startswith("connect ")]


class AirScanner:
    def __init__(self, air: Air, callback: Callable[..., None], bluez: Any) -> None:
        self.air, self.callback, self.is_scanning = air, callback, False
        air.calls.append(f"scan {bluez.get('adapter', 'any')}")

    async def start(self) -> None:
        fault = self.air.scan_faults.pop(0) if self.air.scan_faults else None
        if fault is not None:
            raise fault
        self.air.n_scans += 1
        self.is_scanning = True
        for strap in self.air.straps:
            self.callback(strap, SimpleNamespace(local_name=strap.name, rssi=strap.rssi))

    async def stop(self) -> None:
        self.air.n_scans -= self.is_scanning
        self.is_scanning = False


class AirClient:
    def __init__(self, air: Air, strap: AirStrap) -> None:
        self.air, self.strap = air, strap

    async def connect(self) -> None:
        assert self.air.n_scans == 0, "a connection beside a scan fails (bluez#569)"
        self.air.calls.append(f"connect {self.strap.address}")
        if self.strap.fault is not None:
            raise self.strap.fault

    async def start_notify(self, _characteristic: str, callback: Callable[[Any, bytearray], None]) -> None:
        for packet in self.strap.sends:
            callback(None, bytearray.fromhex(packet))

    async def read_gatt_char(self, _characteristic: str) -> bytearray:
        if self.strap.battery is None:
            raise BleakError("no such characteristic")
        return bytearray(self.strap.battery)

    async def disconnect(self) -> None:
        self.air.calls.append(f"disconnect {self.strap.address}")


@pytest.fixture
def air() -> Air:
    """A computer that hears one strap."""
    return Air(straps=[AirStrap(H10, "Polar H10 5C2E1F2B")])


@pytest.fixture
def air_strap() -> type[AirStrap]:
    return AirStrap


@pytest.fixture
def jumping() -> Callable[[Any], Any]:
    """Run a coroutine on a clock that jumps; its result."""

    def run(work: Any) -> Any:
        with asyncio.Runner(loop_factory=JumpingLoop) as runner:
            return runner.run(work)

    return run


@pytest.fixture
def off() -> Exception:
    """What BlueZ says while Bluetooth is switched off."""
    return BleakDBusError("org.bluez.Error.NotReady", ["Resource Not Ready"])
