"""The kernel's package is what apt says now, and the initramfs holds what the guest loads, in order."""

import lzma
import os
import platform
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e import debian_kernel
from tests.e2e.debian_kernel import Kernel, kernel
from tests.e2e.packages import CanNotStart

SAID = """linux-image-amd64
  Depends: linux-image-6.1.0-56-amd64
"""


@pytest.fixture
def apt_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """``apt_cache(words)``: what apt-cache says; the cache of kernels is empty."""

    def say(words: str) -> None:
        program = tmp_path / "bin" / "apt-cache"
        program.parent.mkdir(exist_ok=True)
        program.write_text(f"#!/bin/sh\ncat <<END\n{words}END\n")
        program.chmod(0o755)

    monkeypatch.setattr(debian_kernel, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=":")
    return say


def test_the_package_is_the_one_that_apt_names(apt_cache: Callable[[str], None]) -> None:
    apt_cache(SAID)
    assert debian_kernel._package() == "linux-image-6.1.0-56-amd64"


def test_root_renews_the_lists_where_apt_knows_none(
    apt_cache: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    apt_cache("")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(debian_kernel, "apt", lambda: apt_cache(SAID))
    assert debian_kernel._package() == "linux-image-6.1.0-56-amd64"


def test_a_user_is_told_what_apt_does_not_know(
    apt_cache: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    apt_cache("")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(CanNotStart, match="expected apt to know linux-image-amd64"):
        kernel()


def test_another_machine_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    with pytest.raises(CanNotStart, match="this machine is riscv64"):
        kernel()


def test_what_is_in_the_cache_is_taken_in_its_order(apt_cache: Callable[[str], None], tmp_path: Path) -> None:
    folder = tmp_path / "cache" / "6.1.0-1-amd64"
    folder.mkdir(parents=True)
    for name in ("vmlinuz", "01-overlay.ko", "00-virtio.ko"):
        (folder / name).touch()
    found = kernel()
    assert found.version == "6.1.0-1-amd64"
    assert [module.name for module in found.modules] == ["00-virtio.ko", "01-overlay.ko"]


@pytest.mark.parametrize("name", ["overlay.ko", "overlay.ko.xz"])
def test_a_module_is_kept_plain(tmp_path: Path, name: str) -> None:
    module = tmp_path / name
    module.write_bytes(lzma.compress(b"\x7fELF") if name.endswith(".xz") else b"\x7fELF")
    debian_kernel._plain(module, tmp_path / "kept")
    assert (tmp_path / "kept").read_bytes() == b"\x7fELF"


def test_the_initramfs_holds_busybox_the_modules_and_the_boot_script(
    tmp_path: Path, require_binary: Callable[[str, str], str]
) -> None:
    require_binary("busybox", "apt-get install busybox-static")
    cpio = require_binary("cpio", "apt-get install cpio")
    module = tmp_path / "00-virtio.ko"
    module.write_bytes(b"a module")
    archive = tmp_path / "initramfs"
    Kernel(version="6.1.0-1-amd64", image=tmp_path / "vmlinuz", modules=(module,)).write_initramfs(archive)
    listed = subprocess.run([cpio, "-t", "--quiet"], input=archive.read_bytes(), capture_output=True, check=True).stdout
    assert {"init", "bin/busybox", "mod/00-virtio.ko"} <= set(listed.decode().split())
