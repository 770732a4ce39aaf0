"""Deciding a ledger again: what may be changed, and that it is quick. That it agrees with the pipeline: invariance/."""

from collections.abc import Callable

import pytest

from hrvdaemon.pipeline.settings import defaults
from hrvdaemon.regulation.ledger_columns import columns_of
from hrvdaemon.regulation.redecision import REDECIDABLE, Redecision, Rules, redecide
from hrvdaemon.vocabulary.events import DecisionMade
from hrvdaemon.vocabulary.units import MINUTE_MS, Instant

Decision = Callable[..., DecisionMade]


def waves(decision: Decision, *values: tuple[int, float]) -> list[DecisionMade]:
    """Noon on: so many minutes of each activation."""
    levels = [level for minutes, level in values for _ in range(minutes)]
    return [
        decision(
            start_at=Instant(n * MINUTE_MS), start_mono_ms=n * MINUTE_MS, local_minute=720 + n, activation=level,
            z_hr=level, z_ln_rmssd=-level,
        )
        for n, level in enumerate(levels)
    ]  # fmt: skip


@pytest.mark.parametrize(("theta_on", "prompts"), [(1.5, (27,)), (2.0, (27,)), (2.01, ()), (1.0, (27,))])
def test_eight_minutes_at_the_threshold_invite_once(
    decision: Decision, theta_on: float, prompts: tuple[int, ...]
) -> None:
    columns = columns_of(waves(decision, (20, 0.0), (12, 2.0), (20, 0.0)))
    assert redecide(columns, Rules(theta_on=theta_on)).prompts == prompts


def test_without_a_threshold_each_rows_own_counts(decision: Decision) -> None:
    rows = waves(decision, (20, 0.0), (12, 1.6))
    assert redecide(columns_of(rows), Rules()).prompts == (27,)


def test_after_one_activation_must_come_down_first(decision: Decision) -> None:
    high = columns_of(waves(decision, (20, 0.0), (200, 2.0)))
    assert redecide(high, Rules(theta_on=1.5)).prompts == (27,)
    twice = columns_of(waves(decision, (20, 0.0), (60, 2.0), (10, 0.0), (20, 2.0)))
    assert redecide(twice, Rules(theta_on=1.5)).prompts == (27, 97)


def test_thresholds_are_tried_on_windows_worked_out_once(decision: Decision) -> None:
    again = Redecision(columns_of(waves(decision, (20, 0.0), (12, 1.6), (80, 0.0), (12, 2.1))), Rules())
    assert [len(again.invite(theta).prompts) for theta in (1.0, 1.6, 1.7, 2.1, 2.2)] == [2, 2, 1, 1, 0]


def test_an_empty_ledger_invites_nobody() -> None:
    assert redecide(columns_of([]), Rules(theta_on=1.0)).prompts == ()


def test_what_may_be_changed_are_settings() -> None:
    assert set(defaults()) >= REDECIDABLE
