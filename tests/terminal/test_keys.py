"""One key, one meaning; what it asks for depends on the one question on the screen."""

from typing import Any

import pytest

from hrvdaemon.terminal.keys import Key, asked_by, keys_in, leaves
from hrvdaemon.vocabulary import inputs
from hrvdaemon.vocabulary.inputs import Answer


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        ("s", [Key.START]),
        ("SLN", [Key.START, Key.LATER, Key.NOT_TODAY]),
        ("xyz 1", []),
        ("\x1b", [Key.ESCAPE]),
        ("\x1b[A", []),
        ("\x1bOP", []),
        ("\x1bs", []),
        ("\x1b\x1b", [Key.ESCAPE, Key.ESCAPE]),
        ("", []),
    ],
)
def test_keys_are_read_and_arrows_are_no_escape(typed: str, keys: list[Key]) -> None:
    assert keys_in(typed) == keys


@pytest.mark.parametrize(
    ("key", "answer"), [(Key.START, Answer.START), (Key.LATER, Answer.LATER), (Key.NOT_TODAY, Answer.NOT_TODAY)]
)
def test_an_invitation_is_answered_with_one_key(pictures: Any, key: Key, answer: Answer) -> None:
    now = pictures.invited()
    assert asked_by(key, now) == inputs.PromptAnswered(mono_ms=now.mono_ms, prompt=now.unanswered.id, answer=answer)


def test_without_an_invitation_start_asks_for_an_exercise_and_the_others_for_nothing(pictures: Any) -> None:
    now = pictures.calm()
    assert asked_by(Key.START, now) == inputs.ExerciseRequested(mono_ms=now.mono_ms)
    assert [asked_by(key, now) for key in (Key.LATER, Key.NOT_TODAY, Key.ESCAPE)] == [None] * 3


def test_escape_stops_what_guides_and_closes_only_then(pictures: Any) -> None:
    guided, calm = pictures.guided(), pictures.calm()
    assert asked_by(Key.ESCAPE, guided) == inputs.ExerciseStopped(mono_ms=guided.mono_ms)
    assert (leaves(Key.ESCAPE, guided), leaves(Key.ESCAPE, calm)) == (False, True)


def test_quit_closes_everywhere_and_start_never_doubles_an_exercise(pictures: Any) -> None:
    now = pictures.guided()
    resting = pictures.guided(guided_until_mono_ms=0)
    assert leaves(Key.QUIT, now)
    assert (asked_by(Key.START, now), asked_by(Key.START, resting)) == (None, None)
