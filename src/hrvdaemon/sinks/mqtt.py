"""The MQTT sink: steps in, messages at the broker, for as long as it takes; a broker that is away stops nothing.

Delivery: QoS 1, each message held until the broker says it has it. While the broker is away the latest ``state`` and
``meta`` are kept, and up to ``keep`` summaries and events, in memory only: what still waits when the daemon ends is
not published later. The store has every summary; the durable outbox that sends them afterwards is a later issue.
"""

import asyncio
import difflib
import random
import secrets
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field

from hrvdaemon.broker import Broker, BrokerSettings, PublishRefused, Will, connect
from hrvdaemon.channel import Channel
from hrvdaemon.sinks.mailbox import Mailbox
from hrvdaemon.sinks.payloads import AGREEABLE, DEFAULT_FIELDS
from hrvdaemon.sinks.publication import Publication, Sentence
from hrvdaemon.sinks.topics import Address, Message
from hrvdaemon.vocabulary.errors import BrokerUnavailable
from hrvdaemon.vocabulary.steps import Step

BACK_OFF_S = (1.0, 60.0)
"""First and longest wait before the next try."""
FAREWELL_S = 2.0

TopicLevel = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]
Connect = Callable[..., AbstractAsyncContextManager[Broker]]


def agreeable(name: str) -> str:
    """The name of a key that may be agreed to, or ValueError."""
    if name in AGREEABLE:
        return name
    near = difflib.get_close_matches(name, sorted(AGREEABLE), n=1)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(sorted(AGREEABLE))}"
    raise ValueError(f"expected a key of docs/mqtt-topics.md that is sent only if agreed to; {hint}")


@dataclass(frozen=True, slots=True, kw_only=True)
class MqttSettings:
    """What leaves this machine, and as whose. Nothing does until ``enabled``."""

    enabled: bool = False
    """Publish to a broker."""
    practice: TopicLevel = "home"
    """Name of the practice or household in the topics."""
    client: TopicLevel | None = None
    """The wearer's random pseudonym in the topics; never a name."""
    fields: frozenset[Annotated[str, AfterValidator(agreeable)]] = DEFAULT_FIELDS
    """Keys the wearer agreed to publish."""
    agreed_on: date | None = None
    """Day of that agreement."""
    keep: Annotated[int, Field(ge=1, le=100_000)] = 2016
    """Summaries and events kept in memory while the broker is away; 2016 windows are a week."""
    close_s: Annotated[float, Field(gt=0, le=60)] = 5.0
    """Seconds that publishing what is left may take at the end."""
    broker: BrokerSettings = field(default_factory=BrokerSettings)

    def __post_init__(self) -> None:
        if self.enabled and self.client is None:
            raise ValueError(f'expected a random pseudonym, never a name, came none; such as client = "{pseudonym()}"')


def pseudonym() -> str:
    """Ten random base32 characters: nothing about the wearer can be read from it."""
    return "".join(secrets.choice("abcdefghijklmnopqrstuvwxyz234567") for _ in range(10))


class MqttSink:
    """``run`` until its channel ends. ``report`` hears of each change of the connection once, without health values."""

    def __init__(
        self,
        settings: MqttSettings,
        *,
        sentence: Sentence,
        report: Callable[[str], None],
        first_seq: int = 1,
        connect: Connect = connect,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """``first_seq`` is one more than the number of summaries of all earlier runs: ``seq`` counts a client's."""
        if settings.client is None:
            raise ValueError("expected settings with a client pseudonym, came None")
        self._settings = settings
        self._address = Address(
            practice=settings.practice, client=settings.client, agreed=settings.fields, agreed_on=settings.agreed_on
        )
        self._publication = Publication(self._address, sentence, first_seq=first_seq)
        self._mailbox = Mailbox(settings.keep)
        self._report = report
        self._connect = connect
        self._sleep = sleep
        self._jitter = jitter
        self._said = ""
        self._refused: set[str] = set()

    @property
    def n_dropped(self) -> int:
        """Summaries and events that fell out of the full line, unpublished."""
        return self._mailbox.n_dropped

    async def run(self, steps: Channel[Step]) -> None:
        """Publish until the channel closes, then what is left, for at most ``close_s``."""
        async with asyncio.TaskGroup() as tasks:
            sender = tasks.create_task(self._send(), name="mqtt-send")
            async for step in steps:
                for message in self._publication.feed(step):
                    self._mailbox.post(message)
            self._mailbox.close()
            await asyncio.wait((sender,), timeout=self._settings.close_s)
            sender.cancel()

    async def _send(self) -> None:
        n_failed = 0
        while True:
            try:
                async with self._connect(
                    self._settings.broker, will=self._will(), identifier=self._identifier()
                ) as broker:
                    n_failed = 0
                    await self._serve(broker)
                    return
            except BrokerUnavailable as error:
                self._tell(str(error))
            await self._sleep(self._back_off_s(n_failed))
            n_failed += 1

    async def _serve(self, broker: Broker) -> None:
        """Publish whatever comes until all is sent and nothing more will come. BrokerUnavailable if it breaks."""
        lost = asyncio.ensure_future(broker.lost())
        lost.add_done_callback(lambda _: self._mailbox.wake())
        try:
            await self._publish(broker, self._address.status("online"))
            self._tell("connected to the broker")
            self._mailbox.connected()
            while not await self._emptied(broker):
                await self._mailbox.wait()
                if lost.done():
                    raise BrokerUnavailable("the connection to the broker broke off")
        finally:
            lost.cancel()
            await self._say_offline(broker)

    async def _emptied(self, broker: Broker) -> bool:
        """Send all there is; whether that was the last."""
        while (message := self._mailbox.first()) is not None:
            if await self._publish(broker, message):
                self._mailbox.done(message)
            else:
                self._mailbox.refused(message)
        return self._mailbox.is_closed

    async def _publish(self, broker: Broker, message: Message) -> bool:
        """Whether the broker took it; that it did not is said once for each topic."""
        try:
            await broker.publish(
                message.topic,
                message.payload,
                retain=message.retain,
                expiry_s=message.expiry_s,
                schema=message.schema,
            )
        except PublishRefused as refusal:
            if message.topic not in self._refused:
                self._refused.add(message.topic)
                self._report(str(refusal))
            return False
        self._refused.discard(message.topic)
        return True

    async def _say_offline(self, broker: Broker) -> None:
        """The broker drops the will of one who leaves in good order, so we say it ourselves."""
        with suppress(BrokerUnavailable, TimeoutError):
            async with asyncio.timeout(FAREWELL_S):
                await self._publish(broker, self._address.status("offline"))

    def _tell(self, line: str) -> None:
        if line != self._said:
            self._said = line
            self._report(line)

    def _will(self) -> Will:
        offline = self._address.status("offline")
        return Will(topic=offline.topic, payload=offline.payload)

    def _identifier(self) -> str:
        return f"hrvd-{self._address.practice}-{self._address.client}"

    def _back_off_s(self, n_failed: int) -> float:
        first, longest = BACK_OFF_S
        return min(longest, first * 2.0 ** min(n_failed, 10)) * (0.5 + self._jitter() / 2)
