"""Opening a database to write it, and its migrations.

A migration that was released is never edited: a change is a new function below, and raises ``file_header.VERSION``.
How the tables are made up:

- the unit is in the column's name; an instant is ``*_at_ms``, milliseconds UTC, and each view shows it as ISO 8601 too
- ``run`` and ``input_number`` say which input a row came from, ``event_number`` which of its conclusions it is: the
  keys are functions of the inputs, so feeding them again stores nothing twice (law 8)
"""

import os
import sqlite3
from pathlib import Path

from sqlite_utils import Database, Migrations

from hrvdaemon.store import ledger_tables, tables, views
from hrvdaemon.store.file_header import APPLICATION_ID, VERSION, schema_version
from hrvdaemon.store.ledger_codes import code_rows, finding_rows
from hrvdaemon.store.ledger_migration import convert_ledger
from hrvdaemon.store.trouble import in_words, is_trouble
from hrvdaemon.vocabulary.errors import DatabaseUnavailable

_MIGRATIONS = Migrations("hrvdaemon")


@_MIGRATIONS()
def the_spine(db: Database) -> None:
    """First release."""
    for sql in (tables.RUNS_AND_JOURNAL, tables.SAID, tables.SIGNAL, tables.CONCLUSIONS, views.VIEWS):
        db.executescript(sql)


@_MIGRATIONS()
def a_ledger_for_ever(db: Database) -> None:
    """Second release: what is learned has tables of its own, and a minute of the ledger is a small row."""
    for view in ("decision_view", "decision_gate_view"):
        db.execute(f"DROP VIEW {view}")
    for index in ("decision_by_start", "decision_by_time", "decision_by_prompt"):
        db.execute(f"DROP INDEX {index}")
    db.execute("ALTER TABLE decision RENAME TO decision_1")
    for sql in (ledger_tables.NEW_COLUMNS, ledger_tables.LEARNED, ledger_tables.LEDGER):
        db.executescript(sql)
    db.conn.executemany("INSERT INTO code VALUES (?, ?, ?)", code_rows())
    db.conn.executemany("INSERT INTO finding VALUES (?, ?, ?)", finding_rows())
    convert_ledger(db.conn)
    db.execute("DROP TABLE decision_1")
    db.executescript(ledger_tables.LEDGER_VIEWS)


def open_for_writing(path: Path, *, busy_timeout_ms: int) -> Database:
    """Make or open the database at ``path`` and bring its tables up to date; the calling thread owns it.

    A new file is 0600 in a directory that, if new too, is 0700. DatabaseUnavailable, and nothing touched, if the file
    is no database, another program's, or from a newer version of this one.
    """
    try:
        _make_private(path)
        return _opened(path, busy_timeout_ms)
    except (sqlite3.Error, OSError) as error:
        if isinstance(error, sqlite3.Error) and not is_trouble(error):
            raise
        raise DatabaseUnavailable(f"the database {path} can not be opened: {in_words(error)}") from error


def _make_private(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))


def _opened(path: Path, busy_timeout_ms: int) -> Database:
    """``timeout`` is SQLite's busy timeout, so it holds before the first statement that may wait for a lock."""
    connection = sqlite3.connect(path, timeout=busy_timeout_ms / 1000, isolation_level=None)
    try:
        version = schema_version(connection, path)
        db = Database(connection, execute_plugins=False)
        db.enable_wal()
        db.execute("PRAGMA synchronous = FULL")
        if version < VERSION:
            _bring_up_to_date(db)
    except BaseException:
        connection.close()
        raise
    return db


def _bring_up_to_date(db: Database) -> None:
    """Not called for a file that is up to date, so that one opens on a full disk too."""
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    _MIGRATIONS.apply(db)
    db.execute(f"PRAGMA user_version = {VERSION}")
