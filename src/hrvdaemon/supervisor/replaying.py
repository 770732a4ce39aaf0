"""Replay: a recording through exactly the pipeline that runs live, as fast as it goes or at a speed."""

import gc
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from hrvdaemon.formats.problem import Problem
from hrvdaemon.supervisor.as_wanted import Wanted, open_as_wanted
from hrvdaemon.supervisor.engine import Engine
from hrvdaemon.vocabulary.errors import UnreadableRecording
from hrvdaemon.vocabulary.events import (
    AutonomicState,
    BeatsClassified,
    DecisionMade,
    EpochClosed,
    Event,
    GapDetected,
    PacketRejected,
    PromptIssued,
)
from hrvdaemon.vocabulary.inputs import Input, PacketReceived, RunEnded, RunStarted
from hrvdaemon.vocabulary.steps import Step
from hrvdaemon.vocabulary.units import MINUTE_MS, SECOND_MS, iso

Take = Callable[[Step], None]


@dataclass(slots=True)
class Replayed:
    """What one file gave; ``problems`` are the lines that could not be read, ``notes`` what was assumed."""

    file: str
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    counts: Counter[str] = field(default_factory=Counter)
    not_judged: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    prompts: list[PromptIssued] = field(default_factory=list)
    recorded_ms: int = 0

    def count(self, step: Step) -> None:
        """Add one step up."""
        self.counts["packets"] += isinstance(step.input, PacketReceived)
        for event in step.events:
            self._count_event(event)

    def _count_event(self, event: Event) -> None:
        match event:
            case BeatsClassified():
                self.counts["beats"] += len(event.rr_ticks)
            case PacketRejected():
                self.counts["rejected_packets"] += 1
            case GapDetected():
                self.counts["gaps"] += 1
            case EpochClosed():
                self.counts["epochs"] += 1
            case PromptIssued():
                self.prompts.append(event)
            case DecisionMade():
                self._count_minutes(event)
            case _:
                return

    def _count_minutes(self, decision: DecisionMade) -> None:
        self.counts["decisions"] += 1
        self.states[decision.state] += decision.minutes
        if decision.reason is not None:
            self.not_judged[decision.reason] += decision.minutes

    @property
    def unjudged(self) -> Counter[str]:
        """Minutes by why they were not judged; the first ones with a strap have no reason but that."""
        warming_up = {AutonomicState.WARMING_UP.value: self.states[AutonomicState.WARMING_UP]}
        return self.not_judged + Counter(warming_up)

    def as_json(self) -> dict[str, Any]:
        """The keys of ``replay --json``."""
        counted = ("beats", "packets", "rejected_packets", "gaps", "epochs", "decisions")
        return {
            "file": self.file,
            **{name: self.counts[name] for name in counted},
            "prompts": [prompt_json(prompt) for prompt in self.prompts],
            "not_judged": dict(self.not_judged),
            "states": dict(self.states),
            "rejected_lines": len(self.problems),
        }


class Replay:
    """Feeds files, one run each or joined to one; ``take`` gets every step."""

    def __init__(self, wanted: Wanted, take: Take) -> None:
        self._wanted = wanted
        self._take = take
        self._engine = Engine(self._step)
        self._result = Replayed(file="")
        self._first: RunStarted | None = None
        self._last_ms = 0

    def files(self, paths: Sequence[Path], unreadable: Callable[[str], None]) -> Iterator[Replayed]:
        """Each result when its file is done; one that can't be read is told, and the others are done all the same."""
        for path in paths:
            try:
                opened = open_as_wanted(path, self._wanted, paths if self._wanted.join else ())
            except UnreadableRecording as error:
                unreadable(str(error))
                continue
            self._result = Replayed(file=str(path), problems=opened.problems, notes=opened.notes)
            self._result.recorded_ms = opened.recorded_ms
            if not self._wanted.join:
                self._engine = Engine(self._step)
            with _set_aside():
                self._feed(self._joined(opened.inputs) if self._wanted.join else opened.inputs)
            yield self._result
        if self._first is not None:
            self._engine.feed(RunEnded(mono_ms=self._last_ms, reason="recording ended"))

    def _joined(self, inputs: Sequence[Input]) -> Iterator[Input]:
        """The inputs as part of one long run: behind what was there, by the wall's time where it says so."""
        shift_ms = 0
        for given in inputs:
            if isinstance(given, RunStarted):
                shift_ms = self._shift_ms(given)
                if self._first is None:
                    self._first = given
                    yield given
            elif not isinstance(given, RunEnded):
                yield replace(given, mono_ms=given.mono_ms + shift_ms)
            self._last_ms = given.mono_ms + shift_ms

    def _shift_ms(self, started: RunStarted) -> int:
        """From this run's clock to that of the first one: another boot begins near 0 again."""
        if self._first is None:
            return 0
        by_wall = self._first.mono_ms + started.at - self._first.at
        return (by_wall if by_wall > self._last_ms else self._last_ms + MINUTE_MS) - started.mono_ms

    def _feed(self, inputs: Iterable[Input]) -> None:
        before_ms: int | None = None
        for given in inputs:
            if self._wanted.speed is not None and before_ms is not None and not isinstance(given, RunStarted):
                time.sleep(max(given.mono_ms - before_ms, 0) / SECOND_MS / self._wanted.speed)
            before_ms = given.mono_ms
            self._engine.feed(given)

    def _step(self, step: Step) -> None:
        self._result.count(step)
        self._take(step)


@contextmanager
def _set_aside() -> Iterator[None]:
    """The recording in memory stays anyway: looking it through for garbage again and again took a tenth of the time."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def prompt_json(prompt: PromptIssued) -> dict[str, Any]:
    """The keys of one prompt in ``replay --json``."""
    return {
        "id": prompt.id,
        "at": iso(prompt.at),
        "activation": round(prompt.activation, 3),
        "hr_bpm": round(prompt.hr_bpm, 2),
        "rmssd_ms": round(prompt.rmssd_ms, 2),
        "baseline_hr_bpm": round(prompt.baseline_hr_bpm, 2),
        "baseline_rmssd_ms": round(prompt.baseline_rmssd_ms, 2),
        "exercise": prompt.exercise,
        "confidence": prompt.confidence.value,
    }
