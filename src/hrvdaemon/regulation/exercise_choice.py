"""Which exercise an invitation offers: by what the moment allows, then by a seeded draw (law 8)."""

from hrvdaemon.regulation.exercises import CATALOGUE, ORIENT, PACED_6, Exercise
from hrvdaemon.vocabulary.draws import draw

ORIENT_SHARE = 0.1
"""Floor for variety (exercises-and-safety F.1)."""


def choose(*, needs_no_calming: bool, seed: int, ordinal: int, asked_for: str | None = None) -> Exercise:
    """The exercise asked for, if there is one of that name; else what fits.

    Far below the usual, or numb, far away, faint or exhausted, nothing that calms further is offered: orienting instead
    (science D.4). What the wearer asks for by name is theirs to choose.
    """
    if asked_for in CATALOGUE:
        return CATALOGUE[asked_for]
    if needs_no_calming or draw(seed, "exercise", ordinal) < ORIENT_SHARE:
        return ORIENT
    return PACED_6
