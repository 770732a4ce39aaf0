"""One screen is one decision; the first line says what it is; no word scares, praises or calls a state fine."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from hrvdaemon.regulation.explanations import invitation, why_prompt
from hrvdaemon.terminal.screens import screen, strap, why_lines
from hrvdaemon.vocabulary.events import AutonomicState

Seen = Callable[[Any], str]


def first_line(text: str) -> str:
    return next(line for line in text.splitlines() if line.strip())


def test_the_screen_says_what_it_is_and_shows_heart_variability_and_state(pictures: Any, seen: Seen) -> None:
    text = seen(screen(pictures.calm(), why=False))
    assert re.search(r"hrvdaemon  your heart, right now +Polar H10, battery 80 %", first_line(text))
    assert pictures.calm().sentence in text
    assert re.search(r"Heart rate +64 per minute", text)
    assert re.search(r"Variability +38 ms", text)
    assert "s start an exercise" in text


def test_a_missing_number_is_a_dash_and_never_a_zero(pictures: Any, seen: Seen) -> None:
    text = seen(screen(pictures.calm(hrv=pictures.hrv(None, None)), why=False))
    assert re.search(r"Heart rate +–", text)
    assert re.search(r"Variability +–", text)


def test_an_invitation_is_alone_with_its_three_answers(pictures: Any, seen: Seen) -> None:
    now = pictures.invited()
    text = seen(screen(now, why=False))
    assert invitation(now.unanswered) in text
    assert re.search(r"s +Start +l +Later +n +Not today", text)
    assert "Heart rate" not in text
    assert len(re.findall(r"\w+", invitation(now.unanswered))) <= 12


def test_why_tells_of_the_invitation_and_can_still_be_answered(pictures: Any, seen: Seen) -> None:
    now = pictures.invited()
    text = " ".join(seen(screen(now, why=True)).split())
    assert all(sentence in text for sentence in why_prompt(now.unanswered))
    assert "s Start l Later n Not today w back" in text


def test_before_the_first_minute_why_says_so(pictures: Any) -> None:
    assert why_lines(pictures.calm()) == [
        "No minute has been looked at yet. The first one takes a little more than a minute."
    ]


def test_an_exercise_shows_only_itself(pictures: Any, seen: Seen) -> None:
    text = seen(screen(pictures.guided(2.0, swing=pictures.swing(8.0, 0.9)), why=True))
    assert "slow breathing" in first_line(text)
    assert "Breathe in gently" in text
    assert "━" * 15 + "·" * 15 + "   2" in text
    assert "Your heart follows your breath" in text
    assert "Esc stop" in text
    assert "Heart rate" not in text


def test_a_phase_that_is_no_breath_has_no_bar(pictures: Any, seen: Seen) -> None:
    text = seen(screen(pictures.guided(2.0, breath=None, duration_s=20.0), why=False))
    assert "Look around slowly" in text
    assert "━" not in text


def test_after_the_guiding_one_is_told_to_stay(pictures: Any, seen: Seen) -> None:
    text = seen(screen(pictures.guided(guided_until_mono_ms=0), why=False))
    assert "Stay as you are; breathe as you like." in text
    assert "s start" not in text


def test_an_outcome_is_told_for_a_while(pictures: Any, seen: Seen) -> None:
    text = " ".join(seen(screen(pictures.finished(), why=False)).split())
    assert "After the exercise: Heart rate afterwards: 4 lower. No clear change of variability" in text
    later = pictures.finished(mono_ms=pictures.mono_ms + 15 * 60_000 + 1)
    assert "After the exercise" not in seen(screen(later, why=False))


def test_what_fails_around_it_is_said_in_words(pictures: Any, seen: Seen) -> None:
    text = seen(screen(pictures.calm(store="the disk is full", broker="off"), why=False))
    assert "Storage: the disk is full" in text
    assert "Broker" not in text


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, "Polar H10, battery 80 %"),
        ({"battery_percent": None}, "Polar H10"),
        ({"link": "lost: out of range"}, "Polar H10: lost: out of range"),
        ({"sensor": None, "link": "looking for a strap"}, "looking for a strap"),
        ({"last_beat_mono_ms": None}, "Polar H10: waiting for beats"),
        ({"last_beat_mono_ms": 600_000 - 25_000}, "Polar H10: no beats for 25 s"),
    ],
)
def test_the_strap_is_told_in_few_words(pictures: Any, changed: dict[str, Any], words: str) -> None:
    assert strap(pictures.calm(**changed)) == words


@pytest.mark.parametrize("state", list(AutonomicState))
def test_no_screen_uses_a_word_that_scares_or_calls_it_fine(pictures: Any, seen: Seen, state: AutonomicState) -> None:
    made = (pictures.calm, pictures.invited, pictures.guided, pictures.finished)
    text = " ".join(seen(screen(make(state=state), why=why)) for make in made for why in (False, True)).lower()
    unwanted = (
        r"\b(fine|good|normal|healthy|ok|danger|attack|abnormal|dysregulated|sympathetic|stress|score|well done)\b"
    )
    assert re.findall(unwanted, text) == []


def test_no_style_is_red_or_blinks(pictures: Any) -> None:
    from rich.console import Console

    for make in (pictures.calm, pictures.invited, pictures.guided, pictures.finished):
        console = Console(width=80, force_terminal=True, color_system="standard")
        with console.capture() as capture:
            console.print(screen(make(), why=False))
        assert set(re.findall(r"\x1b\[([\d;]+)m", capture.get())) <= {"0", "1", "2", "36"}


def test_a_narrow_terminal_still_holds_every_word(pictures: Any) -> None:
    from rich.console import Console

    console = Console(width=40, color_system=None)
    with console.capture() as capture:
        console.print(screen(pictures.invited(), why=False))
    assert "Not today" in " ".join(capture.get().replace("│", " ").split())
