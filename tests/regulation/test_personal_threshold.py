"""The personal threshold: raised only while the target is exceeded, lowered only for who asked and wears it long."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from hrvdaemon.regulation.dominance import DominanceSettings
from hrvdaemon.regulation.gate import GateSettings
from hrvdaemon.regulation.ledger_columns import columns_of
from hrvdaemon.regulation.personal_threshold import PersonalThreshold, personal_threshold
from hrvdaemon.regulation.prompting import PromptSettings
from hrvdaemon.vocabulary.events import DecisionMade
from hrvdaemon.vocabulary.units import MINUTE_MS, Instant

Decision = Callable[..., DecisionMade]
NOON = 720


def worn(decision: Decision, days: int, hours: int, *peaks: float) -> list[DecisionMade]:
    """Each day from 8 h on, with a quarter of an hour at each of these activations, two hours apart."""
    rows = []
    for day in range(days):
        for minute in range(hours * 60):
            place, inside = divmod(minute, 120)
            level = peaks[place] if place < len(peaks) and 60 <= inside < 75 else 0.0
            start = day * 1440 + 480 + minute
            rows.append(
                decision(
                    start_at=Instant(start * MINUTE_MS), start_mono_ms=start * MINUTE_MS, local_day=day, prompt=None,
                    local_minute=480 + minute, activation=level, z_hr=level, z_ln_rmssd=-level,
                )
            )  # fmt: skip
    return rows


def fitted(rows: list[DecisionMade], theta_on: float = 1.5, **prompts: Any) -> PersonalThreshold:
    dominance = DominanceSettings(theta_on=theta_on)
    return personal_threshold(columns_of(rows), dominance, PromptSettings(**prompts), GateSettings())


def test_while_the_target_holds_the_threshold_stays_where_it_began(decision: Decision) -> None:
    """One a day of ten hours: 14 of 17.5 allowed."""
    fit = fitted(worn(decision, 14, 10, 1.6))
    assert fit == PersonalThreshold(
        theta_on=1.5, days_worn=14, worn_minutes=8400, allowed=17.5, prompts=14, would_prompt=14
    )


def test_above_the_target_it_rises_just_as_far_as_it_must(decision: Decision) -> None:
    """Three a day, at 1.6, 1.72 and 2.5: 42 of 17.5; above 1.72 only the last is left."""
    fit = fitted(worn(decision, 14, 10, 1.6, 1.72, 2.5))
    assert (fit.prompts, fit.theta_on, fit.would_prompt) == (42, 1.75, 14)


def test_it_never_rises_above_two(decision: Decision) -> None:
    fit = fitted(worn(decision, 14, 10, 3.0, 3.0, 3.0))
    assert (fit.theta_on, fit.would_prompt) == (2.0, 42)


def test_the_target_is_scaled_with_wear(decision: Decision) -> None:
    """Five hours a day for a week allow 4.4; the seven that came are over it."""
    assert fitted(worn(decision, 7, 5, 1.6)).theta_on == 1.65
    assert fitted(worn(decision, 7, 10, 1.6)).theta_on == 1.5


def test_quiet_hours_are_no_wear_in_which_anybody_could_be_invited(decision: Decision) -> None:
    night = [replace(row, local_minute=(row.local_minute + 720) % 1440) for row in worn(decision, 14, 10, 1.6)]
    fit = fitted(night)
    assert fit.worn_minutes == 14 * 119
    assert fit.days_worn == 14


@pytest.mark.parametrize(
    ("frequency", "days", "hours", "theta_on"),
    [("frequent", 14, 10, 1.0), ("usual", 14, 10, 1.5), ("frequent", 14, 7, 1.5), ("frequent", 6, 10, 1.5)],
)
def test_below_its_beginning_it_falls_only_for_who_chose_frequent_and_wears_it_eight_hours(
    decision: Decision, frequency: str, days: int, hours: int, theta_on: float
) -> None:
    fit = fitted(worn(decision, days, hours, 1.1), frequency=frequency)
    assert (fit.theta_on, fit.prompts) == (theta_on, 0)


def test_for_who_chose_frequent_it_falls_no_further_than_the_target_allows(decision: Decision) -> None:
    """At 1.0 three a day, at 1.2 one: 42 and 14 of 17.5."""
    fit = fitted(worn(decision, 14, 10, 1.1, 1.17, 1.3), frequency="frequent")
    assert (fit.theta_on, fit.would_prompt) == (1.2, 14)


def test_who_chose_gentle_has_half_the_target(decision: Decision) -> None:
    assert fitted(worn(decision, 14, 10, 1.6), frequency="gentle").allowed == 8.75
    assert fitted(worn(decision, 14, 10, 1.6), frequency="gentle").theta_on == 1.65


def test_a_beginning_above_two_is_kept(decision: Decision) -> None:
    assert fitted(worn(decision, 14, 10, 3.0, 3.0, 3.0), theta_on=2.4).theta_on == 2.4


def test_nothing_lived_changes_nothing() -> None:
    fit = fitted([])
    assert (fit.theta_on, fit.prompts, fit.worn_minutes, fit.allowed) == (1.5, 0, 0, 0.0)
