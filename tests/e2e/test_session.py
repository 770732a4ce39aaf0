"""A guest that was too slow to judge is tried again; what failed for another reason is not."""

from pathlib import Path

import pytest

from tests.e2e.session import ATTEMPTS, STARVED, Session
from tests.e2e.told import Told

SLOW = "Bluetooth: hci0: command 0x200c tx timeout"


class Shell:
    name = "a shell"

    def __init__(self, script: str) -> None:
        self._script = script

    def command(self, shared: Path) -> list[str]:
        return ["sh", "-c", self._script, "sh", str(shared)]


def nothing_to_judge(_told: Told, _shared: Path) -> None: ...


@pytest.mark.parametrize(
    ("second", "status", "boots"),
    [
        ("echo 3 > $1/rc", 3, 2),
        (f"echo '{SLOW}'; echo 1 > $1/rc", STARVED, ATTEMPTS),
    ],
)
def test_too_slow_is_tried_again_and_wrong_is_not(tmp_path: Path, second: str, status: int, boots: int) -> None:
    n_boots = tmp_path / "boots"
    script = (
        f"echo x >> {n_boots}; if [ $(wc -l < {n_boots}) = 1 ]; then echo '{SLOW}'; echo 1 > $1/rc; else {second}; fi"
    )
    session = Session(
        name="a test",
        find_machine=lambda: Shell(script),
        module="none",
        options=[],
        judge=nothing_to_judge,
        limit_s=20,
    )
    assert session.run() == status
    assert len(n_boots.read_text().splitlines()) == boots
