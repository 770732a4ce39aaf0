"""Whoever watches gets the present picture first, loses the oldest when slow, and never holds the run."""

import asyncio
import json
from typing import Any

import pytest

from hrvdaemon.channel import Channel
from hrvdaemon.sinks.live import WATCHER_LIMIT, Live
from hrvdaemon.sinks.now import Now, fold
from hrvdaemon.vocabulary import events, inputs
from hrvdaemon.vocabulary.epochs import Quality
from hrvdaemon.vocabulary.inputs import Tick
from hrvdaemon.vocabulary.steps import Step
from hrvdaemon.vocabulary.units import SensorId, instant

BEGIN = instant("2026-11-22T14:00:00Z")


@pytest.fixture
def live() -> Live:
    return Live(version="0.1.0", mono_ms=lambda: 0)


@pytest.fixture
def update(window: Any) -> Any:
    def made(mono_ms: int) -> Any:
        metrics = window(rmssd_ms=31.44)
        return events.HrvUpdated(mono_ms=mono_ms, at=BEGIN, hr_bpm=64.26, minute=metrics, five_minutes=metrics)

    return made


async def drained(channel: Channel[Any]) -> list[Any]:
    channel.close()
    return [record async for record in channel]


async def test_a_late_watcher_folds_the_same_picture(live: Live, steps: Any, update: Any) -> None:
    live.feed(steps.begin())
    live.feed(steps.step(inputs.SensorConnected(mono_ms=1, sensor=SensorId("a"), name="Polar H10")))
    for n in range(300):
        live.feed(steps.step(Tick(mono_ms=5_000 * n), update(5_000 * n)))
    with live.subscribe() as channel:
        records = await drained(channel)
    now = Now()
    for record in records:
        now = fold(now, record)
    assert now == live.now()
    assert len(records) < 130


async def test_a_watcher_hears_what_comes_in_order(live: Live, steps: Any, update: Any) -> None:
    with live.subscribe() as channel:
        live.feed(steps.begin())
        live.feed(steps.step(Tick(mono_ms=5_000), update(5_000)))
        heard = await drained(channel)
    assert [type(record).__name__ for record in heard] == ["Tick", "RunStarted", "Tick", "HrvUpdated"]


async def test_bytes_of_the_radio_are_not_handed_on(live: Live, steps: Any) -> None:
    with live.subscribe() as channel:
        live.feed(steps.step(inputs.PacketReceived(mono_ms=1, sensor=SensorId("a"), data=b"\x10\x40\x00\x03")))
        assert await drained(channel) == [Tick(mono_ms=0)]


async def test_a_stopped_watcher_loses_the_oldest_and_holds_nobody(live: Live, steps: Any) -> None:
    with live.subscribe() as channel:
        for n in range(2 * WATCHER_LIMIT):
            live.feed(steps.step(Tick(mono_ms=n)))
        heard = await drained(channel)
    assert len(heard) == WATCHER_LIMIT
    assert heard[-1] == Tick(mono_ms=2 * WATCHER_LIMIT - 1)


async def test_one_who_left_is_told_nothing_more(live: Live, steps: Any) -> None:
    with live.subscribe() as channel:
        pass
    live.feed(steps.step(Tick(mono_ms=9)))
    assert await drained(channel) == [Tick(mono_ms=0)]


async def test_watchers_end_when_the_steps_end(live: Live, steps: Any) -> None:
    channel: Channel[Step] = Channel()
    channel.put(steps.begin())
    channel.close()
    with live.subscribe() as heard:
        await asyncio.wait_for(live.run(channel), 5)
        assert [type(record).__name__ async for record in heard] == ["Tick", "RunStarted"]


def test_what_is_remembered_counts_but_is_not_news(live: Live, steps: Any, update: Any) -> None:
    with live.subscribe() as channel:
        live.remember(update(0))
        assert len(channel) == 1
    assert live.now().hr_bpm == 64.26


def test_status_has_the_keys_of_the_contract(live: Live, steps: Any, update: Any) -> None:
    live.feed(steps.begin())
    live.feed(steps.step(inputs.SensorConnected(mono_ms=1, sensor=SensorId("a"), name="Polar H10")))
    live.feed(steps.step(inputs.BatteryRead(mono_ms=1, sensor=SensorId("a"), percent=80), update(1)))
    live.report(store="ok", broker="away")
    assert live.status_json() == {
        "state": "no_signal",
        "sentence": live.now().sentence,
        "sensor": {
            "name": "Polar H10",
            "link": "connected",
            "link_state": None,
            "next_step": None,
            "warning": None,
            "model": None,
            "rssi_dbm": None,
            "battery_percent": 80,
            "seconds_since_beat": None,
        },
        "hr_bpm": 64.3,
        "rmssd_ms": 31.4,
        "quality": Quality.GOOD.value,
        "activation": None,
        "stage": 0,
        "prompts_today": 0,
        "store": "ok",
        "broker": "away",
        "version": "0.1.0",
    }


def test_a_status_before_the_first_input_is_valid_json_without_numbers(live: Live) -> None:
    told = json.loads(json.dumps(live.status_json(), allow_nan=False))
    assert (told["hr_bpm"], told["rmssd_ms"], told["quality"], told["activation"]) == (None,) * 4


def test_health_that_is_not_given_stays(live: Live) -> None:
    live.report(link="looking for the strap", store="ok")
    live.report(store="the disk is full")
    told = live.status_json()
    assert (told["sensor"]["link"], told["store"], told["broker"]) == (
        "looking for the strap",
        "the disk is full",
        "off",
    )


def test_what_the_link_does_is_told_by_its_source_once_that_speaks(live: Live, steps: Any) -> None:
    live.feed(steps.begin())
    live.report_link("searching", words="Looking for the strap. Put it on.", next_step="Put it on.")
    live.describe_strap(rssi_dbm=-61, model="H10")
    live.feed(steps.step(inputs.SensorConnected(mono_ms=1, sensor=SensorId("a"), name="Polar H10")))
    sensor = live.status_json()["sensor"]
    assert (sensor["link"], sensor["link_state"]) == ("Looking for the strap. Put it on.", "searching")
    assert (sensor["next_step"], sensor["rssi_dbm"]) == ("Put it on.", -61)


def test_the_clock_goes_on_between_inputs(steps: Any) -> None:
    clock = iter((7_000, 8_000))
    live = Live(version="1", mono_ms=lambda: next(clock))
    live.feed(steps.begin())
    assert (live.now().mono_ms, live.now().at) == (7_000, BEGIN + 8_000)
