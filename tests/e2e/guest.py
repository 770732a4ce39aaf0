"""The story that runs in a guest: the installed daemon, the real BlueZ, a virtual strap, and all that goes wrong with it.

    python -m tests.e2e.guest FOLDER [--losses 10]

Exit status 0 if all that can be seen from here held. FOLDER gets what was told, the logs, the database, and the capture
of btmon. Imports are few: where the processor is emulated each costs a second.
"""

import argparse
import asyncio
import json
import random
import signal
import sys
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

from hrvdaemon.sources.link_state import LINK_WORDS, LinkState
from hrvdaemon.vocabulary.inputs import PacketReceived, RunStarted
from tests.e2e.bluez import Bluetoothd, SystemBus, start_btmon
from tests.e2e.inside import RememberingStrap, boot_ms, descriptors_of, leave, say
from tests.e2e.running_daemon import NotSeen, RunningDaemon, command
from tests.e2e.told import END, OUT_OF_RANGE, Recovery, Told
from tests.virtual_strap.air import Air, Radio
from tests.virtual_strap.vhci import Adapter, bluez_adapter

WORK = Path("/run/hrvdaemon")
SUPERVISION_S = 1.0
"""A link out of range ends after this; real straps ask for some 2 to 6 s."""
AWAY_S = (1.5, 8.0)
STREAM_S = (3.0, 6.0)
FLUSH_S = 0.5
WRITE_S = 0.5
"""A kill costs what waits to be written: what came within ``flush_s``, and while the last batch was on its way."""
SEEN_LIMIT_S = 60.0
"""Of waiting for beats, or for a state in the status; what is asked for is judged at the end."""
START_LIMIT_S = 120.0
"""A daemon's imports take seconds where the processor is emulated, and a shared machine may take ten times as long."""
END_LIMIT_S = 20.0


class Story:
    """Each step ends with beats that arrive again."""

    def __init__(
        self, strap: RememberingStrap, adapter: Adapter, bluetoothd: Bluetoothd, daemon: RunningDaemon
    ) -> None:
        self.strap = strap
        self.adapter = adapter
        self.bluetoothd = bluetoothd
        self.daemon = daemon
        self.told = Told()
        self._chance = random.Random(4)

    async def first_connection(self) -> None:
        """What the strap sent before, to a scan that asked it, was not for the daemon."""
        self.strap.sent.clear()
        await self._start("daemon started", boot_ms())

    async def out_of_range(self) -> None:
        """And back; the strap beats on meanwhile."""
        began_ms = boot_ms()
        self.strap.radio.link.leave(self.strap.radio)
        await asyncio.sleep(self._chance.uniform(*AWAY_S))
        self.strap.radio.link.come_back(self.strap.radio)
        await self._recovered(OUT_OF_RANGE, began_ms)

    async def out_of_range_and_said(self) -> None:
        """Until the status says so, by the one sentence or the other."""
        began_ms = boot_ms()
        self.strap.radio.link.leave(self.strap.radio)
        await self._said(LinkState.LOST, LinkState.SEARCHING)
        self.strap.radio.link.come_back(self.strap.radio)
        await self._recovered(OUT_OF_RANGE, began_ms)

    async def adapter_off(self) -> None:
        began_ms = boot_ms()
        await self.adapter.power(False)
        await self._said(LinkState.BLUETOOTH_OFF)
        await self.adapter.power(True)
        await self._recovered("adapter off and on", began_ms)

    async def bluetoothd_stopped(self) -> None:
        """For a while, as by ``systemctl stop bluetooth``."""
        began_ms = boot_ms()
        await self.bluetoothd.end(signal.SIGTERM)
        await self._said(LinkState.NO_SERVICE)
        await self._bluetoothd_again("bluetoothd ended by SIGTERM, back later", began_ms)

    async def bluetoothd_killed(self) -> None:
        """A crash, and started again at once."""
        began_ms = boot_ms()
        await self.bluetoothd.end(signal.SIGKILL)
        await self._bluetoothd_again("bluetoothd killed by SIGKILL, back at once", began_ms)

    async def daemon_killed(self) -> None:
        """The link stays, so that the strap is silent to everybody; the next daemon takes it over."""
        began_ms = boot_ms() - round(1000 * (FLUSH_S + WRITE_S))
        await self.daemon.kill()
        await asyncio.sleep(1)
        self.told.expect(
            bool(self.strap.connections), "expected the link of a killed daemon to be left over, it is not"
        )
        await self._start("daemon killed by SIGKILL, started again", began_ms)

    async def end(self) -> None:
        """SIGTERM: it lets the strap go and leaves with 0."""
        began_ms = boot_ms()
        status, took_s = await self.daemon.terminate(limit_s=END_LIMIT_S)
        self.told.figure("end after SIGTERM", f"{took_s:.1f} s, exit status {status}")
        self.told.expect(status == 0, f"SIGTERM: expected exit status 0, came {status}")
        self.told.expect(not self.strap.connections, "SIGTERM: expected the strap to be let go, it is still connected")
        ended_ms = boot_ms()
        self.told.recoveries.append(Recovery(what=END, began_ms=began_ms, ready_ms=ended_ms, recovered_ms=ended_ms))

    async def stream(self) -> None:
        await asyncio.sleep(self._chance.uniform(*STREAM_S))

    async def _said(self, *states: LinkState) -> None:
        """The status says one of these, in its own sentence."""
        await self.daemon.status_with([LINK_WORDS[state].sentence for state in states], limit_s=SEEN_LIMIT_S)

    async def _bluetoothd_again(self, what: str, began_ms: int) -> None:
        await self.bluetoothd.start()
        await self.adapter.power(True)
        await self._recovered(what, began_ms)

    async def _start(self, what: str, began_ms: int) -> None:
        """Its imports are no matter of the link: the strap could be had from when the run began."""
        asked_ms = boot_ms()
        await self.daemon.start()
        run_ms = await self.daemon.first_since(RunStarted, asked_ms, limit_s=START_LIMIT_S)
        self.told.figure(f"{what}: until it runs", f"{(run_ms - asked_ms) / 1000:.1f} s")
        await self._recovered(what, began_ms, ready_ms=run_ms)

    async def _recovered(self, what: str, began_ms: int, *, ready_ms: int | None = None) -> None:
        """Wait for a packet from now on; the strap may begin to advertise only when all else is ready."""
        ready_ms = boot_ms() if ready_ms is None else ready_ms
        recovered_ms = await self.daemon.first_since(PacketReceived, ready_ms, limit_s=SEEN_LIMIT_S)
        advertised_ms = round(self.strap.advertising_since_s[-1] * 1000)
        if ready_ms < advertised_ms < recovered_ms:
            ready_ms = advertised_ms
        one = Recovery(what=what, began_ms=began_ms, ready_ms=ready_ms, recovered_ms=recovered_ms)
        self.told.recoveries.append(one)
        say(f"{what}: beats {one.took_s:.1f} s after the strap could be had")


async def tell(folder: Path, n_losses: int) -> Told:
    bus = SystemBus()
    await bus.connect()
    bluetoothd = Bluetoothd(bus, folder / "bluetoothd.log")
    btmon = await start_btmon(folder / "btsnoop.log")
    await bluetoothd.start()
    async with AsyncExitStack() as stack:
        air = Air(SUPERVISION_S)
        adapter = await stack.enter_async_context(bluez_adapter(air))
        strap = RememberingStrap(Radio("STRAP", link=air))
        await strap.power_on()
        strap.beat()
        say(f"bluetoothd shows {adapter.path}; a strap advertises")
        daemon = RunningDaemon(WORK, folder / "daemon.log", address=strap.address, flush_s=FLUSH_S)
        story = Story(strap, adapter, bluetoothd, daemon)
        await told_by_all(story, bus, n_losses)
        btmon.terminate()
        await btmon.wait()
        await strap.power_off()
    await bluetoothd.end(signal.SIGTERM)
    return story.told


async def told_by_all(story: Story, bus: SystemBus, n_losses: int) -> None:
    """The story; what did not come ends it, and is told with all that came before."""
    try:
        await scan(story.strap, story.told)
        await story.first_connection()
        await faults(story, bus, n_losses)
        await story.daemon_killed()
        await story.stream()
        await story.end()
    except (NotSeen, TimeoutError) as error:
        story.told.wrong.append(f"{type(error).__name__}: {error}")
    story.strap.tell(story.told)


async def scan(strap: RememberingStrap, told: Told) -> None:
    """``hrvdaemon scan --json`` finds the strap and nothing else."""
    began_ms = boot_ms()
    found = json.loads(await command("scan", "--json", "--timeout", "3"))
    told.figure("scan, 3 s of it listening", f"{(boot_ms() - began_ms) / 1000:.1f} s")
    say(f"scan: {found}")
    told.expect([one["address"] for one in found] == [strap.address], f"scan: expected the strap alone, came {found}")


async def faults(story: Story, bus: SystemBus, n_losses: int) -> None:
    """Beats between the faults; what the daemon holds open is counted before and after."""
    await asyncio.sleep(5)
    before = await held_open(story, bus)
    steady = await story.daemon.status()
    say(f"{steady['sentence']} {steady['sensor']}")
    story.told.expect(steady["sensor"]["seconds_since_beat"] is not None, f"status: expected beats, came {steady}")
    all_of_them: list[Callable[[], Awaitable[None]]] = [
        *([story.out_of_range] * (n_losses - 1)),
        story.out_of_range_and_said,
        story.adapter_off,
        story.bluetoothd_stopped,
        story.bluetoothd_killed,
    ]
    for fault in all_of_them:
        await fault()
        await story.stream()
    after = await held_open(story, bus)
    story.told.figure(f"descriptors, before and after {len(all_of_them)} losses", f"{before[0]}, {after[0]}")
    story.told.figure("D-Bus connections, before and after", f"{before[1]}, {after[1]}")
    story.told.expect(after[0] <= before[0] and after[1] <= before[1], f"held open grew from {before} to {after}")


async def held_open(story: Story, bus: SystemBus) -> tuple[int, int]:
    """Descriptors and D-Bus connections of the daemon: the least of three looks, for a question may be on its way."""
    looks = []
    for _ in range(3):
        looks.append((descriptors_of(story.daemon.pid), await bus.connections_of(story.daemon.pid)))
        await asyncio.sleep(0.5)
    return min(looks)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.e2e.guest")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--losses", type=int, default=10)
    wanted = parser.parse_args()
    WORK.mkdir()
    told = asyncio.run(tell(wanted.folder, wanted.losses))
    return leave(told, WORK, wanted.folder)


if __name__ == "__main__":
    sys.exit(main())
