"""A real Mosquitto on a free loopback port, with its own config, ended by its process id."""

import asyncio
import os
import socket
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

INSTALL = "apt-get install mosquitto mosquitto-clients"


class Mosquitto:
    """``start`` and ``stop`` as often as a test likes; the port stays the same."""

    def __init__(self, binary: str, folder: Path, lines: tuple[str, ...]) -> None:
        self._binary = binary
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        user = ("user root",) if os.geteuid() == 0 else ()
        config = (f"listener {self.port} 127.0.0.1", *user, *(lines or ("allow_anonymous true",)))
        (folder / "mosquitto.conf").write_text("\n".join(config) + "\n")

    async def start(self) -> None:
        self._launch()
        for _ in range(200):
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
            except OSError:
                await asyncio.sleep(0.05)
                continue
            writer.close()
            await writer.wait_closed()
            return
        pytest.fail((self._folder / "mosquitto.log").read_text())

    def _launch(self) -> None:
        with (self._folder / "mosquitto.log").open("ab") as log:
            command = [self._binary, "-c", str(self._folder / "mosquitto.conf")]
            self._process = subprocess.Popen(command, stdout=log, stderr=log)

    def stop(self, *, kill: bool = False) -> None:
        if self._process is not None:
            (self._process.kill if kill else self._process.terminate)()
            self._process.wait(10)
            self._process = None


StartMosquitto = Callable[..., Awaitable[Mosquitto]]


@pytest.fixture
async def start_mosquitto(require_binary: Callable[[str, str], str], tmp_path: Path) -> AsyncIterator[StartMosquitto]:
    """``await start_mosquitto(*lines)``: running, with these lines of config, or open to all on loopback without."""
    binary = require_binary("mosquitto", INSTALL)
    started: list[Mosquitto] = []

    async def start(*lines: str) -> Mosquitto:
        folder = tmp_path / f"mosquitto-{len(started)}"
        folder.mkdir()
        started.append(Mosquitto(binary, folder, lines))
        await started[-1].start()
        return started[-1]

    yield start
    for mosquitto in started:
        mosquitto.stop()
