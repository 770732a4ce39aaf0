"""The recordings in fixtures/ are what fixtures/README.md says, and their labels fit."""

import json
from itertools import pairwise
from pathlib import Path
from runpy import run_path

import pytest

from hrvdaemon.formats.recording import read_recording
from hrvdaemon.hrv.heart_rate_measurement import HeartRateMeasurement
from hrvdaemon.simulation.named import SCENARIOS
from hrvdaemon.simulation.strap import simulate
from hrvdaemon.vocabulary.inputs import PacketReceived, RunEnded, RunStarted
from hrvdaemon.vocabulary.units import Instant

FIXTURES = Path(__file__).parents[2] / "fixtures"
MAKE = run_path(str(FIXTURES / "make.py"))
SEED = MAKE["SEED"]
HOURS = {"rest": 1 / 6, "day": 16.0}
NAMES = (*SCENARIOS, "day")


def _recording(name: str) -> Path:
    return FIXTURES / (f"{name}.jsonl" if name == MAKE["PLAIN"] else f"{name}.jsonl.gz")


@pytest.mark.parametrize("name", NAMES)
def test_a_fixture_is_a_whole_run(name: str) -> None:
    recording = read_recording(_recording(name))
    assert recording.problems == ()
    assert isinstance(recording.inputs[0], RunStarted)
    assert isinstance(recording.inputs[-1], RunEnded)
    times = [item.mono_ms for item in recording.inputs]
    assert times == sorted(times)
    assert times[-1] / 3_600_000 == pytest.approx(HOURS.get(name, 3.6), abs=0.1)


@pytest.mark.parametrize("name", NAMES)
def test_labels_cover_the_run_without_holes(name: str) -> None:
    spans = json.loads((FIXTURES / f"{name}.labels.json").read_text(encoding="utf-8"))
    assert spans[0]["start_s"] == 0
    assert all(a["end_s"] == b["start_s"] for a, b in pairwise(spans))
    assert all(span["label"] == (span["state"] == "stress") for span in spans)


def test_the_stored_rest_is_what_the_simulation_makes_today() -> None:
    """But for a tick or two on another processor."""
    stored = [item for item in read_recording(_recording("rest")).inputs if isinstance(item, PacketReceived)]
    made = simulate(SCENARIOS["rest"], SEED, Instant(0), "UTC")
    ticks = [rr for packet in stored for rr in HeartRateMeasurement.from_bytes(packet.data).rr_ticks]
    assert ticks == pytest.approx([beat.rr_ticks for beat in made.beats][: len(ticks)], abs=2)


def test_writing_a_simulation_makes_a_recording_and_its_labels(tmp_path: Path) -> None:
    simulation = simulate(SCENARIOS["rest"], SEED, Instant(0), "UTC")
    MAKE["write"](tmp_path, "rest", simulation)
    assert read_recording(tmp_path / "rest.jsonl").inputs == simulation.inputs
    assert json.loads((tmp_path / "rest.labels.json").read_text(encoding="utf-8")) == [
        {"start_s": 0, "end_s": 600, "state": "rest", "label": 0}
    ]


def test_the_folder_stays_small() -> None:
    assert sum(file.stat().st_size for file in FIXTURES.iterdir() if file.is_file()) < 12_000_000
