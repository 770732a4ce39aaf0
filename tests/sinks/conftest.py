"""Steps by hand, for the tests of what is published."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from hrvdaemon.vocabulary.epochs import Quality, WindowMetrics
from hrvdaemon.vocabulary.events import Event
from hrvdaemon.vocabulary.inputs import Input, RunStarted
from hrvdaemon.vocabulary.steps import Step
from hrvdaemon.vocabulary.units import RunId, instant

RUN = RunId("run1")
BEGIN = instant("2026-11-22T14:00:00Z")


@dataclass
class Steps:
    """Numbers the steps of one run that began at 14:00 UTC with ``mono_ms`` 0."""

    steps: list[Step] = field(default_factory=list)

    def step(self, given: Input, *events: Event) -> Step:
        self.steps.append(Step(run=RUN, number=len(self.steps), input=given, events=events))
        return self.steps[-1]

    def begin(self, zone: str = "Europe/Berlin") -> Step:
        return self.step(RunStarted(mono_ms=0, at=BEGIN, run=RUN, version="1", zone=zone, boot_id="b", seed=1))


@pytest.fixture
def steps() -> Steps:
    return Steps()


@pytest.fixture
def window() -> Callable[..., WindowMetrics]:
    """A window of 300 s whose numbers may be replaced by name."""

    def made(**changed: object) -> WindowMetrics:
        values: dict[str, object] = {
            "window_s": 300.0,
            "n_beats": 341,
            "n_pairs": 330,
            "coverage": 0.991,
            "artefact_share": 0.012,
            "quality": Quality.GOOD,
            "mean_rr_ms": 880.0,
            "mean_hr_bpm": 68.2,
            "sdnn_ms": 42.1,
            "rmssd_ms": 31.4,
            "ln_rmssd": 3.4468,
            "pnn50_percent": 9.0,
        }
        return WindowMetrics(**{**values, **changed})  # type: ignore[arg-type]  # names and types are the test's

    return made
