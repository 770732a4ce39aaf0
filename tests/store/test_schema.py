import sqlite3
from dataclasses import fields, is_dataclass
from enum import StrEnum
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, NewType, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from hrvdaemon.store.rows import TABLES
from hrvdaemon.store.schema import open_for_writing
from hrvdaemon.store.trouble import in_words
from hrvdaemon.vocabulary.errors import DatabaseUnavailable
from hrvdaemon.vocabulary.events import ExerciseFinished
from hrvdaemon.vocabulary.units import Instant, iso


def _opened(path: Path) -> Database:
    return open_for_writing(path, busy_timeout_ms=100)


def test_a_new_database_is_private_and_so_is_its_new_folder(tmp_path: Path) -> None:
    path = tmp_path / "new" / "hrv.db"
    db = _opened(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert Path(f"{path}-wal").stat().st_mode & 0o777 == 0o600
    db.close()


def test_writes_are_in_a_wal_that_is_synced_at_each_commit(db: Database) -> None:
    assert db.journal_mode == "wal"
    assert db.execute("PRAGMA synchronous").fetchone() == (2,)
    assert db.execute("PRAGMA busy_timeout").fetchone() == (100,)


def test_every_table_of_ours_is_strict(db: Database) -> None:
    strict = {row[1]: row[5] for row in db.execute("PRAGMA table_list") if row[2] == "table"}
    ours = {name for name in strict if not name.startswith(("_", "sqlite_"))}
    assert ours
    assert {name for name in ours if not strict[name]} == set()


def test_opening_again_keeps_what_is_there(tmp_path: Path) -> None:
    db = _opened(tmp_path / "hrv.db")
    db.execute("INSERT INTO run VALUES (1, 'r1', 0, 0, 0, 'b', 'UTC', '0', '0', '{}', NULL, NULL)")
    db.close()
    again = _opened(tmp_path / "hrv.db")
    assert [row["run"] for row in again.query("SELECT run FROM run")] == ["r1"]
    again.close()


@pytest.mark.parametrize("content", [b"RR\n800\n", b"\x00" * 5000, b"SQLite format 3\x00" + b"\xff" * 4000])
def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(content)
    with pytest.raises(DatabaseUnavailable, match=r"notes\.txt"):
        _opened(path)
    assert path.read_bytes() == content
    assert [item.name for item in tmp_path.iterdir()] == ["notes.txt"]


def test_another_programs_database_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "photos.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE photo (name TEXT)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(DatabaseUnavailable, match="another program's"):
        _opened(path)
    assert path.read_bytes() == before


def test_a_database_from_a_newer_version_is_refused_with_what_to_do(tmp_path: Path) -> None:
    db = _opened(tmp_path / "hrv.db")
    db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(DatabaseUnavailable, match=r"newer hrvdaemon \(schema 99, this one knows 2\); update"):
        _opened(tmp_path / "hrv.db")


def test_a_half_made_database_is_completed(tmp_path: Path) -> None:
    """A power cut after the header was written and before the tables were."""
    with sqlite3.connect(tmp_path / "hrv.db") as connection:
        connection.execute("PRAGMA application_id = 0x48525644")
    connection.close()
    db = _opened(tmp_path / "hrv.db")
    assert "decision" in db.table_names()
    db.close()


def test_a_folder_in_place_of_the_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnavailable, match="can not be opened"):
        _opened(tmp_path)


def test_an_unknown_error_keeps_its_own_words() -> None:
    assert in_words(OSError("[Errno 5] Input/output error")) == "[Errno 5] Input/output error"


@pytest.mark.parametrize("cls", TABLES, ids=lambda cls: cls.__name__)
def test_a_tables_types_and_nulls_are_those_of_its_record(db: Database, cls: type[Any]) -> None:
    columns = {row[1]: (row[2], bool(row[3])) for row in db.execute(f"PRAGMA table_info({TABLES[cls]})")}
    for name, (kind, required) in _expected(cls).items():
        assert name in columns, f"{TABLES[cls]}.{name} is missing"
        assert columns[name][0] == kind, name
        assert columns[name][1] == required or TABLES[cls] == "sensor", name


def _expected(cls: type[Any], *, required: bool = True) -> dict[str, tuple[str, bool]]:
    """Column name without prefix → type and NOT NULL, from the fields alone."""
    columns: dict[str, tuple[str, bool]] = {}
    hints = get_type_hints(cls)
    for field in fields(cls):
        hint = hints[field.name]
        optional = get_origin(hint) in (Union, UnionType)
        inner = next(part for part in get_args(hint) if part is not NoneType) if optional else hint
        if is_dataclass(inner) and isinstance(inner, type):
            prefix = "" if field.name in {"epoch", "metrics", "outcome"} else f"{field.name}_"
            nested = _expected(inner, required=required and not optional)
            columns |= {prefix + name: column for name, column in nested.items()}
        elif get_origin(inner) in (tuple, dict):
            columns[f"{field.name}_json"] = ("TEXT", required and not optional)
        else:
            name = f"{field.name}_ms" if inner is Instant else field.name
            columns[name] = (_sql_type(inner), required and not optional)
    return columns


def _sql_type(inner: Any) -> str:
    plain: Any = inner.__supertype__ if isinstance(inner, NewType) else inner
    if issubclass(plain, StrEnum | str):
        return "TEXT"
    return {bool: "INTEGER", int: "INTEGER", float: "REAL", bytes: "BLOB"}[plain]


def test_a_missing_window_leaves_its_columns_empty(db: Database) -> None:
    names = {row[1] for row in db.execute("PRAGMA table_info(outcome)")}
    assert {"before_window_s", "before_rmssd_ms", "after_quality"} <= names
    assert set(_expected(ExerciseFinished)) <= names


@given(at=st.integers(-2_208_988_800_000, 4_102_444_800_000))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_view_writes_an_instant_as_the_rest_of_the_project_does(db: Database, at: int) -> None:
    db.execute("DELETE FROM run")
    db.execute("INSERT INTO run VALUES (1, 'r1', 0, ?, 0, 'b', 'UTC', '0', '0', '{}', NULL, NULL)", (at,))
    assert db.execute("SELECT started_at, ended_at FROM run_view").fetchone() == (iso(at), None)


def test_every_view_can_be_read(db: Database) -> None:
    assert {"decision_view", "prompt_view", "session_view", "epoch_view"} <= set(db.view_names())
    for name in db.view_names():
        assert db.execute(f"SELECT * FROM {name}").fetchall() == []
