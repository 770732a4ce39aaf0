"""The topic table: what is retained, what expires, which form it has; and whose topics they are."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from hrvdaemon.sinks.payloads import (
    EventPayload,
    MetaPayload,
    Payload,
    SessionPayload,
    StatePayload,
    WindowPayload,
    schema_name,
    wire,
)

STATE_EXPIRY_S = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One leaf of ``hrvd/v1/PRACTICE/CLIENT/``."""

    leaf: str
    retained: bool
    payload: type[Payload] | None
    """None: plain text."""
    expiry_s: int | None = None


STATUS = Topic(leaf="status", retained=True, payload=None)
META = Topic(leaf="meta", retained=True, payload=MetaPayload)
STATE = Topic(leaf="state", retained=True, payload=StatePayload, expiry_s=STATE_EXPIRY_S)
WINDOW = Topic(leaf="summary/window", retained=False, payload=WindowPayload)
SESSION = Topic(leaf="summary/session", retained=False, payload=SessionPayload)
EVENT = Topic(leaf="event", retained=False, payload=EventPayload)
TOPICS = (STATUS, META, STATE, WINDOW, SESSION, EVENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One publish. An empty payload clears a retained topic."""

    topic: str
    payload: str
    retain: bool
    expiry_s: int | None = None
    schema: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Whose messages these are, and which keys may leave."""

    practice: str
    client: str
    agreed: frozenset[str]
    agreed_on: date | None = None

    def topic(self, topic: Topic) -> str:
        return f"hrvd/v1/{self.practice}/{self.client}/{topic.leaf}"

    def message(self, topic: Topic, payload: Payload) -> Iterator[Message]:
        """The message, or none: what was not agreed to is not said, and a retained topic is then cleared."""
        text = wire(payload, self.agreed)
        if not text and not topic.retained:
            return
        schema = schema_name(payload) if text else None
        expiry_s = topic.expiry_s if text else None
        yield Message(topic=self.topic(topic), payload=text, retain=topic.retained, expiry_s=expiry_s, schema=schema)

    def status(self, text: Literal["online", "offline"]) -> Message:
        return Message(topic=self.topic(STATUS), payload=text, retain=True)
