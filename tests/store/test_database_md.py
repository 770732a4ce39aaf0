"""docs/database.md explains every table, column and view, no others, and its examples run."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlite_utils import Database

from hrvdaemon.store.batch import write_batch
from hrvdaemon.store.schema import open_for_writing
from hrvdaemon.vocabulary.steps import Step

TEXT = (Path(__file__).parents[2] / "docs" / "database.md").read_text()
SECTIONS = {part.split("\n", 1)[0].strip("` "): part for part in re.split(r"^### ", TEXT, flags=re.MULTILINE)[1:]}
EXAMPLES = re.findall(r"```sql\n(.*?)```", TEXT, flags=re.DOTALL)


def _tables(db: Database) -> dict[str, set[str]]:
    names = [name for name in db.table_names() if not name.startswith(("_", "sqlite_"))]
    return {name: {row[1] for row in db.execute(f"PRAGMA table_info({name})")} for name in names}


def _explained(section: str) -> set[str]:
    """Columns at the head of a table's rows; ``before_*`` stands for the columns of a window under that prefix."""
    return set(re.findall(r"^\| `([a-z0-9_*]+)` \|", section, flags=re.MULTILINE))


def test_every_table_and_view_has_a_section_and_no_section_is_left_over(db: Database) -> None:
    assert set(SECTIONS) == set(_tables(db)) | {"views"}


def test_every_column_is_explained_and_none_that_does_not_exist(db: Database) -> None:
    shared = _explained(TEXT.split("## Shared columns")[1].split("## Tables")[0])
    window = _explained(TEXT.split("#### Window columns")[1].split("\n## ")[0])
    origin = shared - window
    for table, columns in _tables(db).items():
        said = _explained(SECTIONS[table])
        if {"run", "input_number", "mono_ms", "at_ms"} <= columns:
            said |= origin - (set() if "event_number" in columns else {"event_number"})
        for prefix in ("", "before_", "after_"):
            if f"{prefix}*" in said:
                said = (said - {f"{prefix}*"}) | {prefix + name for name in window}
        assert said == columns, table


def test_every_view_is_named(db: Database) -> None:
    assert set(re.findall(r"^\| `([a-z_]+)` \|", SECTIONS["views"], flags=re.MULTILINE)) == set(db.view_names())


def test_every_table_has_an_example(db: Database) -> None:
    for table in _tables(db):
        assert re.search(rf"```sql\n[^`]*\b{table}(_view)?\b", SECTIONS[table]), table


@pytest.mark.parametrize("sql", EXAMPLES)
def test_an_example_runs_on_a_database_with_a_run(tmp_path: Path, a_run: Callable[..., list[Step]], sql: str) -> None:
    db = open_for_writing(tmp_path / "hrv.db", busy_timeout_ms=100)
    write_batch(db.conn, a_run(3))
    db.execute(sql).fetchall()
    db.close()
