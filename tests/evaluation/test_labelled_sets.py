"""Small files by hand, in the shape of each set; and the sets themselves where they are."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from hrvdaemon.evaluation.labelled_sets import READERS, Label, biopsykit, stress_predict, wearable_hrv
from hrvdaemon.vocabulary.errors import UnreadableRecording
from hrvdaemon.vocabulary.units import instant

Workbook = Callable[..., Path]
TASK_LOG: list[list[str | float | None]] = [
    ["S. ID.", "Stroop Test", None, "Relax", None, "Consent", None, "Date"],
    [None, "Start", "End", "Start", "End", "Start", "End"],
    ["S01", 9.5 / 24, 9.75 / 24, 1 / 24, 1.25 / 24, 9 / 24, 9.1 / 24],
    ["S02", 9.5 / 24, 9.75 / 24, 1 / 24, 1.25 / 24, 9 / 24, 9.1 / 24],
]
"""Of a Monday in February 2022; one o'clock is in the afternoon."""
DAY = 44599.0


def _log(workbook: Workbook) -> None:
    rows = [[*row, *[None] * (25 - len(row)), DAY] for row in TASK_LOG]
    workbook("Time_logs.xlsx", Sheet1=rows)


def test_the_task_log_has_no_am_or_pm(workbook: Workbook, tmp_path: Path) -> None:
    _log(workbook)
    (tmp_path / "S01_IBI.csv").write_text("1644226061.0, IBI\n2.0,1.0\n3.0,1.0\n")
    (recording,) = stress_predict(tmp_path)  # nobody wore anything as S02
    assert [(phase.name, phase.label) for phase in recording.phases] == [
        ("Stroop Test", Label.TASK),
        ("Relax", Label.CALM),
    ]
    assert recording.phases[0].start_at == instant("2022-02-07T09:30:00Z")
    assert recording.phases[1].end_at == instant("2022-02-07T13:15:00Z")


def test_lost_beats_of_a_wrist_are_gaps(workbook: Workbook, tmp_path: Path) -> None:
    _log(workbook)
    (tmp_path / "S01_IBI.csv").write_text("1644226061.0, IBI\n2.0,1.0\n3.0,1.0\n4.9,0.9\n5.8,0.9\n")
    (recording,) = stress_predict(tmp_path)
    assert recording.series.gaps.tolist() == [True, False, True, False]
    assert recording.series.start_at == instant("2022-02-07T09:27:42Z")


def test_a_file_of_something_else_is_said(workbook: Workbook, tmp_path: Path) -> None:
    _log(workbook)
    (tmp_path / "S01_IBI.csv").write_text("hello\nworld\n")
    with pytest.raises(UnreadableRecording, match="Empatica"):
        list(stress_predict(tmp_path))


def test_conditions_are_in_the_time_of_amsterdam(tmp_path: Path) -> None:
    names = ["sitting", "arithmetic", "recovery", "standing", "breathing", "neurotask", "walking", "biking"]
    marks = [f"14:{n:02}:20,{name},start\n14:{n + 1:02}:20,{name},end\n" for n, name in enumerate(names)]
    (tmp_path / "test_events.csv").write_text("timestamp,conditions,datapoint\n" + "".join(marks))
    for sensor in ("kyto", "rhythm"):
        (tmp_path / f"test_{sensor}.csv").write_text("timestamp, rr, since_start\n1688126387907,672,1\n")
    kyto, rhythm = wearable_hrv(tmp_path)
    assert (kyto.person, kyto.name, rhythm.name) == ("P37", "kyto", "rhythm")
    task = next(phase for phase in kyto.phases if phase.name == "arithmetic")
    assert task.start_at == instant("2023-06-30T12:01:20Z")
    assert task.label is Label.TASK


def test_flagged_intervals_are_left_out(workbook: Workbook, tmp_path: Path) -> None:
    second = 1 / 86400
    rows: list[list[str | float | None]] = [["time", "R_Peak_Quality", "R_Peak_Idx", "RR_Interval", "R_Peak_Outlier"]]
    noon = 43761.5

    def sheet(start_s: int) -> list[list[str | float | None]]:
        flags = [0, 0, 1, 0]
        return rows + [[noon + (start_s + n) * second, 1.0, 0.0, 1.0, flag] for n, flag in enumerate(flags)]

    workbook(
        "rpeaks_result_Vp01.xlsx", Baseline=sheet(0), Intervention=sheet(60), Stress=sheet(120), Recovery=sheet(180)
    )
    (recording,) = biopsykit(tmp_path)
    assert recording.person == "Vp01"
    assert recording.series.rr_ms.tolist() == [1000.0] * 12
    assert recording.series.gaps.tolist() == [True, False, True] * 4
    assert recording.phases[2].label is Label.TASK
    assert recording.phases[2].start_at == instant("2019-10-23T12:02:00Z")


@pytest.mark.skipif(not os.environ.get("HRVDAEMON_RECORDINGS"), reason="HRVDAEMON_RECORDINGS is not set")
@pytest.mark.parametrize(("name", "people", "recordings"), [("stress-predict", 18, 18), ("wearable-hrv", 1, 2)])
def test_the_sets_themselves_can_be_read(name: str, people: int, recordings: int) -> None:
    folder, read = READERS[name]
    found = list(read(Path(os.environ["HRVDAEMON_RECORDINGS"]) / folder))
    assert len({one.person for one in found}) == people
    assert len(found) == recordings
    for one in found:
        assert one.series.start_at is not None
        assert any(phase.start_at < one.series.start_at + 3_600_000 for phase in one.phases)
