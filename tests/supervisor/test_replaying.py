"""Replay is the pipeline over files: the counts are those of its events, and joined files are one wearer's day."""

from itertools import pairwise
from pathlib import Path

import pytest

from hrvdaemon.formats.reading import read_any
from hrvdaemon.formats.recording import write_recording
from hrvdaemon.pipeline import Pipeline
from hrvdaemon.simulation.named import SCENARIOS
from hrvdaemon.simulation.strap import simulate
from hrvdaemon.supervisor.as_wanted import Wanted
from hrvdaemon.supervisor.replaying import Replay, Replayed, prompt_json
from hrvdaemon.vocabulary.events import (
    BeatsClassified,
    Confidence,
    DecisionMade,
    GapDetected,
    PromptIssued,
    WearingStarted,
)
from hrvdaemon.vocabulary.inputs import Input, RunEnded, RunStarted, SensorLost, Tick
from hrvdaemon.vocabulary.steps import Step
from hrvdaemon.vocabulary.units import HOUR_MS, MINUTE_MS, Instant, PromptId, RunId, instant

FIXTURES = Path(__file__).parents[2] / "fixtures"


def replayed(wanted: Wanted, *paths: Path) -> tuple[list[Replayed], list[Step]]:
    steps: list[Step] = []
    results = list(Replay(wanted, steps.append).files(paths, pytest.fail))
    return results, steps


def rest(path: Path, seed: int, start: str) -> Path:
    write_recording(path, simulate(SCENARIOS["rest"], seed, instant(start), "UTC").inputs)
    return path


def test_replay_gives_exactly_the_pipelines_events() -> None:
    path = FIXTURES / "rest.jsonl"
    pipeline = Pipeline()
    expected = [event for given in read_any(path).inputs for event in pipeline.feed(given)]
    _, steps = replayed(Wanted(), path)
    assert [event for step in steps for event in step.events] == expected


def test_the_counts_are_those_of_the_events() -> None:
    [result], steps = replayed(Wanted(), FIXTURES / "reconnect.jsonl.gz")
    events = [event for step in steps for event in step.events]
    told = result.as_json()
    assert told["beats"] == sum(len(e.rr_ticks) for e in events if isinstance(e, BeatsClassified))
    assert told["gaps"] == sum(isinstance(e, GapDetected) for e in events)
    decisions = [e for e in events if isinstance(e, DecisionMade)]
    assert told["decisions"] == len(decisions)
    assert sum(told["states"].values()) == sum(e.minutes for e in decisions)
    assert sum(told["not_judged"].values()) == sum(e.minutes for e in decisions if e.reason is not None)


def test_each_file_is_a_run_that_knows_nothing_of_the_others(tmp_path: Path) -> None:
    path = rest(tmp_path / "a.jsonl", 1, "2026-03-10T10:00:00Z")
    results, steps = replayed(Wanted(), path, path)
    first, second = (result.as_json() for result in results)
    assert first == second
    assert sum(isinstance(step.input, RunStarted) for step in steps) == 2
    half = len(steps) // 2
    assert steps[:half] == steps[half:]


def test_joined_files_are_one_run_at_the_walls_distance(tmp_path: Path) -> None:
    paths = [
        rest(tmp_path / "a.jsonl", 1, "2026-03-10T10:00:00Z"),
        rest(tmp_path / "b.jsonl", 2, "2026-03-10T13:00:00Z"),
    ]
    _, steps = replayed(Wanted(join=True), *paths)
    inputs = [step.input for step in steps]
    assert sum(isinstance(given, RunStarted) for given in inputs) == 1
    assert [given for given in inputs if isinstance(given, RunEnded)] == [inputs[-1]]
    assert [step.number for step in steps] == list(range(len(steps)))
    worn = [e.at for step in steps for e in step.events if isinstance(e, WearingStarted)]
    assert worn[1] - worn[0] == pytest.approx(3 * HOUR_MS, abs=5_000)


def test_joined_files_without_a_clock_follow_each_other(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("990\n1010\n" * 100)
    _, steps = replayed(Wanted(join=True), tmp_path / "a.txt", tmp_path / "b.txt")
    times = [step.input.mono_ms for step in steps]
    assert times == sorted(times)
    assert max(b - a for a, b in pairwise(times)) == pytest.approx(MINUTE_MS, abs=3_000)


def test_joined_runs_of_one_file_each_have_their_own_clock(tmp_path: Path) -> None:
    """A computer started anew: its clock begins near 0 again, an hour later by the wall."""
    noon = instant("2026-03-10T12:00:00Z")
    boots: list[Input] = [
        started("a", 900_000, noon), Tick(mono_ms=960_000), RunEnded(mono_ms=961_000, reason="x"),
        started("b", 5_000, Instant(noon + HOUR_MS)), Tick(mono_ms=65_000), RunEnded(mono_ms=66_000, reason="x"),
    ]  # fmt: skip
    again: list[Input] = [
        started("c", 7_000, Instant(noon + HOUR_MS)),
        Tick(mono_ms=8_000),
        RunEnded(mono_ms=9_000, reason="x"),
    ]
    write_recording(tmp_path / "boots.jsonl", boots)
    write_recording(tmp_path / "again.jsonl", again)
    _, steps = replayed(Wanted(join=True), tmp_path / "boots.jsonl", tmp_path / "again.jsonl")
    ticks = [step.input.mono_ms for step in steps if isinstance(step.input, Tick)]
    end_ms = 900_000 + HOUR_MS + 61_000
    assert ticks == [960_000, 900_000 + HOUR_MS + 60_000, end_ms + MINUTE_MS + 1_000]
    assert steps[-1].input == RunEnded(mono_ms=end_ms + MINUTE_MS + 2_000, reason="recording ended")


def started(run: str, mono_ms: int, at: Instant) -> RunStarted:
    return RunStarted(mono_ms=mono_ms, at=at, run=RunId(run), version="1", zone="UTC", boot_id=run, seed=1)


def test_the_first_minutes_with_a_strap_count_as_not_judged_and_have_no_reason() -> None:
    result = Replayed(file="x")
    result.states.update(warming_up=2, steady=7, not_judged=1)
    result.not_judged.update(moving=1)
    assert result.unjudged == {"moving": 1, "warming_up": 2}
    assert result.as_json()["not_judged"] == {"moving": 1}


def test_a_file_that_can_not_be_read_is_told_and_the_others_are_done(tmp_path: Path) -> None:
    told: list[str] = []
    good = rest(tmp_path / "a.jsonl", 1, "2026-03-10T10:00:00Z")
    for join in (False, True):
        replay = Replay(Wanted(join=join), lambda _: None)
        assert [Path(result.file) for result in replay.files([tmp_path / "none", good], told.append)] == [good]
    assert len(told) == 2
    assert all("none" in message for message in told)


def test_a_lost_strap_is_an_input_and_no_packet() -> None:
    [result], steps = replayed(Wanted(), FIXTURES / "reconnect.jsonl.gz")
    assert any(isinstance(step.input, SensorLost) for step in steps)
    assert result.as_json()["packets"] < result.recorded_ms / 1000


def test_an_invitation_is_rounded_for_people_and_its_time_is_iso() -> None:
    prompt = PromptIssued(
        mono_ms=5, at=instant("2026-03-10T15:00:00.120Z"), id=PromptId("p"), activation=2.34567, minutes=9, hr_bpm=81.23456,
        rmssd_ms=20.98765, baseline_hr_bpm=64.0, baseline_rmssd_ms=35.5, exercise="paced_6", confidence=Confidence.HIGH,
        is_learning=False, tags=(),
    )  # fmt: skip
    assert prompt_json(prompt) == {
        "id": "p",
        "at": "2026-03-10T15:00:00.120Z",
        "activation": 2.346,
        "hr_bpm": 81.23,
        "rmssd_ms": 20.99,
        "baseline_hr_bpm": 64.0,
        "baseline_rmssd_ms": 35.5,
        "exercise": "paced_6",
        "confidence": "high",
    }
