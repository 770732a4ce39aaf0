"""A dbus-daemon of our own in the place of the system's, for one block. No root; the machine's own bus is not touched."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ADDRESS = "DBUS_SYSTEM_BUS_ADDRESS"
"""Where dbus-fast, and so bleak, looks for the system bus."""

CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>custom</type>
  <listen>unix:dir={folder}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


@contextmanager
def private_bus(dbus_daemon: str) -> Iterator[str]:
    """Address of a bus that this block owns; the environment points to it until the end."""
    with tempfile.TemporaryDirectory() as folder, _environment():
        config = Path(folder) / "bus.conf"
        config.write_text(CONFIG.format(folder=folder))
        command = [dbus_daemon, f"--config-file={config}", "--nofork", "--nopidfile", "--print-address"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
            assert process.stdout is not None
            os.environ[ADDRESS] = address = process.stdout.readline().strip()
            try:
                yield address
            finally:
                process.terminate()


@contextmanager
def _environment() -> Iterator[None]:
    before = os.environ.get(ADDRESS)
    try:
        yield
    finally:
        if before is None:
            os.environ.pop(ADDRESS, None)
        else:
            os.environ[ADDRESS] = before
