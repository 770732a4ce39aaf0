"""Circumstances of a check, by hand."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hrvdaemon.cli.checks import Circumstances
from hrvdaemon.config import load


@pytest.fixture
def circumstances(tmp_path: Path, air: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Circumstances]:
    """With a config of this text, in which the database and the socket are in the test's folder."""
    for name in ("CONFIGURATION_DIRECTORY", "STATE_DIRECTORY", "RUNTIME_DIRECTORY", "XDG_RUNTIME_DIR"):
        monkeypatch.setenv(name, str(tmp_path))

    def made(text: str = "", *, told: dict[str, Any] | None = None, is_broken: bool = False) -> Circumstances:
        path = tmp_path / "hrvdaemon.toml"
        path.write_text(text)
        config = None if is_broken else load(path)
        return Circumstances(path=path, config=config, told=told, radio=air.radio)

    return made
