"""Which rows count under other settings, and which stand in one window."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from hrvdaemon.regulation.dominance import DominanceSettings
from hrvdaemon.regulation.gate import GateSettings
from hrvdaemon.regulation.ledger_columns import columns_of
from hrvdaemon.regulation.ledger_windows import eligible, positions, quiet, window_starts
from hrvdaemon.regulation.prompting import PromptSettings
from hrvdaemon.vocabulary.events import DecisionMade, GateVerdict, Reason
from hrvdaemon.vocabulary.units import MINUTE_MS, Instant

Decision = Callable[..., DecisionMade]
DAY = PromptSettings()


def verdicts(failed: str | None = None, **values: Any) -> tuple[GateVerdict, ...]:
    given = {"rhythm": (0.02, None), "breathing": (0.2, 0.12), "activity": (85.0, 90.0)} | values
    return tuple(
        GateVerdict(gate=gate, passed=gate != failed, value=value, limit=limit, reason=Reason.MOVING if gate == failed else None)
        for gate, (value, limit) in given.items()
    )  # fmt: skip


def counts(row: DecisionMade, before: GateSettings | None = None, prompts: PromptSettings = DAY, **now: Any) -> bool:
    return bool(eligible(columns_of([row]), prompts, GateSettings(**now), before or GateSettings())[0])


@pytest.mark.parametrize("gate", ["quality", "rhythm", "kinetics", "recovery", "step_hold", "motion"])
def test_a_gate_that_failed_keeps_a_row_out(decision: Decision, gate: str) -> None:
    row = decision(local_minute=720, gates=verdicts(gate, **{gate: (1.0, None)}))
    assert not counts(row)
    assert counts(decision(local_minute=720, gates=verdicts()))


@pytest.mark.parametrize(
    ("now", "counted"),
    [
        ({}, True),
        ({"usable_max_artefacts": 0.01}, False),
        ({"slow_breathing_hz": 0.21}, False),
        ({"above_rest_bpm": 24.0}, False),
        ({"above_rest_bpm": 26.0}, True),
    ],
)
def test_a_gate_without_memory_is_looked_at_again_with_its_new_limit(
    decision: Decision, now: dict[str, Any], *, counted: bool
) -> None:
    """85 bpm, limit 90 = rest 60 + 30: 24 above rest are 84, and 85 is over it."""
    assert counts(decision(local_minute=720, hr_bpm=85.0, gates=verdicts()), **now) is counted


@pytest.mark.parametrize(("limit", "counted"), [(36.0, True), (34.0, False)])
def test_a_wider_limit_lets_a_row_in(decision: Decision, limit: float, *, counted: bool) -> None:
    row = decision(local_minute=720, hr_bpm=95.0, gates=verdicts("activity", activity=(95.0, 90.0)))
    assert not counts(row)
    assert counts(row, above_rest_bpm=limit) is counted


def test_with_a_known_age_the_share_of_the_reserve_is_looked_at_again(decision: Decision) -> None:
    """Age 40, most 180: the limit 96 was 30 % of the reserve over 60; 25 % are 90, and 20 % are 84."""
    before = GateSettings(age_years=40)
    row = decision(local_minute=720, hr_bpm=88.0, gates=verdicts(activity=(88.0, 96.0)))
    assert counts(row, before, age_years=40, hr_reserve=0.25)
    assert not counts(row, before, age_years=40, hr_reserve=0.20)


@pytest.mark.parametrize(
    ("minute", "is_quiet"), [(1318, False), (1319, True), (1320, True), (0, True), (479, True), (480, False)]
)
def test_a_minute_that_begins_or_ends_in_the_quiet_hours_is_quiet(
    decision: Decision, minute: int, *, is_quiet: bool
) -> None:
    columns = columns_of([decision(local_minute=minute)])
    assert bool(quiet(columns, DAY)[0]) is is_quiet
    assert counts(decision(local_minute=minute, gates=verdicts())) is not is_quiet


def test_other_quiet_hours_let_the_evening_in_and_a_pause_stays_a_pause(decision: Decision) -> None:
    late = PromptSettings(quiet_from_min=23 * 60, quiet_to_min=60)
    wished = verdicts("wish", wish=(0, None))
    assert counts(decision(local_minute=1330, gates=wished), prompts=late)
    assert not counts(decision(local_minute=1330, gates=verdicts("wish", wish=(1, None))), prompts=late)


def rows(decision: Decision, *given: tuple[int, int, int]) -> Any:
    """(minute of the wall, minute of the run, minutes)."""
    return columns_of(
        [
            decision(start_at=Instant(wall * MINUTE_MS), start_mono_ms=mono * MINUTE_MS, minutes=minutes)
            for wall, mono, minutes in given
        ]
    )


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([(100, 0, 1), (101, 1, 1), (102, 2, 5), (107, 7, 1)], [0, 1, 2, 7]),
        ([(100, 0, 1), (150, 0, 1)], [0, 50]),
        ([(100, 0, 1), (5_000_000, 1, 1)], [0, 1]),
        ([(100, 50, 1), (40, 51, 1), (41, 52, 1)], [0, 1, 2]),
        ([], []),
    ],
    ids=["a hole", "another run", "the clock five years ahead", "the clock set back", "nothing"],
)
def test_running_time_goes_on_whatever_the_clock_does(
    decision: Decision, given: list[tuple[int, int, int]], expected: list[int]
) -> None:
    assert positions(rows(decision, *given)).tolist() == expected


def test_a_window_reaches_ten_minutes_back_and_over_five_not_judged() -> None:
    places = np.array([0, 1, 2, 3, 9, 10, 17, 18, 30])
    assert window_starts(places, DominanceSettings()).tolist() == [0, 0, 0, 0, 0, 1, 6, 6, 8]
