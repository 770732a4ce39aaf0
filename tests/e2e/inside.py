"""Inside a guest: its clock, what a process holds, and what is left for the host."""

import asyncio
import shutil
import time
from pathlib import Path

from tests.e2e.ledger import Sent
from tests.e2e.told import Packet, Told
from tests.virtual_strap.air import Radio
from tests.virtual_strap.strap import Strap

ENDING_S = 0.5
"""As long as both ends may take to know of the end of a link; a strap sends once a second."""


def boot_ms() -> int:
    """The daemon's clock: milliseconds since boot. asyncio's is the same in a guest that never sleeps."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000


def say(words: str) -> None:
    print(f"{boot_ms() / 1000:7.1f} s  {words}", flush=True)


def descriptors_of(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def resident_kib(pid: int) -> int:
    """Memory of a process that is in RAM now, VmRSS of proc(5)."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))


class RememberingStrap(Strap):
    """Keeps the packets that a central had subscribed to and could hear."""

    def __init__(self, radio: Radio) -> None:
        super().__init__(radio)
        self._packets: list[tuple[float, bytes]] = []

    async def send(self, data: bytes, *, unasked: bool = False) -> None:
        if self.subscribed.is_set() and self.is_in_range:
            self._packets.append((asyncio.get_running_loop().time(), data))
        await super().send(data, unasked=unasked)

    def tell(self, told: Told) -> None:
        """All that was sent. It advertises anew as soon as a link has ended."""
        ends_s = self.advertising_since_s
        told.packets.extend(
            Packet(data=data.hex(), is_last=any(0 <= end_s - at_s < ENDING_S for end_s in ends_s))
            for at_s, data in self._packets
        )
        told.sent.extend(
            Sent(number=beat.number, at_ms=round(beat.at_s * 1000), is_heard=beat.is_heard) for beat in self.sent
        )


def leave(told: Told, work: Path, folder: Path) -> int:
    """Put the database and what was told where the host finds it: the guest's exit status."""
    for file in work.glob("hrvdaemon.db*"):
        shutil.copy(file, folder)
    told.write(folder)
    return 1 if told.wrong else 0
