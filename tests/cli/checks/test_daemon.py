"""A daemon that answers, one that does not, and one that can not keep what comes."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

import hrvdaemon
from hrvdaemon.cli.checks import Result
from hrvdaemon.cli.checks.daemon import daemon as look


async def test_one_that_runs_is_good(circumstances: Any, daemon: Any) -> None:
    found = await look(circumstances(f'[control]\nsocket = "{daemon.path}"\n'))
    assert found[0] in (Result.OK, Result.WARN)
    assert "0.1.0" in found[1]


async def test_none_is_a_warning_with_the_command(circumstances: Any, tmp_path: Path) -> None:
    found = await look(circumstances(f'[control]\nsocket = "{tmp_path}/none.sock"\n'))
    assert found == (Result.WARN, "hrvdaemon is not running.", "Start it: hrvdaemon run")


@pytest.mark.parametrize(
    ("told", "result", "words"),
    [
        ({}, Result.OK, "It runs"),
        ({"store": "the disk is full"}, Result.FAIL, "can not keep what comes: the disk is full"),
        ({"version": "0.0.9"}, Result.WARN, "Version 0.0.9 is running"),
    ],
)
async def test_what_it_says_of_itself(
    circumstances: Any, tmp_path: Path, told: dict[str, str], result: Result, words: str
) -> None:
    path = tmp_path / "c.sock"

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        body = {"store": "ok", "version": hrvdaemon.__version__, **told}
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n" + json.dumps(body).encode())
        writer.close()

    async with await asyncio.start_unix_server(answer, path):
        found = await look(circumstances(f'[control]\nsocket = "{path}"\n'))
    assert found[0] is result
    assert words in found[1]


async def test_a_socket_that_answers_nonsense_is_a_failure(circumstances: Any, tmp_path: Path) -> None:
    path = tmp_path / "c.sock"

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 500 no\r\n\r\nno")
        writer.close()

    async with await asyncio.start_unix_server(answer, path):
        found = await look(circumstances(f'[control]\nsocket = "{path}"\n'))
    assert found[0] is Result.FAIL


async def test_a_broken_config_is_not_the_daemons_fault(circumstances: Any) -> None:
    assert (await look(circumstances("[strap", is_broken=True)))[0] is Result.WARN
