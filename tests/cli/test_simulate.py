"""A simulated recording replays as itself, and its labels lie beside it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from hrvdaemon.cli import main

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as left:
            main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err
        assert isinstance(left.value.code, int)
        return left.value.code, printed.out, printed.err

    return run


@pytest.mark.parametrize("name", ["rest.jsonl", "rest.jsonl.gz"])
def test_what_is_simulated_can_be_replayed_and_has_labels(run: Run, tmp_path: Path, name: str) -> None:
    output = tmp_path / name
    code, out, err = run("simulate", "rest", "--output", output)
    assert (code, err) == (0, "")
    assert str(output) in out
    code, out, err = run("replay", output, "--json")
    assert (code, err) == (0, "")
    [file] = json.loads(out)["files"]
    assert file["packets"] == 600
    assert sum(file["states"].values()) == 10
    spans = json.loads((tmp_path / "rest.labels.json").read_text())
    assert spans == [{"start_s": 0, "end_s": 600, "state": "rest", "label": 0}]


def test_the_same_seed_gives_the_same_file_and_another_one_does_not(run: Run, tmp_path: Path) -> None:
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        assert run("simulate", "rest", "--output", tmp_path / name, "--seed", seed)[0] == 0
    first, again, other = ((tmp_path / name).read_bytes() for name in "abc")
    assert first == again
    assert first != other


def test_start_and_zone_are_in_the_recording(run: Run, tmp_path: Path) -> None:
    arguments = ("--start", "2026-07-01T09:00:00+02:00", "--zone", "Europe/Zurich")
    assert run("simulate", "rest", "--output", tmp_path / "x.jsonl", *arguments)[0] == 0
    started = json.loads((tmp_path / "x.jsonl").read_text().splitlines()[1])
    assert (started["at"], started["zone"]) == ("2026-07-01T07:00:00.000Z", "Europe/Zurich")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nap",), "expected one of rest, slow_breathing"),
        (("rest", "--start", "soon"), "--start: expected a time"),
        (("rest", "--zone", "Mars/Olympus"), "--zone: expected a time zone"),
    ],
)
def test_what_makes_no_sense_is_2(run: Run, tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    code, _, err = run("simulate", *arguments, "--output", tmp_path / "x.jsonl")
    assert code == 2
    assert said in err
    assert not (tmp_path / "x.jsonl").exists()


def test_where_nothing_can_be_written_is_2(run: Run, tmp_path: Path) -> None:
    code, _, err = run("simulate", "rest", "--output", tmp_path / "no" / "x.jsonl")
    assert code == 2
    assert "expected a file that can be written" in err


def test_without_an_output_it_says_so(run: Run) -> None:
    assert run("simulate", "rest")[0] == 2
