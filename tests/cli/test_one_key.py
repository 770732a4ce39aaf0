"""One key answers, Esc leaves, and the terminal is as it was."""

import asyncio
import os
import pty
import termios
from io import StringIO

import pytest

from hrvdaemon.cli.one_key import ENTER, Keys, keys_of


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        (["y"], "y"),
        (["Y"], "y"),
        (["x", "n"], "n"),
        (["\r"], "enter"),
        (["\n"], "enter"),
        (["\x1b"], None),
        (["\x04"], None),
        ([""], None),
        (["\x1b[A", "\x1bOP", "y"], "y"),
    ],
)
async def test_the_first_key_that_means_something_answers(typed: list[str], answer: str | None) -> None:
    keys = Keys()
    for text in typed:
        keys.typed(text)
    assert await keys.one_of("yn", enter="enter") == answer


async def test_what_was_typed_before_the_question_is_forgotten() -> None:
    keys = Keys()
    keys.typed("yyy")
    keys.forget()
    keys.typed("n")
    assert await keys.one_of("yn", enter=ENTER) == "n"


async def test_without_a_terminal_there_are_no_keys() -> None:
    with keys_of(StringIO("y")) as keys:
        assert keys is None


async def test_a_terminal_gives_single_keys_and_is_as_before() -> None:
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "r") as stdin:
        before = termios.tcgetattr(theirs)
        with keys_of(stdin) as keys:
            assert keys is not None
            os.write(ours, b"y")
            async with asyncio.timeout(10):
                assert await keys.one_of("yn", enter=ENTER) == "y"
        assert termios.tcgetattr(theirs) == before
    os.close(ours)


async def test_a_terminal_that_goes_away_is_somebody_leaving() -> None:
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "r") as stdin, keys_of(stdin) as keys:
        assert keys is not None
        os.close(ours)
        async with asyncio.timeout(10):
            assert await keys.one_of("yn", enter=ENTER) is None
