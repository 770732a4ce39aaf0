"""Small inputs that every format test needs."""

from collections.abc import Callable
from pathlib import Path

import pytest

from hrvdaemon.vocabulary.inputs import Input, PacketReceived, RunEnded, RunStarted, SensorConnected
from hrvdaemon.vocabulary.units import RunId, SensorId, instant


@pytest.fixture
def three_inputs() -> tuple[Input, ...]:
    """A run of one packet."""
    sensor = SensorId("strap")
    return (
        RunStarted(
            mono_ms=1000,
            at=instant("2026-03-10T08:00:00Z"),
            run=RunId("r1"),
            version="0.1.0",
            zone="Europe/Berlin",
            boot_id="b",
            seed=7,
            settings={"prompting.daily_cap": 2},
        ),
        SensorConnected(mono_ms=1000, sensor=sensor, name="Polar H10"),
        PacketReceived(mono_ms=2000, sensor=sensor, data=bytes.fromhex("104b2003")),
        RunEnded(mono_ms=3000, reason="stopped"),
    )


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str | bytes], Path]:
    """A file with this content."""

    def write(content: str | bytes) -> Path:
        path = tmp_path / "recording"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write
