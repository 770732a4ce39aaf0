"""Versions are numbers within limits."""

from importlib.metadata import PackageNotFoundError
from typing import Any

import pytest

from hrvdaemon.cli.checks import Result, software


@pytest.mark.parametrize(
    ("installed", "limits", "meets"),
    [
        ("3.1.0", ">=3.0.2,<4", True),
        ("3.0.2", "<4,>=3.0.2", True),
        ("3.0.1", ">=3.0.2,<4", False),
        ("4.0", "<4,>=3.0.2", False),
        ("4.0.0rc1", "<4,>=3.0.2", False),
        ("3.10.0", ">=3.9", True),
        ("2025.1", ">=2025.1", True),
        ("5", ">=5.0", True),
        ("1", "", True),
    ],
)
def test_a_version_meets_its_limits(installed: str, limits: str, meets: bool) -> None:
    assert software.meets(installed, limits) is meets


def test_what_runs_these_tests_is_good_enough(circumstances: Any) -> None:
    assert software.python(circumstances())[0] is Result.OK
    result, detail, _ = software.packages(circumstances())
    assert result is Result.OK
    assert "bleak 3." in detail
    assert "pytest" not in detail


def test_a_package_that_is_missing_or_too_old_is_named(circumstances: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def version(name: str) -> str:
        if name == "bleak":
            raise PackageNotFoundError
        return "0.1" if name == "rich" else "99999"

    asked = [
        "bleak<4,>=3.0.2",
        "rich>=14",
        "numpy>=2.2",
        'dbus-fast>=5; sys_platform == "martian"',
        'x>=1; extra == "t"',
    ]
    monkeypatch.setattr(software, "version", version)
    monkeypatch.setattr(software, "requires", lambda _: asked)
    result, detail, fix = software.packages(circumstances())
    assert result is Result.FAIL
    assert detail == "bleak is missing; rich is 0.1, expected >=14."
    assert fix is not None


def test_an_old_python_or_sqlite_is_a_failure(circumstances: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sqlite3.sqlite_version_info", (3, 36, 9))
    assert software.python(circumstances())[0] is Result.FAIL
    monkeypatch.setattr("sqlite3.sqlite_version_info", (3, 37, 0))
    assert software.python(circumstances())[0] is Result.OK
    monkeypatch.setattr(software, "OLDEST_PYTHON", (4, 0))
    assert software.python(circumstances())[0] is Result.FAIL
