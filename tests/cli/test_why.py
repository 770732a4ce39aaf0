"""The ledger answers: of an invitation, of a moment, of the last day; and says so where there is nothing."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hrvdaemon.cli import main
from hrvdaemon.formats.reading import read_any
from hrvdaemon.store.schema import open_for_writing
from hrvdaemon.store.writer import recorder
from hrvdaemon.supervisor.engine import Engine

FIXTURES = Path(__file__).parents[2] / "fixtures"
Why = Callable[..., tuple[int, str, str]]


def stored(recording: Path, path: Path) -> Path:
    with recorder(path) as keep:
        engine = Engine(keep)
        for given in read_any(recording).inputs:
            engine.feed(given)
    return path


@pytest.fixture(scope="module")
def stress(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An afternoon in Berlin, 13:00 to 16:40, with one invitation."""
    return stored(FIXTURES / "stress_ramp.jsonl.gz", tmp_path_factory.mktemp("stress") / "hrv.db")


@pytest.fixture(scope="module")
def rest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten minutes, 13:00 to 13:10, without an invitation."""
    return stored(FIXTURES / "rest.jsonl", tmp_path_factory.mktemp("rest") / "hrv.db")


@pytest.fixture
def why(capsys: pytest.CaptureFixture[str]) -> Why:
    def why(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as left:
            main(["why", *map(str, arguments)])
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err
        assert isinstance(left.value.code, int)
        return left.value.code, printed.out, printed.err

    return why


def listed(answer: tuple[int, str, str]) -> list[dict[str, Any]]:
    code, out, _ = answer
    assert code == 0
    rows: list[dict[str, Any]] = json.loads(out)
    return rows


def test_the_latest_invitation_is_explained(why: Why, stress: Path) -> None:
    code, out, err = why("latest", "--db", stress)
    assert (code, err) == (0, "")
    first, *rest = out.splitlines()
    assert first.startswith("Invited at 2026-03-10 16:")
    assert rest


def test_the_latest_invitation_is_a_row_with_its_sentence(why: Why, stress: Path) -> None:
    [row] = listed(why("latest", "--db", stress, "--json"))
    assert row["prompt"] == "stress_ramp-12-prompt-0"
    assert row["evidence"] >= 8
    assert row["activation"] >= row["theta_on"]
    assert row["sentence"]
    assert all(set(verdict) == {"passed", "value", "limit"} for verdict in row["gates"].values())
    assert all(verdict["passed"] for verdict in row["gates"].values())


def test_an_invitation_is_found_by_its_id(why: Why, stress: Path) -> None:
    [row] = listed(why("latest", "--db", stress, "--json"))
    assert listed(why(row["prompt"], "--db", stress, "--json")) == [row]
    assert why(row["prompt"], "--db", stress)[1] == why("latest", "--db", stress)[1]


def test_a_time_of_day_is_the_wearers_own_clock(why: Why, stress: Path) -> None:
    """Berlin is an hour ahead of UTC in March."""
    [row] = listed(why("14:05", "--db", stress, "--json"))
    assert row["start_at"] == "2026-03-10T13:05:00.000Z"
    assert why("14:05", "--db", stress)[1].startswith("2026-03-10 14:05\n")


def test_an_iso_time_is_found_to_its_minute(why: Why, stress: Path) -> None:
    [row] = listed(why("2026-03-10T13:05:59Z", "--db", stress, "--json"))
    assert row["start_at"] == "2026-03-10T13:05:00.000Z"
    assert listed(why("2026-03-10T14:05:30+01:00", "--db", stress, "--json")) == [row]


def test_nothing_asked_is_the_last_day(why: Why, stress: Path) -> None:
    code, out, _ = why("--db", stress)
    assert code == 0
    assert "1 invitation." in out
    rows = listed(why("--db", stress, "--json"))
    assert sum(row["minutes"] for row in rows) in {220, 221}
    assert all(row["sentence"] for row in rows)
    assert sum(row["prompt"] is not None for row in rows) == 1


def test_the_first_minute_with_a_strap_was_not_judged(why: Why, tmp_path: Path) -> None:
    """Ten seconds of beats in it are too few; the nine whole minutes after it and the last one are still learnt from."""
    recording = tmp_path / "late.jsonl"
    header, started, *rest = (FIXTURES / "rest.jsonl").read_text().splitlines()
    late = json.dumps(json.loads(started) | {"at": "2026-03-10T12:00:50.000Z"})
    recording.write_text("\n".join([header, late, *rest]) + "\n")
    db = stored(recording, tmp_path / "hrv.db")
    assert [row["state"] for row in listed(why("--db", db, "--json"))].count("warming_up") == 1
    out = why("--db", db)[1]
    assert "In the last day: 0 minutes judged, 0 invitations." in out
    assert "Not judged, in minutes: learning 10, warming up 1." in out


def test_the_newest_minutes_are_of_today_and_not_of_yesterday(why: Why, tmp_path: Path) -> None:
    """Time without data is one row from where it began; a time within it is answered by it."""
    recording = tmp_path / "then-silent.jsonl"
    lines = (FIXTURES / "rest.jsonl").read_text().splitlines()
    ended = json.loads(lines[-1]) | {"mono_ms": 3_600_000}
    recording.write_text("\n".join([*lines[:-1], json.dumps(ended)]) + "\n")
    [row] = listed(why("13:45", "--db", stored(recording, tmp_path / "hrv.db"), "--json"))
    assert (row["state"], row["reason"]) == ("no_signal", "no_data")
    assert row["start_at"] < "2026-03-10T12:45:00.000Z"
    assert row["minutes"] > 40


@pytest.mark.parametrize("what", ["04:00", "2025-01-01T12:00:00Z", "2026-03-10T23:00:00Z", "0001-01-01", "9999-12-31"])
def test_a_time_without_a_row_is_1(why: Why, stress: Path, what: str) -> None:
    code, out, err = why(what, "--db", stress)
    assert (code, out) == (1, "")
    assert "Nothing is recorded for" in err


def test_no_invitation_yet_is_1(why: Why, rest: Path) -> None:
    code, _, err = why("latest", "--db", rest)
    assert code == 1
    assert "no invitation yet" in err


def test_nothing_recorded_is_1(why: Why, tmp_path: Path) -> None:
    path = tmp_path / "hrv.db"
    open_for_writing(path, busy_timeout_ms=100).close()
    code, out, err = why("--db", path)
    assert (code, out) == (1, "")
    assert "Nothing is recorded yet" in err


def test_no_database_is_4_and_says_what_to_do(why: Why, tmp_path: Path) -> None:
    code, _, err = why("--db", tmp_path / "none.db")
    assert code == 4
    assert "`hrvdaemon run` or `hrvdaemon demo` makes one" in err


def test_a_file_that_is_no_database_is_4(why: Why, tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("my diary " * 300)
    code, _, err = why("--db", path)
    assert code == 4
    assert str(path) in err


@pytest.mark.parametrize("what", ["noon", "", "25:00", "prompt-99", "2026-13-40T99:00"])
def test_what_is_no_time_and_no_id_is_2(why: Why, stress: Path, what: str) -> None:
    code, _, err = why(what, "--db", stress)
    assert code == 2
    assert "expected latest, the id of an invitation, or a time such as 15:10" in err


def test_without_db_it_reads_the_configs(why: Why, stress: Path, tmp_path: Path) -> None:
    config = tmp_path / "hrvdaemon.toml"
    config.write_text(f'[store]\npath = "{stress}"\n')
    assert why("latest", "--config", config) == why("latest", "--db", stress)


def test_reading_changes_no_byte(why: Why, rest: Path) -> None:
    before = rest.read_bytes()
    why("--db", rest)
    assert rest.read_bytes() == before
