"""What is missing is named with the command that installs it; only root installs."""

import os
from pathlib import Path

import pytest

from tests.e2e import packages
from tests.e2e.packages import CanNotStart, missing, provide

ABSENT = {"no-such-program-1": "no-such-package", "sh": "dash"}


@pytest.fixture(autouse=True)
def policy_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    policy = tmp_path / "system.conf"
    policy.touch()
    monkeypatch.setattr(packages, "BUS_POLICY", policy)
    return policy


def test_only_packages_whose_program_is_not_there_are_missing(policy_is_there: Path) -> None:
    assert missing(ABSENT) == ["no-such-package"]
    policy_is_there.unlink()
    assert missing(ABSENT) == ["dbus", "no-such-package"]


def test_a_user_is_told_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(CanNotStart, match=r"run: sudo \.ci/install no-such-package"):
        provide(ABSENT)


def test_where_nothing_is_missing_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "apt", lambda *_: pytest.fail("apt was called"))
    provide({"sh": "dash"})


def test_root_installs_and_is_told_what_apt_did_not_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    asked: list[str] = []
    monkeypatch.setattr(packages, "apt", lambda *names: asked.extend(names))
    with pytest.raises(CanNotStart, match="expected apt to install no-such-package"):
        provide(ABSENT)
    assert asked == ["no-such-package"]
