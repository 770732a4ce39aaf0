"""``make e2e``: the installed daemon against the real BlueZ, in a guest machine, with a virtual strap.

    python -m tests.e2e [--losses N] [--keep FOLDER]

QEMU without KVM and a stock Debian kernel; or User-Mode Linux, where HRVDAEMON_UML_KERNEL names a kernel. As root it
installs what is missing. The exit status is the guest's; 99 if it died without one, 4 if it could not be started,
75 if the machine was too busy to judge, three times.
"""

import argparse
import sys
from pathlib import Path

from tests.e2e.capture import judge_capture
from tests.e2e.debian_kernel import kernel
from tests.e2e.judgement import judge_beats, judge_recoveries
from tests.e2e.machine import Machine, Qemu, user_mode_linux
from tests.e2e.packages import FOR_QEMU, IN_THE_GUEST, provide
from tests.e2e.session import Session
from tests.e2e.told import Told

LIMIT_S = 720.0
"""Against a hang; it takes three to four minutes, on a busy machine more."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.e2e", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--losses", type=int, default=10, help="how often the strap goes out of range")
    parser.add_argument("--keep", type=Path, help="folder for logs, database and capture; else kept only of a failure")
    wanted = parser.parse_args()
    session = Session(
        name="make e2e",
        find_machine=find_machine,
        module="tests.e2e.guest",
        options=["--losses", str(wanted.losses)],
        judge=judge,
        limit_s=LIMIT_S,
        keep=wanted.keep,
    )
    return session.run()


def find_machine() -> Machine:
    machine = user_mode_linux()
    provide(IN_THE_GUEST if machine else {**IN_THE_GUEST, **FOR_QEMU})
    return machine or Qemu(kernel())


def judge(told: Told, shared: Path) -> None:
    judge_recoveries(told)
    judge_beats(told, shared / "hrvdaemon.db", end_reasons=("cut off", "SIGTERM"))
    judge_capture(told, shared / "btsnoop.log")


if __name__ == "__main__":
    sys.exit(main())
