"""Another process's view of the running daemon: its control socket, spoken to in plain HTTP/1.0.

HTTP/1.0 so that an answer ends where the connection ends: no chunks to put together, and no HTTP library to import
for ``hrvdaemon status``.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from hrvdaemon.vocabulary import inputs
from hrvdaemon.vocabulary.errors import BadInput, BadUsage, DaemonNotRunning, Unavailable
from hrvdaemon.vocabulary.events import Event
from hrvdaemon.vocabulary.inputs import Input

ANSWER_S = 5
LONGEST_LINE = 1 << 20


class ControlClient:
    """One daemon at one socket. Every method raises DaemonNotRunning if nobody answers there."""

    def __init__(self, path: Path) -> None:
        self.path = path

    async def status(self) -> dict[str, Any]:
        """The object of ``status --json``."""
        status: dict[str, Any] = await self._exchange("GET", "/status")
        return status

    async def send(self, asked: Input) -> None:
        """Ask for what an input says; the daemon stamps it. BadUsage with the daemon's words if it does not know it."""
        path, fields = _request(asked)
        await self._exchange("POST", path, fields)

    async def events(self) -> AsyncIterator[Input | Event]:
        """The records that make the present picture, then each new one; ends when the daemon ends."""
        from hrvdaemon.vocabulary.codec import from_json  # noqa: PLC0415  pydantic, which ``status`` does without

        async with self._request("GET", "/events") as reader:
            async for line in reader:
                if line.startswith(b"data: "):
                    with suppress(BadInput):  # a newer daemon may tell of things this version does not know
                        yield from_json(json.loads(line[6:]))

    async def _exchange(self, method: str, path: str, fields: dict[str, Any] | None = None) -> Any:
        try:
            async with asyncio.timeout(ANSWER_S), self._request(method, path, fields) as reader:
                return json.loads(await reader.read(LONGEST_LINE))
        except TimeoutError as error:
            raise Unavailable(f"expected an answer of hrvdaemon at {self.path} in {ANSWER_S} s, came none") from error

    @asynccontextmanager
    async def _request(
        self, method: str, path: str, fields: dict[str, Any] | None = None
    ) -> AsyncIterator[asyncio.StreamReader]:
        """The connection, read up to the body of a good answer."""
        reader, writer = await self._connect()
        try:
            writer.write(_head(method, path, json.dumps(fields or {}).encode()))
            await writer.drain()
            await _read_head(reader)
            yield reader
        except (ConnectionError, asyncio.IncompleteReadError) as error:
            raise self._gone() from error
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        try:
            return await asyncio.open_unix_connection(self.path, limit=LONGEST_LINE)
        except PermissionError as error:
            raise Unavailable(f"{self.path} belongs to another user; run this as the user of the daemon") from error
        except (OSError, ValueError) as error:
            raise self._gone() from error

    def _gone(self) -> DaemonNotRunning:
        return DaemonNotRunning(f"no hrvdaemon answers at {self.path}; start it with: hrvdaemon run")


def _head(method: str, path: str, body: bytes) -> bytes:
    lines = (f"{method} {path} HTTP/1.0", "Host: hrvdaemon", f"Content-Length: {len(body)}", "", "")
    return "\r\n".join(lines).encode() + body


async def _read_head(reader: asyncio.StreamReader) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    code = int(head.split(maxsplit=2)[1])
    if code < 300:
        return
    body = await reader.read(LONGEST_LINE)
    if code == 422:
        raise BadUsage(json.loads(body)["error"])
    raise Unavailable(f"expected an answer of hrvdaemon, came HTTP {code}: {body.decode(errors='replace')[:200]}")


def _request(asked: Input) -> tuple[str, dict[str, Any]]:
    match asked:
        case inputs.PromptAnswered(prompt=prompt, answer=answer):
            return "/answer", {"prompt": prompt, "answer": answer.value}
        case inputs.ExerciseRequested(exercise=exercise):
            return "/exercise", {"exercise": exercise}
        case inputs.ExerciseStopped():
            return "/stop", {}
        case inputs.PauseRequested(minutes=minutes):
            return "/pause", {"minutes": minutes}
        case inputs.TagSet(tag=tag):
            return "/tag", {"tag": tag.value}
        case inputs.FeltRated(session=session, tension=tension, after=after):
            return "/felt", {"session": session, "tension": tension, "after": after}
        case _:
            raise ValueError(f"{type(asked).__name__} is not something a person asks for")
