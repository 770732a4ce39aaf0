"""Single keys over a real pseudo-terminal, which is as it was before on every way out."""

import asyncio
import io
import os
import pty
import termios
from collections.abc import Iterator
from contextlib import suppress
from typing import TextIO

import pytest

from hrvdaemon.terminal.keyboard import keyboard
from hrvdaemon.terminal.keys import Key


@pytest.fixture
def terminal() -> Iterator[tuple[int, TextIO]]:
    """The far end, to type at, and the near end, to read from."""
    far, near = pty.openpty()
    with os.fdopen(near, "r") as stdin:
        yield far, stdin
    os.close(far)


async def test_a_key_comes_without_enter(terminal: tuple[int, TextIO]) -> None:
    far, stdin = terminal
    with keyboard(stdin) as keys:
        os.write(far, b"w")
        async with asyncio.timeout(10):
            assert await anext(aiter(keys)) is Key.WHY


async def test_the_terminal_is_as_before_even_after_an_error(terminal: tuple[int, TextIO]) -> None:
    _, stdin = terminal
    before = termios.tcgetattr(stdin)
    during = []
    with suppress(RuntimeError), keyboard(stdin):
        during = termios.tcgetattr(stdin)
        raise RuntimeError
    assert not during[3] & termios.ICANON
    assert termios.tcgetattr(stdin) == before


async def test_without_a_terminal_no_key_ever_comes() -> None:
    with keyboard(io.StringIO("sss")) as keys:
        assert len(keys) == 0
