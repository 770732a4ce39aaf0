"""The database: its folder can be written, nobody else reads it, and it opens."""

import os
import stat
from pathlib import Path

from hrvdaemon.cli.checks import NOT_LOOKED_AT, Circumstances, Found, fail, ok, warn
from hrvdaemon.cli.checks.computer import nearest
from hrvdaemon.store.queries import open_readonly
from hrvdaemon.vocabulary.errors import DatabaseUnavailable

OTHERS = stat.S_IRWXG | stat.S_IRWXO


def database(circumstances: Circumstances) -> Found:
    """Opened to read only: a doctor changes nothing, and the daemon may be writing."""
    if circumstances.config is None:
        return NOT_LOOKED_AT
    path = circumstances.config.database
    folder = nearest(path.parent)
    if not os.access(folder, os.W_OK | os.X_OK):
        return fail(f"{folder} can not be written.", f"Let this user write there: sudo chown -R $USER {folder}")
    if not os.path.exists(path):  # noqa: PTH110  Path.exists raises for a folder that may not be read
        return ok(f"None yet at {path}; hrvdaemon run makes it.")
    try:
        open_readonly(path).close()
    except DatabaseUnavailable as error:
        return fail(f"{error}.", "Keep a copy of the file, then do what the line above says.")
    return _private(path)


def _private(path: Path) -> Found:
    if not os.access(path, os.W_OK):
        return fail(f"{path} can not be written.", f"Let this user write it: sudo chown $USER {path}")
    if path.stat().st_mode & OTHERS and path.parent.stat().st_mode & OTHERS:
        return warn(f"Other users of this computer may read {path}.", f"Take that away: chmod 600 {path}")
    return ok(f"{path} opens, and only you can read it.")
