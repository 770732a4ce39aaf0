"""A span of the journal as a recording to give away: the same beats, and nothing else of the wearer."""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hrvdaemon.cli import main
from hrvdaemon.clock import MachineClock
from hrvdaemon.formats.packets import series_from_inputs
from hrvdaemon.formats.recording import read_recording, write_recording
from hrvdaemon.formats.sharing import Sharing, shareable
from hrvdaemon.store.writer import recorder
from hrvdaemon.supervisor.engine import Engine
from hrvdaemon.vocabulary import inputs as inp
from hrvdaemon.vocabulary.events import BeatsClassified
from hrvdaemon.vocabulary.inputs import Input, PacketReceived, RunEnded, RunStarted, SensorConnected, SensorLost
from hrvdaemon.vocabulary.steps import Step
from hrvdaemon.vocabulary.units import Instant, RunId, SensorId, instant

BEGAN = instant("2026-07-16T06:30:00.250Z")
BOOTED_MS = 7_000_000
STRAP = SensorId("C4:11:22:33:44:55")
Run = Callable[..., tuple[int, str, str]]


def packet(second: int, rr_ticks: int = 900) -> PacketReceived:
    data = bytes([16, 68]) + (rr_ticks + second * 37 % 50).to_bytes(2, "little")
    return PacketReceived(mono_ms=BOOTED_MS + second * 1000, sensor=STRAP, data=data)


def half_an_hour(*, is_ended: bool = True) -> Iterator[Input]:
    """A strap that is lost for a minute, a tag, and a clock that is set ahead by an hour in the middle."""
    yield RunStarted(
        mono_ms=BOOTED_MS, at=BEGAN, run=RunId("one"), version="0.1.0", zone="Europe/Zurich", boot_id="5c1d", seed=77
    )
    yield SensorConnected(mono_ms=BOOTED_MS + 500, sensor=STRAP, name="Polar H10 1234")
    yield from (packet(second) for second in range(1, 600))
    yield inp.TagSet(mono_ms=BOOTED_MS + 600_000, tag=inp.Tag.CAFFEINE)
    yield SensorLost(mono_ms=BOOTED_MS + 600_000, sensor=STRAP, reason="link lost")
    yield SensorConnected(mono_ms=BOOTED_MS + 660_000, sensor=STRAP, name="Polar H10 1234")
    yield inp.SettingsChanged(mono_ms=BOOTED_MS + 660_000, settings={"timeline.resync_s": 4.0})
    yield from (packet(second) for second in range(661, 1200))
    at = Instant(BEGAN + 1_200_000 + 3_600_000)
    yield inp.ClockChanged(mono_ms=BOOTED_MS + 1_200_000, at=at, zone="Europe/Zurich")
    yield from (packet(second) for second in range(1201, 1800))
    if is_ended:
        yield RunEnded(mono_ms=BOOTED_MS + 1_800_000, reason="asked to stop")


@pytest.fixture(scope="module")
def stored_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("record") / "hrv.db"
    stored(path, half_an_hour())
    return path


@pytest.fixture
def db(stored_once: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(stored_once, tmp_path))


def stored(path: Path, inputs: Iterator[Input], *, imported: bool = False) -> None:
    with recorder(path, imported=imported) as keep:
        engine = Engine(keep)
        for given in inputs:
            engine.feed(given)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as left:
            main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err
        assert isinstance(left.value.code, int)
        return left.value.code, printed.out, printed.err

    return run


def classified(inputs: list[Input]) -> list[tuple[tuple[int, ...], str, tuple[int, ...]]]:
    """Intervals, kinds and times from the run's beginning of every beat that the pipeline gives."""
    steps = list[Step]()
    engine = Engine(steps.append)
    for given in inputs:
        engine.feed(given)
    began = inputs[0].mono_ms
    beats = [event for step in steps for event in step.events if isinstance(event, BeatsClassified)]
    return [(one.rr_ticks, one.kinds, tuple(ms - began for ms in one.beat_mono_ms)) for one in beats]


ALL = ("--from", "2026-07-16", "--to", "2026-07-17T00:00Z")


def test_the_replay_of_what_is_given_away_has_the_same_beats(run: Run, db: Path) -> None:
    code, out, _ = run("record", "--db", db, *ALL)
    assert code == 0
    first, second = out.splitlines()
    assert first == "recording.jsonl.gz: 30.0 min, 1 run, 1 strap, 1737 packets"
    assert second.startswith("Without address, name, date and place; weekday and time of day are in it")
    assert second.endswith("left out as well: 1 of what you said, did or were told.")
    given_away = list(read_recording(Path("recording.jsonl.gz")).inputs)
    assert classified(given_away) == classified(list(half_an_hour()))
    assert given_away == list(shareable(half_an_hour(), Sharing()))
    code, out, _ = run("replay", "recording.jsonl.gz", "--json")
    assert (code, json.loads(out)["files"][0]["packets"]) == (0, 1737)


def test_what_was_said_is_in_it_if_it_is_wanted(run: Run, db: Path) -> None:
    _, out, _ = run("record", "--db", db, *ALL, "--answers")
    assert "1737 packets, TagSet 1" in out
    assert "left out" not in out


def test_a_span_begins_with_what_was_set_and_connected_before(run: Run, db: Path, tmp_path: Path) -> None:
    """From minute 15 to minute 18, before the clock was set, named on the wearer's own clock."""
    out = tmp_path / "r.jsonl"
    assert run("record", "--db", db, "--from", "2026-07-16T08:45:00.250", "--duration", "3m", "--out", out)[0] == 0
    first, connected, *rest, last = read_recording(out).inputs
    assert isinstance(first, RunStarted)
    assert first.at == instant("2001-01-04T08:45:00.250Z")
    assert first.settings == {"timeline.resync_s": 4.0}
    assert connected == SensorConnected(mono_ms=0, sensor=SensorId("strap-1"), name="strap-1")
    assert [one.data for one in rest if isinstance(one, PacketReceived)] == [packet(s).data for s in range(900, 1080)]
    assert last == RunEnded(mono_ms=179_000, reason="end of recording")


def test_a_strap_that_was_away_is_not_said_to_be_connected(run: Run, db: Path, tmp_path: Path) -> None:
    out = tmp_path / "r.jsonl"
    assert run("record", "--db", db, "--from", "2026-07-16T08:40:30.250", "--duration", "2m", "--out", out)[0] == 0
    kinds = [type(one).__name__ for one in read_recording(out).inputs]
    assert kinds[:4] == ["RunStarted", "SensorConnected", "SettingsChanged", "PacketReceived"]
    assert read_recording(out).inputs[1].mono_ms == 29_750 + 250


def test_a_span_over_a_clock_that_was_set_is_one_stretch(run: Run, db: Path, tmp_path: Path) -> None:
    """Minutes 19 and 20 of the old clock, and on the new one, an hour ahead, the two that follow."""
    out = tmp_path / "r.jsonl"
    span = ("--from", "2026-07-16T08:49:00.250", "--to", "2026-07-16T09:51:00.250")
    assert run("record", "--db", db, *span, "--out", out)[0] == 0
    inputs = read_recording(out).inputs
    seconds = [one.mono_ms // 1000 for one in inputs if isinstance(one, PacketReceived)]
    assert seconds == [*range(60), *range(61, 120)]
    assert [type(one).__name__ for one in inputs].count("ClockChanged") == 1


def test_several_runs_are_given_as_several_and_imported_ones_are_not(run: Run, db: Path, tmp_path: Path) -> None:
    second = [replace(one, run=RunId("two"), at=Instant(BEGAN + 40_000_000)) if isinstance(one, RunStarted) else one for one in half_an_hour()]  # fmt: skip
    imported = [replace(one, run=RunId("other's")) if isinstance(one, RunStarted) else one for one in half_an_hour()]
    stored(db, iter(second))
    stored(db, iter(imported), imported=True)
    out = tmp_path / "r.jsonl"
    _, told, _ = run("record", "--db", db, *ALL, "--out", out)
    assert "60.0 min, 2 runs, 1 strap, 3474 packets" in told
    assert len(series_from_inputs(read_recording(out).inputs).rr_ms) == 3474


def test_a_run_that_goes_on_is_given_up_to_now(run: Run, tmp_path: Path) -> None:
    db, out = tmp_path / "live.db", tmp_path / "r.jsonl"
    now = MachineClock().at()
    live = [replace(one, at=Instant(now - 1_900_000)) if isinstance(one, RunStarted) else one for one in half_an_hour(is_ended=False) if not isinstance(one, inp.ClockChanged)]  # fmt: skip
    stored(db, iter(live))
    assert run("record", "--db", db, "--out", out)[0] == 0  # the last hour, if nothing is said
    assert sum(isinstance(one, PacketReceived) for one in read_recording(out).inputs) == 1737
    assert isinstance(read_recording(out).inputs[-1], RunEnded)


def test_what_lies_ahead_is_waited_for(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While it sleeps the daemon goes on writing; here, the sleeping itself writes."""
    db, now = tmp_path / "live.db", MachineClock().at()
    live = [replace(one, at=Instant(now - 601_000)) if isinstance(one, RunStarted) else one for one in half_an_hour(is_ended=False) if not isinstance(one, inp.ClockChanged)]  # fmt: skip
    before = [one for one in live if one.mono_ms < BOOTED_MS + 601_000]
    stored(db, iter(before))
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        stored(db, iter(live))

    monkeypatch.setattr("hrvdaemon.cli.wished_span.time.sleep", sleep)
    code, out, _ = run("record", "--db", db, "--duration", "5m")
    assert code == 0
    assert out.startswith("Recording for 5.0 min\n")
    assert 300 < slept[0] <= 312
    n_packets = int(out.split(" strap, ")[1].split(" packets")[0])
    assert 235 <= n_packets <= 241  # five minutes, of which the strap was away for the first one


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("--from", "2026-07-15", "--to", "2026-07-16"), 1, "there is something from 2026-07-16T06:30:00.250Z to 2026-07-16T08:00:00.250Z"),
        (("--last", "1m"), 1, "choose with --from and --to"),
        (("--duration", "5m"), 1, "The daemon is not running"),
        (("--last", "5"), 2, "--last: expected a length such as 90s, 30m, 1h or 2d"),
        (("--last", "0h"), 2, "--last: expected"),
        (("--last", "99d"), 2, "at most 31d"),
        (("--last", "1h", "--to", "2026-07-17"), 2, "--last: expected it alone"),
        (("--to", "2026-07-17"), 2, "--to: expected --from with it"),
        (("--from", "yesterday"), 2, "--from: expected a time such as"),
        (("--from", "2026-07-17", "--to", "2026-07-16"), 2, "--to: expected a time after"),
        (("--from", "2026-07-17", "--to", "2926-07-16"), 2, "within 31 days from now"),
    ],
)  # fmt: skip
def test_what_can_not_be_given_is_told_with_what_can(
    run: Run, db: Path, arguments: tuple[str, ...], code: int, says: str
) -> None:
    got, _, err = run("record", "--db", db, *arguments)
    assert (got, says in err) == (code, True), err
    assert not Path("recording.jsonl.gz").exists()


def test_a_file_is_overwritten_only_if_it_was_named(run: Run, db: Path) -> None:
    Path("recording.jsonl.gz").write_text("mine")
    code, _, err = run("record", "--db", db, *ALL)
    assert (code, "recording.jsonl.gz is there already" in err) == (2, True)
    assert Path("recording.jsonl.gz").read_text() == "mine"


def test_an_empty_database_and_none_are_told(run: Run, tmp_path: Path) -> None:
    with recorder(tmp_path / "empty.db"):
        pass
    code, _, err = run("record", "--db", tmp_path / "empty.db")
    assert (code, "Nothing is recorded yet" in err) == (1, True)
    code, _, err = run("record", "--db", tmp_path / "none.db")
    assert (code, "no database at" in err) == (4, True)


def test_a_recording_given_away_twice_loses_nothing_more(tmp_path: Path) -> None:
    once = list(shareable(half_an_hour(), Sharing()))
    write_recording(tmp_path / "r.jsonl", once)
    again = list(shareable(read_recording(tmp_path / "r.jsonl").inputs, Sharing()))
    assert again == once
