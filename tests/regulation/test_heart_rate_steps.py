"""Rises, slopes and steps of ten-second heart rates."""

import pytest

from hrvdaemon.regulation.heart_rate_steps import level_before_step, slope_bpm_per_min, smoothed, steepest_rise


def test_a_hole_in_the_tens_is_not_bridged_to_a_step_nearer_than_it_was() -> None:
    assert steepest_rise([60.0, None, None, 69.0], 2, 1) == 0.0
    assert steepest_rise([60.0, None, 69.0], 2, 1) == 9.0
    assert steepest_rise([], 6, 0) == 0.0
    assert steepest_rise([80.0, 60.0], 6, 1) == -20.0


def test_a_slope_needs_two_thirds_of_its_tens() -> None:
    assert slope_bpm_per_min([60.0 + n / 6 for n in range(18)]) == pytest.approx(1.0)
    assert slope_bpm_per_min([60.0 + n / 6 if n < 12 else None for n in range(18)]) == pytest.approx(1.0)
    assert slope_bpm_per_min([60.0 if n < 11 else None for n in range(18)]) is None


def test_the_level_before_a_step_is_the_median_of_three_minutes() -> None:
    tens: list[float | None] = [*[58.0] * 10, *[60.0] * 14, *[70.0] * 4]
    assert level_before_step(tens, 6, 8.0) == 60.0
    assert level_before_step([60.0] * 30, 6, 8.0) is None
    assert level_before_step([None] * 30, 6, 8.0) is None


def test_smoothing_drops_a_single_swing_and_keeps_a_step() -> None:
    assert smoothed([60.0, 60.0, 72.0, 60.0, 60.0]) == [60.0] * 5
    assert smoothed([60.0, 60.0, 70.0, 70.0, 70.0]) == [60.0, 60.0, 70.0, 70.0, 70.0]


def test_smoothing_looks_over_a_hole_and_never_fills_a_wide_one() -> None:
    assert smoothed([60.0, None, 62.0]) == [60.0, 61.0, 62.0]
    assert smoothed([60.0, None, None, None, 62.0]) == [60.0, 60.0, None, 62.0, 62.0]
