"""Single keys from the terminal without waiting for Enter and without holding the event loop."""

import asyncio
import os
import sys
import termios
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from hrvdaemon.channel import Channel
from hrvdaemon.terminal.keys import Key, keys_in

KEYS_KEPT = 16


@contextmanager
def keyboard(stdin: TextIO | None = None) -> Iterator[Channel[Key]]:
    """A channel of the keys pressed. The terminal is as before on any exit; without a terminal no key ever comes."""
    channel: Channel[Key] = Channel(KEYS_KEPT)
    stdin = sys.stdin if stdin is None else stdin
    if not stdin.isatty():
        yield channel
        return
    fd = stdin.fileno()
    before = termios.tcgetattr(fd)
    loop = asyncio.get_running_loop()
    try:
        tty.setcbreak(fd)
        loop.add_reader(fd, _read, fd, channel)
        yield channel
    finally:
        loop.remove_reader(fd)
        termios.tcsetattr(fd, termios.TCSADRAIN, before)


def _read(fd: int, channel: Channel[Key]) -> None:
    try:
        typed = os.read(fd, 64)
    except OSError:
        typed = b""
    if not typed:  # the terminal went away; the loop would call this for ever
        asyncio.get_running_loop().remove_reader(fd)
    for key in keys_in(typed.decode(errors="ignore")):
        channel.put(key)
