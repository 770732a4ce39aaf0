"""What each remembered record means to a pipeline that was not there when it came (law 10)."""

from typing import assert_never

from hrvdaemon.pipeline.behaviour import Behaviour
from hrvdaemon.pipeline.history import Remembered
from hrvdaemon.pipeline.minute_keeper import MinuteKeeper
from hrvdaemon.pipeline.signal import Signal
from hrvdaemon.vocabulary.events import (
    BaselineComputed,
    BaselineRestarted,
    DecisionMade,
    DriftReported,
    ExerciseFinished,
    PromptIssued,
    ReferenceDayTaken,
    StandingMeasured,
    ThresholdComputed,
    WearingStarted,
)
from hrvdaemon.vocabulary.inputs import (
    BaselineEpochStarted,
    ClockChanged,
    PauseRequested,
    PromptAnswered,
    RunEnded,
    RunStarted,
    SensorConnected,
    SettingsChanged,
    TagSet,
)


def recall(  # noqa: C901, PLR0912  one case a kind of record, none may be forgotten
    record: Remembered, behaviour: Behaviour, minutes: MinuteKeeper, signal: Signal
) -> None:
    """Take one record up, at its moment on its own run's clock. ValueError for those that make a run."""
    detector, learning = behaviour.detector, behaviour.detector.learning
    match record:
        case DecisionMade():
            minutes.recall_minute(record)
        case BaselineComputed():
            minutes.recall_baseline(record)
        case ThresholdComputed():
            minutes.recall_threshold(record)
        case BaselineEpochStarted():
            learning.start_again()
        case BaselineRestarted():
            learning.recall_restart(record)
        case ReferenceDayTaken():
            learning.recall_reference(record)
        case DriftReported():
            learning.recall_drift(record)
        case StandingMeasured():
            behaviour.recall_standing(record)
        case WearingStarted():
            learning.recall_strap(record.sensor)
        case PromptIssued():
            behaviour.recall_prompt(record)
        case PromptAnswered():
            detector.answer(record.prompt, record.answer, record.mono_ms)
        case ExerciseFinished():
            behaviour.recall_session(record)
        case PauseRequested():
            detector.wishes.pause(record.mono_ms, record.minutes)
        case TagSet():
            detector.tag(record.tag, record.mono_ms)
        case SensorConnected():
            signal.connected(record)
        case RunStarted() | RunEnded() | ClockChanged() | SettingsChanged():
            raise ValueError(f"expected a record within a run, came {type(record).__name__}")
        case _:
            assert_never(record)
