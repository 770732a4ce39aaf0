"""A clock before the installation is wrong; a full disk ends a recording."""

from collections import namedtuple
from pathlib import Path
from typing import Any

import pytest

from hrvdaemon.cli.checks import NOT_LOOKED_AT, Result, computer

Usage = namedtuple("Usage", "total used free")  # noqa: PYI024  what shutil.disk_usage gives


@pytest.mark.parametrize(
    ("free_mb", "result"), [(49, Result.FAIL), (50, Result.WARN), (499, Result.WARN), (500, Result.OK)]
)
def test_free_space(circumstances: Any, monkeypatch: pytest.MonkeyPatch, free_mb: int, result: Result) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage(0, 0, free_mb * 1_000_000))
    assert computer.disk(circumstances())[:1] == (result,)
    assert computer.disk(circumstances(is_broken=True)) == NOT_LOOKED_AT


def test_a_folder_that_is_not_there_yet_counts_as_the_one_above(tmp_path: Path) -> None:
    assert computer.nearest(tmp_path / "a" / "b") == tmp_path


@pytest.mark.parametrize(("answer", "result"), [("yes", Result.OK), ("no", Result.WARN), (None, Result.OK)])
def test_a_clock_that_nobody_sets_is_a_warning(
    circumstances: Any, monkeypatch: pytest.MonkeyPatch, answer: str | None, result: Result
) -> None:
    monkeypatch.setattr(computer, "_ntp", lambda: answer)
    assert computer.clock(circumstances())[0] is result


def test_a_clock_before_the_installation_is_a_failure(circumstances: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time", lambda: 86_400.0)
    result, detail, fix = computer.clock(circumstances())
    assert result is Result.FAIL
    assert "1970-01-0" in detail
    assert "timedatectl" in (fix or "")


def test_systemd_is_asked_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert computer._ntp() is None
    program = tmp_path / "timedatectl"
    program.write_text('#!/bin/sh\n[ "$1 $2 $3" = "show --property=NTPSynchronized --value" ] && echo no\n')
    program.chmod(0o755)
    assert computer._ntp() == "no"
    program.write_text("#!/bin/sh\nexit 1\n")
    assert computer._ntp() is None
