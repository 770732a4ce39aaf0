"""The daemon's door for people: a small HTTP API on a Unix socket; every request becomes an input of the run.

GET /status and /events only read. Each POST of ``control_requests`` is stamped with the run's clock and put where
the strap's packets go, so an answer is recorded, ordered and replayed like a beat. The socket has mode 0600 and the
Host header is checked, because a page in a browser may try any address it can name.
"""

import asyncio
import json
import logging
import os
import socket
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISSOCK
from typing import TYPE_CHECKING, Any

from hrvdaemon.channel import Channel
from hrvdaemon.sources.control_requests import PATHS, input_of
from hrvdaemon.vocabulary.errors import BadInput, Unavailable
from hrvdaemon.vocabulary.events import Event
from hrvdaemon.vocabulary.inputs import Input

if TYPE_CHECKING:  # starlette is imported where the app is made, so that a daemon's first beat does not wait for it
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

HOSTS = ("hrvdaemon", "localhost")
LARGEST_BODY = 4096
LONGEST_PATH = 107
"""Bytes of a Unix socket's address on Linux (unix(7)); macOS takes 103."""
ENDING_S = 2

log = logging.getLogger(__name__)


class Streams:
    """The open event streams. After ``end`` one that is opened ends at once: a watcher may come back too early."""

    def __init__(self) -> None:
        self._open: set[Channel[Input | Event]] = set()
        self._is_over = False

    def __len__(self) -> int:
        return len(self._open)

    @contextmanager
    def opened(self, channel: Channel[Input | Event]) -> Iterator[None]:
        self._open.add(channel)
        if self._is_over:
            channel.close()
        try:
            yield
        finally:
            self._open.discard(channel)

    def end(self) -> None:
        self._is_over = True
        for channel in self._open:
            channel.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Controls:
    """What the API speaks to. ``put`` must not wait."""

    status: Callable[[], dict[str, Any]]
    subscribe: Callable[[], AbstractContextManager[Channel[Input | Event]]]
    put: Callable[[Input], None]
    mono_ms: Callable[[], int]
    exercises: Collection[str]


def control_app(controls: Controls, streams: Streams) -> "Starlette":
    """The API as an ASGI application; its event streams end with ``streams``."""
    from starlette.applications import Starlette  # noqa: PLC0415  40 ms that only a served run pays
    from starlette.middleware import Middleware  # noqa: PLC0415  as above
    from starlette.middleware.trustedhost import TrustedHostMiddleware  # noqa: PLC0415  as above
    from starlette.responses import JSONResponse, StreamingResponse  # noqa: PLC0415  as above
    from starlette.routing import Route  # noqa: PLC0415  as above

    async def status(_: "Request") -> "Response":
        return JSONResponse(controls.status())

    async def events(_: "Request") -> "Response":
        headers = {"cache-control": "no-store"}
        return StreamingResponse(_event_lines(controls, streams), media_type="text/event-stream", headers=headers)

    async def ask(request: "Request") -> "Response":
        try:
            body = await _body(request)
            asked = input_of(request.url.path, body, mono_ms=controls.mono_ms(), exercises=controls.exercises)
        except BadInput as error:
            return JSONResponse({"error": str(error)}, status_code=422)
        controls.put(asked)
        return JSONResponse({"accepted": type(asked).__name__}, status_code=202)

    routes = [Route("/status", status), Route("/events", events), *(Route(p, ask, methods=["POST"]) for p in PATHS)]
    hosts = Middleware(TrustedHostMiddleware, allowed_hosts=list(HOSTS), www_redirect=False)
    return Starlette(routes=routes, middleware=[hosts])


async def serve(controls: Controls, path: Path) -> None:
    """Answer at ``path`` until cancelled, and take the socket away; raises what ``listening`` raises."""
    with listening(path) as listener:
        await answer(controls, listener)


async def answer(controls: Controls, listener: socket.socket) -> None:
    """Answer until cancelled; then end the streams, let running answers finish, and close the socket."""
    streams, over = Streams(), asyncio.Event()
    server = _server(control_app(controls, streams), over)
    serving = asyncio.create_task(server.serve(sockets=[listener]), name="control socket")
    try:
        await asyncio.shield(serving)
    finally:
        over.set()
        streams.end()
        await serving


def _server(app: "Starlette", over: asyncio.Event) -> Any:
    from uvicorn import Config, Server  # noqa: PLC0415  80 ms that only a served run pays

    class QuietServer(Server):
        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            """Leave SIGTERM to the supervisor, which ends every part in its order."""
            yield

        async def main_loop(self) -> None:
            """Sleep until the end; uvicorn's own loop wakes ten times a second to look for it."""
            await over.wait()

    return QuietServer(
        Config(
            app,
            http="h11",
            ws="none",
            lifespan="off",
            access_log=False,
            log_config=None,
            log_level=logging.WARNING,
            server_header=False,
            date_header=False,
            timeout_graceful_shutdown=ENDING_S,
        )
    )


@contextmanager
def listening(path: Path) -> Iterator[socket.socket]:
    """A socket at ``path`` that only its owner may open; taken away at the end if it is still this one.

    Whoever asks is kept waiting until ``answer``. Unavailable if another daemon has it, or there can be no socket.
    """
    listener = _bind(path)
    ours = path.stat().st_ino
    log.info("control socket open", extra={"path": str(path)})
    try:
        yield listener
    finally:
        listener.close()
        with suppress(FileNotFoundError):
            if path.stat().st_ino == ours:
                path.unlink()


def _bind(path: Path) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        _make_way(path)
        os.fchmod(listener.fileno(), 0o600)  # on Linux the file is born with this mode
        listener.bind(os.fspath(path))
        path.chmod(0o600)
        listener.listen()
    except OSError as error:
        listener.close()
        raise Unavailable(f"expected a place for the control socket at {path}, came: {error}") from error
    except Unavailable:
        listener.close()
        raise
    return listener


def _make_way(path: Path) -> None:
    """Remove the socket of a daemon that is gone; never one that answers, and never any other file."""
    if len(os.fsencode(path)) > LONGEST_PATH:
        raise Unavailable(f"expected a socket path of at most {LONGEST_PATH} bytes, came {path}; choose a shorter one")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        return
    if not S_ISSOCK(path.stat().st_mode):
        raise Unavailable(f"expected a socket or nothing at {path}, came another file; move it away")
    if _answers(path):
        raise Unavailable(f"another hrvdaemon already answers at {path}; stop that one first")
    path.unlink()


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        try:
            probe.connect(os.fspath(path))
        except (ConnectionRefusedError, FileNotFoundError):
            return False
        except TimeoutError:
            return True
    return True


async def _body(request: "Request") -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise BadInput(f"expected a body of at most {LARGEST_BODY} bytes, came more")
    return body


async def _event_lines(controls: Controls, streams: Streams) -> AsyncIterator[str]:
    """Server-sent events, one record each, in the JSON of a recording."""
    from hrvdaemon.vocabulary.codec import to_json  # noqa: PLC0415  pydantic is needed from the first watcher on

    with controls.subscribe() as channel, streams.opened(channel):
        async for record in channel:
            yield f"data: {json.dumps(to_json(record), ensure_ascii=False)}\n\n"
