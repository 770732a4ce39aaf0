"""The installed daemon as a process of its own, seen from outside: its exit status, ``hrvdaemon status --json``, its database."""

import asyncio
import json
import sqlite3
import subprocess
import sys
import time
from asyncio.subprocess import Process
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from hrvdaemon.store.journal import decode
from hrvdaemon.vocabulary.inputs import Input

PROGRAM = str(Path(sys.executable).with_name("hrvdaemon"))
READY_LIMIT_S = 120.0
"""Its imports alone take seconds where the processor is emulated and files come over 9p."""
ASK_EVERY_S = 0.2
CONFIG = """\
[strap]
address = "{address}"
[store]
path = "{database}"
flush_s = {flush_s}
[control]
socket = "{socket}"
"""


class NotSeen(Exception):
    """What was waited for did not come."""


class RunningDaemon:
    """``start`` it; ``kill`` or ``terminate`` it; start it again with the same config and database."""

    def __init__(self, folder: Path, log: Path, *, address: str, flush_s: float) -> None:
        self.database = folder / "hrvdaemon.db"
        self._config = folder / "hrvdaemon.toml"
        self._log = log
        self._process: Process | None = None
        socket = folder / "control.sock"
        settings = CONFIG.format(address=address, database=self.database, flush_s=flush_s, socket=socket)
        self._config.write_text(settings)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    async def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                PROGRAM, "run", "--config", str(self._config), stdout=log, stderr=subprocess.STDOUT
            )

    async def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        await self._process.wait()

    async def terminate(self, *, limit_s: float) -> tuple[int, float]:
        """Its exit status after SIGTERM, and after how many seconds. TimeoutError."""
        assert self._process is not None
        began_s = time.monotonic()
        self._process.terminate()
        status = await asyncio.wait_for(self._process.wait(), limit_s)
        return status, time.monotonic() - began_s

    async def status(self) -> dict[str, Any]:
        """What ``hrvdaemon status --json`` prints."""
        told: dict[str, Any] = json.loads(await command("status", "--json", "--config", str(self._config)))
        return told

    async def status_with(self, sentences: Sequence[str], *, limit_s: float) -> dict[str, Any]:
        """The first status in which one of these stands. NotSeen."""
        until_s, told = time.monotonic() + limit_s, dict[str, Any]()
        while time.monotonic() < until_s:
            told = await self.status()
            if any(sentence in json.dumps(told, ensure_ascii=False) for sentence in sentences):
                return told
        raise NotSeen(f"expected {sentences} in the status within {limit_s:g} s, came {told}; {self._alive()}")

    async def first_since(self, kind: type[Input], mono_ms: int, *, limit_s: float) -> int:
        """When the first input of a kind came, then or later, as soon as it is in the journal. NotSeen."""
        until_s = time.monotonic() + limit_s
        while time.monotonic() < until_s:
            times = [item.mono_ms for item in self._journal(mono_ms) if isinstance(item, kind)]
            if later := [moment for moment in times if moment >= mono_ms]:
                return later[0]
            await asyncio.sleep(ASK_EVERY_S)
        raise NotSeen(f"expected {kind.__name__} in the journal within {limit_s:g} s, came none; {self._alive()}")

    def _journal(self, from_mono_ms: int) -> Sequence[Input]:
        """The inputs of the blocks that end then or later; nothing while there is no database."""
        sql = "SELECT payload FROM journal WHERE last_mono_ms >= ? ORDER BY first_mono_ms"
        try:
            with closing(sqlite3.connect(f"{self.database.as_uri()}?mode=ro", uri=True, timeout=5)) as connection:
                blocks = connection.execute(sql, (from_mono_ms,)).fetchall()
        except sqlite3.OperationalError:
            return ()
        return [item for (payload,) in blocks for item in decode(payload)]

    def _alive(self) -> str:
        status = None if self._process is None else self._process.returncode
        end = self._log.read_text(errors="replace")[-1500:] if self._log.exists() else ""
        return f"the daemon {'runs' if status is None else f'ended with {status}'}; the end of its log:\n{end}"


async def command(*arguments: str) -> str:
    """What one of our commands prints. NotSeen, with its own words, if it fails."""
    process = await asyncio.create_subprocess_exec(
        PROGRAM, *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    said, complained = await asyncio.wait_for(process.communicate(), READY_LIMIT_S)
    if process.returncode:
        raise NotSeen(f"hrvdaemon {' '.join(arguments)} ended with {process.returncode}: {complained.decode()[-1000:]}")
    return said.decode()
