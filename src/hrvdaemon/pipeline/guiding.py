"""A guided session as it runs: its phases, how the heart follows, what it changed, and what it measured."""

from collections.abc import Callable, Iterator

from hrvdaemon.hrv.coherence import breath_swing
from hrvdaemon.hrv.rolling import RecentBeats
from hrvdaemon.pipeline.agenda import Agenda, Due
from hrvdaemon.pipeline.detector import Detector
from hrvdaemon.regulation.exercise_session import BIOFEEDBACK_EVERY_MS, BIOFEEDBACK_WINDOW_MS, Session
from hrvdaemon.regulation.exercises import SIT_STAND_WALK, Exercise
from hrvdaemon.regulation.outcome import BEFORE_S, Felt, outcome
from hrvdaemon.regulation.standing import Minute, standing_signature
from hrvdaemon.vocabulary.epochs import WindowMetrics
from hrvdaemon.vocabulary.events import (
    BiofeedbackUpdated,
    DecisionMade,
    Event,
    ExerciseFinished,
    ExerciseStarted,
    PhaseStarted,
    Reason,
    StandingMeasured,
)
from hrvdaemon.vocabulary.inputs import FeltRated
from hrvdaemon.vocabulary.units import MINUTE_MS, PromptId, SessionId

SHADOW_MS = 5 * MINUTE_MS
"""Not judged so long after a session (gate G5)."""

Window = Callable[[int, int], WindowMetrics | None]


class Guiding:
    """At most one session at a time."""

    def __init__(self, detector: Detector, agenda: Agenda) -> None:
        self._detector = detector
        self._agenda = agenda
        self._session: Session | None = None
        self._last: tuple[int, int] | None = None
        self._minutes: list[Minute] = []

    def is_guiding(self, now_ms: int) -> bool:
        """Whether phases are being shown."""
        return self._session is not None and self._session.is_guided(now_ms)

    def is_in_session(self, start_ms: int) -> bool:
        """Whether a minute lies in a session or in its shadow."""
        end_ms = start_ms + MINUTE_MS
        spans = [self._last] if self._last else []
        if self._session is not None:
            spans.append((self._session.start_ms, self._session.guided_until_ms))
        return any(start < end_ms and start_ms < end + SHADOW_MS for start, end in spans)

    def begin(self, session: SessionId, chosen: Exercise, prompt: PromptId | None, now_ms: int) -> Iterator[Event]:
        """A session starts; the one before it must be finished."""
        self._session = Session.begin(session, chosen, prompt, now_ms)
        self._minutes = []
        self._plan(self._session)
        at = self._detector.clock.wall(now_ms)
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

    # -- while it runs -----------------------------------------------------------------------------------------------

    def phase(self, now_ms: int) -> Iterator[Event]:
        """The next phase begins."""
        session = self._session
        if session is None or not session.is_guided(now_ms):
            return
        phase = session.take_phase()
        self._agenda.set(Due.PHASE, session.next_phase_ms)
        yield PhaseStarted(
            mono_ms=now_ms,
            at=self._detector.clock.wall(now_ms),
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
            at = self._detector.clock.wall(now_ms)
            yield BiofeedbackUpdated(mono_ms=now_ms, at=at, session=session.id, swing=swing)

    def read_before(self, metrics: Window) -> None:
        """The two minutes before, once their beats are final."""
        if self._session is not None:
            start_ms = self._session.start_ms
            self._session.before = metrics(start_ms - BEFORE_S * 1000, start_ms)

    def minute(self, decision: DecisionMade) -> None:
        """A minute of the wall was judged; one with a usable signal may measure what standing does."""
        if self._session is None or self._session.exercise is not SIT_STAND_WALK:
            return
        is_usable = not any(verdict.reason in {Reason.QUALITY, Reason.RHYTHM} for verdict in decision.gates)
        if is_usable and decision.hr_bpm is not None and decision.ln_rmssd is not None:
            self._minutes.append((decision.start_mono_ms, decision.hr_bpm, decision.ln_rmssd))

    def felt(self, rating: FeltRated) -> None:
        """Tension before or after the running session; a rating of another one changes nothing."""
        session = self._session
        if session is not None and session.id == rating.session:
            felt = session.felt
            session.felt = Felt(felt.before, rating.tension) if rating.after else Felt(rating.tension, felt.after)

    # -- its end -----------------------------------------------------------------------------------------------------

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
            self._last = (self._session.start_ms, self._session.guided_until_ms)
            self._detector.manners.session_ended(self._session.guided_until_ms)

    def finish(self, now_ms: int, after: Window | None) -> Iterator[Event]:
        """The outcome of the session, if there is one; ``after`` None: what followed was not measured."""
        session = self._session
        if session is None:
            return
        self.stopped(now_ms)
        self._session = None
        self._agenda.drop(Due.BEFORE, Due.GUIDED_END, Due.FINISH)
        yield self._finished(session, None if after is None else after(*session.after_window_ms), now_ms)
        yield from self._standing(session, now_ms)

    def _finished(self, session: Session, after: WindowMetrics | None, now_ms: int) -> ExerciseFinished:
        clock = self._detector.clock
        return ExerciseFinished(
            mono_ms=now_ms,
            at=clock.wall(now_ms),
            session=session.id,
            exercise=session.exercise.id,
            prompt=session.prompt,
            started_at=clock.wall(session.start_ms),
            ended_at=clock.wall(session.guided_until_ms),
            outcome=outcome(
                session.before,
                after,
                tuple(session.swings),
                session.felt,
                completed=session.completed,
                is_scored=session.exercise.is_scored,
            ),
        )

    def _standing(self, session: Session, now_ms: int) -> Iterator[Event]:
        """The standing signature, where the whole of it was measured."""
        signature = standing_signature(session.start_ms, self._minutes) if session.completed else None
        if signature is None:
            return
        self._detector.knows_standing(signature)
        yield StandingMeasured(
            mono_ms=now_ms,
            at=self._detector.clock.wall(now_ms),
            session=session.id,
            hr_bpm=signature.hr_bpm,
            hr_sd_bpm=signature.hr_sd_bpm,
            ln_rmssd=signature.ln_rmssd,
            ln_sd=signature.ln_sd,
        )

    # -- memory ------------------------------------------------------------------------------------------------------

    def recall(self, finished: ExerciseFinished) -> None:
        """A session of the past."""
        ended_ms = finished.mono_ms - (finished.at - finished.ended_at)
        self._last = (finished.mono_ms - (finished.at - finished.started_at), ended_ms)
        self._detector.manners.session_ended(ended_ms)

    def carry_over(self, delta_ms: int, started_ms: int) -> None:
        """Another run's clock; what was before that run can not be later than its start."""
        if self._last is not None:
            start, end = self._last
            self._last = (min(start + delta_ms, started_ms), min(end + delta_ms, started_ms))
