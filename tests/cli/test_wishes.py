"""What the wearer wants reaches the running daemon as an input, or the command says why it can not."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hrvdaemon.cli.wishes import pause, resume, tag
from hrvdaemon.vocabulary.errors import BadUsage, DaemonNotRunning
from hrvdaemon.vocabulary.inputs import Input, PauseRequested, Tag, TagSet

ConfigFor = Callable[[Path], Path]


async def asked(daemon: Any, command: Callable[[], None]) -> Input:
    await asyncio.to_thread(command)
    [given] = daemon.asked
    assert isinstance(given, PauseRequested | TagSet)
    return given


@pytest.mark.parametrize(
    ("duration", "minutes"), [("45m", 45), ("45min", 45), ("2h", 120), ("1d", 1440), ("30", 30), ("7d", 10_080)]
)
async def test_a_pause_reaches_the_daemon_in_minutes(
    daemon: Any, config_for: ConfigFor, capsys: pytest.CaptureFixture[str], duration: str, minutes: int
) -> None:
    config = config_for(daemon.path)
    given = await asked(daemon, lambda: pause(duration, config=config))
    assert isinstance(given, PauseRequested)
    assert given.minutes == minutes
    assert capsys.readouterr().out.startswith(f"No invitations for {minutes} minutes.")


async def test_resume_is_a_pause_of_no_minutes(daemon: Any, config_for: ConfigFor) -> None:
    config = config_for(daemon.path)
    given = await asked(daemon, lambda: resume(config=config))
    assert isinstance(given, PauseRequested)
    assert given.minutes == 0


@pytest.mark.parametrize("what", list(Tag))
async def test_a_tag_reaches_the_daemon(daemon: Any, config_for: ConfigFor, what: Any) -> None:
    config = config_for(daemon.path)
    given = await asked(daemon, lambda: tag(what.value, config=config))
    assert isinstance(given, TagSet)
    assert given.tag is what


@pytest.mark.parametrize("duration", ["", "soon", "0h", "-5m", "8d", "1w", "1.5h", "h", "5 m", "9" * 40 + "d", "45mm"])
def test_what_is_no_duration_is_refused_before_anybody_is_asked(duration: str) -> None:
    with pytest.raises(BadUsage, match="expected a duration such as 45m, 2h or 1d, at most 7d"):
        pause(duration, config=Path("/does/not/exist"))


@pytest.mark.parametrize("command", [pause, resume, lambda *, config: tag("meal", config=config)])
def test_without_a_daemon_it_says_how_to_start_one(
    config_for: ConfigFor, tmp_path: Path, command: Callable[..., None]
) -> None:
    with pytest.raises(DaemonNotRunning, match="hrvdaemon run"):
        command(config=config_for(tmp_path / "nobody.sock"))
