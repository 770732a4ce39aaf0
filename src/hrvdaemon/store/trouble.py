"""What can be wrong with a database file, in words for its owner, by primary result code (sqlite.org/rescode)."""

import sqlite3
from typing import Final

_IN_WORDS: Final = {
    sqlite3.SQLITE_FULL: "the disk is full; free some space",
    sqlite3.SQLITE_BUSY: "another program is writing it; end that program",
    sqlite3.SQLITE_LOCKED: "another program is writing it; end that program",
    sqlite3.SQLITE_IOERR: "the disk does not answer; look at the card or its cable",
    sqlite3.SQLITE_READONLY: "it can not be written; check its permissions and whether the disk is mounted read-only",
    sqlite3.SQLITE_CANTOPEN: "it can not be opened; check that its folder exists and its permissions",
    sqlite3.SQLITE_PERM: "it can not be opened; check its permissions",
    sqlite3.SQLITE_CORRUPT: "it is damaged; keep a copy of the file and restore a backup",
    sqlite3.SQLITE_NOTADB: "the file is not a database; it was left as it is, choose another path",
}


def in_words(error: Exception) -> str:
    """What is wrong with the file, and what to do, in words for its owner."""
    code = getattr(error, "sqlite_errorcode", None)
    return _IN_WORDS.get(code & 0xFF, str(error)) if code is not None else str(error)


def is_trouble(error: sqlite3.Error) -> bool:
    """Whether the disk or another program is at fault, so that trying again later may help; else the bug is ours."""
    return (getattr(error, "sqlite_errorcode", 0) & 0xFF) in _IN_WORDS
