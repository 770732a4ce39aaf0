"""Settings under dotted keys: every mistake at once, with the nearest key."""

import re
from pathlib import Path

import pytest

from hrvdaemon.pipeline.settings import Settings, defaults
from hrvdaemon.vocabulary.errors import BadConfig
from hrvdaemon.vocabulary.inputs import Scalar


def test_nothing_changed_is_the_defaults() -> None:
    assert Settings.from_flat({}) == Settings()
    assert Settings.from_flat(defaults()) == Settings()


def test_the_defaults_are_the_table_of_the_science() -> None:
    """science D.4, config defaults: the single table for the code."""
    table = {
        "artefacts.lookahead": 6,
        "artefacts.floor_ms": 30.0,
        "gates.usable_max_artefacts": 0.05,
        "gates.min_pairs": 30,
        "gates.min_coverage": 0.80,
        "gates.hr_reserve": 0.30,
        "gates.rise_bpm_60s": 15.0,
        "gates.rise_bpm_20s": 10.0,
        "gates.settle_bpm_per_min": 1.5,
        "gates.lockout_min_light": 15,
        "gates.lockout_min_moderate": 30,
        "gates.lockout_min_hard": 60,
        "gates.step_bpm": 8.0,
        "gates.step_release_bpm": 4.0,
        "gates.step_hold_max_min": 45,
        "baseline.days": 21,
        "baseline.half_life_days": 10.0,
        "baseline.time_of_day_sigma_h": 1.5,
        "baseline.shrink_minutes": 120,
        "baseline.sigma_floor_hr_bpm": 3.0,
        "baseline.sigma_floor_ln": 0.15,
        "dominance.theta_on": 1.5,
        "dominance.theta_off": 0.5,
        "dominance.k": 8,
        "dominance.n": 10,
        "dominance.both_sides": 0.5,
        "prompts.cooldown_min": 60,
        "prompts.daily_cap": 4,
        "prompts.quiet_from_min": 22 * 60,
        "prompts.quiet_to_min": 8 * 60,
    }
    assert {key: defaults()[key] for key in table} == table


def test_a_changed_key_changes_that_and_nothing_else() -> None:
    changed = Settings.from_flat({"prompts.daily_cap": 2, "dominance.theta_on": 2})
    assert changed.prompts.daily_cap == 2
    assert changed.dominance.theta_on == 2.0
    assert isinstance(changed.dominance.theta_on, float)
    assert changed.gates == Settings().gates


def test_every_mistake_is_named_at_once_with_the_nearest_key() -> None:
    wrong: dict[str, Scalar] = {"prompts.daly_cap": 2, "gates.step_bpm": "much", "prompts.cooldown_min": 1.5, "x": 1}
    with pytest.raises(BadConfig) as caught:
        Settings.from_flat(wrong)
    message = str(caught.value)
    assert "unknown setting 'prompts.daly_cap', did you mean 'prompts.daily_cap'?" in message
    assert "gates.step_bpm: expected float, came 'much'" in message
    assert "prompts.cooldown_min: expected int, came 1.5" in message
    assert "unknown setting 'x'" in message


@pytest.mark.parametrize(
    ("key", "value"), [("dominance.theta_on", True), ("prompts.daily_cap", True), ("timeline.millisecond_sensors", 5)]
)
def test_a_wrong_type_is_not_taken_for_the_right_one(key: str, value: Scalar) -> None:
    with pytest.raises(BadConfig, match=key):
        Settings.from_flat({key: value})


@pytest.mark.parametrize(
    ("key", "value"), [("artefacts.floor_ms", 0), ("prompts.cooldown_min", -1), ("dominance.n", 0)]
)
def test_a_number_that_makes_no_sense_is_named(key: str, value: int) -> None:
    with pytest.raises(BadConfig, match=key):
        Settings.from_flat({key: value})


def test_the_low_pattern_is_below_zero() -> None:
    assert Settings.from_flat({"dominance.low_z": -3.0}).dominance.low_z == -3.0


def test_the_document_has_every_setting_with_its_default() -> None:
    text = (Path(__file__).parents[2] / "docs" / "detector.md").read_text(encoding="utf-8")
    shown = dict(re.findall(r"^\| `([a-z_0-9.]+\.[a-z_0-9]+)` \| ([^|]+) \|", text, flags=re.MULTILINE))
    written = {True: "true", False: "false"}
    assert shown == {
        key: written[value] if isinstance(value, bool) else f'"{value}"' if isinstance(value, str) else repr(value)
        for key, value in defaults().items()
    }
