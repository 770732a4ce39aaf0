from math import sin

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hrvdaemon.formats.beat_times import are_beat_times, is_time_and_class, read_classified_beats, series_of_beat_times
from hrvdaemon.formats.rr_series import Floats, RRSeries, Unit
from hrvdaemon.formats.rr_text import read_column
from hrvdaemon.vocabulary.units import iso


def bare(lines: list[str], unit: Unit | None = None) -> RRSeries:
    return series_of_beat_times(read_column(lines), unit)


def test_intervals_are_the_differences_without_digits_that_stand_for_nothing() -> None:
    series = bare(["0.34", "1.23", "2.07", "2.9"])
    assert (series.format, series.unit, series.rr_ms.tolist()) == ("beat-times", "s", [890, 840, 830])
    assert series.end_s.tolist() == pytest.approx([0.89, 1.73, 2.56])
    assert series.gaps.tolist() == [True, False, False]


def test_both_decisions_are_told() -> None:
    notes = bare(["0.34", "1.23", "2.07"]).notes
    assert "beat times" in notes[0]
    assert "unit taken as s" in notes[1]


@pytest.mark.parametrize(("lines", "unit", "rr_ms"), [(["340", "1230"], None, 890), (["512", "1024"], "ticks", 500)])
def test_the_unit_is_that_of_the_times(lines: list[str], unit: Unit | None, rr_ms: float) -> None:
    assert bare(lines, unit).rr_ms.tolist() == [rr_ms]


@pytest.mark.parametrize("step", ["2", "3", "-1"])
def test_a_time_that_is_not_after_the_one_before_is_a_problem_and_a_gap(step: str) -> None:
    series = bare(["1", "2", "3", step, "4.5", "5.5"])
    assert [problem.line for problem in series.problems] == [4]
    assert series.gaps.tolist() == [True, False, True, False]


def test_a_line_that_is_no_number_leaves_its_two_intervals_out() -> None:
    series = bare(["1", "2", "word", "4", "5.1"])
    assert series.rr_ms.tolist() == [1000, 1100]
    assert series.gaps.tolist() == [True, True]


def test_a_hole_is_a_problem_and_a_gap_and_time_goes_on_behind_it() -> None:
    series = bare(["1", "2", "3", "103", "104"])
    assert "came 100 s" in str(series.problems[0])
    assert series.end_s.tolist() == [1, 2, 103]
    assert series.gaps.tolist() == [True, False, True]


def test_the_series_starts_at_its_first_beat() -> None:
    start_at = bare(["# start: 2026-03-01T08:00:00Z", "2.5", "3.5"]).start_at
    assert start_at is not None
    assert iso(start_at) == "2026-03-01T08:00:02.500Z"


def heart_ms(n: int) -> list[float]:
    """Intervals that breathe."""
    return [800 + 40 * sin(k / 2) for k in range(n)]


@pytest.mark.parametrize("scale", [1, 0.001], ids=["ms", "s"])
def test_a_column_that_grows_holds_beat_times_and_intervals_never_do(scale: float) -> None:
    rr: Floats = np.array([scale * ms for ms in heart_ms(60)], np.float64)
    assert are_beat_times(np.cumsum(rr))
    assert are_beat_times(np.cumsum(np.concatenate([[1e6 * scale], rr])))
    assert not are_beat_times(rr)
    assert not are_beat_times(np.cumsum(rr)[:29])


def test_one_wrong_line_in_a_hundred_changes_nothing() -> None:
    times = np.cumsum(heart_ms(300))
    times[150] = 0
    assert are_beat_times(times)


def test_even_beats_are_beat_times_and_a_ramp_of_intervals_is_none() -> None:
    assert are_beat_times(np.linspace(0.8, 31.2, 39))
    assert not are_beat_times(np.linspace(700, 1000, 301))


@pytest.mark.parametrize(
    ("line", "is_one"),
    [
        ("4.000    X", True),
        ("1133.25,N\r", True),
        ("0.5;V", True),
        ("800", False),
        ("0.8 800", False),
        ("a N", False),
        ("1 !", False),
    ],
)
def test_a_line_may_say_time_and_class(line: str, is_one: bool) -> None:
    assert is_time_and_class(line) is is_one


def test_an_artefact_mark_takes_the_two_intervals_beside_it_and_is_told() -> None:
    series = read_classified_beats(["0 N", "1 N", "2 N", "2.4 X", "3 V", "4.1 S"])
    assert (series.format, series.rr_ms.tolist()) == ("beat-times-classified", [1000, 1000, 1100])
    assert series.gaps.tolist() == [True, False, True]
    assert series.problems == ()
    assert "1 marks of class X" in series.notes[0]


@pytest.mark.parametrize("line", ["00000000", "2.5 +", "2.5 ~", "N 2.5", "2.5 NN N"])
def test_what_is_no_beat_with_a_class_is_a_problem_and_a_gap(line: str) -> None:
    series = read_classified_beats(["1 N", "2 N", line, "3 N", "4 N"])
    assert [problem.line for problem in series.problems] == [3]
    assert (series.rr_ms.tolist(), series.gaps.tolist()) == ([1000, 1000], [True, True])


@given(st.lists(st.integers(300, 2000), min_size=1, max_size=50))
def test_times_and_intervals_are_inverse(rr_ms: list[int]) -> None:
    times = [f"{t / 1000:.3f}" for t in np.cumsum([500, *rr_ms])]
    assert bare(times, "s").rr_ms.tolist() == pytest.approx(rr_ms, abs=1e-9)
    assert read_classified_beats([f"{t} N" for t in times], "s").rr_ms.tolist() == pytest.approx(rr_ms, abs=1e-9)


TIMES = st.lists(
    st.sampled_from(["1", "2 N", "3 X", "-4", "1e308", "-1e308 N", "1e-308", "", "#", "# start: 2026-03-01"])
    | st.text(max_size=9)
)


@settings(deadline=None)
@given(TIMES)
def test_any_lines_give_a_series(lines: list[str]) -> None:
    for series in (bare(lines), read_classified_beats(lines)):
        assert (series.rr_ms > 0).all()
        assert (np.diff(series.end_s) >= 0).all()
