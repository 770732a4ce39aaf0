"""One line or one object, quickly, and a next step where nobody answers."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from hrvdaemon.cli.status import one_line, status
from hrvdaemon.vocabulary.errors import DaemonNotRunning

TOLD: dict[str, Any] = {
    "state": "steady",
    "sentence": "Activation is near your usual.",
    "sensor": {"name": "Polar H10", "link": "connected", "battery_percent": 80, "seconds_since_beat": 0.4},
    "hr_bpm": 64.2,
    "rmssd_ms": 31.6,
    "quality": "good",
    "activation": 0.3,
    "stage": 3,
    "prompts_today": 1,
    "store": "ok",
    "broker": "off",
    "version": "0.1.0",
}


def test_the_line_begins_with_the_sentence() -> None:
    assert one_line(TOLD) == (
        "Activation is near your usual · heart rate 64 per minute · variability 32 ms · Polar H10 connected"
        " · battery 80 %"
    )


def test_what_is_missing_is_left_out() -> None:
    sensor = {"name": None, "link": "looking for a strap", "battery_percent": None, "seconds_since_beat": None}
    told = {**TOLD, "sentence": "No beats are coming in.", "sensor": sensor, "hr_bpm": None, "rmssd_ms": None}
    assert one_line(told) == "No beats are coming in · looking for a strap"


def test_trouble_is_said() -> None:
    assert one_line({**TOLD, "store": "the disk is full"}).endswith(" · store: the disk is full")


def test_without_a_daemon_it_says_how_to_start_one(tmp_path: Path, config_for: Any) -> None:
    with pytest.raises(DaemonNotRunning, match="hrvdaemon run"):
        status(config=config_for(tmp_path / "c.sock"))


@pytest.mark.parametrize("as_json", [True, False])
async def test_the_daemons_answer_is_printed(
    tmp_path: Path, config_for: Any, capsys: pytest.CaptureFixture[str], as_json: bool
) -> None:
    path = tmp_path / "c.sock"

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n" + json.dumps(TOLD).encode())
        writer.close()

    async with await asyncio.start_unix_server(answer, path):
        await asyncio.to_thread(status, json=as_json, config=config_for(path))
    printed = capsys.readouterr().out
    assert json.loads(printed) == TOLD if as_json else printed == one_line(TOLD) + "\n"


def test_it_imports_nothing_heavy() -> None:
    heavy = ("numpy", "pydantic", "starlette", "uvicorn", "rich", "bleak", "sqlite_utils", "aiomqtt")
    code = f"import sys, hrvdaemon.cli.status; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
