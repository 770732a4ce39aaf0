"""A guided session as a plan of due moments: phases, biofeedback every five seconds, then before against after.

The plan is fixed when it starts, so a dropout of the strap changes what is measured and nothing else. It ends by
itself; stopping early ends the guiding at once and still looks at what followed.
"""

from dataclasses import dataclass, field

from hrvdaemon.regulation.exercises import Exercise, Phase
from hrvdaemon.regulation.outcome import AFTER_S, NOT_ASKED, SETTLE_S, Felt
from hrvdaemon.vocabulary.epochs import BreathSwing, WindowMetrics
from hrvdaemon.vocabulary.units import PromptId, SessionId

BIOFEEDBACK_EVERY_MS = 5_000
BIOFEEDBACK_WINDOW_MS = 55_000
"""Four breaths, the six beats that are not final yet, and a slow heart."""
GRACE_MS = 15_000
"""A beat is final six beats late; windows are read when theirs are."""


@dataclass(slots=True, kw_only=True)
class Session:
    """A running session; moments on the run's clock."""

    id: SessionId
    exercise: Exercise
    prompt: PromptId | None
    start_ms: int
    guided_until_ms: int
    completed: bool = True
    before: WindowMetrics | None = None
    felt: Felt = NOT_ASKED
    swings: list[BreathSwing] = field(default_factory=list)
    next_phase_ms: int = 0
    next_phase: int = 0
    next_feedback_ms: int = 0

    @classmethod
    def begin(cls, session: SessionId, exercise: Exercise, prompt: PromptId | None, start_ms: int) -> "Session":
        """Plan a session that starts now."""
        return cls(
            id=session,
            exercise=exercise,
            prompt=prompt,
            start_ms=start_ms,
            guided_until_ms=start_ms + round(exercise.duration_s * 1000),
            next_phase_ms=start_ms,
            next_feedback_ms=start_ms + BIOFEEDBACK_WINDOW_MS,
        )

    def is_guided(self, mono_ms: int) -> bool:
        """Whether phases are still being shown."""
        return mono_ms < self.guided_until_ms

    def stop(self, mono_ms: int) -> None:
        """The wearer has had enough; nothing is asked why."""
        if self.is_guided(mono_ms):
            self.guided_until_ms, self.completed = mono_ms, False

    @property
    def before_due_ms(self) -> int:
        """When the two minutes before can be read."""
        return self.start_ms + GRACE_MS

    @property
    def after_window_ms(self) -> tuple[int, int]:
        """The two minutes that are compared, once the heart has settled."""
        start = self.guided_until_ms + SETTLE_S * 1000
        return start, start + AFTER_S * 1000

    @property
    def finish_due_ms(self) -> int:
        """When the outcome is known."""
        return self.after_window_ms[1] + GRACE_MS

    def take_phase(self) -> Phase:
        """The phase that begins now; the next one is due at its end."""
        phase = self.exercise.cycle[self.next_phase % len(self.exercise.cycle)]
        self.next_phase += 1
        self.next_phase_ms += round(phase.seconds * 1000)
        return phase
