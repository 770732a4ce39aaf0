import pytest

from hrvdaemon.formats.rr_text import read_rr_text
from hrvdaemon.vocabulary.units import iso


def test_one_interval_a_line() -> None:
    series = read_rr_text(["800", "810.5", "790"])
    assert series.rr_ms.tolist() == [800, 810.5, 790]
    assert series.gaps.tolist() == [True, False, False]
    assert series.end_s.tolist() == pytest.approx([0.8, 1.6105, 2.4005])


def test_comments_blank_lines_and_line_ends_are_no_problem() -> None:
    series = read_rr_text(["# from a strap", "", "800 # first", " 810\r", "\t"])
    assert series.rr_ms.tolist() == [800, 810]
    assert series.problems == ()


@pytest.mark.parametrize(
    "value",
    ["word", "-800", "0", "4294967295", "1e300", "1e999", "nan", "inf", "8_00", "800 900", "0x320", "٨٠٠", "70000000"],
)
def test_what_is_no_interval_is_a_counted_problem_and_a_gap(value: str) -> None:
    series = read_rr_text(["800", value, "810", "820"])
    assert series.rr_ms.tolist() == [800, 810, 820]
    assert [problem.line for problem in series.problems] == [2]
    assert series.gaps.tolist() == [True, True, False]


@pytest.mark.parametrize(
    ("values", "unit"), [(["0.8", "0.81", "0.79"], "s"), (["800", "810", "790"], "ms"), (["9.9"], "s"), (["10"], "ms")]
)
def test_a_median_below_ten_means_seconds_and_the_decision_is_told(values: list[str], unit: str) -> None:
    series = read_rr_text(values)
    assert series.unit == unit
    assert f"unit taken as {unit}" in series.notes[0]


def test_the_unit_is_one_for_the_whole_file() -> None:
    series = read_rr_text(["0.8", "0.81", "800", "0.79"])
    assert series.rr_ms.tolist() == [800, 810, 790]
    assert [problem.line for problem in series.problems] == [3]


@pytest.mark.parametrize(("unit", "rr_ms"), [("ms", 512), ("ticks", 500)])
def test_a_unit_that_is_given_is_used_and_nothing_is_told(unit: str, rr_ms: float) -> None:
    series = read_rr_text(["512"], unit)  # type: ignore[arg-type]  # a parametrised literal is a str
    assert series.rr_ms.tolist() == [rr_ms]
    assert series.notes == ()


def test_fractions_are_kept_as_the_file_has_them() -> None:
    assert read_rr_text(["781.25", "0.9765625e3"], "ms").rr_ms.tolist() == [781.25, 976.5625]


@pytest.mark.parametrize(
    ("comment", "start"),
    [
        ("# start: 2026-03-01T08:00:00+01:00", "2026-03-01T07:00:00.000Z"),
        ("# start time: 2016-12-06-19:41:54, 1481071314.31", "2016-12-07T00:41:54.310Z"),
        ("# start: soon", None),
        ("# started to walk, 12", None),
    ],
)
def test_a_comment_may_say_when_it_began(comment: str, start: str | None) -> None:
    start_at = read_rr_text([comment, "800"]).start_at
    assert (None if start_at is None else iso(start_at)) == start
