"""The pacer shows where the newest phase is, by the run's clock and nothing else."""

from typing import Any

import pytest

from hrvdaemon.terminal.pacer import bar, counted, following, minutes_left, pace


@pytest.mark.parametrize(
    ("since_s", "share", "left"), [(0.0, 0.0, 4), (1.0, 0.25, 3), (3.5, 0.875, 1), (4.0, 1.0, 0), (4.9, 1.0, 0)]
)
def test_a_phase_goes_from_its_start_to_its_end_and_waits_there(
    pictures: Any, since_s: float, share: float, left: int
) -> None:
    running = pace(pictures.guided(since_s))
    assert running is not None
    assert (running.share, running.seconds_left) == (share, left)


def test_a_phase_long_over_is_not_shown(pictures: Any) -> None:
    assert pace(pictures.guided(5.1)) is None


def test_without_an_exercise_or_after_it_there_is_no_pace(pictures: Any) -> None:
    assert pace(pictures.calm()) is None
    assert pace(pictures.guided(guided_until_mono_ms=pictures.mono_ms)) is None


def test_the_bar_grows_in_and_shrinks_out() -> None:
    assert [bar(share, "in", 4) for share in (0, 0.5, 1)] == ["····", "━━··", "━━━━"]
    assert [bar(share, "out", 4) for share in (0, 0.5, 1)] == ["━━━━", "━━··", "····"]
    assert bar(0.5, None, 4) == "····"


def test_counted_words_are_breath_and_seconds() -> None:
    assert (counted("in", "x", 4.0), counted("out", "x", 6.5), counted(None, "Look around", 20.0)) == (
        "in 4",
        "out 6.5",
        "Look around",
    )


@pytest.mark.parametrize(
    ("left_ms", "words"),
    [(120_000, "about 2 minutes left"), (61_000, "about 2 minutes left"), (60_000, "less than a minute left"), (0, "")],
)
def test_time_left_is_told_in_words(pictures: Any, left_ms: int, words: str) -> None:
    assert minutes_left(pictures.guided(guided_until_mono_ms=pictures.mono_ms + left_ms)) == words


def test_following_is_said_only_where_it_is_so(pictures: Any) -> None:
    assert following(pictures.guided(swing=pictures.swing(9.2, 0.7))).endswith("a swing of 9 beats per minute.")
    assert following(pictures.guided(swing=pictures.swing(9.2, 0.49))) == ""
    assert following(pictures.guided()) == ""
