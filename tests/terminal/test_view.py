"""The view draws what it is given until it is asked to end, and never keeps an error to itself."""

import asyncio
import io
import os
import pty
import termios
from collections.abc import Callable, Iterator
from typing import Any, TextIO

import pytest
from rich.console import Console

from hrvdaemon.sinks.now import Now
from hrvdaemon.terminal.keys import Key
from hrvdaemon.terminal.view import show


class Reel:
    """Gives one picture after the other, then sets ``until``."""

    def __init__(self, *pictures: Now) -> None:
        self.until = asyncio.Event()
        self._pictures = list(pictures)

    def now(self) -> Now:
        if len(self._pictures) == 1:
            self.until.set()
            return self._pictures[0]
        return self._pictures.pop(0)


async def nothing(_: Key) -> None:
    raise AssertionError("no key was pressed")


async def test_without_a_terminal_lines_are_written(pictures: Any) -> None:
    out = io.StringIO()
    reel = Reel(pictures.calm(), pictures.guided(), pictures.guided(0.1, "out", 6.0))
    await show(reel.now, act=nothing, console=Console(file=out), plain=False, until=reel.until, frame_s=0)
    assert "heart rate 64 per minute" in out.getvalue()
    assert out.getvalue().endswith("in 4 … out 6\n")
    assert "\x1b" not in out.getvalue()


async def test_plain_is_plain_on_a_terminal_too(pictures: Any) -> None:
    out = io.StringIO()
    reel = Reel(pictures.calm())
    await show(
        reel.now, act=nothing, console=Console(file=out, force_terminal=True), plain=True, until=reel.until, frame_s=0
    )
    assert "\x1b[?1049h" not in out.getvalue()


async def test_a_terminal_gets_a_screen_of_its_own_and_its_old_one_back(pictures: Any, monkeypatch: Any) -> None:
    monkeypatch.setenv("TERM", "xterm")
    out = io.StringIO()
    reel = Reel(pictures.calm(), pictures.invited())
    console = Console(file=out, force_terminal=True, width=80, height=24)
    await show(reel.now, act=nothing, console=console, plain=False, until=reel.until, frame_s=0)
    drawn = out.getvalue()
    assert drawn.index("\x1b[?1049h") < drawn.index("an invitation") < drawn.rindex("\x1b[?1049l")
    assert drawn.rindex("\x1b[?25h") > drawn.index("\x1b[?25l")


@pytest.fixture
def wearer(monkeypatch: pytest.MonkeyPatch) -> Iterator["Wearer"]:
    far, near = pty.openpty()
    with os.fdopen(near, "r") as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        yield Wearer(far, stdin)
    os.close(far)


class Wearer:
    """Looks at the first picture, and then types."""

    def __init__(self, far: int, stdin: TextIO) -> None:
        self.far = far
        self.stdin = stdin
        self.has_looked = asyncio.Event()

    async def uses(self, now: Callable[[], Now], act: Any, typed: bytes) -> None:
        def looked() -> Now:
            if not self.has_looked.is_set():
                self.has_looked.set()
                os.write(self.far, typed)
            return now()

        console = Console(file=io.StringIO())
        async with asyncio.timeout(10):
            await show(looked, act=act, console=console, plain=True, until=asyncio.Event(), frame_s=0.01)


async def test_keys_are_acted_on_until_the_view_is_closed(pictures: Any, wearer: Wearer) -> None:
    acted: list[Key] = []

    async def act(key: Key) -> None:
        acted.append(key)

    await wearer.uses(pictures.invited, act, b"sxq")
    assert acted == [Key.START]


async def test_escape_is_given_to_a_running_exercise_first(pictures: Any, wearer: Wearer) -> None:
    acted: list[Key] = []
    picture = pictures.guided()

    async def act(key: Key) -> None:
        nonlocal picture
        acted.append(key)
        picture = pictures.calm()

    await wearer.uses(lambda: picture, act, b"\x1b\x1b")
    assert acted == [Key.ESCAPE]


async def test_what_act_raises_ends_the_view(pictures: Any, wearer: Wearer) -> None:
    async def act(_: Key) -> None:
        raise RuntimeError("the daemon is a teapot")

    with pytest.raises(RuntimeError, match="teapot"):
        await wearer.uses(pictures.calm, act, b"s")


async def test_a_cancelled_view_puts_the_terminal_back(pictures: Any, wearer: Wearer) -> None:
    before = termios.tcgetattr(wearer.stdin)
    viewing = asyncio.create_task(wearer.uses(pictures.calm, nothing, b""))
    await asyncio.wait_for(wearer.has_looked.wait(), 10)
    assert termios.tcgetattr(wearer.stdin) != before
    viewing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await viewing
    assert termios.tcgetattr(wearer.stdin) == before
