"""Fixtures for every test: what is missing on this machine is skipped by name, or fails where nothing may be skipped."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("repeatable", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("repeatable")
"""A merge is judged by the same examples each time; at a desk Hypothesis goes on looking for new ones."""


@pytest.fixture(scope="session")
def recordings() -> Path:
    """Folder of real recordings; they are not part of the project, so where it is unset the test is skipped."""
    folder = os.environ.get("HRVDAEMON_RECORDINGS")
    if not folder:
        pytest.skip("real recordings: set HRVDAEMON_RECORDINGS to their folder")
    return Path(folder)


@pytest.fixture(scope="session")
def require_binary() -> Callable[[str, str], str]:
    """``require_binary("mosquitto", "apt-get install mosquitto")`` is its path; see ``missing`` for where it is not."""

    def require(name: str, install: str) -> str:
        path = shutil.which(name, path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/usr/local/sbin")
        return path or missing(name, install)

    return require


def missing(name: str, install: str) -> str:
    """Skip by name with the command that installs it; fail where HRVDAEMON_REQUIRE_ALL=1 forbids a skip."""
    message = f"{name} is not installed; run: {install}"
    if os.environ.get("HRVDAEMON_REQUIRE_ALL") == "1":
        pytest.fail(message)
    pytest.skip(message)
