import json
from pathlib import Path

import pytest

from hrvdaemon.cli.analyse import analyse
from hrvdaemon.vocabulary.errors import BadUsage, UnreadableRecording

KEYS = {"format", "n_rr", "duration_s", "coverage", "quality", "artefacts", "metrics", "windows"}


@pytest.fixture
def swinging(tmp_path: Path) -> Path:
    path = tmp_path / "rr.txt"
    path.write_text("word\n" + "990\n1010\n" * 150)
    return path


def test_the_json_has_the_keys_of_the_contract(swinging: Path, capsys: pytest.CaptureFixture[str]) -> None:
    analyse(swinging, artefacts="none", json=True)
    printed = json.loads(capsys.readouterr().out)
    assert set(printed) >= KEYS
    assert (printed["format"], printed["n_rr"], printed["quality"], printed["windows"]) == ("rr-text", 300, "good", [])
    assert printed["metrics"]["rmssd_ms"] == 20
    assert set(printed["artefacts"]) == {"ectopic", "missed", "extra", "long_short", "out_of_range", "share"}


def test_windows_have_their_own_grade_and_metrics(swinging: Path, capsys: pytest.CaptureFixture[str]) -> None:
    analyse(swinging, window=60, step=30, json=True)
    windows = json.loads(capsys.readouterr().out)["windows"]
    assert [window["start_s"] for window in windows] == [0, 30, 60, 90, 120, 150, 180, 210, 240]
    assert {"end_s", "quality", "artefact_share", "rmssd_ms"} <= set(windows[0])
    assert windows[0]["sdnn_ms"] is None


def test_no_nan_is_ever_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "constant.txt"
    path.write_text("1000\n" * 200)
    analyse(path, json=True)
    out = capsys.readouterr().out
    assert "NaN" not in out
    assert json.loads(out)["metrics"]["ln_rmssd"] is None


def test_what_the_reader_decided_and_rejected_is_told_on_stderr(
    swinging: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    analyse(swinging)
    told = capsys.readouterr()
    assert "unit taken as ms" in told.err
    assert "line 1" in told.err
    assert "rmssd_ms" in told.out


def test_a_unit_that_does_not_fit_is_unreadable_not_absurd(swinging: Path) -> None:
    with pytest.raises(UnreadableRecording, match="line 1"):
        analyse(swinging, unit="s")


@pytest.mark.parametrize(
    ("window", "step", "why"),
    [(None, 5.0, "--window"), (5.0, None, "from 10"), (60.0, 0.5, "from 1"), (float("nan"), None, "from 10")],
)
def test_windows_that_make_no_sense_are_refused(
    swinging: Path, window: float | None, step: float | None, why: str
) -> None:
    with pytest.raises(BadUsage, match=why):
        analyse(swinging, window=window, step=step)


def test_a_clock_that_leaps_years_makes_no_million_windows(tmp_path: Path) -> None:
    path = tmp_path / "leap.csv"
    path.write_text("1,1000\n1e12,1000\n")
    with pytest.raises(BadUsage, match="longer"):
        analyse(path, window=10)
