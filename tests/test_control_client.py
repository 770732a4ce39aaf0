"""The client against sockets that answer as a daemon does, badly, or not at all."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

import hrvdaemon.control_client
from hrvdaemon.control_client import ControlClient
from hrvdaemon.vocabulary import inputs
from hrvdaemon.vocabulary.errors import BadUsage, DaemonNotRunning, Unavailable
from hrvdaemon.vocabulary.inputs import Answer, Tag, Tick
from hrvdaemon.vocabulary.units import PromptId, SessionId

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n"


@asynccontextmanager
async def answering(path: Path, answer: bytes) -> AsyncIterator[list[bytes]]:
    """A socket that gives each connection the same bytes, and what it was asked."""
    asked: list[bytes] = []

    async def answer_one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.read(65536))
        writer.write(answer)
        writer.close()

    async with await asyncio.start_unix_server(answer_one, path):
        yield asked


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "c.sock"


async def test_status_is_the_object_of_the_daemon(path: Path) -> None:
    async with answering(path, HEAD + b'{"state": "steady"}') as asked:
        assert await ControlClient(path).status() == {"state": "steady"}
    assert asked[0].startswith(b"GET /status HTTP/1.0\r\nHost: hrvdaemon\r\n")


@pytest.mark.parametrize(
    ("given", "line", "body"),
    [
        (
            inputs.PromptAnswered(mono_ms=0, prompt=PromptId("p"), answer=Answer.LATER),
            "/answer",
            {"prompt": "p", "answer": "later"},
        ),
        (inputs.ExerciseRequested(mono_ms=0, exercise="paced_6"), "/exercise", {"exercise": "paced_6"}),
        (inputs.ExerciseStopped(mono_ms=0), "/stop", {}),
        (inputs.PauseRequested(mono_ms=0, minutes=5), "/pause", {"minutes": 5}),
        (inputs.TagSet(mono_ms=0, tag=Tag.MEAL), "/tag", {"tag": "meal"}),
        (
            inputs.FeltRated(mono_ms=0, session=SessionId("s"), tension=3, after=False),
            "/felt",
            {"session": "s", "tension": 3, "after": False},
        ),
    ],
)
async def test_an_input_is_asked_for_at_its_path(path: Path, given: Any, line: str, body: Any) -> None:
    async with answering(path, HEAD + b"{}") as asked:
        await ControlClient(path).send(given)
    head, _, sent = asked[0].partition(b"\r\n\r\n")
    assert head.startswith(f"POST {line} HTTP/1.0".encode())
    assert json.loads(sent) == body


async def test_what_nobody_asks_for_is_our_own_mistake(path: Path) -> None:
    with pytest.raises(ValueError, match="Tick"):
        await ControlClient(path).send(Tick(mono_ms=1))


async def test_events_are_records_and_unknown_ones_are_passed_over(path: Path) -> None:
    lines = b'data: {"type": "Tick", "mono_ms": 5}\n\ndata: {"type": "Moonrise"}\n\n: hush\n\ndata: {"type": "Tick", "mono_ms": 6}\n\n'
    async with answering(path, HEAD + lines):
        assert [record async for record in ControlClient(path).events()] == [Tick(mono_ms=5), Tick(mono_ms=6)]


async def test_a_refusal_comes_in_the_daemons_words(path: Path) -> None:
    async with answering(path, b'HTTP/1.1 422 x\r\n\r\n{"error": "expected tea, came coffee"}'):
        with pytest.raises(BadUsage, match="expected tea, came coffee"):
            await ControlClient(path).send(inputs.ExerciseStopped(mono_ms=0))


async def test_a_failing_daemon_is_unavailable(path: Path) -> None:
    async with answering(path, b"HTTP/1.1 500 x\r\n\r\noops"):
        with pytest.raises(Unavailable, match="HTTP 500: oops"):
            await ControlClient(path).status()


def nothing(_: Path) -> None:
    """No file at all."""


def stale(path: Path) -> None:
    import socket

    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))


@pytest.mark.parametrize("left_behind", [nothing, stale, Path.touch])
async def test_without_a_daemon_the_message_says_how_to_start_one(
    path: Path, left_behind: Callable[[Path], None]
) -> None:
    left_behind(path)
    with pytest.raises(DaemonNotRunning, match="start it with: hrvdaemon run") as caught:
        await ControlClient(path).status()
    assert caught.value.exit_code == 4


async def test_a_daemon_that_ends_in_the_middle_is_gone(path: Path) -> None:
    async with answering(path, b"HTTP/1.1 200"):
        with pytest.raises(DaemonNotRunning):
            await ControlClient(path).status()


async def test_a_silent_daemon_is_not_waited_for_for_ever(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hrvdaemon.control_client, "ANSWER_S", 0.05)
    over = asyncio.Event()

    async def silent(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        writer.close()

    async with await asyncio.start_unix_server(silent, path):
        with pytest.raises(Unavailable, match="came none"):
            await ControlClient(path).status()
        over.set()
