"""A question answered with one key: no Enter, and Esc always leaves."""

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

ENTER = "\n"
LEAVE = "\x1b"
_LEAVING = {LEAVE, "\x04", ""}
"""Esc, Ctrl-D, and a terminal that went away. Ctrl-C stays what it is: an interrupt."""


class Keys:
    """What is typed, one key at a time."""

    def __init__(self) -> None:
        self._typed: asyncio.Queue[str] = asyncio.Queue()

    def typed(self, text: str) -> None:
        """What came at once. An arrow or function key begins with Esc too and is none of ours."""
        if text.startswith(LEAVE) and text.strip(LEAVE):
            return
        for letter in text.lower() or [""]:
            self._typed.put_nowait(letter)

    async def one_of(self, allowed: str, *, enter: str) -> str | None:
        """The first allowed key, or ``enter`` for Enter; None if the person leaves. Other keys do nothing."""
        while True:
            letter = await self._typed.get()
            if letter in _LEAVING:
                return None
            if letter in "\r\n":
                return enter
            if letter in allowed:
                return letter

    def forget(self) -> None:
        """Drop what was typed before the question was there."""
        while not self._typed.empty():
            self._typed.get_nowait()


@contextmanager
def keys_of(stdin: TextIO | None = None) -> Iterator[Keys | None]:
    """The keys of the terminal, which is as before on any exit; None where nobody can type."""
    stdin = sys.stdin if stdin is None else stdin
    try:
        import termios  # noqa: PLC0415  Windows has none; there every answer is an option
        import tty  # noqa: PLC0415  as above
    except ImportError:
        yield None
        return
    if not stdin.isatty():
        yield None
        return
    fd, loop, keys = stdin.fileno(), asyncio.get_running_loop(), Keys()
    before = termios.tcgetattr(fd)

    def read() -> None:
        try:
            text = os.read(fd, 64).decode(errors="ignore")
        except OSError:
            text = ""
        if not text:  # the loop would call this for ever
            loop.remove_reader(fd)
        keys.typed(text)

    try:
        tty.setcbreak(fd)
        loop.add_reader(fd, read)
        yield keys
    finally:
        loop.remove_reader(fd)
        with suppress(termios.error):  # it went away
            termios.tcsetattr(fd, termios.TCSADRAIN, before)
