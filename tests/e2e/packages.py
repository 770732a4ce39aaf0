"""The Debian packages of a guest: what is missing is installed as root, or the command that does it is named."""

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
PLACES = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin:/usr/libexec/bluetooth:/usr/lib/bluetooth"

IN_THE_GUEST = {"dbus-daemon": "dbus", "bluetoothd": "bluez", "btmon": "bluez", "busybox": "busybox-static"}
"""Program and its package. The guest's root is this machine's, so what runs there is installed here."""
FOR_QEMU = {"qemu-system-x86_64": "qemu-system-x86", "cpio": "cpio", "modprobe": "kmod"}
BUS_POLICY = Path("/usr/share/dbus-1/system.conf")
"""The system bus can not start without it, and a machine may have dbus-daemon alone."""


class CanNotStart(Exception):
    """What this machine lacks for a guest, and what to do."""


def find(program: str) -> str | None:
    return shutil.which(program, path=PLACES)


def provide(programs: dict[str, str]) -> None:
    """Install the packages of those that are missing. CanNotStart, with the command, where that may not be done."""
    packages = missing(programs)
    if not packages:
        return
    if os.geteuid() != 0:
        raise CanNotStart(f"missing here; run: sudo .ci/install {' '.join(packages)}")
    apt(*packages)
    if left := missing(programs):
        raise CanNotStart(f"expected apt to install {' '.join(left)}, it did not; what it said is above")


def missing(programs: dict[str, str]) -> list[str]:
    """Packages whose program is not there."""
    wanted = {package for program, package in programs.items() if find(program) is None}
    return sorted(wanted if BUS_POLICY.exists() else wanted | {"dbus"})


def apt(*packages: str) -> None:
    """Renew apt's lists and install; none of the packages' services is started."""
    print(f".ci/install {' '.join(packages)}", flush=True)
    done = subprocess.run([str(ROOT / ".ci" / "install"), *packages], check=False)
    if done.returncode:
        raise CanNotStart(f"apt failed with {done.returncode}; what it said is above")
