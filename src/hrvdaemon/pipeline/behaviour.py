"""The behaviour half of the pipeline: decisions, invitations, answers, sessions. Knows nothing of packets."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import exp

from hrvdaemon.hrv.coherence import breath_swing
from hrvdaemon.hrv.rolling import RecentBeats
from hrvdaemon.pipeline.agenda import Agenda, Due
from hrvdaemon.pipeline.detector import Circumstances, Detector
from hrvdaemon.regulation.exercise_choice import choose
from hrvdaemon.regulation.exercise_session import BIOFEEDBACK_EVERY_MS, BIOFEEDBACK_WINDOW_MS, Session
from hrvdaemon.regulation.outcome import BEFORE_S, Felt, outcome
from hrvdaemon.vocabulary.epochs import Epoch, WindowMetrics
from hrvdaemon.vocabulary.events import (
    AutonomicState,
    AutonomicStateChanged,
    BiofeedbackUpdated,
    DecisionMade,
    Event,
    ExerciseFinished,
    ExerciseStarted,
    PhaseStarted,
    PromptIssued,
    Reason,
)
from hrvdaemon.vocabulary.inputs import Answer, ExerciseRequested, FeltRated, PromptAnswered, Tag
from hrvdaemon.vocabulary.units import MINUTE_MS, Instant, PromptId, RunId, SessionId

SESSION_SHADOW_MS = 5 * MINUTE_MS
"""Not judged so long after a session (gate G5)."""

JUDGED_KEPT = 60 * 24 * 60
"""Minutes of the wall that are known to have been judged: two months of them, or half of that."""


@dataclass(slots=True)
class Numbers:
    """What comes next of each kind in this run; ids are functions of (run, kind, number), law 8."""

    run: RunId
    epochs: int = 0
    prompts: int = 0
    sessions: int = 0
    windows: int = 0


class Behaviour:
    """Feed it closed minutes, answers and due moments."""

    def __init__(self, detector: Detector, agenda: Agenda, numbers: Numbers, seed: int) -> None:
        self.detector = detector
        self.numbers = numbers
        self.seed = seed
        self.state = AutonomicState.NO_SIGNAL
        self._agenda = agenda
        self._session: Session | None = None
        self.last_session: tuple[int, int] | None = None
        self._offered: dict[PromptId, str] = {}
        self._judged: set[int] = set()

    # -- minutes -----------------------------------------------------------------------------------------------------

    def minute(self, epoch: Epoch, now_ms: int, *, is_warming_up: bool, may_ask: bool) -> Iterator[Event]:
        """Judge a closed minute."""
        around = Circumstances(
            in_session=self._is_in_session(epoch.start_mono_ms),
            is_warming_up=is_warming_up,
            is_repeated=self._is_repeated(epoch.start_at),
            may_ask=may_ask,
            next_prompt=PromptId(f"{self.numbers.run}-prompt-{self.numbers.prompts}"),
        )
        self._remember_judged(epoch.start_at, 1)
        decision = self.detector.judge(epoch, around, now_ms)
        yield decision
        yield from self.enter(decision.state, decision.reason, now_ms)
        if decision.prompt is not None:
            yield self._prompt(decision, decision.prompt, now_ms)

    def enter(self, state: AutonomicState, reason: Reason | None, now_ms: int) -> Iterator[Event]:
        """Say that the state changed, if it did."""
        if state is not self.state:
            before, self.state = self.state, state
            at = self.detector.clock.wall(now_ms)
            yield AutonomicStateChanged(mono_ms=now_ms, at=at, state=state, previous=before, reason=reason)

    def _prompt(self, decision: DecisionMade, prompt: PromptId, now_ms: int) -> PromptIssued:
        hr_bpm, rmssd_ms = self.detector.middle()
        exercise = choose(decision.state, seed=self.seed, ordinal=self.numbers.prompts).id
        self.numbers.prompts += 1
        self._offered[prompt] = exercise
        return invitation(decision, prompt, exercise, (hr_bpm, rmssd_ms), self.detector.tags(now_ms))

    # -- answers -----------------------------------------------------------------------------------------------------

    def answered(self, given: PromptAnswered, now_ms: int) -> Iterator[Event]:
        """Start, Later or Not today; to an invitation that is not open it changes nothing."""
        day = self.detector.clock.local(now_ms).day
        taken = self.detector.manners.answer(given.prompt, given.answer, now_ms, day)
        if taken and given.answer is Answer.START:
            yield from self._begin(self._offered.get(given.prompt), given.prompt, now_ms)

    def requested(self, wish: ExerciseRequested, now_ms: int) -> Iterator[Event]:
        """An exercise by the wearer's own wish."""
        yield from self._begin(wish.exercise, None, now_ms)

    def _begin(self, exercise: str | None, prompt: PromptId | None, now_ms: int) -> Iterator[Event]:
        if self._session is not None and self._session.is_guided(now_ms):
            return
        yield from self.finish(now_ms, after=None)
        chosen = choose(self.state, seed=self.seed, ordinal=self.numbers.sessions, asked_for=exercise)
        session, at = SessionId(f"{self.numbers.run}-session-{self.numbers.sessions}"), self.detector.clock.wall(now_ms)
        self.numbers.sessions += 1
        self._session = Session.begin(session, chosen, prompt, now_ms)
        self._plan(self._session)
        yield ExerciseStarted(
            mono_ms=now_ms, at=at, session=session, exercise=chosen.id, prompt=prompt, duration_s=chosen.duration_s
        )
        yield from self.phase(now_ms)

    def _plan(self, session: Session) -> None:
        self._agenda.set(Due.BEFORE, session.before_due_ms)
        self._agenda.set(Due.GUIDED_END, session.guided_until_ms)
        self._agenda.set(Due.FINISH, session.finish_due_ms)
        if session.exercise.pace_hz is not None:
            self._agenda.set(Due.FEEDBACK, session.next_feedback_ms)

    # -- a running session -------------------------------------------------------------------------------------------

    def phase(self, now_ms: int) -> Iterator[Event]:
        """The next phase begins."""
        session = self._session
        if session is None or not session.is_guided(now_ms):
            return
        phase = session.take_phase()
        self._agenda.set(Due.PHASE, session.next_phase_ms)
        yield PhaseStarted(
            mono_ms=now_ms,
            at=self.detector.clock.wall(now_ms),
            session=session.id,
            text=phase.text,
            breath=phase.breath,
            duration_s=phase.seconds,
        )

    def feedback(self, recent: RecentBeats | None, now_ms: int) -> Iterator[Event]:
        """How the heart follows the pacer."""
        session = self._session
        if session is None or session.exercise.pace_hz is None or not session.is_guided(now_ms):
            return
        self._agenda.set(Due.FEEDBACK, now_ms + BIOFEEDBACK_EVERY_MS)
        beats = ([], []) if recent is None else recent.ordinary(now_ms - BIOFEEDBACK_WINDOW_MS, now_ms)
        swing = breath_swing(*beats, pace_hz=session.exercise.pace_hz, inhale_start_s=session.start_ms / 1000)
        if swing is not None:
            session.swings.append(swing)
            at = self.detector.clock.wall(now_ms)
            yield BiofeedbackUpdated(mono_ms=now_ms, at=at, session=session.id, swing=swing)

    def read_before(self, metrics: Callable[[int, int], WindowMetrics | None]) -> None:
        """The two minutes before, once their beats are final."""
        if self._session is not None:
            start_ms = self._session.start_ms
            self._session.before = metrics(start_ms - BEFORE_S * 1000, start_ms)

    def stopped(self, now_ms: int) -> None:
        """The wearer has had enough: guiding ends at once, what follows is still looked at."""
        if self._session is not None and self._session.is_guided(now_ms):
            self._session.stop(now_ms)
            self._agenda.drop(Due.PHASE, Due.FEEDBACK, Due.GUIDED_END)
            self._agenda.set(Due.FINISH, self._session.finish_due_ms)
            self.guided_end()

    def guided_end(self) -> None:
        """Guiding is over; the shadow of the session begins."""
        if self._session is not None:
            self._agenda.drop(Due.PHASE, Due.FEEDBACK)
            self.last_session = (self._session.start_ms, self._session.guided_until_ms)
            self.detector.manners.session_ended(self._session.guided_until_ms)

    def felt(self, rating: FeltRated) -> None:
        """Tension before or after the running session; a rating of another one changes nothing."""
        session = self._session
        if session is not None and session.id == rating.session:
            felt = session.felt
            session.felt = Felt(felt.before, rating.tension) if rating.after else Felt(rating.tension, felt.after)

    def finish(self, now_ms: int, after: Callable[[int, int], WindowMetrics | None] | None) -> Iterator[Event]:
        """The outcome of the session, if there is one; ``after`` None: what followed was not measured."""
        session = self._session
        if session is None:
            return
        self.stopped(now_ms)
        self._session = None
        self._agenda.drop(Due.BEFORE, Due.GUIDED_END, Due.FINISH)
        metrics = None if after is None else after(*session.after_window_ms)
        yield ExerciseFinished(
            mono_ms=now_ms,
            at=self.detector.clock.wall(now_ms),
            session=session.id,
            exercise=session.exercise.id,
            prompt=session.prompt,
            started_at=self.detector.clock.wall(session.start_ms),
            ended_at=self.detector.clock.wall(session.guided_until_ms),
            outcome=outcome(
                session.before,
                metrics,
                tuple(session.swings),
                session.felt,
                completed=session.completed,
                is_scored=session.exercise.is_scored,
            ),
        )

    def _is_in_session(self, start_ms: int) -> bool:
        end_ms = start_ms + MINUTE_MS
        spans = [self.last_session] if self.last_session else []
        if self._session is not None:
            spans.append((self._session.start_ms, self._session.guided_until_ms))
        return any(start < end_ms and start_ms < end + SESSION_SHADOW_MS for start, end in spans)

    # -- memory ------------------------------------------------------------------------------------------------------

    def recall_minute(self, decision: DecisionMade) -> None:
        """A decision of the past."""
        self.detector.recall(decision)
        if decision.epoch is not None:
            self._remember_judged(decision.start_at, decision.minutes)

    def _is_repeated(self, start_at: Instant) -> bool:
        """Whether this minute of the wall, or the other part of it, was judged before."""
        return start_at // MINUTE_MS in self._judged

    def _remember_judged(self, start_at: Instant, minutes: int) -> None:
        first = start_at // MINUTE_MS
        self._judged.update(range(first, first + minutes))
        if len(self._judged) > JUDGED_KEPT:
            self._judged = set(sorted(self._judged)[JUDGED_KEPT // 2 :])

    def recall_prompt(self, prompt: PromptIssued, mono_ms: int) -> None:
        """An invitation of the past."""
        self._offered[prompt.id] = prompt.exercise
        self.detector.manners.asked(prompt.id, mono_ms, self.detector.clock.local(mono_ms).day)

    def recall_session(self, finished: ExerciseFinished, mono_ms: int) -> None:
        """A session of the past."""
        ended_ms = mono_ms - (finished.at - finished.ended_at)
        self.last_session = (mono_ms - (finished.at - finished.started_at), ended_ms)
        self.detector.manners.session_ended(ended_ms)

    def shift(self, delta_ms: int) -> None:
        """The run's clock starts elsewhere."""
        if self.last_session is not None:
            self.last_session = (self.last_session[0] + delta_ms, self.last_session[1] + delta_ms)


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
