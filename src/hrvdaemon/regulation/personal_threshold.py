"""The personal threshold: raised only as far as it must be so that invitations stay rare, lowered only for who asked.

It begins at ``theta_on`` (1.5). At 04:00 of each local day in stage 3 the last fourteen days are decided again: while
they would have held more invitations than the target of 2 in 16 worn hours, scaled with wear, it rises in steps of
0.05, at most to 2.0. Below its beginning it falls, at least to 1.0, only if the wearer chose "frequent" and wears the
strap eight hours a day or more. Bounds and target: science D.4; the steps and the half for "gentle" are ours.
"""

from dataclasses import dataclass

import numpy as np

from hrvdaemon.regulation.dominance import DominanceSettings
from hrvdaemon.regulation.gate import GateSettings
from hrvdaemon.regulation.ledger_columns import LedgerColumns
from hrvdaemon.regulation.ledger_windows import quiet
from hrvdaemon.regulation.prompting import PromptSettings
from hrvdaemon.regulation.redecision import Redecision, Rules

DAYS = 14
LOWEST, HIGHEST = 1.0, 2.0
_STEPS = 20
"""Of 0.05 each."""
_GENTLE = 0.5
_WORN_DAY_MIN = 16 * 60
_LONG_WEAR_MIN = 8 * 60
_LONG_WEAR_DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalThreshold:
    """The threshold and what it was worked out from: see ``vocabulary.learning.ThresholdComputed``."""

    theta_on: float
    days_worn: int
    worn_minutes: int
    allowed: float
    prompts: int
    would_prompt: int


def personal_threshold(
    columns: LedgerColumns, dominance: DominanceSettings, prompts: PromptSettings, gates: GateSettings
) -> PersonalThreshold:
    """Fit the threshold to the rows, which are those of the last ``DAYS`` local days."""
    again = Redecision(columns, Rules(dominance=dominance, prompts=prompts, gates=gates))
    worn = columns.is_worn == 1
    awake = worn & ~quiet(columns, prompts)
    days_worn, worn_minutes = len(np.unique(columns.local_day[worn])), int(awake.sum())
    allowed = _target(prompts) * worn_minutes / _WORN_DAY_MIN
    wears_long = days_worn >= _LONG_WEAR_DAYS and worn.sum() >= _LONG_WEAR_MIN * days_worn
    lowest = LOWEST if prompts.frequency == "frequent" and wears_long else dominance.theta_on
    theta_on, would_prompt = _first_within(again, allowed, lowest, max(HIGHEST, dominance.theta_on))
    return PersonalThreshold(
        theta_on=theta_on,
        days_worn=days_worn,
        worn_minutes=worn_minutes,
        allowed=round(allowed, 3),
        prompts=len(again.invite(dominance.theta_on).prompts),
        would_prompt=would_prompt,
    )


def _target(prompts: PromptSettings) -> float:
    return prompts.target_per_day * (_GENTLE if prompts.frequency == "gentle" else 1.0)


def _first_within(again: Redecision, allowed: float, lowest: float, highest: float) -> tuple[float, int]:
    """The lowest threshold that holds no more invitations than allowed, or the highest there is."""
    grid = [lowest, *(step for i in range(_STEPS + 1) if lowest < (step := LOWEST + i / _STEPS) < highest), highest]
    count = 0
    for theta_on in grid:
        count = len(again.invite(theta_on).prompts)
        if count <= allowed:
            return theta_on, count
    return grid[-1], count
