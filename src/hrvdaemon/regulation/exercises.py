"""The exercises as data: phases in seconds, what to expect, when not to. Sources: exercises-and-safety F.1.

No breath hold, nothing cold, no cycle below eight seconds: every paced pattern lies between 4.5 and 7.5 breaths a
minute. Breathe gently, not deeply; stop at any time.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """One step; ``breath`` is "in", "out" or None."""

    text: str
    seconds: float
    breath: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exercise:
    """``cycle`` repeats until ``duration_s``. ``is_scored`` says whether its effect on variability is looked at.

    ``is_measurement``: it is there to learn about the wearer, and never offered by itself.
    """

    id: str
    name: str
    cycle: tuple[Phase, ...]
    duration_s: float
    is_silent: bool
    is_scored: bool
    evidence: str
    expect: str
    not_when: str
    is_measurement: bool = False

    @property
    def cycle_s(self) -> float:
        """Length of one round."""
        return sum(phase.seconds for phase in self.cycle)

    @property
    def pace_hz(self) -> float | None:
        """Breaths a second; None where breath is not paced."""
        return 1 / self.cycle_s if any(phase.breath for phase in self.cycle) else None


PACED_6 = Exercise(
    id="paced_6",
    name="slow breathing",
    cycle=(
        Phase(text="Breathe in gently", seconds=4, breath="in"),
        Phase(text="Breathe out slowly", seconds=6, breath="out"),
    ),
    duration_s=120,
    is_silent=True,
    is_scored=True,
    evidence="Laborde et al. 2022, Neurosci Biobehav Rev 138:104711; Shao, Man and Lee 2024, Mindfulness",
    expect="Your heart may swing along with your breath.",
    not_when="If breathing feels tight or makes you dizzy: breathe as you like, or look around instead.",
)

ORIENT = Exercise(
    id="orient_54321",
    name="looking around",
    cycle=(
        Phase(text="Look around slowly, wherever your eyes go", seconds=20),
        Phase(text="Find five things you can see", seconds=25),
        Phase(text="Four things you can touch", seconds=25),
        Phase(text="Three things you can hear", seconds=20),
        Phase(text="Two things you can smell", seconds=15),
        Phase(text="One breath, as it comes", seconds=15),
    ),
    duration_s=120,
    is_silent=True,
    is_scored=False,
    evidence="Clinical convention; no trial on heart rate variability",
    expect="Nothing needs to change.",
    not_when="",
)

SIT_STAND_WALK = Exercise(
    id="sit_stand_walk",
    name="sitting, standing, walking",
    cycle=(
        Phase(text="Sit comfortably, feet on the floor", seconds=300),
        Phase(text="Stand up now and stand still", seconds=180),
        Phase(text="Walk slowly, as in a room", seconds=120),
    ),
    duration_s=600,
    is_silent=True,
    is_scored=False,
    is_measurement=True,
    evidence="House procedure (science D.4, warm-up); it measures and is not meant to help",
    expect="It shows what standing does to your heart, so that it is not taken for activation.",
    not_when="If standing makes you dizzy: leave it out.",
)

CATALOGUE = {exercise.id: exercise for exercise in (PACED_6, ORIENT, SIT_STAND_WALK)}
