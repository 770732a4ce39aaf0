"""What the gates say of real recordings, in both directions: rest is not called movement, and movement is not let in."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest

from hrvdaemon.formats.reading import read_any
from hrvdaemon.pipeline import Pipeline
from hrvdaemon.vocabulary.events import DecisionMade

BY_HEART_RATE = {"activity", "kinetics", "recovery", "step_hold"}


@cache
def rows(path: Path) -> tuple[DecisionMade, ...]:
    """Minutes with a usable signal."""
    pipeline = Pipeline()
    events = [event for given in read_any(path).inputs for event in pipeline.feed(given)]
    made = [event for event in events if isinstance(event, DecisionMade) and event.epoch is not None]
    return tuple(row for row in made if not failed(row) & {"quality", "rhythm"})


def failed(row: DecisionMade) -> set[str]:
    return {verdict.gate for verdict in row.gates if not verdict.passed}


def held(some: Sequence[DecisionMade], *gates: str) -> int:
    return sum(bool(failed(row) & set(gates)) for row in some)


@pytest.mark.parametrize(
    ("name", "minutes", "at_most"),
    [
        ("session/rest_rri.txt", 14, 0),
        ("session/pyhrv_SampleNNISeriesLong.npy", 55, 15),
        ("biofeedback/2016-12-08-16-42-26.txt", 41, 10),
        ("biofeedback/2016-12-06-19-41-54.txt", 35, 3),
    ],
)
def test_sitting_is_seldom_called_movement(recordings: Path, name: str, minutes: int, at_most: int) -> None:
    assert len(rows(recordings / name)) == minutes
    assert held(rows(recordings / name), "kinetics") <= at_most


@pytest.mark.parametrize(
    ("name", "from_bpm"), [("session/vollmer_polar_14121501.hrm", 70), ("session/exercise_rri.hrm", 85)]
)
def test_no_minute_of_exercise_passes_all_four_gates(recordings: Path, name: str, from_bpm: float) -> None:
    """The rest in these files is slower: 57 to 66 bpm in the one, 75 to 80 in the other."""
    effort = [row for row in rows(recordings / name)[2:] if row.hr_bpm is not None and row.hr_bpm >= from_bpm]
    assert len(effort) >= 12
    assert held(effort, *BY_HEART_RATE) == len(effort)


def test_walking_and_cycling_pass_none_and_sitting_does(recordings: Path) -> None:
    """wearable-hrv, ear clip: seated from 12:09 UTC with pauses, walking 12:45:37 to 12:48:37, cycling to 12:52:45."""
    by_minute = {row.start_at // 60_000 % 1440: row for row in rows(recordings / "labelled_wearablehrv/test_kyto.csv")}
    moving = [row for minute, row in by_minute.items() if 12 * 60 + 46 <= minute < 12 * 60 + 53]
    seated = [row for minute, row in by_minute.items() if 12 * 60 + 9 <= minute < 12 * 60 + 24]
    assert held(moving, *BY_HEART_RATE) == len(moving)
    assert held(seated, *BY_HEART_RATE) <= len(seated) / 4


def test_slow_breathing_of_real_people_is_found(recordings: Path) -> None:
    """Ten minutes of a breathing experiment, and 12:29:25 to 12:32:25 UTC of wearable-hrv: twelve minutes."""
    experiment = [row for row in rows(recordings / "session/polar_h10_kieran_ibi.csv") if 1 <= (row.epoch or 0) <= 9]
    guided = [
        row
        for row in rows(recordings / "labelled_wearablehrv/test_kyto.csv")
        if 750 <= row.start_at // 60_000 % 1440 <= 752
    ]
    assert (len(experiment), len(guided)) == (9, 3)
    assert held([*experiment, *guided], "breathing") >= 10
