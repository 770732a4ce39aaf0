"""Which exercise an invitation offers: by what the moment allows, then by a seeded draw (law 8)."""

from hrvdaemon.regulation.exercises import CATALOGUE, ORIENT, PACED_6, Exercise
from hrvdaemon.vocabulary.draws import draw
from hrvdaemon.vocabulary.events import AutonomicState

ORIENT_SHARE = 0.1
"""Floor for variety (exercises-and-safety F.1)."""


def choose(state: AutonomicState, *, seed: int, ordinal: int, asked_for: str | None = None) -> Exercise:
    """The exercise asked for, if there is one of that name; else what fits.

    With a low pattern nothing that calms further is offered: orienting instead (science D.4).
    """
    if asked_for in CATALOGUE:
        return CATALOGUE[asked_for]
    if state is AutonomicState.LOW_PATTERN or draw(seed, "exercise", ordinal) < ORIENT_SHARE:
        return ORIENT
    return PACED_6
