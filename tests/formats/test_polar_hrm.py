import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrvdaemon.formats.polar_hrm import is_polar_hrm, read_polar_hrm
from hrvdaemon.vocabulary.errors import UnreadableRecording
from hrvdaemon.vocabulary.units import iso

HRM = """[Params]
Version=106
Date=20141215
StartTime=19:59:34.5
Interval=238

[Note]
800 steps before breakfast

[HRData]
800
word
810
820\t12\t3

""".splitlines()


def test_the_intervals_stand_below_hrdata_and_nowhere_else() -> None:
    series = read_polar_hrm(HRM)
    assert (series.format, series.unit, series.rr_ms.tolist()) == ("polar-hrm", "ms", [800, 810, 820])


def test_a_line_that_is_no_number_is_a_problem_and_a_gap() -> None:
    series = read_polar_hrm(HRM)
    assert [problem.line for problem in series.problems] == [12]
    assert series.gaps.tolist() == [True, True, False]


def test_the_file_says_when_it_began_and_the_missing_zone_is_told() -> None:
    series = read_polar_hrm(HRM)
    assert series.start_at is not None
    assert iso(series.start_at) == "2014-12-15T19:59:34.500Z"
    assert "read as UTC" in series.notes[0]


@pytest.mark.parametrize("line", ["Date=20141315", "Date=", "Date=yesterday", "StartTime=25:00:00.0", "StartTime=noon"])
def test_a_date_that_does_not_exist_is_no_start(line: str) -> None:
    key = line.partition("=")[0]
    series = read_polar_hrm([line if text.startswith(f"{key}=") else text for text in HRM])
    assert (series.start_at, series.notes, series.rr_ms.size) == (None, (), 3)


def test_milliseconds_are_the_format_and_no_guess() -> None:
    assert read_polar_hrm(["[Params]", "[HRData]", "5"]).rr_ms.tolist() == [5]
    assert read_polar_hrm(["[Params]", "[HRData]", "512"], "ticks").rr_ms.tolist() == [500]


@pytest.mark.parametrize("interval", ["5", "15", "204"])
def test_mean_heart_rate_is_refused_by_name(interval: str) -> None:
    with pytest.raises(UnreadableRecording, match=f"Interval={interval}"):
        read_polar_hrm(["[Params]", f"Interval={interval}", "[HRData]", "72", "73"])


def test_only_params_begins_such_a_file() -> None:
    assert [is_polar_hrm(line) for line in ("[Params]\r", " [PARAMS] ", "[HRData]", "800")] == [
        True,
        True,
        False,
        False,
    ]


LINES = st.lists(
    st.sampled_from([*HRM, "[HRData]", "Interval=5", "Date=99999999", "StartTime=99:99:99"]) | st.text(max_size=9)
)


@given(LINES)
def test_any_lines_give_a_series_or_unreadable(lines: list[str]) -> None:
    try:
        series = read_polar_hrm(["[Params]", *lines])
    except UnreadableRecording:
        return
    assert series.rr_ms.size == series.gaps.size == series.end_s.size
