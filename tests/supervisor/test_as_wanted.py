"""A recording becomes whole runs, moved and renamed where that was wanted, or is refused with the reason."""

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from hrvdaemon.formats.recording import write_recording
from hrvdaemon.supervisor.as_wanted import Wanted, open_as_wanted
from hrvdaemon.vocabulary.codec import to_json
from hrvdaemon.vocabulary.errors import UnreadableRecording
from hrvdaemon.vocabulary.inputs import (
    BatteryRead,
    ClockChanged,
    FeltRated,
    Input,
    PauseRequested,
    RunEnded,
    RunStarted,
    SensorConnected,
    SettingsChanged,
    Tick,
)
from hrvdaemon.vocabulary.units import Instant, RunId, SensorId, SessionId, instant

NOON = instant("2026-03-10T12:00:00Z")


def started(run: str = "r", mono_ms: int = 0, at: Instant = NOON) -> RunStarted:
    return RunStarted(mono_ms=mono_ms, at=at, run=RunId(run), version="1", zone="UTC", boot_id="b", seed=1)


ENDED = RunEnded(mono_ms=5_000, reason="asked to")


@pytest.fixture
def recording(tmp_path: Path) -> Any:
    def write(*inputs: Input, name: str = "x.jsonl") -> Path:
        write_recording(tmp_path / name, inputs)
        return tmp_path / name

    return write


def test_a_whole_run_comes_as_it_was_recorded(recording: Any) -> None:
    inputs = (started(), Tick(mono_ms=4_000), ENDED)
    opened = open_as_wanted(recording(*inputs), Wanted())
    assert opened.inputs == inputs
    assert opened.recorded_ms == 5_000
    assert (opened.problems, opened.notes) == ((), ())


def test_a_run_that_was_cut_off_ends_where_it_was_cut(recording: Any) -> None:
    opened = open_as_wanted(recording(started(), Tick(mono_ms=4_000)), Wanted())
    assert opened.inputs[-1] == RunEnded(mono_ms=4_000, reason="the recording is cut off here")


def test_a_run_cut_off_by_the_next_one_ends_before_it(recording: Any) -> None:
    """Another boot's clock begins near 0 again, and is not part of the length."""
    inputs = (started("a", 900_000), Tick(mono_ms=904_000), started("b", 3_000), Tick(mono_ms=9_000))
    opened = open_as_wanted(recording(*inputs), Wanted())
    kinds = [type(given).__name__ for given in opened.inputs]
    assert kinds == ["RunStarted", "Tick", "RunEnded", "RunStarted", "Tick", "RunEnded"]
    assert opened.recorded_ms == 4_000 + 6_000


def test_inputs_without_a_beginning_get_one(recording: Any) -> None:
    opened = open_as_wanted(recording(Tick(mono_ms=7_000), Tick(mono_ms=9_000)), Wanted())
    first = opened.inputs[0]
    assert isinstance(first, RunStarted)
    assert first.mono_ms == 7_000
    assert opened.recorded_ms == 2_000


def test_another_start_moves_every_clock_in_the_file(recording: Any) -> None:
    later = started("s", 8_000, Instant(NOON + 60_000))
    change = ClockChanged(mono_ms=2_000, at=Instant(NOON + 3_602_000), zone="UTC")
    path = recording(started(), change, ENDED, later, RunEnded(mono_ms=9_000, reason="x"))
    moved = open_as_wanted(path, Wanted(start_at=Instant(NOON + 1_000_000), zone="Asia/Tokyo")).inputs
    clocks = [given for given in moved if isinstance(given, RunStarted | ClockChanged)]
    assert [given.at - NOON for given in clocks] == [1_000_000, 4_602_000, 1_060_000]
    assert {given.zone for given in clocks} == {"Asia/Tokyo"}


def test_wanted_settings_are_put_over_the_recordings(recording: Any) -> None:
    own = RunStarted(
        mono_ms=0, at=NOON, run=RunId("r"), version="1", zone="UTC", boot_id="b", seed=1,
        settings={"prompts.daily_cap": 2, "gates.min_pairs": 9},
    )  # fmt: skip
    [first, *_] = open_as_wanted(recording(own), Wanted(settings={"gates.min_pairs": 12})).inputs
    assert isinstance(first, RunStarted)
    assert first.settings == {"prompts.daily_cap": 2, "gates.min_pairs": 12}


def name_of(path: Path, wanted: Wanted, part_of: tuple[Path, ...] = ()) -> str:
    first = open_as_wanted(path, wanted, part_of).inputs[0]
    assert isinstance(first, RunStarted)
    return first.run


def test_what_was_changed_on_the_way_has_a_name_of_its_own_and_always_the_same(recording: Any) -> None:
    path, other = recording(started(), ENDED), recording(started(), ENDED, name="y.jsonl")
    assert name_of(path, Wanted()) == "r"
    changes = [
        Wanted(start_at=Instant(NOON + 1)),
        Wanted(zone="Asia/Tokyo"),
        Wanted(settings={"gates.min_pairs": 12}),
        Wanted(settings={"gates.min_pairs": 13}),
    ]
    names = [name_of(path, wanted) for wanted in changes] + [name_of(path, Wanted(), (path, other))]
    assert len({*names, "r"}) == 6
    assert all(name.startswith("r-") for name in names)
    assert names[:4] == [name_of(path, wanted) for wanted in changes]


def test_bare_files_of_one_name_are_told_apart_by_what_is_in_them(tmp_path: Path) -> None:
    names = []
    for folder, text in (("a", "800\n810\n"), ("b", "700\n710\n"), ("c", "800\n810\n")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "rr.txt").write_text(text)
        names.append(name_of(tmp_path / folder / "rr.txt", Wanted()))
    assert names[0] != names[1]
    assert names[0] == names[2]


@pytest.mark.parametrize(
    "odd",
    [
        SettingsChanged(mono_ms=1, settings={"no.such": 1}),
        SettingsChanged(mono_ms=1, settings={"gates.min_pairs": "many"}),
        ClockChanged(mono_ms=1, at=NOON, zone="Mars/Olympus"),
        ClockChanged(mono_ms=1, at=Instant(-10_000), zone="UTC"),
        Tick(mono_ms=10**15),
    ],
    ids=lambda odd: type(odd).__name__,
)
def test_what_can_not_be_is_refused_with_the_file_and_the_reason(recording: Any, odd: Input) -> None:
    path = recording(started(), odd, ENDED)
    with pytest.raises(UnreadableRecording, match="expected") as raised:
        open_as_wanted(path, Wanted())
    assert str(path) in str(raised.value)


@pytest.mark.parametrize(
    "odd",
    [
        FeltRated(mono_ms=1, session=SessionId("x"), tension=99, after=True),
        PauseRequested(mono_ms=1, minutes=2**64),
        BatteryRead(mono_ms=1, sensor=SensorId("s"), percent=-(2**70)),
        Tick(mono_ms=2**64),
        SensorConnected(mono_ms=1, sensor=SensorId("s"), name="\ud800"),
    ],
    ids=lambda odd: type(odd).__name__,
)
def test_a_line_that_can_not_be_is_a_counted_problem_and_the_rest_counts(tmp_path: Path, odd: Input) -> None:
    path = tmp_path / "x.jsonl"
    header = {"format": "hrvdaemon-recording", "version": 1}
    lines = (header, to_json(started()), vars_of(odd), to_json(ENDED))
    path.write_text("\n".join(map(json.dumps, lines)) + "\n")
    opened = open_as_wanted(path, Wanted())
    assert opened.inputs == (started(), ENDED)
    [problem] = opened.problems
    assert problem.line == 3
    assert type(odd).__name__ in problem.message


def vars_of(given: Input) -> dict[str, Any]:
    """As ``to_json`` writes it, also what it refuses to."""
    return {"type": type(given).__name__, **{one.name: getattr(given, one.name) for one in fields(given)}}


def test_settings_are_judged_together_with_what_was_set_before(recording: Any) -> None:
    """Each is right beside the defaults, and not beside the other."""
    narrow = SettingsChanged(mono_ms=1, settings={"dominance.k": 5, "dominance.n": 6})
    back = SettingsChanged(mono_ms=2, settings={"dominance.k": 8})
    path = recording(started(), narrow, back, ENDED)
    with pytest.raises(UnreadableRecording, match=r"expected dominance.k at most dominance.n, came 8 and 6"):
        open_as_wanted(path, Wanted())
    halved = recording(started(), SettingsChanged(mono_ms=1, settings={"dominance.n": 6, "dominance.k": 6}), ENDED)
    with pytest.raises(UnreadableRecording, match=r"dominance.off_minutes at most dominance.n, came 7 and 6"):
        open_as_wanted(halved, Wanted(settings={"dominance.off_minutes": 7}))


def test_a_recording_of_events_only_is_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text(json.dumps({"type": "GapDetected", "mono_ms": 1, "at": "2026-03-10T12:00:00Z", "why": "x"}) + "\n")
    with pytest.raises(UnreadableRecording):
        open_as_wanted(path, Wanted())
