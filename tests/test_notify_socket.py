"""systemd is told over its own socket, at a path or in the abstract namespace; without one nobody is told."""

import os
import socket
from pathlib import Path

import pytest

from hrvdaemon.notify_socket import notify


def listening(address: str) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listener.bind(address)
    listener.settimeout(5)
    return listener


def test_a_socket_at_a_path_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = str(tmp_path / "notify")
    with listening(path) as listener:
        monkeypatch.setenv("NOTIFY_SOCKET", path)
        assert notify("READY=1", "STATUS=Searching for the strap")
        assert listener.recv(4096) == b"READY=1\nSTATUS=Searching for the strap"


def test_a_socket_in_the_abstract_namespace_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"hrvdaemon-test-{os.getpid()}"
    with listening("\0" + name) as listener:
        monkeypatch.setenv("NOTIFY_SOCKET", "@" + name)
        assert notify("WATCHDOG=1")
        assert listener.recv(4096) == b"WATCHDOG=1"


@pytest.mark.parametrize("address", [None, ""])
def test_without_a_socket_nobody_is_told(monkeypatch: pytest.MonkeyPatch, address: str | None) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    if address is not None:
        monkeypatch.setenv("NOTIFY_SOCKET", address)
    assert notify("READY=1") is False
