"""Captures as a person imports them: what is told, what is written, and that a bad one is said and never a traceback."""

import gzip
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from struct import pack

import pytest

from hrvdaemon.cli import main
from hrvdaemon.formats.reading import read_any
from hrvdaemon.formats.recording import read_recording
from hrvdaemon.vocabulary.inputs import PacketReceived, RunStarted, SensorConnected
from hrvdaemon.vocabulary.units import iso
from tests.formats import capture_writer as w

VALUES = [bytes([0x10, 70]) + pack("<2H", 500 + k, 505 + k) for k in range(90)]
SESSION = w.session(VALUES)
ARM = "C4:11:22:33:44:66"
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


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    path = tmp_path / "btsnoop_hci.log"
    path.write_bytes(w.btsnoop(SESSION))
    return path


def data(path: Path) -> list[bytes]:
    return [one.data for one in read_recording(path).inputs if isinstance(one, PacketReceived)]


def test_a_capture_becomes_a_recording_beside_it(run: Run, capture: Path) -> None:
    code, out, err = run("import", capture)
    recording = capture.with_name("btsnoop_hci.log.jsonl")
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        f"btsnoop_hci.log: {w.ADDRESS}, 90 notifications; 1.5 min from 2026-03-10T08:00:02.000Z",
        f"Written to {recording}: `hrvdaemon replay {recording}`",
    ]
    assert data(recording) == VALUES
    assert read_recording(recording).inputs == read_any(capture).inputs


def test_the_recording_and_the_capture_replay_to_the_same_beats(run: Run, capture: Path, tmp_path: Path) -> None:
    run("import", capture, "--out", tmp_path / "r.jsonl.gz")
    code, out, _ = run("replay", capture, tmp_path / "r.jsonl.gz", "--json")
    of_capture, of_recording = json.loads(out)["files"]
    assert code == 0
    assert of_capture | {"file": ""} == of_recording | {"file": ""}
    assert of_capture["packets"] == 90
    assert (
        of_capture["beats"] >= 174
    )  # 180 intervals, of which the last six may still be undecided when the link is lost


def test_nothing_is_overwritten_that_was_not_named(run: Run, capture: Path) -> None:
    assert run("import", capture)[0] == 0
    code, _, err = run("import", capture)
    assert (code, "is there already; name another file with --out" in err) == (2, True)
    assert run("import", capture, "--out", capture.with_name("btsnoop_hci.log.jsonl"))[0] == 0
    code, _, err = run("import", capture, "--out", capture)
    assert (code, "expected another file than the capture" in err) == (2, True)
    assert capture.read_bytes() == w.btsnoop(SESSION)


def test_into_a_database_it_is_an_imported_run_and_no_file(run: Run, capture: Path, tmp_path: Path) -> None:
    db = tmp_path / "hrv.db"
    for _ in range(2):  # again stores nothing twice
        code, out, _ = run("import", capture, "--db", db)
        assert (code, out.splitlines()[-1]) == (0, f"Kept in {db}")
    with closing(sqlite3.connect(db)) as database:
        assert database.execute("SELECT imported FROM run").fetchall() == [(1,)]
        assert database.execute("SELECT sum(length(kinds)) FROM beat_block").fetchone()[0] >= 174
    assert sorted(path.name for path in tmp_path.iterdir() if path.suffix == ".jsonl") == []


def test_what_can_be_given_away_has_no_address_and_no_date(run: Run, capture: Path, tmp_path: Path) -> None:
    out = tmp_path / "r.jsonl"
    assert run("import", capture, "--shareable", "--out", out, "--zone", "Europe/Berlin")[0] == 0
    assert w.ADDRESS not in out.read_text()
    first = read_recording(out).inputs[0]
    assert isinstance(first, RunStarted)
    assert (iso(first.at), first.zone) == ("2001-01-02T09:00:02.000Z", "UTC")  # a Tuesday, as 2026-03-10
    assert data(out) == VALUES


def test_several_captures_are_several_runs_of_one_recording(run: Run, tmp_path: Path) -> None:
    paths = [tmp_path / f"capture.{number}" for number in range(3)]
    for number, path in enumerate(paths):
        session = w.session(VALUES[:10], began_us=w.BEGAN_US + number * 60_000_000)
        path.write_bytes(w.btsnoop(session) if number != 1 else gzip.compress(b"btsnoop\0\0\0\0\1\0\0\3\xea"))
    out = tmp_path / "all.jsonl"
    code, told, err = run("import", *paths, "--out", out)
    assert code == 3
    assert "1 of 3 captures could not be used; see above" in err
    assert "no Bluetooth Low Energy connection is in it" in err
    assert told.count("10 notifications") == 2
    assert sum(isinstance(one, RunStarted) for one in read_recording(out).inputs) == 2
    assert data(out) == VALUES[:10] * 2


def test_one_strap_of_two_can_be_chosen(run: Run, tmp_path: Path) -> None:
    path, out = tmp_path / "both", tmp_path / "one.jsonl"
    both = [*SESSION, *w.session([b"\x00\x50"] * 5, handle=65, address=ARM)]
    path.write_bytes(w.btsnoop(sorted(both, key=lambda packet: packet.at_us)))
    code, told, _ = run("import", path, "--address", ARM.lower(), "--out", out)
    assert (code, f"{ARM}, 5 notifications" in told) == (0, True)
    assert [one.sensor for one in read_recording(out).inputs if isinstance(one, SensorConnected)] == [ARM]


def test_a_handle_is_asked_for_and_taken(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "known"
    path.write_bytes(w.btsnoop([SESSION[0], *SESSION[3:]]))
    code, out, err = run("import", path)
    assert (code, out) == (3, "")
    assert "say which with `hrvdaemon import CAPTURE --handle 0x0010`" in err
    assert list(tmp_path.iterdir()) == [path]
    for handle in ("0x0010", "16"):
        assert run("import", path, "--handle", handle, "--out", tmp_path / "r.jsonl")[0] == 0


def test_a_cut_capture_is_used_and_the_place_is_told(run: Run, capture: Path) -> None:
    capture.write_bytes(w.btsnoop(SESSION)[:1000])
    code, out, err = run("import", capture)
    assert (code, "notifications" in out) == (0, True)
    assert "the capture is cut here, at byte 9" in err


def test_many_problems_are_counted(run: Run, capture: Path) -> None:
    broken = [w.Packet(w.BEGAN_US, w.ACL, w.acl(b"lost", boundary=1))] * 3000
    capture.write_bytes(w.btsnoop([*SESSION[:-1], *broken, SESSION[-1]]))
    code, _, err = run("import", capture)
    assert code == 0
    assert len(err.splitlines()) == 6
    assert err.splitlines()[-1].endswith("996 more of this kind")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "expected at least one capture"),
        (("x", "--handle", "0"), "--handle: expected one such as 0x0010"),
        (("x", "--handle", "0x10000"), "--handle: expected"),
        (("x", "--handle", "ten"), "--handle: expected"),
        (("x", "--zone", "Nowhere/Land"), "--zone: expected a time zone"),
    ],
)
def test_wrong_usage_is_told_before_anything_is_read(run: Run, arguments: tuple[str, ...], says: str) -> None:
    code, _, err = run("import", *arguments)
    assert (code, says in err) == (2, True)


def test_a_place_that_can_not_be_written_is_told(run: Run, capture: Path) -> None:
    code, _, err = run("import", capture, "--out", capture.parent / "nowhere" / "r.jsonl")
    assert (code, "--out: expected a file that can be written" in err) == (2, True)


def test_a_file_that_is_not_there_and_another_protocol_are_told(run: Run, tmp_path: Path) -> None:
    assert run("import", tmp_path / "nowhere")[0] == 3
    pcap = tmp_path / "air.pcapng"
    pcap.write_bytes(b"\x0a\x0d\x0d\x0a" + bytes(100))
    for command in ("import", "replay", "analyse"):
        code, _, err = run(command, pcap)
        assert (code, f"editcap -F btsnoop {pcap}" in err) == (3, True)
