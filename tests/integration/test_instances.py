"""Two wearers on one computer: two daemons with a simulated strap each, and nothing of one is the other's."""

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import aiomqtt
import pytest

NAMES = ("first", "second")
SCENARIOS = {"first": "rest", "second": "slow_breathing"}


class Wearers:
    """Both daemons, their folders under one home as of one user."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def environ(self, name: str) -> dict[str, str]:
        places = {
            "HOME": str(self.home),
            "XDG_CONFIG_HOME": str(self.home / "config"),
            "XDG_DATA_HOME": str(self.home / "data"),
            "XDG_RUNTIME_DIR": str(self.home / "run"),
            "HRVDAEMON_INSTANCE": name,
        }
        return {key: value for key, value in os.environ.items() if not key.endswith("_DIRECTORY")} | places

    def configure(self, name: str, text: str) -> None:
        folder = self.home / "config" / "hrvdaemon" / name
        folder.mkdir(parents=True)
        (folder / "hrvdaemon.toml").write_text(text)

    def start(self, name: str) -> None:
        command = [sys.executable, "-m", "hrvdaemon", "run", "--simulated", SCENARIOS[name]]
        with (self.home / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(command, env=self.environ(name), stderr=log, stdout=log)

    def ask(self, name: str) -> dict[str, Any]:
        """The status by the instance's name alone, once it answers and its strap sends."""
        for _ in range(60):
            command = [sys.executable, "-m", "hrvdaemon", "status", "--json"]
            done = subprocess.run(command, env=self.environ(name), capture_output=True, text=True, check=False)
            told: dict[str, Any] = json.loads(done.stdout) if done.returncode == 0 else {}
            if told and told["sensor"]["name"]:
                return told
            time.sleep(0.1)
        pytest.fail((self.home / f"{name}.log").read_text())

    def database(self, name: str) -> Path:
        return self.home / "data" / "hrvdaemon" / name / "simulated.db"

    def rows(self, name: str, sql: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.database(name))) as connection:
            return connection.execute(sql).fetchall()


@pytest.fixture
def wearers(tmp_path: Path) -> Iterator[Wearers]:
    (tmp_path / "run").mkdir()
    wearers = Wearers(tmp_path)
    yield wearers
    for process in wearers.running.values():
        process.kill()
        process.wait(10)


def test_two_wearers_daemons_run_beside_each_other_and_share_nothing(wearers: Wearers) -> None:
    for name in NAMES:
        wearers.configure(name, f"[wearer]\ndaily_cap = {len(name)}\n")
        wearers.start(name)
    told = {name: wearers.ask(name) for name in NAMES}
    assert all(each["sensor"]["link_state"] == "streaming" for each in told.values())
    time.sleep(2)

    wearers.running["first"].send_signal(signal.SIGTERM)
    assert wearers.running["first"].wait(20) == 0
    assert wearers.ask("second")["sensor"]["link"] == "connected", "the end of one is not the other's"
    wearers.running["second"].send_signal(signal.SIGTERM)
    assert wearers.running["second"].wait(20) == 0

    runs = {name: wearers.rows(name, "SELECT run, end_reason FROM run") for name in NAMES}
    assert [len(rows) for rows in runs.values()] == [1, 1]
    assert all(reason == "SIGTERM" for rows in runs.values() for _, reason in rows)
    assert runs["first"] != runs["second"]
    assert all(wearers.rows(name, "SELECT count(*) > 0 FROM beat_block") == [(1,)] for name in NAMES)
    assert {path.name for path in (wearers.home / "data" / "hrvdaemon").iterdir()} == set(NAMES)
    assert all("Traceback" not in (wearers.home / f"{name}.log").read_text() for name in NAMES)


async def test_each_publishes_under_a_pseudonym_of_its_own(
    start_mosquitto: Callable[..., Awaitable[Any]], wearers: Wearers
) -> None:
    port = (await start_mosquitto()).port
    online: set[str] = set()
    async with aiomqtt.Client("127.0.0.1", port, protocol=aiomqtt.ProtocolVersion.V5) as client:
        await client.subscribe("hrvd/#", qos=1)
        for name in NAMES:
            wearers.configure(name, f'[mqtt]\nenabled = true\nhost = "127.0.0.1"\nport = {port}\nclient = "k-{name}"\n')
            wearers.start(name)
        async with asyncio.timeout(30):
            async for message in client.messages:
                online |= {str(message.topic)} if message.payload == b"online" else set()
                if len(online) == len(NAMES):
                    break
    assert online == {"hrvd/v1/home/k-first/status", "hrvd/v1/home/k-second/status"}
