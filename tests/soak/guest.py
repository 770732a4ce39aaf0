"""Hours of the installed daemon in a guest whose clock skips idle time: a strap beats, and walks away now and then.

python -m tests.soak.guest FOLDER --hours 8
"""

import argparse
import asyncio
import random
import sys
from contextlib import AsyncExitStack
from pathlib import Path

from tests.e2e.bluez import Bluetoothd, SystemBus
from tests.e2e.inside import RememberingStrap, boot_ms, descriptors_of, leave, resident_kib, say
from tests.e2e.running_daemon import NotSeen, RunningDaemon
from tests.e2e.told import END, OUT_OF_RANGE, Recovery, Sample, Told
from tests.virtual_strap.air import Air, Radio
from tests.virtual_strap.vhci import bluez_adapter

WORK = Path("/run/hrvdaemon")
SUPERVISION_S = 6.0
"""As long as straps ask for at most; a walk is longer, for a shorter one is no loss on a real link."""
WALK_EVERY_S = 1800.0
AWAY_S = (8.0, 120.0)
LOOK_EVERY_S = 600.0
SETTLED_S = 5.0
BACK_LIMIT_S = 300.0
FLUSH_S = 10.0
END_LIMIT_S = 20.0
HOUR_S = 3600.0


async def soak(folder: Path, hours: float) -> Told:
    bus, told = SystemBus(), Told()
    await bus.connect()
    bluetoothd = Bluetoothd(bus, folder / "bluetoothd.log")
    await bluetoothd.start()
    async with AsyncExitStack() as stack:
        air = Air(SUPERVISION_S)
        await stack.enter_async_context(bluez_adapter(air))
        strap = RememberingStrap(Radio("STRAP", link=air))
        await strap.power_on()
        strap.beat()
        daemon = RunningDaemon(WORK, folder / "daemon.log", address=strap.address, flush_s=FLUSH_S)
        await daemon.start()
        await asyncio.wait_for(strap.subscribed.wait(), BACK_LIMIT_S)
        try:
            await watched(strap, daemon, bus, told, hours)
        except (NotSeen, TimeoutError) as error:
            told.wrong.append(f"{type(error).__name__}: {error}")
        await strap.power_off()
        strap.tell(told)
    await bluetoothd.end(15)
    return told


async def watched(strap: RememberingStrap, daemon: RunningDaemon, bus: SystemBus, told: Told, hours: float) -> None:
    """The strap walks and the daemon is looked at, until the hours are over; then the daemon ends."""
    looks = asyncio.create_task(look(strap, daemon, bus, told), name="looks")
    try:
        await walks(strap, told, until_ms=boot_ms() + round(hours * HOUR_S * 1000))
    finally:
        looks.cancel()
        await asyncio.gather(looks, return_exceptions=True)
    began_ms = boot_ms()
    status, _ = await daemon.terminate(limit_s=END_LIMIT_S)
    told.expect(status == 0, f"SIGTERM: expected exit status 0, came {status}")
    told.recoveries.append(Recovery(what=END, began_ms=began_ms, ready_ms=boot_ms(), recovered_ms=boot_ms()))


async def walks(strap: RememberingStrap, told: Told, *, until_ms: int) -> None:
    """At chance times for chance lengths, the same each run; back is when the daemon has subscribed again."""
    chance = random.Random(1)
    while boot_ms() < until_ms:
        wait_s = min(chance.expovariate(1 / WALK_EVERY_S), (until_ms - boot_ms()) / 1000)
        await asyncio.sleep(wait_s)
        if boot_ms() >= until_ms:
            return
        began_ms = boot_ms()
        strap.radio.link.leave(strap.radio)
        await asyncio.sleep(chance.uniform(*AWAY_S))
        strap.radio.link.come_back(strap.radio)
        ready_ms = boot_ms()
        await asyncio.wait_for(strap.subscribed.wait(), BACK_LIMIT_S)
        told.recoveries.append(
            Recovery(what=OUT_OF_RANGE, began_ms=began_ms, ready_ms=ready_ms, recovered_ms=boot_ms())
        )


async def look(strap: RememberingStrap, daemon: RunningDaemon, bus: SystemBus, told: Told) -> None:
    """At the daemon while it streams: without a link it holds one D-Bus connection less."""
    while True:
        await asyncio.sleep(LOOK_EVERY_S)
        await strap.subscribed.wait()
        await asyncio.sleep(SETTLED_S)
        if strap.subscribed.is_set() and strap.is_in_range:
            told.samples.append(await sample(daemon.pid, bus))
            if len(told.samples) % 6 == 0:
                say(str(told.samples[-1]))


async def sample(pid: int, bus: SystemBus) -> Sample:
    return Sample(
        at_ms=boot_ms(),
        descriptors=descriptors_of(pid),
        dbus_connections=await bus.connections_of(pid),
        resident_kib=resident_kib(pid),
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak.guest")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--hours", type=float, default=8.0)
    wanted = parser.parse_args()
    WORK.mkdir()
    return leave(asyncio.run(soak(wanted.folder, wanted.hours)), WORK, wanted.folder)


if __name__ == "__main__":
    sys.exit(main())
