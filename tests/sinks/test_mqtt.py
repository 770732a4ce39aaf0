"""The sink against a broker played by hand: away, lost, refusing, slow to end."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from hrvdaemon.broker import BrokerSettings, PublishRefused, Will
from hrvdaemon.channel import Channel
from hrvdaemon.sinks.mqtt import BACK_OFF_S, MqttSettings, MqttSink, pseudonym
from hrvdaemon.vocabulary import events as ev
from hrvdaemon.vocabulary import inputs
from hrvdaemon.vocabulary.epochs import WindowMetrics
from hrvdaemon.vocabulary.errors import BrokerUnavailable
from hrvdaemon.vocabulary.steps import Step
from hrvdaemon.vocabulary.units import instant

BEGIN = instant("2026-11-22T14:00:00Z")
PREFIX = "hrvd/v1/home/k7f2/"


class PlayedBroker:
    """Keeps what it took as (leaf, payload); ``refuses`` leaves, ``cut`` breaks the line, ``away`` tries fail first."""

    def __init__(self, away: int = 0) -> None:
        self.away = away
        self.taken: list[tuple[str, str]] = []
        self.refuses: set[str] = set()
        self.wills: list[Will] = []
        self.identifiers: list[str] = []
        self.is_stuck = False
        self._gone = asyncio.Event()

    @asynccontextmanager
    async def connect(self, settings: BrokerSettings, *, will: Will, identifier: str) -> AsyncIterator[Any]:
        if self.away:
            self.away -= 1
            raise BrokerUnavailable("no connection to the broker played:1883")
        self._gone.clear()
        self.wills.append(will)
        self.identifiers.append(identifier)
        yield self

    async def publish(self, topic: str, payload: str, *, retain: bool, **_: object) -> None:
        leaf = topic.removeprefix(PREFIX)
        if self._gone.is_set():
            raise BrokerUnavailable("no connection to the broker played:1883")
        if leaf in self.refuses:
            raise PublishRefused(f"broker played:1883 refused {topic}: Not authorized")
        if self.is_stuck and leaf != "status":
            await asyncio.Event().wait()
        self.taken.append((leaf, payload))

    async def lost(self) -> None:
        await self._gone.wait()

    def cut(self) -> None:
        self._gone.set()

    def leaves(self) -> list[str]:
        return [leaf if leaf != "status" else payload for leaf, payload in self.taken]


class Running:
    """The sink with its channel; ``settled`` lets it do all it can do now."""

    def __init__(self, broker: PlayedBroker, settings: MqttSettings) -> None:
        self.broker = broker
        self.reports: list[str] = []
        self.pauses: list[float] = []
        self.may_try = asyncio.Event()
        self.may_try.set()
        self.steps: Channel[Step] = Channel()
        self.sink = MqttSink(
            settings,
            sentence=lambda state, _reason: f"sentence of {state}",
            report=self.reports.append,
            connect=broker.connect,
            sleep=self._pause,
            jitter=lambda: 1.0,
        )
        self.task = asyncio.ensure_future(self.sink.run(self.steps))

    async def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        await asyncio.sleep(0)
        await self.may_try.wait()

    async def settled(self) -> None:
        for _ in range(200):
            await asyncio.sleep(0)

    async def end(self) -> None:
        self.steps.close()
        await self.task


Start = Callable[..., Running]


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    running: list[Running] = []

    def start(broker: PlayedBroker, **changed: Any) -> Running:
        running.append(Running(broker, MqttSettings(**{"enabled": True, "client": "k7f2", **changed})))
        return running[-1]

    yield start
    for one in running:
        one.task.cancel()
    await asyncio.gather(*(one.task for one in running), return_exceptions=True)


@pytest.fixture
def summary(window: Callable[..., WindowMetrics]) -> Callable[[int], ev.WindowSummarised]:
    return lambda number: ev.WindowSummarised(mono_ms=0, at=BEGIN, number=number, start_at=BEGIN, metrics=window())


Summary = Callable[[int], ev.WindowSummarised]


def numbers(broker: PlayedBroker) -> list[int]:
    return [json.loads(payload)["seq"] for leaf, payload in broker.taken if leaf == "summary/window"]


def tick(seconds: int) -> inputs.Tick:
    return inputs.Tick(mono_ms=seconds * 1000)


async def test_a_run_is_online_says_its_meta_and_state_and_ends_offline(
    start: Start, steps: Any, summary: Summary
) -> None:
    broker = PlayedBroker()
    running = start(broker)
    running.steps.put(steps.begin())
    running.steps.put(steps.step(tick(30), summary(1)))
    await running.end()
    assert broker.leaves() == ["online", "meta", "state", "summary/window", "offline"]
    assert broker.wills == [Will(topic=f"{PREFIX}status", payload="offline")]
    assert running.reports == ["connected to the broker"]


async def test_what_happened_while_the_broker_was_away_is_published_when_it_is_back(
    start: Start, steps: Any, summary: Summary
) -> None:
    broker = PlayedBroker(away=3)
    running = start(broker)
    running.may_try.clear()
    running.steps.put(steps.begin())
    for number in range(1, 6):
        running.steps.put(steps.step(tick(30 * number), summary(number)))
    await running.settled()
    assert broker.taken == []
    running.may_try.set()
    await running.settled()
    assert broker.leaves() == ["online", "meta", "state", *5 * ["summary/window"]]
    assert numbers(broker) == [1, 2, 3, 4, 5]
    assert json.loads(broker.taken[2][1])["at"] == "2026-11-22T14:02:30.000Z"


async def test_a_missing_broker_is_said_once_and_its_return_once(start: Start) -> None:
    running = start(PlayedBroker(away=20))
    await running.settled()
    assert running.reports == ["no connection to the broker played:1883", "connected to the broker"]


async def test_the_pause_between_tries_doubles_up_to_a_minute(start: Start) -> None:
    running = start(PlayedBroker(away=9))
    await running.settled()
    assert BACK_OFF_S == (1.0, 60.0)
    assert running.pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]


async def test_the_pause_is_jittered_down_to_half(start: Start) -> None:
    running = start(PlayedBroker())
    running.sink._jitter = lambda: 0.0
    assert running.sink._back_off_s(0) == 0.5
    assert running.sink._back_off_s(10_000) == 30.0


async def test_a_broken_line_is_noticed_at_once_and_retained_topics_are_sent_again(
    start: Start, steps: Any, summary: Summary
) -> None:
    broker = PlayedBroker()
    running = start(broker)
    running.steps.put(steps.begin())
    running.steps.put(steps.step(tick(30), summary(1)))
    await running.settled()
    broker.taken.clear()
    broker.cut()
    await running.settled()
    assert broker.leaves() == ["online", "meta", "state"]
    assert running.reports[1:] == ["the connection to the broker broke off", "connected to the broker"]
    assert len(set(broker.identifiers)) == 1


async def test_a_fact_is_sent_again_only_if_it_was_not_confirmed(start: Start, steps: Any, summary: Summary) -> None:
    broker = PlayedBroker()
    running = start(broker)
    running.steps.put(steps.begin())
    running.steps.put(steps.step(tick(1), summary(1)))
    await running.settled()
    broker.cut()
    running.steps.put(steps.step(tick(2), summary(2)))
    await running.settled()
    assert numbers(broker) == [1, 2]


async def test_a_refusal_is_said_once_keeps_the_fact_and_stops_no_other_topic(
    start: Start, steps: Any, summary: Summary
) -> None:
    broker = PlayedBroker()
    broker.refuses.add("summary/window")
    running = start(broker)
    running.steps.put(steps.begin())
    for number in (1, 2, 3):
        running.steps.put(steps.step(tick(30 * number), summary(number)))
        await running.settled()
    assert broker.leaves() == ["online", "meta", "state", "state", "state"]
    refusals = [line for line in running.reports if "refused" in line]
    assert refusals == [f"broker played:1883 refused {PREFIX}summary/window: Not authorized"]
    broker.refuses.clear()
    running.steps.put(steps.step(tick(120), summary(4)))
    await running.settled()
    assert numbers(broker) == [1, 2, 3, 4]


async def test_only_so_many_facts_are_kept_and_the_oldest_go(start: Start, steps: Any, summary: Summary) -> None:
    broker = PlayedBroker(away=1)
    running = start(broker, keep=2)
    running.may_try.clear()
    running.steps.put(steps.begin())
    for number in range(1, 6):
        running.steps.put(steps.step(tick(number), summary(number)))
    await running.settled()
    running.may_try.set()
    await running.settled()
    assert numbers(broker) == [4, 5]
    assert running.sink.n_dropped == 3


async def test_the_end_does_not_wait_for_a_broker_that_is_away(start: Start, steps: Any) -> None:
    broker = PlayedBroker(away=10**9)
    running = start(broker, close_s=0.01)
    running.may_try.clear()
    running.steps.put(steps.begin())
    await running.end()
    assert broker.taken == []


async def test_a_broker_that_hangs_still_hears_offline(start: Start, steps: Any, summary: Summary) -> None:
    broker = PlayedBroker()
    running = start(broker, close_s=0.01)
    running.steps.put(steps.begin())
    await running.settled()
    broker.is_stuck = True
    running.steps.put(steps.step(tick(1), summary(1)))
    await running.end()
    assert broker.leaves()[-1] == "offline"


async def test_cancelling_says_offline(start: Start, steps: Any) -> None:
    broker = PlayedBroker()
    running = start(broker)
    running.steps.put(steps.begin())
    await running.settled()
    running.task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running.task
    assert broker.leaves() == ["online", "meta", "offline"]


async def test_a_bug_in_the_sentence_is_not_hidden(start: Start, steps: Any) -> None:
    running = start(PlayedBroker())

    def broken(state: ev.AutonomicState, reason: ev.Reason | None) -> str:
        raise ZeroDivisionError

    running.sink._publication._sentence = broken
    steady = ev.AutonomicStateChanged(
        mono_ms=1, at=BEGIN, state=ev.AutonomicState.STEADY, previous=ev.AutonomicState.CALIBRATING, reason=None
    )
    running.steps.put(steps.begin())
    running.steps.put(steps.step(tick(30), steady))
    with pytest.raises(ExceptionGroup) as raised:
        await running.task
    assert raised.group_contains(ZeroDivisionError)


async def test_no_report_has_a_health_value(start: Start, steps: Any, summary: Summary) -> None:
    broker = PlayedBroker(away=2)
    running = start(broker)
    running.steps.put(steps.begin())
    running.steps.put(steps.step(tick(30), summary(1)))
    await running.settled()
    broker.cut()
    await running.end()
    text = " ".join(running.reports)
    assert not any(value in text for value in ("68.2", "31.4", "42.1", "341"))


def test_a_pseudonym_is_ten_random_base32_characters() -> None:
    drawn = {pseudonym() for _ in range(100)}
    assert len(drawn) == 100
    assert all(len(one) == 10 and set(one) <= set("abcdefghijklmnopqrstuvwxyz234567") for one in drawn)


def test_publishing_without_a_pseudonym_is_a_mistake_that_offers_one() -> None:
    with pytest.raises(ValueError, match=r'never a name, came none; such as client = "[a-z2-7]{10}"'):
        MqttSettings(enabled=True)
