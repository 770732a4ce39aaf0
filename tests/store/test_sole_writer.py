"""Who holds a database is named, and a holder that was killed holds nothing."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from stat import S_IMODE

import pytest

from hrvdaemon.store.sole_writer import sole_writer
from hrvdaemon.vocabulary.errors import DatabaseUnavailable

HOLDING = """
import sys, time
from pathlib import Path
from hrvdaemon.store.sole_writer import sole_writer
with sole_writer(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_one_who_holds_it_is_named_and_afterwards_it_is_free(tmp_path: Path) -> None:
    path = tmp_path / "new" / "hrv.db"
    named = rf"process {os.getpid()}\) is recording in .*hrv\.db; end that one first"
    with sole_writer(path), pytest.raises(DatabaseUnavailable, match=named), sole_writer(path):
        pass
    with sole_writer(path):
        pass
    assert S_IMODE((tmp_path / "new" / "hrv.db.lock").stat().st_mode) == 0o600
    assert S_IMODE((tmp_path / "new").stat().st_mode) == 0o700


def test_a_neighbour_is_not_in_the_way(tmp_path: Path) -> None:
    with sole_writer(tmp_path / "a.db"), sole_writer(tmp_path / "b.db"):
        pass


def test_a_holder_that_is_killed_lets_go(tmp_path: Path) -> None:
    path = tmp_path / "hrv.db"
    line = [sys.executable, "-c", HOLDING, str(path)]
    with subprocess.Popen(line, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(DatabaseUnavailable, match=rf"process {holder.pid}\)"), sole_writer(path):
            pass
        holder.send_signal(signal.SIGKILL)
        holder.wait(10)
    with sole_writer(path):
        pass


def test_a_place_that_can_not_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "a-file").write_text("in the way")
    path = tmp_path / "a-file" / "hrv.db"
    with pytest.raises(DatabaseUnavailable, match="can not be opened"), sole_writer(path):
        pass
