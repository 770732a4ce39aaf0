"""A guest machine: QEMU without KVM, or User-Mode Linux; its root is this machine's, read-only.

    status = run(machine, [sys.executable, "-m", "tests.e2e.guest"], folder, limit_s=400)

The command runs in the guest as root, from the project's folder, with the folder as /run/out. Its exit status comes
back in ``rc``; a guest that leaves none has died, which is a failure of its own.
"""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tests.e2e.debian_kernel import Kernel
from tests.e2e.packages import ROOT, CanNotStart

HERE = Path(__file__).parent
PANIC = re.compile("Kernel panic|BUG: |Oops")


class GuestDied(Exception):
    """No exit status came out of the guest: it panicked, hung or never booted."""

    def __init__(self, why: str, *, is_panic: bool) -> None:
        super().__init__(why)
        self.is_panic = is_panic


class Machine(Protocol):
    @property
    def name(self) -> str: ...
    def command(self, shared: Path) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class Qemu:
    """QEMU's own emulation (TCG), which needs no KVM, with a stock kernel of Debian."""

    kernel: Kernel

    @property
    def name(self) -> str:
        return f"QEMU (TCG), Linux {self.kernel.version}"

    def command(self, shared: Path) -> list[str]:
        initramfs = shared / "initramfs"
        self.kernel.write_initramfs(initramfs)
        folder = "local,security_model=none"
        return [
            "qemu-system-x86_64",
            *("-M", "q35", "-accel", "tcg,thread=multi,tb-size=256", "-cpu", "max", "-smp", "2", "-m", "1024"),
            *("-nodefaults", "-nic", "none", "-display", "none", "-serial", "stdio", "-no-reboot"),
            *("-kernel", str(self.kernel.image), "-initrd", str(initramfs)),
            *("-append", "console=ttyS0 quiet loglevel=4 panic=-1 mitigations=off nokaslr cryptomgr.notests=1"),
            *("-fsdev", f"{folder},id=root,path=/,readonly=on,multidevs=remap"),
            *("-device", "virtio-9p-pci,fsdev=root,mount_tag=root"),
            *("-fsdev", f"{folder},id=out,path={shared}", "-device", "virtio-9p-pci,fsdev=out,mount_tag=out"),
            *("-device", "virtio-rng-pci"),
        ]


@dataclass(frozen=True, slots=True)
class UserModeLinux:
    """A kernel that runs as a program. With ``time_travel`` it skips the time in which nobody does anything."""

    kernel: Path
    time_travel: bool = False

    @property
    def name(self) -> str:
        return f"User-Mode Linux{' in time-travel' if self.time_travel else ''}"

    def command(self, shared: Path) -> list[str]:
        return [
            str(self.kernel),
            *("mem=768M", "root=/dev/root", "rootfstype=hostfs", "rootflags=/", "ro", f"init={shared / 'init.sh'}"),
            *("con=null", "con0=null,fd:1", "quiet", "loglevel=4", f"hrvdaemon.out={shared}"),
            *(["time-travel"] if self.time_travel else []),
        ]


def user_mode_linux(*, time_travel: bool = False) -> UserModeLinux | None:
    """The kernel that HRVDAEMON_UML_KERNEL names; None where it names none. CanNotStart if it is no program."""
    path = os.environ.get("HRVDAEMON_UML_KERNEL")
    if not path:
        return None
    kernel = Path(path).absolute()
    if not os.access(kernel, os.X_OK) or not kernel.is_file():
        raise CanNotStart(f"HRVDAEMON_UML_KERNEL: expected a User-Mode Linux kernel that can be run, came {path}")
    return UserModeLinux(kernel, time_travel=time_travel)


def run(machine: Machine, guest_command: Sequence[str], shared: Path, *, limit_s: float) -> int:
    """The exit status of the command in the guest, whose console is shown; a panic is tried once more. GuestDied."""
    try:
        return _boot(machine, guest_command, shared, limit_s)
    except GuestDied as died:
        if not died.is_panic:
            raise
        print(f"the guest's kernel panicked; once more from the beginning\n{died}", flush=True)
        return _boot(machine, guest_command, shared, limit_s)


def _boot(machine: Machine, guest_command: Sequence[str], shared: Path, limit_s: float) -> int:
    if re.search(r"[\s,]", str(shared)):
        raise CanNotStart(f"expected a folder without blank or comma for the guest, came {shared}; set TMPDIR")
    shutil.copy(HERE / "init.sh", shared)
    (shared / "init.sh").chmod(0o755)
    (shared / "command").write_text(f"cd {shlex.quote(str(ROOT))} && exec {shlex.join(guest_command)}\n")
    status = shared / "rc"
    status.unlink(missing_ok=True)
    console, is_late = _watched(machine.command(shared), shared / "console.log", limit_s)
    if status.exists():
        return int(status.read_text())
    why = f"it did not end within {limit_s:g} s" if is_late else "it ended by itself"
    raise GuestDied(
        f"no exit status came out of the guest ({machine.name}): {why}. Its last words:\n{console[-2000:]}",
        is_panic=PANIC.search(console) is not None,
    )


def _watched(command: list[str], log: Path, limit_s: float) -> tuple[str, bool]:
    """Run it to its end or to the limit, showing and keeping what it says; and whether it was the limit."""
    said, is_late = [], threading.Event()
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    ) as process:

        def end() -> None:
            is_late.set()
            os.killpg(process.pid, signal.SIGKILL)  # User-Mode Linux is a process for each of the guest's

        timer = threading.Timer(limit_s, end)
        timer.start()
        try:
            for line in process.stdout or ():
                said.append(line.replace("\r", ""))
                sys.stdout.write(said[-1])
                sys.stdout.flush()
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        finally:
            timer.cancel()
    console = "".join(said)
    log.write_text(console)
    return console, is_late.is_set()
