"""Missing stays missing, and small movement stays flat."""

from hrvdaemon.terminal.trend import columns, sparkline


def test_a_gap_is_a_space_and_never_a_bridge() -> None:
    assert sparkline([60.0, None, 80.0], least_span=20) == "▁ █"


def test_the_height_is_the_span_of_the_values() -> None:
    assert sparkline([float(n) for n in range(8)], least_span=1) == "▁▂▃▄▅▆▇█"


def test_small_movement_stays_in_the_middle() -> None:
    assert set(sparkline([64.0, 65.0, 64.5], least_span=20)) <= set("▄▅")


def test_a_single_value_and_no_value_are_shown_too() -> None:
    assert sparkline([64.0], least_span=20) == "▅"
    assert sparkline([None, None], least_span=20) == "  "


def test_columns_are_means_of_their_seconds_newest_last() -> None:
    points = [(0, 60.0), (9_999, 62.0), (10_000, 70.0), (25_000, None)]
    assert columns(points, end_ms=29_999, width=3, column_ms=10_000) == [61.0, 70.0, None]


def test_points_outside_the_time_shown_are_left_out() -> None:
    assert columns([(0, 60.0), (50_000, 90.0)], end_ms=40_000, width=2, column_ms=10_000) == [None, None]
