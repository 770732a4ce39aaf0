"""The database opens, its folder takes writing, and nobody else reads it; looking changes nothing."""

import os
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from hrvdaemon.cli.checks import NOT_LOOKED_AT, Result
from hrvdaemon.cli.checks.database import database
from hrvdaemon.store.schema import open_for_writing


@pytest.fixture
def made(tmp_path: Path) -> Path:
    path = tmp_path / "hrvdaemon.db"
    open_for_writing(path, busy_timeout_ms=100).close()
    return path


def test_none_yet_is_good_and_none_is_made(circumstances: Any, tmp_path: Path) -> None:
    found = circumstances(f'[store]\npath = "{tmp_path}/a/b.db"\n')
    assert database(found)[0] is Result.OK
    assert not (tmp_path / "a").exists()


def test_one_of_ours_opens(circumstances: Any, made: Path) -> None:
    before = made.read_bytes()
    assert database(circumstances())[:2] == (Result.OK, f"{made} opens, and only you can read it.")
    assert made.read_bytes() == before


def test_readable_for_others_is_a_warning_unless_the_folder_is_shut(
    circumstances: Any, made: Path, tmp_path: Path
) -> None:
    found = circumstances()
    made.chmod(0o644)
    tmp_path.chmod(0o755)
    result, _, fix = database(found)
    assert (result, fix) == (Result.WARN, f"Take that away: chmod 600 {made}")
    tmp_path.chmod(0o700)
    assert database(found)[0] is Result.OK


@pytest.mark.parametrize("content", [b"no database at all, but long enough to be looked at" * 30, b""])
def test_another_file_in_its_place_is_a_failure(circumstances: Any, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "hrvdaemon.db").write_bytes(content)
    result, detail, fix = database(circumstances())
    assert result is Result.FAIL
    assert str(tmp_path / "hrvdaemon.db") in detail
    assert fix


def test_another_programs_database_is_a_failure(circumstances: Any, tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "hrvdaemon.db")
    connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    result, detail, _ = database(circumstances())
    assert result is Result.FAIL
    assert "another program's" in detail


def test_a_folder_that_can_not_be_written_is_a_failure(
    circumstances: Any, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Root may write everywhere, so the answer of the system is given here."""
    real = os.access
    monkeypatch.setattr("os.access", lambda path, mode: not path.is_dir() and real(path, mode))
    result, detail, _ = database(circumstances())
    assert (result, detail) == (Result.FAIL, f"{made.parent} can not be written.")
    monkeypatch.setattr("os.access", lambda path, mode: path.is_dir() and real(path, mode))
    assert database(circumstances())[1] == f"{made} can not be written."


def test_with_a_broken_config_nobody_knows_where_it_is(circumstances: Any) -> None:
    assert database(circumstances(is_broken=True)) == NOT_LOOKED_AT
