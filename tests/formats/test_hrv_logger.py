import pytest

from hrvdaemon.formats.hrv_logger import header_columns, is_two_columns, read_hrv_logger, read_time_and_rr
from hrvdaemon.vocabulary.units import iso


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        ("date,rr,since start", (0, 1)),
        ("timestamp, rr, since_start ", (0, 1)),
        ("since start;rr;date", (2, 1)),
        ("date,hr", None),
        ("timestamp,conditions,datapoint", None),
        ("800", None),
    ],
)
def test_the_header_says_which_column_is_which(header: str, columns: tuple[int, int] | None) -> None:
    assert header_columns(header) == columns


@pytest.mark.parametrize(
    "first",
    [
        "2026-03-10T08:00:01Z",
        "2026-03-10 09:00:01 +0100",
        "2026-03-10T09:00:01+01:00",
        "1773129601000",
        "2026-03-10 08:00:01",
    ],
)
def test_the_date_may_be_iso_or_milliseconds_and_the_start_is_where_the_first_interval_began(first: str) -> None:
    series = read_hrv_logger(["date,rr,since start", f"{first},800,800"])
    assert series.start_at is not None
    assert iso(series.start_at) == "2026-03-10T08:00:00.200Z"


def test_a_time_without_an_offset_is_read_as_utc_and_told() -> None:
    series = read_hrv_logger(["date,rr,since start", "2026-03-10 08:00:01,800,800"])
    assert "read as UTC" in series.notes[0]


def test_a_dropout_is_a_gap_although_the_running_sum_knows_none() -> None:
    rows = ["1773129601000,800,800", "1773129601800,800,1600", "1773129640000,800,2400", "1773129640900,800,3200"]
    series = read_hrv_logger(["date,rr,since start", *rows])
    assert series.gaps.tolist() == [True, False, True, False]
    assert series.end_s.tolist() == pytest.approx([0.8, 1.6, 39.8, 40.6])


def test_beats_that_came_in_one_packet_are_neighbours() -> None:
    rows = [f"{1773129600000 + 1000 * (k // 2 * 2)},1000,{k}" for k in range(20)]
    assert read_hrv_logger(["date,rr,since start", *rows]).gaps.sum() == 1


@pytest.mark.parametrize(
    "row", ["soon,800,1", "1773129602000,word,1", "1773129602000", "1e30,800,1", "1773129602000,-5,1"]
)
def test_a_row_that_can_not_be_read_is_a_problem_and_a_gap(row: str) -> None:
    series = read_hrv_logger(["", "date,rr,since start", "1773129601000,800,1", row, "1773129603000,810,1"])
    assert series.rr_ms.tolist() == [800, 810]
    assert [problem.line for problem in series.problems] == [4]
    assert series.gaps.tolist() == [True, True]


def test_two_bare_columns_are_seconds_and_interval() -> None:
    assert is_two_columns("2.2115e-01,9.36e+02")
    series = read_time_and_rr(["0.22,936", "1.26,1020", "20.0,1000"])
    assert series.rr_ms.tolist() == [936, 1020, 1000]
    assert series.gaps.tolist() == [True, False, True]
    assert series.start_at is None


def test_two_columns_may_have_names() -> None:
    series = read_time_and_rr(["time_s,ibi_ms", "0.8,800", "1.6,800"])
    assert (series.rr_ms.tolist(), series.problems) == ([800, 800], ())


def test_a_clock_that_jumps_back_is_a_gap_and_time_still_grows() -> None:
    series = read_time_and_rr([f"{t},1000" for t in (100, 101, 50, 51, 52)])
    assert series.gaps.tolist() == [True, False, True, False, False]
    assert series.end_s.tolist() == [1, 2, 3, 4, 5]
