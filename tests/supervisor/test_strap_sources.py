"""What the strap does is said in the same words on every face; suspend and BlueZ reach the strap; each wearer apart."""

import asyncio
import socket
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from bleak.exc import BleakDBusError

from hrvdaemon import config
from hrvdaemon.cli.status import one_line
from hrvdaemon.clock import TurnedClock
from hrvdaemon.sinks.live import Live
from hrvdaemon.sources.bluez import Change
from hrvdaemon.sources.link_state import LINK_WORDS, LinkState
from hrvdaemon.sources.radio import Radio
from hrvdaemon.sources.strap_memory import KnownStrap
from hrvdaemon.sources.strap_reading import StrapDetails
from hrvdaemon.supervisor.strap_sources import (
    _Judge,
    bluetooth_by,
    heard,
    memory_of,
    tell_details,
    tell_link,
    woke,
)
from hrvdaemon.terminal.plain import Narrator
from hrvdaemon.terminal.screens import strap as on_screen
from hrvdaemon.vocabulary.inputs import Input, PacketReceived, RunStarted, SensorConnected, SensorLost, Tick
from hrvdaemon.vocabulary.steps import Step
from hrvdaemon.vocabulary.units import RunId, SensorId, instant

NOON = instant("2026-03-10T12:00:00Z")
H10 = SensorId("C4:11:22:33:44:55")


@pytest.fixture
def live() -> Live:
    return Live(version="1", mono_ms=lambda: 0)


def feed(live: Live, *inputs: Input) -> None:
    for number, given in enumerate(inputs):
        live.feed(Step(run=RunId("r"), number=number, input=given, events=()))


@pytest.mark.parametrize("state", [state for state in LinkState if state is not LinkState.STREAMING])
def test_a_state_is_told_in_the_same_words_everywhere(
    live: Live, state: LinkState, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        tell_link(live, state)
        told_systemd = systemd.recv(1000).decode()
    words, told, now = LINK_WORDS[state], live.status_json(), live.now()
    assert told["sensor"]["link"] == str(words)
    assert (told["sensor"]["link_state"], told["sensor"]["next_step"]) == (state.value, words.next_step)
    assert str(words) in one_line(told)
    assert on_screen(now) == str(words)
    assert str(words) in Narrator().more(now, why=False)
    assert told_systemd == f"STATUS={words}"


def test_a_strap_that_streams_is_called_connected(live: Live) -> None:
    feed(live, SensorConnected(mono_ms=1, sensor=H10, name="Polar H10"))
    tell_link(live, LinkState.STREAMING)
    assert live.status_json()["sensor"]["link_state"] == "streaming"
    assert "Polar H10 connected" in one_line(live.status_json())


def test_what_the_source_says_is_not_overruled_by_its_older_inputs(live: Live) -> None:
    """They lie in a queue when the state is told."""
    tell_link(live, LinkState.SEARCHING)
    feed(
        live,
        SensorConnected(mono_ms=1, sensor=H10, name="Polar H10"),
        SensorLost(mono_ms=2, sensor=H10, reason="link lost"),
    )
    assert live.now().link == str(LINK_WORDS[LinkState.SEARCHING])


def test_another_strap_brings_neither_the_battery_nor_the_model_of_the_last(live: Live) -> None:
    tell_details(live, StrapDetails(rssi_dbm=-60, manufacturer="Polar Electro Oy", model="H10", firmware="5.0.0"))
    feed(live, SensorConnected(mono_ms=1, sensor=H10, name="Polar H10"))
    feed(live, SensorConnected(mono_ms=2, sensor=SensorId("b"), name="TICKR"))
    assert live.status_json()["sensor"]["model"] is None


@pytest.mark.parametrize(
    ("details", "model"),
    [
        (StrapDetails(), None),
        (StrapDetails(manufacturer="Polar Electro Oy", model="H10"), "Polar Electro Oy H10"),
        (StrapDetails(model="H10", firmware="5.0.0"), "H10, firmware 5.0.0"),
        (StrapDetails(firmware="5.0.0"), "firmware 5.0.0"),
    ],
)
def test_what_a_strap_is_stands_in_the_status(live: Live, details: StrapDetails, model: str | None) -> None:
    tell_details(live, replace(details, rssi_dbm=-61))
    sensor = live.status_json()["sensor"]
    assert (sensor["model"], sensor["rssi_dbm"]) == (model, -61)


class Told:
    """A strap that notes what it is told."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def end_link(self, reason: str) -> None:
        self.calls.append(reason)

    def try_now(self) -> None:
        self.calls.append("try now")


@pytest.mark.parametrize(
    ("happens", "calls"),
    [
        (woke, ["the computer slept", "try now"]),
        (lambda strap: heard(strap, Change.GONE), ["Bluetooth service ended"]),
        (lambda strap: heard(strap, Change.BACK), ["try now"]),
    ],
)
def test_what_happens_around_the_strap_reaches_it(happens: Callable[[Any], None], calls: list[str]) -> None:
    strap = Told()
    happens(strap)
    assert strap.calls == calls


def test_two_wearers_in_one_folder_remember_their_own_strap(tmp_path: Path) -> None:
    memory_of(tmp_path / "one.db").keep(KnownStrap(address="C4:11", name=""))
    memory_of(tmp_path / "two.db").keep(KnownStrap(address="C4:22", name=""))
    assert [memory_of(tmp_path / f"{name}.db").known for name in ("one", "two", "three")] == [
        KnownStrap(address="C4:11", name=""),
        KnownStrap(address="C4:22", name=""),
        None,
    ]


class NoScan:
    """A scanner where Bluetooth is switched off."""

    def __init__(self, *_: Any, **__: Any) -> None: ...

    async def start(self) -> None:
        raise BleakDBusError("org.bluez.Error.NotReady", ["Resource Not Ready"])

    async def stop(self) -> None: ...


def test_a_fault_of_the_radio_is_seen_in_the_status_and_the_source_ends_when_cancelled(
    bench: Any, live: Live, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path / 'none'}")
    (tmp_path / "hrvdaemon.toml").write_text('[store]\npath = "hrv.db"\n')
    settings = config.load(tmp_path / "hrvdaemon.toml")
    client: Any = None

    async def work() -> float:
        source = bluetooth_by(Radio(scanner=NoScan, client=client), settings, TurnedClock(0, NOON), live)
        work: Coroutine[Any, Any, None] = source.run(print)  # type: ignore[assignment]  # a source's is one
        task = asyncio.create_task(work, name=source.name)
        await asyncio.sleep(30)
        task.cancel()
        await asyncio.wait({task})
        assert task.cancelled()
        return 0.0

    bench.jumping(work())
    assert live.status_json()["sensor"]["link_state"] == "bluetooth_off"
    assert "Bluetooth is switched off" in one_line(live.status_json())


def test_a_simulated_straps_packets_are_judged_like_a_real_ones(live: Live) -> None:
    judge = _Judge(live, 0)
    assert live.now().link_state == "streaming"
    judge.take(Tick(mono_ms=1))
    states = []
    for second in range(1, 40):
        data = b"\x10\x3c\x00\x04" if second < 10 or second > 35 else b"\x10\x00"
        judge.take(PacketReceived(mono_ms=second * 1000, sensor=H10, data=data))
        states.append(live.now().link_state)
    assert [state for state, before in zip(states, [None, *states], strict=False) if state != before] == [
        "streaming",
        "off_skin",
        "streaming",
    ]


def test_a_warning_about_the_strap_is_seen_until_another_one_is_used(live: Live) -> None:
    from hrvdaemon.vocabulary.epochs import Quality
    from hrvdaemon.vocabulary.events import SignalQualityChanged

    started = RunStarted(mono_ms=0, at=NOON, run=RunId("r"), version="1", zone="UTC", boot_id="b", seed=1)
    feed(live, started, SensorConnected(mono_ms=1, sensor=H10, name="WHOOP"))
    for why in ("this strap sends milliseconds", ""):
        event = SignalQualityChanged(mono_ms=2, at=NOON, quality=Quality.GOOD, why=why)
        live.feed(Step(run=RunId("r"), number=2, input=Tick(mono_ms=2), events=(event,)))
    assert live.status_json()["sensor"]["warning"] == "this strap sends milliseconds"
    assert "strap: this strap sends milliseconds" in one_line(live.status_json())
    feed(live, SensorConnected(mono_ms=3, sensor=H10, name="WHOOP"))
    assert live.status_json()["sensor"]["warning"] == "this strap sends milliseconds"
    feed(live, SensorConnected(mono_ms=4, sensor=SensorId("b"), name="Polar H10"))
    assert live.status_json()["sensor"]["warning"] is None
