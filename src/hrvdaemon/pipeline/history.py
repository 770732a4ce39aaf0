"""What a restarted pipeline must know: the records that still matter, in order (law 10). No pickles, no snapshots.

The journal is fed again from the start of a wearing; everything before it is ``records``, each with its moment on the
clock of the run that goes on. ``remember`` makes it from steps in memory; the store makes the same from its tables.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from hrvdaemon.pipeline.run_clock import RunClock
from hrvdaemon.vocabulary.events import (
    BaselineComputed,
    DecisionMade,
    Event,
    ExerciseFinished,
    ExerciseStarted,
    PromptIssued,
    WindowSummarised,
)
from hrvdaemon.vocabulary.inputs import (
    BaselineEpochStarted,
    ClockChanged,
    Input,
    PauseRequested,
    PromptAnswered,
    RunStarted,
    SensorConnected,
    SensorLost,
    SettingsChanged,
    TagSet,
)
from hrvdaemon.vocabulary.steps import Step
from hrvdaemon.vocabulary.units import DAY_MS, Instant

KEPT_DAYS = 22
"""The baseline's window and the day it ends on."""

Remembered = (
    BaselineComputed
    | DecisionMade
    | ExerciseFinished
    | PromptIssued
    | BaselineEpochStarted
    | PauseRequested
    | PromptAnswered
    | SensorConnected
    | SensorLost
    | TagSet
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """How many of each there were in the run that goes on."""

    epochs: int = 0
    prompts: int = 0
    sessions: int = 0
    windows: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """``started`` and ``changes`` set up the run that goes on; ``records`` are (moment on its clock, record)."""

    started: RunStarted
    changes: tuple[ClockChanged | SettingsChanged, ...] = ()
    records: tuple[tuple[int, Remembered], ...] = ()
    counted: Counted = Counted()


def remember(steps: Iterable[Step]) -> History:
    """The history of these steps, for a pipeline that is fed what came after them.

    The last step must be the one before the start of a wearing, or before a run.
    """
    taken = list(steps)
    started = next(step.input for step in reversed(taken) if isinstance(step.input, RunStarted))
    mine = [step for step in taken if step.run == started.run]
    changes = tuple(step.input for step in mine if isinstance(step.input, (ClockChanged, SettingsChanged)))
    clock = clock_of(started, changes)
    earlier = [step for step in taken if step.run != started.run]
    return History(
        started=started,
        changes=changes,
        records=tuple(_newest([*_with_moments(earlier, clock), *_records(mine)])),
        counted=count(event for step in mine for event in step.events),
    )


def clock_of(started: RunStarted, changes: Iterable[Input]) -> RunClock:
    """The clock of a run as its changes left it."""
    clock = RunClock(started.mono_ms, started.at, started.zone)
    for change in changes:
        if isinstance(change, ClockChanged):
            clock = RunClock(change.mono_ms, change.at, change.zone)
    return clock


def count(events: Iterable[Event]) -> Counted:
    """How many numbered things there were."""
    n: dict[type, int] = {}
    for event in events:
        cls = type(event)
        if not (isinstance(event, DecisionMade) and event.epoch is None):
            n[cls] = n.get(cls, 0) + 1
    return Counted(
        epochs=n.get(DecisionMade, 0),
        prompts=n.get(PromptIssued, 0),
        sessions=n.get(ExerciseStarted, 0),
        windows=n.get(WindowSummarised, 0),
    )


def _records(steps: Iterable[Step]) -> Iterable[tuple[int, Remembered]]:
    for step in steps:
        for record in (step.input, *step.events):
            if isinstance(record, Remembered):
                yield record.mono_ms, record


def _with_moments(steps: Iterable[Step], clock: RunClock) -> Iterable[tuple[int, Remembered]]:
    """Records of earlier runs by their wall time: another boot has another clock."""
    runs: dict[str, RunClock] = {}
    for step in steps:
        if isinstance(step.input, (RunStarted, ClockChanged)):
            runs[step.run] = RunClock(step.input.mono_ms, step.input.at, step.input.zone)
        for record in (step.input, *step.events):
            if isinstance(record, Remembered) and not isinstance(record, (SensorConnected, SensorLost)):
                at: Instant = runs[step.run].wall(record.mono_ms)
                yield clock.mono(at), record


def _newest(records: list[tuple[int, Remembered]]) -> Iterable[tuple[int, Remembered]]:
    """Without what is too old to matter. The last baseline never is: a pipeline that kept running still uses it."""
    last_ms = records[-1][0] if records else 0
    baseline = next((record for _, record in reversed(records) if isinstance(record, BaselineComputed)), None)
    return [one for one in records if last_ms - one[0] < KEPT_DAYS * DAY_MS or one[1] is baseline]
