"""The engine: inputs in, one at a time, each step out to every sink. The same object live, in replay and in tests."""

import logging
from collections.abc import Callable, Iterable

from hrvdaemon.pipeline import History, Pipeline
from hrvdaemon.vocabulary.events import Event
from hrvdaemon.vocabulary.inputs import Input, RunStarted
from hrvdaemon.vocabulary.steps import Step
from hrvdaemon.vocabulary.units import RunId

Take = Callable[[Step], None]
Tell = Callable[[Input | Event], None]

log = logging.getLogger(__name__)


def _nobody(_: Input | Event) -> None:
    pass


class Engine:
    """``feed`` inputs; ``take`` gets each as a numbered step with what was concluded from it."""

    def __init__(self, take: Take, history: History | None = None) -> None:
        self._pipeline = Pipeline(history)
        self._take = take
        self._run = RunId("") if history is None else history.started.run
        self._number = 0

    def recall(self, run: RunId, last_number: int, inputs: Iterable[Input], told: Tell = _nobody) -> None:
        """Feed what is in the journal already, some of it perhaps lost: no sink is told, the numbering goes on behind.

        ``told`` gets each input and what is concluded from it again, for whoever shows today.

        An input that ended an earlier run by a bug is in the journal too. It was raised then; raised here again it
        would end every start that follows, so it is passed over, as that run passed over it to its end.
        """
        failures: list[Exception] = []
        for given in inputs:
            told(given)
            try:
                for event in self._pipeline.feed(given):
                    told(event)
            except Exception as error:  # noqa: BLE001  as the docstring says
                failures.append(error)
        if failures:
            log.error("event=recall_failed run=%s inputs=%s", run, len(failures), exc_info=failures[0])
        self._run, self._number = run, last_number + 1

    def feed(self, given: Input) -> tuple[Event, ...]:
        """Feed one input and hand its step on. What the pipeline raises is raised, with the input in the journal."""
        if isinstance(given, RunStarted):
            self._run, self._number = given.run, 0
        try:
            events = tuple(self._pipeline.feed(given))
        except Exception:
            self._hand_on(given, ())
            raise
        self._hand_on(given, events)
        return events

    def keep(self, given: Input) -> None:
        """Hand an input on without feeding it, once the pipeline has failed: it belongs to the journal all the same."""
        self._hand_on(given, ())

    def _hand_on(self, given: Input, events: tuple[Event, ...]) -> None:
        self._take(Step(run=self._run, number=self._number, input=given, events=events))
        self._number += 1
