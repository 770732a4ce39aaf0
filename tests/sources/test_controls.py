"""The API over a real Unix socket: what is asked becomes an input, what is wrong is said, and nothing outlives it."""

import asyncio
import json
import os
import socket
import stat
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from hrvdaemon.channel import Channel
from hrvdaemon.sources.controls import LARGEST_BODY, Controls, Streams, serve
from hrvdaemon.vocabulary import inputs
from hrvdaemon.vocabulary.errors import Unavailable
from hrvdaemon.vocabulary.inputs import Tick

STATUS = {"state": "steady"}


class Daemon:
    """What the API speaks to, by hand: a list of what was put, and one channel that a test fills."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.put: list[Any] = []
        self.channels: list[Channel[Any]] = []
        self.controls = Controls(
            status=lambda: STATUS,
            subscribe=self.subscribe,
            put=self.put.append,
            mono_ms=lambda: 42,
            exercises=("paced_6",),
        )

    @contextmanager
    def subscribe(self) -> Iterator[Channel[Any]]:
        channel: Channel[Any] = Channel()
        channel.put(Tick(mono_ms=1))
        self.channels.append(channel)
        try:
            yield channel
        finally:
            self.channels.remove(channel)

    async def ask(self, head: str, body: bytes = b"", host: str = "hrvdaemon") -> tuple[int, bytes]:
        reader, writer = await asyncio.open_unix_connection(self.path)
        lines = f"{head} HTTP/1.0\r\nHost: {host}\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(lines.encode() + body)
        whole = await asyncio.wait_for(reader.read(), 10)
        writer.close()
        top, _, rest = whole.partition(b"\r\n\r\n")
        return int(top.split()[1]), rest


async def opened(path: Path, serving: "asyncio.Task[None]") -> None:
    for _ in range(500):
        if serving.done():
            serving.result()
        with suppress(OSError):
            _, writer = await asyncio.open_unix_connection(path)
            writer.close()
            return
        await asyncio.sleep(0.01)
    raise AssertionError("the socket never opened")


async def ended(serving: "asyncio.Task[None]") -> None:
    serving.cancel()
    with suppress(asyncio.CancelledError):
        await asyncio.wait_for(serving, 10)


@pytest_asyncio.fixture
async def daemon(tmp_path: Path) -> AsyncIterator[Daemon]:
    daemon = Daemon(tmp_path / "run" / "c.sock")
    serving = asyncio.create_task(serve(daemon.controls, daemon.path))
    await opened(daemon.path, serving)
    yield daemon
    await ended(serving)


async def test_status_is_the_daemons_own(daemon: Daemon) -> None:
    code, body = await daemon.ask("GET /status")
    assert (code, json.loads(body)) == (200, STATUS)


async def test_a_request_becomes_an_input(daemon: Daemon) -> None:
    code, body = await daemon.ask("POST /pause", b'{"minutes": 30}')
    assert (code, json.loads(body)) == (202, {"accepted": "PauseRequested"})
    assert daemon.put == [inputs.PauseRequested(mono_ms=42, minutes=30)]


async def test_a_wrong_request_is_answered_in_words_and_puts_nothing(daemon: Daemon) -> None:
    code, body = await daemon.ask("POST /tag", b'{"tag": "beer"}')
    assert code == 422
    assert json.loads(body)["error"].startswith('expected "tag" one of')
    assert daemon.put == []


async def test_a_huge_body_is_refused(daemon: Daemon) -> None:
    code, _ = await daemon.ask("POST /tag", b" " * (LARGEST_BODY + 1))
    assert (code, daemon.put) == (422, [])


@pytest.mark.parametrize(
    ("host", "code"), [("hrvdaemon", 200), ("localhost", 200), ("localhost:80", 200), ("evil.example", 400)]
)
async def test_only_our_own_names_are_hosts(daemon: Daemon, host: str, code: int) -> None:
    assert (await daemon.ask("GET /status", host=host))[0] == code


@pytest.mark.parametrize(("head", "code"), [("GET /answer", 405), ("POST /status", 405), ("GET /", 404)])
async def test_what_is_not_there_is_not_there(daemon: Daemon, head: str, code: int) -> None:
    assert (await daemon.ask(head))[0] == code


async def test_the_socket_is_its_owners_only(daemon: Daemon) -> None:
    assert stat.S_IMODE(daemon.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(daemon.path.parent.stat().st_mode) == 0o700


async def test_events_are_streamed_as_they_come(daemon: Daemon) -> None:
    reader, writer = await asyncio.open_unix_connection(daemon.path)
    writer.write(b"GET /events HTTP/1.0\r\nHost: hrvdaemon\r\n\r\n")
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
    assert b"text/event-stream" in head
    assert await asyncio.wait_for(reader.readuntil(b"\n\n"), 10) == b'data: {"type": "Tick", "mono_ms": 1}\n\n'
    daemon.channels[0].put(Tick(mono_ms=2))
    assert await asyncio.wait_for(reader.readuntil(b"\n\n"), 10) == b'data: {"type": "Tick", "mono_ms": 2}\n\n'
    writer.close()


async def test_a_watcher_that_leaves_is_forgotten(daemon: Daemon) -> None:
    reader, writer = await asyncio.open_unix_connection(daemon.path)
    writer.write(b"GET /events HTTP/1.0\r\nHost: hrvdaemon\r\n\r\n")
    await asyncio.wait_for(reader.readuntil(b"\n\n"), 10)
    writer.close()
    for n in range(500):
        if not daemon.channels:
            break
        daemon.channels[0].put(Tick(mono_ms=n))
        await asyncio.sleep(0.01)
    assert daemon.channels == []


async def test_the_end_closes_open_streams_and_takes_the_socket_away(tmp_path: Path) -> None:
    daemon = Daemon(tmp_path / "c.sock")
    serving = asyncio.create_task(serve(daemon.controls, daemon.path))
    await opened(daemon.path, serving)
    reader, writer = await asyncio.open_unix_connection(daemon.path)
    writer.write(b"GET /events HTTP/1.0\r\nHost: hrvdaemon\r\n\r\n")
    await asyncio.wait_for(reader.readuntil(b"\n\n"), 10)
    await ended(serving)
    assert await asyncio.wait_for(reader.read(), 10) == b""
    writer.close()
    assert serving.cancelled()
    assert not daemon.path.exists()


async def test_a_watcher_that_comes_back_too_early_does_not_hold_the_end() -> None:
    streams, channel = Streams(), Channel[Any]()
    streams.end()
    with streams.opened(channel):
        assert len(streams) == 1
        assert [record async for record in channel] == []
    assert len(streams) == 0


async def test_the_socket_of_a_daemon_that_died_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "c.sock"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(os.fspath(path))
    daemon = Daemon(path)
    serving = asyncio.create_task(serve(daemon.controls, path))
    await opened(path, serving)
    assert (await daemon.ask("GET /status"))[0] == 200
    await ended(serving)


async def test_a_second_daemon_is_told_that_one_answers_there(daemon: Daemon) -> None:
    with pytest.raises(Unavailable, match="another hrvdaemon already answers"):
        await serve(Daemon(daemon.path).controls, daemon.path)
    assert (await daemon.ask("GET /status"))[0] == 200


async def test_another_file_is_never_removed(tmp_path: Path) -> None:
    path = tmp_path / "c.sock"
    path.write_text("mine")
    with pytest.raises(Unavailable, match="came another file; move it away"):
        await serve(Daemon(path).controls, path)
    assert path.read_text() == "mine"


async def test_a_path_too_long_for_a_socket_is_said_to_be(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 120)
    with pytest.raises(Unavailable, match="at most 107 bytes"):
        await serve(Daemon(path).controls, path)


def test_a_web_framework_is_not_imported_before_the_api_is_served() -> None:
    told = "import sys, hrvdaemon.sources.controls; print('starlette' in sys.modules or 'uvicorn' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
