"""Whose database a file is and how new, read from its header; light, because commands that only read begin here."""

import sqlite3
from pathlib import Path
from typing import Final

from hrvdaemon.vocabulary.errors import DatabaseUnavailable

APPLICATION_ID: Final = 0x48525644
"""ASCII "HRVD": how SQLite and the command ``file`` tell whose database it is (sqlite.org, Database File Format)."""
VERSION: Final = 2
"""Number of migrations in ``schema``; kept in the header as ``user_version``."""


def schema_version(connection: sqlite3.Connection, path: Path) -> int:
    """Version of the tables in the file; 0 if it is empty and may become ours.

    DatabaseUnavailable if it is another program's, or newer than this program. sqlite3.DatabaseError if the file is no
    database at all.
    """
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (is_empty,) = connection.execute("SELECT count(*) = 0 FROM sqlite_master").fetchone()
    if is_empty:
        return 0
    if application != APPLICATION_ID:
        raise DatabaseUnavailable(f"{path} is another program's database; give hrvdaemon a file of its own")
    if version > VERSION:
        raise DatabaseUnavailable(
            f"{path} was written by a newer hrvdaemon (schema {version}, this one knows {VERSION}); update hrvdaemon"
        )
    return int(version)
