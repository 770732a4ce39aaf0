"""A pipeline watched from outside: inputs in; the minutes it told and the invitations it made out."""

from collections.abc import Iterable
from dataclasses import dataclass

from hrvdaemon.pipeline.pipeline import Pipeline
from hrvdaemon.vocabulary.epochs import Epoch, Quality
from hrvdaemon.vocabulary.events import AutonomicState, DecisionMade, EpochClosed, PromptIssued
from hrvdaemon.vocabulary.inputs import Input
from hrvdaemon.vocabulary.units import MINUTE_MS

_USABLE = (Quality.GOOD, Quality.FAIR)
_FEWEST_PAIRS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Minute:
    """What was known of a minute and what was made of it.

    ``activation`` is None where it was not judged; ``is_usable`` says whether its signal could have carried a judgement
    (science D.4, inputs); ``why_not`` is the reason it was not judged, or why an invitation was withheld.
    """

    start_ms: int
    hr_bpm: float | None
    ln_rmssd: float | None
    is_usable: bool
    activation: float | None
    state: AutonomicState
    why_not: str | None

    @property
    def end_ms(self) -> int:
        """First moment after it."""
        return self.start_ms + MINUTE_MS


class Observer:
    """Feed it inputs; ``minutes`` without any beat are not in the list."""

    def __init__(self) -> None:
        self._pipeline = Pipeline()
        self._epoch: Epoch | None = None
        self.minutes: list[Minute] = []
        self.invited_ms: list[int] = []

    def feed(self, inputs: Iterable[Input]) -> None:
        """Let the pipeline have these, in order."""
        for given in inputs:
            for event in self._pipeline.feed(given):
                match event:
                    case EpochClosed():
                        self._epoch = event.epoch
                    case DecisionMade():
                        self._take(event)
                    case PromptIssued():
                        self.invited_ms.append(event.mono_ms)
                    case _:
                        pass

    def _take(self, decision: DecisionMade) -> None:
        epoch = self._epoch
        if epoch is None or decision.epoch is None or epoch.start_mono_ms != decision.start_mono_ms:
            return
        why_not = decision.reason or decision.withheld
        self.minutes.append(
            Minute(
                start_ms=decision.start_mono_ms,
                hr_bpm=epoch.metrics.mean_hr_bpm,
                ln_rmssd=epoch.metrics.ln_rmssd,
                is_usable=is_usable(epoch),
                activation=decision.activation,
                state=decision.state,
                why_not=None if why_not is None else why_not.value,
            )
        )


def is_usable(epoch: Epoch) -> bool:
    """Grade good or fair, and thirty successive differences (science D.4, inputs)."""
    metrics = epoch.metrics
    has_both = metrics.mean_hr_bpm is not None and metrics.ln_rmssd is not None
    return has_both and metrics.quality in _USABLE and metrics.n_pairs >= _FEWEST_PAIRS
