"""The live sink: keeps the newest picture and hands each record on to whoever watches.

Back-pressure: every watcher has a channel of its own that drops the oldest, so a stopped terminal never holds the
run. A watcher that comes late is first given the records that make the present picture.
"""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from typing import Any

from hrvdaemon.channel import Channel
from hrvdaemon.sinks.now import PROMPTS_KEPT, TREND_POINTS, Now, Record, fold
from hrvdaemon.vocabulary import events, inputs
from hrvdaemon.vocabulary.inputs import Tick
from hrvdaemon.vocabulary.steps import Step

WATCHER_LIMIT = 512
"""Records a watcher may lag behind before it loses the oldest: several minutes."""

SHOWN_INPUTS = (
    inputs.RunStarted,
    inputs.ClockChanged,
    inputs.SensorConnected,
    inputs.SensorLost,
    inputs.BatteryRead,
    inputs.PromptAnswered,
    inputs.ExerciseStopped,
    inputs.PauseRequested,
    inputs.Tick,
)
"""The inputs a face needs; bytes of the radio are not among them, their beats are."""

_KEPT: dict[type[Any], int] = {events.HrvUpdated: TREND_POINTS, events.PromptIssued: PROMPTS_KEPT}


class Live:
    """``mono_ms`` is the run's clock. The picture never goes backwards, and no number outlives its 15 s."""

    def __init__(self, *, version: str, mono_ms: Callable[[], int]) -> None:
        self._version = version
        self._mono_ms = mono_ms
        self._now = Now()
        self._memory = _Memory()
        self._watchers: set[Channel[Record]] = set()

    async def run(self, steps: Channel[Step]) -> None:
        """Fold until the channel is closed, then let every watcher finish."""
        async for step in steps:
            self.feed(step)
        for channel in self._watchers:
            channel.close()

    def feed(self, step: Step) -> None:
        """One step: its input where a face needs it, then what was concluded from it."""
        shown = (step.input,) if isinstance(step.input, SHOWN_INPUTS) else ()
        for record in (*shown, *step.events):
            self.remember(record)
            for channel in self._watchers:
                channel.put(record)

    def remember(self, record: Record) -> None:
        """Fold a record that no watcher is told of: what history still says of today when the daemon starts."""
        self._now = fold(self._now, record)
        self._memory.keep(record)

    def report(self, *, link: str | None = None, store: str | None = None, broker: str | None = None) -> None:
        """Health of what is around the pipeline, in words; what is not given stays."""
        self._now = replace(
            self._now,
            link=self._now.link if link is None else link,
            store=self._now.store if store is None else store,
            broker=self._now.broker if broker is None else broker,
        )

    def report_link(self, state: str, *, words: str, next_step: str | None) -> None:
        """What the link to the strap is doing now; from the first report on its inputs do not say it any more."""
        self._now = replace(self._now, link_state=state, link=words, next_step=next_step)

    def describe_strap(self, *, rssi_dbm: int | None, model: str | None) -> None:
        """What is known of the strap in use beside its beats."""
        self._now = replace(self._now, rssi_dbm=rssi_dbm, model=model)

    def now(self) -> Now:
        """The picture at this moment of the run's clock."""
        return replace(self._now, mono_ms=max(self._now.mono_ms, self._mono_ms()))

    @contextmanager
    def subscribe(self) -> Iterator[Channel[Record]]:
        """A channel that begins with the run's clock and the present picture, and goes on with what comes."""
        channel: Channel[Record] = Channel(WATCHER_LIMIT)
        for record in (*self._memory.records(), Tick(mono_ms=self.now().mono_ms)):
            channel.put(record)
        self._watchers.add(channel)
        try:
            yield channel
        finally:
            self._watchers.discard(channel)

    def status_json(self) -> dict[str, Any]:
        """The keys of ``status --json``: a contract, keys may be added and are never renamed."""
        now = self.now()
        return {
            "state": now.state.value,
            "sentence": now.sentence,
            "sensor": {
                "name": now.sensor,
                "link": now.link,
                "link_state": now.link_state,
                "next_step": now.next_step,
                "warning": now.warning,
                "model": now.model,
                "rssi_dbm": now.rssi_dbm,
                "battery_percent": now.battery_percent,
                "seconds_since_beat": _rounded(now.seconds_since_beat, 1),
            },
            "hr_bpm": _rounded(now.hr_bpm, 1),
            "rmssd_ms": _rounded(now.rmssd_ms, 1),
            "quality": None if now.quality is None else now.quality.value,
            "activation": _rounded(now.activation, 2),
            "stage": now.stage,
            "prompts_today": now.prompts_today,
            "store": now.store,
            "broker": now.broker,
            "version": self._version,
        }


class _Memory:
    """The newest record of each kind, more where the picture needs more; folding them gives the picture again."""

    def __init__(self) -> None:
        self._order = count()
        self._kept: dict[type[Any], deque[tuple[int, Record]]] = {}

    def keep(self, record: Record) -> None:
        cls: type[Any] = type(record)
        ring = self._kept.setdefault(cls, deque(maxlen=_KEPT.get(cls, 1)))
        ring.append((next(self._order), record))

    def records(self) -> list[Record]:
        """In the order they came."""
        every = [entry for ring in self._kept.values() for entry in ring]
        return [record for _, record in sorted(every, key=lambda entry: entry[0])]


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
