"""systemd's notification socket: READY, STATUS, WATCHDOG and STOPPING, where a unit of Type=notify started us."""

import os
import socket


def notify(*lines: str) -> bool:
    """Tell systemd, for example ``notify("READY=1", "STATUS=Searching for the strap")``. False without a socket."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return False
    name = "\0" + address[1:] if address.startswith("@") else address
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.connect(name)
        channel.sendall("\n".join(lines).encode())
    return True
