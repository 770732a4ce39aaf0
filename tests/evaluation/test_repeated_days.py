from collections.abc import Callable
from pathlib import Path

import pytest

from hrvdaemon.evaluation.observing import Minute
from hrvdaemon.evaluation.repeated_days import JudgedRecording, recording_figures, whole_day
from hrvdaemon.vocabulary.events import AutonomicState

MakeMinute = Callable[..., Minute]


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """Twelve minutes of 60 bpm whose intervals alternate by 20 ms."""
    path = tmp_path / "day.txt"
    path.write_text("".join("990\n1010\n" for _ in range(360)), encoding="utf-8")
    return path


def test_only_the_last_day_is_judged(recording: Path) -> None:
    judged = whole_day(recording)
    assert 12 <= len(judged.minutes) <= 13
    assert {minute.start_ms // 86_400_000 for minute in judged.minutes} == {14}
    assert judged.awake_min == len(judged.minutes)


def test_a_day_like_all_before_it_calls_nobody(recording: Path) -> None:
    judged = whole_day(recording)
    assert set(judged.invitations.values()) == {0}
    assert judged.sustained_share == 0
    assert any(minute.activation is not None for minute in judged.minutes)


def test_a_day_that_it_had_not_known_could_not_be_judged(recording: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hrvdaemon.evaluation.repeated_days.EARLIER_DAYS", 1)
    assert all(minute.activation is None for minute in whole_day(recording).minutes)


def test_figures_weigh_recordings_by_their_minutes(minute: MakeMinute) -> None:
    sustained = minute(0, activation=2.0, state=AutonomicState.SYMPATHETIC_DOMINANCE)
    moving = minute(1, activation=None, why_not="moving")
    long = JudgedRecording(
        name="a", minutes=(sustained, moving), awake_min=480, invitations={"hrvdaemon": 1, "other": 4}
    )
    short = JudgedRecording(name="b", minutes=(minute(0),) * 2, awake_min=480, invitations={"hrvdaemon": 0, "other": 0})
    figures = recording_figures([long, short])
    assert figures["hrvdaemon"]["invitations_per_16_h"].value == 1.0
    assert figures["other"]["invitations_per_16_h"].value == 4.0
    assert figures["hrvdaemon"]["sustained_share"].value == 0.25
    assert figures["hrvdaemon"]["not_judged_share"].value == 0.25
    assert long.unjudged == {"moving": 1}
