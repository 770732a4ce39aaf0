"""What a restarted pipeline must know: the records that still matter, as they came (law 10). No pickles, no snapshots.

A history is the journal of the past without what no longer matters: its runs with their clocks, and the records in
between. The pipeline lives it again in little, so that a zone, a clock that was set or another boot means then what it
meant when it happened. ``remember`` makes it from steps in memory; the store makes the same from its tables.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hrvdaemon.pipeline.run_clock import RunClock
from hrvdaemon.vocabulary.events import (
    BaselineComputed,
    BaselineRestarted,
    DecisionMade,
    DriftReported,
    Event,
    ExerciseFinished,
    ExerciseStarted,
    PromptIssued,
    ReferenceDayTaken,
    StandingMeasured,
    ThresholdComputed,
    WearingStarted,
    WindowSummarised,
)
from hrvdaemon.vocabulary.inputs import (
    BaselineEpochStarted,
    ClockChanged,
    Input,
    PauseRequested,
    PromptAnswered,
    RunEnded,
    RunStarted,
    SensorConnected,
    SettingsChanged,
    TagSet,
)
from hrvdaemon.vocabulary.steps import Step
from hrvdaemon.vocabulary.units import DAY_MS, Instant, RunId

KEPT_DAYS = 22
"""The baseline's window and the day it ends on."""

RunRecord = RunStarted | RunEnded | ClockChanged | SettingsChanged
"""What makes a run; kept for every run of which anything is kept."""
Lasting = BaselineEpochStarted | BaselineRestarted | ReferenceDayTaken | StandingMeasured
"""What matters however old it is."""
Latest = BaselineComputed | ThresholdComputed | DriftReported
"""Of these the last one of its kind matters however old it is: a pipeline that kept running still uses it."""
Remembered = (
    RunRecord
    | Lasting
    | Latest
    | DecisionMade
    | ExerciseFinished
    | PromptIssued
    | WearingStarted
    | PauseRequested
    | PromptAnswered
    | SensorConnected
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
    """``records`` in order, each run's behind its ``RunStarted``; the last run is the one that goes on."""

    records: tuple[Remembered, ...]
    counted: Counted = Counted()

    @property
    def started(self) -> RunStarted:
        """The start of the run that goes on."""
        return next(record for record in reversed(self.records) if isinstance(record, RunStarted))


@dataclass(frozen=True, slots=True)
class Dated:
    """A record, the run it came in, and where the wall stood."""

    run: RunId
    at: Instant
    record: Remembered


def remember(steps: Iterable[Step]) -> History:
    """The history of these steps, for a pipeline that is fed what came after them.

    The last step must be the one before the start of a wearing, or before a run.
    """
    taken = list(steps)
    run = next(step.run for step in reversed(taken) if isinstance(step.input, RunStarted))
    counted = count(event for step in taken if step.run == run for event in step.events)
    return History(records=what_matters(dated(taken)), counted=counted)


def dated(steps: Iterable[Step]) -> list[Dated]:
    """The records of steps, in the order in which they took effect: what was due before an input came before it."""
    clocks: dict[RunId, RunClock] = {}
    found: list[Dated] = []
    for step in steps:
        if isinstance(step.input, RunStarted):
            clocks[step.run] = RunClock(step.input.mono_ms, step.input.at, step.input.zone)
        records = (one for one in (*step.events, step.input) if isinstance(one, Remembered))
        found += [Dated(step.run, clocks[step.run].wall(one.mono_ms), one) for one in records]
        if isinstance(step.input, ClockChanged):
            clocks[step.run] = RunClock(step.input.mono_ms, step.input.at, step.input.zone)
    return found


def what_matters(found: Sequence[Dated]) -> tuple[Remembered, ...]:
    """Without what is too old to matter, and without runs of which nothing is left."""
    since = found[-1].at - KEPT_DAYS * DAY_MS if found else 0
    last = {type(one.record): place for place, one in enumerate(found) if isinstance(one.record, Latest)}
    worn = _first_wearings(found)
    kept = {place for place, one in enumerate(found) if isinstance(one.record, Lasting)} | worn | set(last.values())
    kept |= {place for place, one in enumerate(found) if one.at >= since and not isinstance(one.record, RunRecord)}
    runs = {found[place].run for place in kept} | {one.run for one in found if one.at >= since}
    runs |= {one.run for one in found[-1:]}
    return tuple(
        one.record
        for place, one in enumerate(found)
        if place in kept or (isinstance(one.record, RunRecord) and one.run in runs)
    )


def _first_wearings(found: Sequence[Dated]) -> set[int]:
    """Where each strap was put on for the first time."""
    first: dict[str, int] = {}
    for place, one in enumerate(found):
        if isinstance(one.record, WearingStarted):
            first.setdefault(one.record.sensor, place)
    return set(first.values())


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
