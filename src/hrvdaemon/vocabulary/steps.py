"""A step: one input and what the pipeline concluded from it. Sinks receive steps, so records and conclusions agree."""

from dataclasses import dataclass

from hrvdaemon.vocabulary.events import Event
from hrvdaemon.vocabulary.inputs import Input
from hrvdaemon.vocabulary.units import RunId


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """``number`` counts the inputs of ``run`` from 0; with the kind and its own number it names every row once."""

    run: RunId
    number: int
    input: Input
    events: tuple[Event, ...]
