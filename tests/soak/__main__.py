"""``make soak``: hours of the installed daemon in minutes, in User-Mode Linux whose clock skips idle time.

    HRVDAEMON_UML_KERNEL=PATH python -m tests.soak [--hours 8] [--keep FOLDER]

Each beat that was sent while the daemon listened is stored once; descriptors and D-Bus connections stay as they are; how
the memory grows is printed. The exit statuses are those of ``make e2e``.
"""

import argparse
import sys
from pathlib import Path
from statistics import linear_regression

from tests.e2e.judgement import judge_beats, judge_recoveries
from tests.e2e.machine import Machine, user_mode_linux
from tests.e2e.packages import IN_THE_GUEST, CanNotStart, provide
from tests.e2e.session import Session
from tests.e2e.told import Sample, Told

BOOT_LIMIT_S, LIMIT_S_PER_HOUR = 120.0, 120.0
HOUR_MS = 3_600_000
"""Windows and caches fill in the first hour; the growth of memory is that of the hours after it."""
NO_KERNEL = (
    "expected HRVDAEMON_UML_KERNEL=PATH, a User-Mode Linux kernel for x86-64 with BT, BT_LE, BT_HCIVHCI, UHID, HOSTFS, "
    "TMPFS and UML_TIME_TRAVEL_SUPPORT; came nothing. Debian's package user-mode-linux has no Bluetooth: build one from "
    "linux-source with ARCH=um. `make e2e` does without"
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--hours", type=float, default=8.0, help="of the guest's clock")
    parser.add_argument("--keep", type=Path, help="folder for logs and database; else kept only of a failure")
    wanted = parser.parse_args()
    session = Session(
        name=f"make soak, {wanted.hours:g} h",
        find_machine=find_machine,
        module="tests.soak.guest",
        options=["--hours", str(wanted.hours)],
        judge=judge,
        limit_s=BOOT_LIMIT_S + LIMIT_S_PER_HOUR * wanted.hours,
        keep=wanted.keep,
    )
    return session.run()


def find_machine() -> Machine:
    machine = user_mode_linux(time_travel=True)
    if machine is None:
        raise CanNotStart(NO_KERNEL)
    provide(IN_THE_GUEST)
    return machine


def judge(told: Told, shared: Path) -> None:
    judge_recoveries(told)
    judge_beats(told, shared / "hrvdaemon.db", end_reasons=("SIGTERM",))
    judge_samples(told)


def judge_samples(told: Told) -> None:
    """Descriptors and connections as they were at first; memory is printed, for how much is much is not ours to say."""
    told.expect(len(told.samples) > 1, f"expected the daemon to be looked at, came {told.samples}")
    for what, seen in (
        ("descriptors", {sample.descriptors for sample in told.samples}),
        ("D-Bus connections", {sample.dbus_connections for sample in told.samples}),
    ):
        told.figure(what, f"{min(seen)} to {max(seen)} in {len(told.samples)} looks")
        told.expect(len(seen) == 1, f"{what}: expected the same at every look, came {sorted(seen)}")
    told.figure("memory in RAM", f"{told.samples[0].resident_kib} to {told.samples[-1].resident_kib} KiB")
    told.figure("  growth after the first hour", growth(told.samples))


def growth(samples: list[Sample]) -> str:
    """Slope of a straight line through the looks, by least squares."""
    settled = [sample for sample in samples if sample.at_ms - samples[0].at_ms >= HOUR_MS]
    if len(settled) < 2:
        return "not measured: the run is too short"
    hours = [sample.at_ms / HOUR_MS for sample in settled]
    return f"{linear_regression(hours, [sample.resident_kib for sample in settled]).slope:.0f} KiB an hour"


if __name__ == "__main__":
    sys.exit(main())
