"""What waits for the broker, in memory: the latest of each retained topic, and a bounded line of everything else.

Stated back-pressure: a newer retained message replaces the older; of the rest the oldest falls out of a full line and
is counted. Nothing here outlives the process: the outbox in the store, which does, is a later piece of work.
"""

import asyncio
from collections import deque

from hrvdaemon.sinks.topics import Message


class Mailbox:
    """Filled by the pipeline's side, emptied by one sender: ``first``, publish it, then ``done`` or ``refused``."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._line: deque[Message] = deque()
        self._latest: dict[str, Message] = {}
        self._unsent: set[str] = set()
        self._blocked: set[str] = set()
        self._something = asyncio.Event()
        self.is_closed = False
        self.n_dropped = 0

    def post(self, message: Message) -> None:
        """Never waits. A topic the broker refused is tried again with its next message."""
        self._blocked.discard(message.topic)
        if message.retain:
            self._latest[message.topic] = message
            self._unsent.add(message.topic)
        else:
            self._queue(message)
        self._something.set()

    def connected(self) -> None:
        """A new connection: the broker may have forgotten what it retained, so all of it is sent again."""
        self._blocked.clear()
        self._unsent = set(self._latest)

    def first(self) -> Message | None:
        """What to publish next: retained topics, then the line from its oldest; None if nothing can go."""
        for topic in self._latest:
            if topic in self._unsent and topic not in self._blocked:
                return self._latest[topic]
        return next((message for message in self._line if message.topic not in self._blocked), None)

    def done(self, message: Message) -> None:
        """The broker has it. What replaced it meanwhile still waits."""
        if self._latest.get(message.topic) is message:
            self._unsent.discard(message.topic)
        elif message in self._line:
            self._line.remove(message)

    def refused(self, message: Message) -> None:
        """The broker does not take this topic: it is kept, and others go first until a newer one is posted to it."""
        self._blocked.add(message.topic)

    async def wait(self) -> None:
        """Return when there is something new: a message, the end, or ``wake``."""
        await self._something.wait()
        self._something.clear()

    def wake(self) -> None:
        self._something.set()

    def close(self) -> None:
        """Nothing more will be posted."""
        self.is_closed = True
        self._something.set()

    def _queue(self, message: Message) -> None:
        if len(self._line) == self._limit:
            self._line.popleft()
            self.n_dropped += 1
        self._line.append(message)
