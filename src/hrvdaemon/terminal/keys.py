"""The keys of the terminal view, and what each one asks for in the picture where it is pressed."""

from enum import StrEnum

from hrvdaemon.sinks.now import Now
from hrvdaemon.vocabulary.inputs import Answer, ExerciseRequested, ExerciseStopped, Input, PromptAnswered


class Key(StrEnum):
    """One key, one meaning, the same on every screen."""

    START = "s"
    LATER = "l"
    NOT_TODAY = "n"
    WHY = "w"
    ESCAPE = "\x1b"
    QUIT = "q"


_ANSWERS = {Key.START: Answer.START, Key.LATER: Answer.LATER, Key.NOT_TODAY: Answer.NOT_TODAY}


def keys_in(typed: str) -> list[Key]:
    """The keys among what was typed at once. An arrow, function or Alt key starts with Esc and is none of ours."""
    if typed.startswith(Key.ESCAPE) and typed.strip(Key.ESCAPE):
        return []
    return [Key(letter) for letter in typed.lower() if letter in list(Key)]


def leaves(key: Key, now: Now) -> bool:
    """Whether the key closes the view. Esc first stops an exercise that guides."""
    return key is Key.QUIT or (key is Key.ESCAPE and not now.is_guided)


def asked_by(key: Key, now: Now) -> Input | None:
    """The input that a key asks for, stamped with the picture's moment; None where it asks for nothing."""
    if now.is_guided:
        return ExerciseStopped(mono_ms=now.mono_ms) if key is Key.ESCAPE else None
    if now.exercise is not None:
        return None
    if now.invitation is not None and key in _ANSWERS:
        return PromptAnswered(mono_ms=now.mono_ms, prompt=now.invitation.id, answer=_ANSWERS[key])
    return ExerciseRequested(mono_ms=now.mono_ms) if key is Key.START else None
