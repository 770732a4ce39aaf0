"""The engine: inputs in, one at a time, each step out to every sink. The same object live, in replay and in tests."""

from collections.abc import Callable

from hrvdaemon.pipeline import History, Pipeline
from hrvdaemon.vocabulary.events import Event
from hrvdaemon.vocabulary.inputs import Input, RunStarted
from hrvdaemon.vocabulary.steps import Step
from hrvdaemon.vocabulary.units import RunId

Take = Callable[[Step], None]


class Engine:
    """``feed`` inputs; ``take`` gets each as a numbered step with what was concluded from it."""

    def __init__(self, take: Take, history: History | None = None) -> None:
        self._pipeline = Pipeline(history)
        self._take = take
        self._run = RunId("") if history is None else history.started.run
        self._number = 0

    def recall(self, run: RunId, first_number: int, inputs: list[Input]) -> None:
        """Feed what is in the journal already: nobody is told, and the numbering goes on behind it."""
        for given in inputs:
            self._pipeline.feed(given)
        self._run, self._number = run, first_number + len(inputs)

    def feed(self, given: Input) -> tuple[Event, ...]:
        """Feed one input and hand its step on."""
        if isinstance(given, RunStarted):
            self._run, self._number = given.run, 0
        events = tuple(self._pipeline.feed(given))
        self._take(Step(run=self._run, number=self._number, input=given, events=events))
        self._number += 1
        return events
