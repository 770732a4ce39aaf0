"""The behaviour half of the pipeline: decisions, invitations, answers, sessions. Knows nothing of packets."""

from collections.abc import Iterator
from math import exp

from hrvdaemon.pipeline.agenda import Agenda
from hrvdaemon.pipeline.detector import Detector
from hrvdaemon.pipeline.guiding import Guiding
from hrvdaemon.pipeline.judged_minutes import JudgedMinutes
from hrvdaemon.pipeline.judgement import Circumstances
from hrvdaemon.pipeline.numbers import Numbers
from hrvdaemon.regulation.exercise_choice import choose
from hrvdaemon.regulation.state_machine import Condition
from hrvdaemon.regulation.step_hold import StandingSignature
from hrvdaemon.vocabulary.epochs import Epoch
from hrvdaemon.vocabulary.events import (
    AutonomicState,
    AutonomicStateChanged,
    DecisionMade,
    Event,
    ExerciseFinished,
    PromptIssued,
    Reason,
    StandingMeasured,
)
from hrvdaemon.vocabulary.inputs import Answer, ExerciseRequested, PromptAnswered, Tag
from hrvdaemon.vocabulary.units import MINUTE_MS, PromptId


class Behaviour:
    """Feed it closed minutes, answers and wishes."""

    def __init__(self, detector: Detector, agenda: Agenda, numbers: Numbers, seed: int) -> None:
        self.detector = detector
        self.numbers = numbers
        self.seed = seed
        self.guiding = Guiding(detector, agenda)
        self._offered: dict[PromptId, str] = {}
        self._judged = JudgedMinutes()

    @property
    def state(self) -> AutonomicState:
        """Where the wearer stands."""
        return self.detector.machine.state

    # -- minutes -----------------------------------------------------------------------------------------------------

    def minute(self, epoch: Epoch, now_ms: int, *, is_warming_up: bool, may_ask: bool) -> Iterator[Event]:
        """Judge a closed minute."""
        if self.state is AutonomicState.NO_SIGNAL:
            yield from self.meet(Condition.BEATS, now_ms)
        around = Circumstances(
            in_session=self.guiding.is_in_session(epoch.start_mono_ms),
            is_warming_up=is_warming_up,
            is_repeated=epoch.start_at // MINUTE_MS in self._judged,
            may_ask=may_ask,
            next_prompt=PromptId(f"{self.numbers.run}-prompt-{self.numbers.prompts}"),
        )
        self._judged.add(epoch.start_at // MINUTE_MS, 1)
        before = self.state
        decision = self.detector.judge(epoch, around, now_ms)
        self.guiding.minute(decision)
        yield decision
        yield from self._changed(before, decision.reason, now_ms)
        if decision.prompt is not None:
            yield self._prompt(decision, decision.prompt, now_ms)

    def meet(self, condition: Condition, now_ms: int, reason: Reason | None = None) -> Iterator[Event]:
        """Something outside the minutes is met, such as the first beats; the state may change by it."""
        before = self.state
        self.detector.machine.step(condition)
        yield from self._changed(before, reason, now_ms)

    def _changed(self, before: AutonomicState, reason: Reason | None, now_ms: int) -> Iterator[Event]:
        if self.state is not before:
            at = self.detector.clock.wall(now_ms)
            yield AutonomicStateChanged(mono_ms=now_ms, at=at, state=self.state, previous=before, reason=reason)

    def _prompt(self, decision: DecisionMade, prompt: PromptId, now_ms: int) -> PromptIssued:
        needs_no_calming = self.detector.needs_no_calming(now_ms)
        exercise = choose(needs_no_calming=needs_no_calming, seed=self.seed, ordinal=self.numbers.prompts).id
        self.numbers.prompts += 1
        self._offered[prompt] = exercise
        tags = self.detector.wishes.tags(now_ms)
        return invitation(decision, prompt, exercise, self.detector.middle(), tags)

    # -- answers -----------------------------------------------------------------------------------------------------

    def answered(self, given: PromptAnswered, now_ms: int) -> Iterator[Event]:
        """Start, Later or Not today; to an invitation that is not open it changes nothing."""
        if self.detector.answer(given.prompt, given.answer, now_ms) and given.answer is Answer.START:
            offered = None if self.detector.needs_no_calming(now_ms) else self._offered.get(given.prompt)
            yield from self._begin(offered, given.prompt, now_ms)

    def requested(self, wish: ExerciseRequested, now_ms: int) -> Iterator[Event]:
        """An exercise by the wearer's own wish."""
        yield from self._begin(wish.exercise, None, now_ms)

    def _begin(self, exercise: str | None, prompt: PromptId | None, now_ms: int) -> Iterator[Event]:
        if self.guiding.is_guiding(now_ms):
            return
        yield from self.guiding.finish(now_ms, after=None)
        ordinal, needs_no_calming = self.numbers.sessions, self.detector.needs_no_calming(now_ms)
        chosen = choose(needs_no_calming=needs_no_calming, seed=self.seed, ordinal=ordinal, asked_for=exercise)
        self.numbers.sessions += 1
        yield from self.guiding.begin(self.numbers.session(ordinal), chosen, prompt, now_ms)

    # -- memory ------------------------------------------------------------------------------------------------------

    def recall_minute(self, decision: DecisionMade) -> None:
        """A decision of the past."""
        self.detector.recall(decision)
        if decision.epoch is not None:
            self._judged.add(decision.start_at // MINUTE_MS, decision.minutes)

    def recall_prompt(self, prompt: PromptIssued) -> None:
        """An invitation of the past; whom it asked and when is in its decision."""
        self._offered[prompt.id] = prompt.exercise

    def recall_session(self, finished: ExerciseFinished) -> None:
        """A session of the past."""
        self.guiding.recall(finished)

    def recall_standing(self, measured: StandingMeasured) -> None:
        """What standing did to this wearer."""
        self.detector.knows_standing(
            StandingSignature(
                hr_bpm=measured.hr_bpm,
                hr_sd_bpm=measured.hr_sd_bpm,
                ln_rmssd=measured.ln_rmssd,
                ln_sd=measured.ln_sd,
            )
        )


def invitation(
    decision: DecisionMade, prompt: PromptId, exercise: str, middle: tuple[float, float], tags: tuple[Tag, ...]
) -> PromptIssued:
    """The record of an invitation, with the numbers that stand behind "why"."""
    if decision.usual is None or decision.activation is None:
        raise ValueError("an invitation needs a usual to compare with")
    return PromptIssued(
        mono_ms=decision.mono_ms,
        at=decision.at,
        id=prompt,
        activation=decision.activation,
        minutes=decision.evidence,
        hr_bpm=middle[0],
        rmssd_ms=middle[1],
        baseline_hr_bpm=decision.usual.hr_bpm,
        baseline_rmssd_ms=exp(decision.usual.ln_rmssd),
        exercise=exercise,
        confidence=decision.confidence,
        is_learning=decision.stage < 3,
        tags=tags,
    )
