"""The whole pipeline over files: keys and counts of the contract, and bad input that is said and never a traceback."""

import gzip
import json
import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from hrvdaemon.cli import main
from hrvdaemon.formats.recording import write_recording
from hrvdaemon.simulation.named import SCENARIOS
from hrvdaemon.simulation.strap import simulate
from hrvdaemon.vocabulary.units import instant

FIXTURES = Path(__file__).parents[2] / "fixtures"
REST = FIXTURES / "rest.jsonl"
KEYS = {"files", "elapsed_s", "recorded_s", "speed"}
FILE_KEYS = {
    "file", "beats", "packets", "rejected_packets", "gaps", "epochs", "decisions", "prompts", "not_judged", "states",
}  # fmt: skip
PROMPT_KEYS = {
    "id", "at", "activation", "hr_bpm", "rmssd_ms", "baseline_hr_bpm", "baseline_rmssd_ms", "exercise", "confidence",
}  # fmt: skip
STATES = {
    "no_signal", "warming_up", "calibrating", "steady", "elevated", "sympathetic_dominance", "cooldown", "low_pattern",
    "not_judged",
}  # fmt: skip
REASONS = {
    "learning", "quality", "moving", "recovering", "posture", "sudden_rise", "breathing", "session", "rhythm", "quiet",
    "paused", "no_data", "clock_repeated",
}  # fmt: skip


class Done:
    """How a command ended."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err
        assert "Traceback" not in err
        assert code != 70

    @property
    def json(self) -> dict[str, Any]:
        parsed: dict[str, Any] = json.loads(self.out)
        return parsed


Run = Callable[..., Done]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: object) -> Done:
        with pytest.raises(SystemExit) as left:
            main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        assert isinstance(left.value.code, int)
        return Done(left.value.code, printed.out, printed.err)

    return run


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str | bytes], Path]:
    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


@pytest.fixture
def rr_text(write: Any) -> Path:
    """An hour and a bit of intervals around 800 ms."""
    draws = random.Random(1)
    path: Path = write("rr.txt", "\n".join(str(round(draws.gauss(800, 20))) for _ in range(4_600)) + "\n")
    return path


def replayed(run: Run, *arguments: object) -> dict[str, Any]:
    done = run("replay", *arguments, "--json")
    assert done.code == 0
    [file] = done.json["files"]
    assert isinstance(file, dict)
    return file


def test_the_keys_are_the_contracts(run: Run) -> None:
    done = run("replay", FIXTURES / "stress_ramp.jsonl.gz", "--json").json
    assert set(done) == KEYS
    [file] = done["files"]
    assert set(file) >= FILE_KEYS
    assert set(file) - FILE_KEYS == {"rejected_lines"}
    [prompt] = file["prompts"]
    assert set(prompt) == PROMPT_KEYS
    assert prompt["confidence"] in {"low", "medium", "high"}
    assert len(prompt["at"]) == len("2026-03-10T15:20:00.000Z")
    assert prompt["at"].endswith("Z")
    assert set(file["states"]) <= STATES
    assert set(file["not_judged"]) <= REASONS


@pytest.mark.parametrize(
    ("name", "minutes"), [("rest.jsonl", 10), ("reconnect.jsonl.gz", 215), ("strap_slips.jsonl.gz", 212)]
)
def test_the_minutes_of_all_states_are_the_recordings(run: Run, name: str, minutes: int) -> None:
    """A run ends a second into the next minute, which counts only where a beat came in that second."""
    file = replayed(run, FIXTURES / name)
    told = sum(file["states"].values())
    assert told in {minutes, minutes + 1}
    assert sum(file["not_judged"].values()) <= told
    assert file["epochs"] <= file["decisions"] <= told


def test_a_recording_that_begins_within_a_minute_touches_one_more(run: Run) -> None:
    file = replayed(run, REST, "--start", "2026-03-10T12:00:30Z")
    assert sum(file["states"].values()) == 11


@pytest.mark.parametrize("name", ["rest.jsonl", "strap_slips.jsonl.gz", "reconnect.jsonl.gz"])
def test_analyse_counts_the_same_beats(run: Run, name: str) -> None:
    analysed = run("analyse", FIXTURES / name, "--json").json
    assert replayed(run, FIXTURES / name)["beats"] == analysed["n_rr"]


def test_analyse_counts_the_same_beats_of_rr_text(run: Run, rr_text: Path) -> None:
    assert replayed(run, rr_text)["beats"] == run("analyse", rr_text, "--json").json["n_rr"] == 4_600


def test_an_hour_of_text_is_an_hour(run: Run, rr_text: Path) -> None:
    done = run("replay", rr_text, "--json").json
    seconds = sum(int(line) for line in rr_text.read_text().split()) / 1000
    assert done["recorded_s"] == pytest.approx(seconds, abs=2)
    assert sum(done["files"][0]["states"].values()) == int(seconds // 60) + 1


def test_what_was_assumed_is_said_on_stderr(run: Run, rr_text: Path) -> None:
    said = run("replay", rr_text, "--json").err
    assert "unit taken as ms" in said
    assert "it starts at 2026-01-05T08:00:00.000Z" in said


def test_unit_start_and_zone_can_be_given(run: Run, write: Any, tmp_path: Path) -> None:
    path = write("ticks.txt", "1014\n1034\n" * 200)
    events = tmp_path / "events.jsonl"
    done = run(
        "replay",
        path,
        "--unit",
        "ticks",
        "--start",
        "2026-07-01T23:00:00+02:00",
        "--zone",
        "Europe/Berlin",
        "--events",
        events,
        "--json",
    )
    assert done.err == ""
    assert done.json["recorded_s"] == pytest.approx(400, abs=0.01)
    epochs = [e for e in map(json.loads, events.read_text().splitlines()) if e["type"] == "EpochClosed"]
    assert epochs[0]["epoch"]["start_at"] == "2026-07-01T21:00:00.000Z"
    assert epochs[1]["epoch"]["metrics"]["mean_rr_ms"] == pytest.approx(1000, abs=0.2)


def test_a_recording_with_a_clock_can_be_moved(run: Run, tmp_path: Path) -> None:
    events = tmp_path / "events.jsonl"
    assert run("replay", REST, "--start", "2026-05-01T08:00:00Z", "--events", events).code == 0
    closed = [e for e in map(json.loads, events.read_text().splitlines()) if e["type"] == "EpochClosed"]
    assert closed[0]["epoch"]["start_at"] == "2026-05-01T08:00:00.000Z"


def test_events_are_every_event_as_one_json_line(run: Run, tmp_path: Path) -> None:
    events = tmp_path / "events.jsonl"
    file = replayed(run, REST, "--events", events)
    lines = [json.loads(line) for line in events.read_text().splitlines()]
    assert sum(len(e["rr_ticks"]) for e in lines if e["type"] == "BeatsClassified") == file["beats"]
    assert sum(e["type"] == "DecisionMade" for e in lines) == file["decisions"]


def rows(path: Path) -> dict[str, int]:
    with closing(sqlite3.connect(path)) as connection:
        tables = ("run", "journal", "epoch", "decision", "gap")
        return {name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in tables}


def test_a_recording_is_stored_once_however_often_it_is_replayed(run: Run, tmp_path: Path) -> None:
    db = tmp_path / "hrv.db"
    file = replayed(run, REST, "--db", db)
    once = rows(db)
    assert (once["run"], once["epoch"], once["decision"]) == (1, file["epochs"], file["decisions"])
    assert replayed(run, REST, "--db", db) == file
    assert rows(db) == once


def test_a_replayed_run_is_marked_as_imported(run: Run, tmp_path: Path) -> None:
    assert run("replay", REST, "--db", tmp_path / "hrv.db").code == 0
    with closing(sqlite3.connect(tmp_path / "hrv.db")) as connection:
        assert connection.execute("SELECT imported FROM run").fetchall() == [(1,)]
    assert run("why", "--db", tmp_path / "hrv.db").code == 0


def test_two_files_of_one_name_are_two_runs(run: Run, tmp_path: Path) -> None:
    """A run made of a bare file is named by its bytes too, so the second one is not taken for the first."""
    db = tmp_path / "hrv.db"
    for folder, rr in (("a", "800\n820\n"), ("b", "700\n720\n")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "rr.txt").write_text(rr * 100)
        for _ in range(2):
            assert run("replay", tmp_path / folder / "rr.txt", "--db", db).code == 0
    assert rows(db)["run"] == 2


def test_the_same_recording_under_other_settings_is_another_run(run: Run, tmp_path: Path) -> None:
    db = tmp_path / "hrv.db"
    assert run("replay", REST, "--db", db).code == 0
    assert run("replay", REST, "--db", db, "--set", "gates.min_pairs=10").code == 0
    assert rows(db)["run"] == 2


def test_a_database_that_can_not_be_written_is_4(run: Run, write: Any) -> None:
    done = run("replay", REST, "--db", write("no-folder", "x") / "hrv.db")
    assert done.code == 4
    assert "can not be opened" in done.err


def test_a_file_that_is_no_database_stays_as_it_is(run: Run, write: Any) -> None:
    path = write("notes.txt", "my diary " * 200)
    assert run("replay", REST, "--db", path).code == 4
    assert path.read_text() == "my diary " * 200


# -- bad input -----------------------------------------------------------------------------------------------------------


def test_words_and_absurd_numbers_are_counted_and_named_by_line(run: Run, write: Any) -> None:
    absurd = ["800", "word", "-5", "0", "4294967295", "9" * 30, "810", "0x20", "1e400", "NaN", "805", "inf", "790"]
    done = run("replay", write("bad.txt", "\n".join(absurd) + "\n"), "--json")
    assert done.code == 0
    [file] = done.json["files"]
    assert (file["beats"], file["rejected_lines"]) == (4, 9)
    assert "line 2: expected one number, came 'word'" in done.err
    assert "line 3: expected an interval from 1 ms to 64 s, came -5 ms" in done.err
    assert "4 more lines rejected" in done.err


def test_no_difference_crosses_what_was_rejected(run: Run, write: Any, tmp_path: Path) -> None:
    events = tmp_path / "events.jsonl"
    text = "800\n820\n" * 30 + "broken\n" + "1000\n1020\n" * 30
    assert run("replay", write("rr.txt", text), "--events", events).code == 0
    beats = [e for e in map(json.loads, events.read_text().splitlines()) if e["type"] == "BeatsClassified"]
    by_length = {rr: {e["segment"] for e in beats if rr in e["rr_ticks"]} for rr in (819, 1024)}
    assert all(by_length.values())
    assert by_length[819].isdisjoint(by_length[1024])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "came an empty file"),
        (b"# only a comment\n\n", "came an empty file"),
        (bytes(range(256)) * 20, "came a binary file"),
        (b"\x1f\x8b\x08\x00" + b"\x99" * 400, "damaged gzip file"),
        (b"words\nand more\n", "expected at least one RR interval"),
        (b"4294967295\n" * 40, "expected at least one RR interval"),
        (b'{"a": 1}\n', "expected JSON lines with at least one input"),
        (b'{"format":"hrvdaemon-recording","version":99}\n', "expected version 1, came 99"),
        (b"{" * 100_000, "expected JSON lines with at least one input"),
    ],
    ids=["empty", "comments", "binary", "gzip", "words", "overflow", "other json", "newer", "nested"],
)
def test_where_nothing_can_be_read_it_is_3_and_said_why(run: Run, write: Any, content: bytes, said: str) -> None:
    path = write("input", content)
    done = run("replay", path, "--json")
    assert done.code == 3
    assert done.json["files"] == []
    assert said in done.err
    assert str(path) in done.err


def test_a_file_or_folder_that_is_not_there_is_3(run: Run, tmp_path: Path) -> None:
    assert run("replay", tmp_path / "missing.txt").code == 3
    assert run("replay", tmp_path).code == 3


def test_of_several_files_the_others_are_still_done(run: Run, write: Any, rr_text: Path) -> None:
    done = run("replay", REST, write("empty.txt", ""), rr_text, "--json")
    assert done.code == 3
    assert [Path(file["file"]).name for file in done.json["files"]] == ["rest.jsonl", "rr.txt"]
    assert "1 of 3 recordings could not be read" in done.err


def test_a_recording_whose_last_line_is_cut_is_replayed_to_its_end(run: Run, write: Any) -> None:
    whole = REST.read_bytes()
    done = run("replay", write("cut.jsonl", whole[: len(whole) // 2]), "--json")
    [file] = done.json["files"]
    assert done.code == 0
    assert "the last line is cut" in done.err
    assert file["rejected_lines"] == 1
    assert file["beats"] == run("analyse", done_path(file), "--json").json["n_rr"]
    assert sum(file["states"].values()) == int(done.json["recorded_s"] // 60) + 1


def done_path(file: dict[str, Any]) -> Path:
    return Path(file["file"])


def test_a_compressed_recording_that_was_cut_gives_what_it_has(run: Run, write: Any) -> None:
    whole = gzip.compress(REST.read_bytes())
    done = run("replay", write("cut.jsonl.gz", whole[: len(whole) // 2]), "--json")
    assert done.code == 0
    assert done.json["files"][0]["beats"] > 0


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("zone", "Nowhere/Special", "time zone"),
        ("zone", "../../etc/passwd", "time zone"),
        ("zone", "", "time zone"),
        ("settings", {"gates.no_such": 1}, "settings that this version knows"),
        ("at", "9998-01-01T00:00:00Z", "expected times from 1970"),
        ("at", "1600-01-01T00:00:00Z", "expected times from 1970"),
        ("mono_ms", 10**15, "expected times from 1970"),
        ("seed", 2**140, "expected seed of RunStarted"),
    ],
)
def test_a_recording_that_asks_for_the_impossible_is_unreadable_and_the_others_are_done(
    run: Run, write: Any, field: str, value: object, said: str
) -> None:
    head, started, *rest = REST.read_text().splitlines()
    changed = json.dumps(json.loads(started) | {field: value})
    done = run("replay", write("odd.jsonl", "\n".join([head, changed, *rest]) + "\n"), REST, "--json")
    assert done.code == 3
    assert said in done.err
    assert len(done.json["files"]) == 1


def test_a_line_that_no_database_holds_is_counted_and_named_by_line(run: Run, write: Any, tmp_path: Path) -> None:
    lines = REST.read_text().splitlines()
    mono_ms = json.loads(lines[5])["mono_ms"]
    odd = [
        {"type": "BatteryRead", "mono_ms": mono_ms, "sensor": "s", "percent": 2**70},
        {"type": "SensorConnected", "mono_ms": mono_ms, "sensor": "s", "name": "\ud800"},
        {"type": "FeltRated", "mono_ms": mono_ms, "session": "s", "tension": 99, "after": True},
    ]
    path = write("odd.jsonl", "\n".join([*lines[:5], *map(json.dumps, odd), *lines[5:]]) + "\n")
    done = run("replay", path, "--db", tmp_path / "hrv.db", "--json")
    assert done.code == 0
    assert done.json["files"][0]["rejected_lines"] == 3
    assert "line 8: expected an input as JSON: expected tension of FeltRated from 0 to 10, came 99" in done.err


@pytest.mark.parametrize("seed", range(12))
def test_a_damaged_recording_is_never_a_traceback(run: Run, write: Any, seed: int) -> None:
    draws = random.Random(seed)
    lines = REST.read_text().splitlines()[:200]
    for _ in range(12):
        where = draws.randrange(1, len(lines))
        line = lines[where]
        at = draws.randrange(len(line) + 1)
        lines[where] = line[:at] + draws.choice(["9", "-", "999999999999", '"', "}", "\x00", "é", ""]) + line[at + 1 :]
    done = run("replay", write("damaged.jsonl", "\n".join(lines) + "\n"), "--json")
    assert done.code in {0, 3}


# -- options -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--set", "gates.min_pair=3"), "did you mean 'gates.min_pairs'?"),
        (("--set", "gates.min_pairs=many"), "gates.min_pairs: expected int, came 'many'"),
        (("--set", "gates.min_pairs"), "expected key=value"),
        (("--set", "prompts.dismissals_that_double=0"), "expected a number from 1 to 100, came 0"),
        (("--set", "dominance.theta_on=nan"), "dominance.theta_on: expected a number from"),
        (("--set", "dominance.n=5"), "expected dominance.k at most dominance.n, came 8 and 5"),
        (("--speed", "fast"), "--speed"),
        (("--speed", "0"), "expected a number above 0"),
        (("--speed", "nan"), "expected a number above 0"),
        (("--start", "yesterday"), "--start"),
        (("--zone", "Mars/Olympus"), "expected a time zone such as Europe/Berlin"),
        (("--zone", "../x"), "expected a time zone such as Europe/Berlin"),
        (("--events", "/no/such/folder/events.jsonl"), "expected a file that can be written"),
    ],
)
def test_an_option_that_makes_no_sense_is_2(run: Run, arguments: tuple[str, ...], said: str) -> None:
    done = run("replay", REST, *arguments)
    assert done.code == 2
    assert said in done.err
    assert done.out == ""


def test_a_setting_changes_what_is_decided(run: Run) -> None:
    """So high a threshold that nothing reaches it."""
    recording = FIXTURES / "stress_ramp.jsonl.gz"
    assert replayed(run, recording, "--set", "dominance.theta_on=99.0")["prompts"] == []


def test_two_files_are_two_runs_unless_they_are_joined(run: Run, tmp_path: Path) -> None:
    halves = [tmp_path / "morning.jsonl", tmp_path / "noon.jsonl"]
    for path, seed, start in zip(halves, (1, 2), ("2026-03-10T10:00:00Z", "2026-03-10T11:00:00Z"), strict=True):
        write_recording(path, simulate(SCENARIOS["rest"], seed, instant(start), "UTC").inputs)
    apart = run("replay", *halves, "--json", "--db", tmp_path / "apart.db").json
    joined = run("replay", *halves, "--json", "--join", "--db", tmp_path / "joined.db").json
    assert rows(tmp_path / "apart.db")["run"] == 2
    assert rows(tmp_path / "joined.db")["run"] == 1
    beats = [sum(file["beats"] for file in result["files"]) for result in (apart, joined)]
    assert beats[0] == beats[1]
    minutes = [sum(file["states"].values()) for result in (apart, joined) for file in result["files"]]
    assert minutes[:2] == [10, 10]
    assert sum(minutes[2:]) == 70


def test_at_a_speed_it_takes_its_time(run: Run, write: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr("hrvdaemon.supervisor.replaying.time.sleep", slept.append)
    done = run("replay", write("rr.txt", "990\n1010\n" * 15), "--speed", "10", "--json")
    assert done.code == 0
    assert sum(slept) == pytest.approx(30 / 10)


def test_for_people_it_is_a_table(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    done = run("replay", REST, "--db", tmp_path / "hrv.db")
    assert "rest.jsonl" in done.out
    assert "learning 10" in done.out
    assert f"Kept in {tmp_path / 'hrv.db'}" in done.out.replace("\n", "")


def test_the_table_does_not_call_the_first_minute_with_a_strap_judged(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    row = run("replay", REST, "--start", "2026-03-10T12:00:50Z").out.splitlines()[3]
    recording, minutes, _beats, _gaps, judged, not_judged, _invitations = (
        cell.strip() for cell in row.split("│")[1:-1]
    )
    assert (recording, minutes, judged, not_judged) == ("rest.jsonl", "11", "0", "learning 10, warming_up 1")
