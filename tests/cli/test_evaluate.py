"""What the command asks for and how it tells; the sets themselves are tested where they are made."""

import json
from pathlib import Path

import pytest

from hrvdaemon.cli import main
from hrvdaemon.evaluation import sets


def _ends(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["evaluate", *arguments])
    return int(ended.value.code or 0)


@pytest.fixture
def wearable(tmp_path: Path) -> Path:
    """A recordings folder with one set: ear clip and arm band, 60 bpm through all eight conditions."""
    folder = tmp_path / "labelled_wearablehrv"
    folder.mkdir()
    names = ["sitting", "arithmetic", "recovery", "standing", "breathing", "neurotask", "walking", "biking"]
    marks = [f"14:{2 * n:02}:00,{name},start\n14:{2 * n + 2:02}:00,{name},end\n" for n, name in enumerate(names)]
    (folder / "test_events.csv").write_text("timestamp,conditions,datapoint\n" + "".join(marks))
    start_ms = 1688126400000  # 12:00 UTC
    beats = "".join(f"{start_ms + 1000 * n},{1000 + 20 * (n % 2)},{n}\n" for n in range(1, 960))
    for sensor in ("kyto", "rhythm"):
        (folder / f"test_{sensor}.csv").write_text("timestamp, rr, since_start\n" + beats)
    return tmp_path


def test_an_unknown_set_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert _ends("wesad") == 2
    assert "expected sets of simulated, stress-predict" in capsys.readouterr().err


@pytest.mark.parametrize("options", [["--persons", "1"], ["--wear", "17"], ["--days", "0"], ["--jobs", "0"]])
def test_numbers_out_of_range_are_wrong_usage(options: list[str]) -> None:
    assert _ends("simulated", *options) == 2


def test_recordings_must_be_somewhere(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("HRVDAEMON_RECORDINGS", raising=False)
    assert _ends("whole-days") == 2
    assert "--recordings or HRVDAEMON_RECORDINGS" in capsys.readouterr().err


def test_exercise_asks_for_a_prior(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _ends("exercise", "--recordings", str(tmp_path)) == 2
    assert "--prior FILE" in capsys.readouterr().err


@pytest.mark.parametrize("name", [name for name in sets.SETS if name != "simulated"])
def test_a_folder_without_the_set_is_unreadable(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    prior = tmp_path / "prior.txt"
    prior.write_text("1000\n1020\n")
    assert _ends(name, "--recordings", str(tmp_path), "--prior", str(prior)) == 3
    assert "Traceback" not in capsys.readouterr().err


def test_json_is_one_object_a_set(wearable: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _ends("wearable-hrv", "--recordings", str(wearable), "--json") == 0
    (told,) = json.loads(capsys.readouterr().out)
    assert told["set"] == "wearable-hrv"
    assert told["figures"]["activation and its parts"]["not_judged_share"]["n"] > 0
    assert told["not_meant"]


def test_without_json_it_is_a_table(wearable: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _ends("wearable-hrv", "--recordings", str(wearable)) == 0
    assert capsys.readouterr().out.startswith("### wearable-hrv\n\n1 people, 2 recordings")
