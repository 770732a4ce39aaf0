"""A stock Debian kernel for QEMU: downloaded and unpacked, not installed; and the initramfs that finds this machine's root.

Kept in ~/.cache/hrvdaemon/kernel/VERSION (XDG_CACHE_HOME moves it): the kernel, and the modules a guest loads, each
named by its place in the order. Delete the folder for a newer one.
"""

import lzma
import os
import platform
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.packages import CanNotStart, apt, find

HERE = Path(__file__).parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "hrvdaemon" / "kernel"
PACKAGE = "linux-image-amd64"
"""Depends on the newest kernel of the release; the -cloud kernels have no Bluetooth."""
MODULES = (
    *("virtio_pci", "virtio_rng", "9pnet_virtio", "9p", "overlay"),
    *("hci_vhci", "uhid", "algif_hash", "algif_skcipher", "cmac", "ecb"),
)
"""For the root folder and chance; for bluetoothd and the kernel's own pairing code."""
UNPACKED = ("crypto", "lib", "net", "fs", "arch", "drivers/bluetooth", "drivers/virtio", "drivers/char", "drivers/hid")
"""Folders of modules that hold those and what they depend on; all others are most of the package."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kernel:
    version: str
    image: Path
    modules: tuple[Path, ...]

    def write_initramfs(self, archive: Path) -> None:
        """busybox, the modules and boot.sh, as cpio."""
        with tempfile.TemporaryDirectory() as folder:
            tree = Path(folder)
            for name in ("bin", "proc", "sys", "dev", "mod", "lower", "upper", "new"):
                (tree / name).mkdir()
            shutil.copy(_program("busybox"), tree / "bin" / "busybox")
            shutil.copy(HERE / "boot.sh", tree / "init")
            (tree / "init").chmod(0o755)
            for module in self.modules:
                shutil.copy(module, tree / "mod")
            names = "\n".join(sorted(str(path.relative_to(tree)) for path in tree.rglob("*"))).encode()
            with archive.open("wb") as file:
                cpio = [_program("cpio"), "-o", "-H", "newc", "--quiet"]
                subprocess.run(cpio, cwd=tree, input=names, stdout=file, check=True)


def kernel() -> Kernel:
    """The kernel in the cache, fetched where there is none yet. CanNotStart where there is none to have."""
    if platform.machine() != "x86_64":
        raise CanNotStart(f"QEMU is set up for x86_64 here, this machine is {platform.machine()}")
    versions = sorted(CACHE.glob("*/vmlinuz"), key=lambda image: image.stat().st_mtime)
    return _kept(versions[-1].parent if versions else _fetch())


def _kept(folder: Path) -> Kernel:
    modules = tuple(sorted(folder.glob("*.ko")))
    return Kernel(version=folder.name, image=folder / "vmlinuz", modules=modules)


def _fetch() -> Path:
    package = _package()
    version = package.removeprefix("linux-image-")
    print(f"{package}: downloading, unpacking (once; kept in {CACHE})", flush=True)
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        tree, kept = Path(folder), Path(folder) / version
        _unpack(package, tree)
        kept.mkdir()
        for place, module in enumerate(_in_order(tree, version)):
            _plain(module, kept / f"{place:02}-{module.name.partition('.')[0]}.ko")
        shutil.move(tree / "boot" / f"vmlinuz-{version}", kept / "vmlinuz")
        kept.rename(CACHE / version)
    return CACHE / version


def _package() -> str:
    """The package that ``PACKAGE`` depends on, as apt knows it now; its lists may be empty."""
    found = _depends()
    if found is None and os.geteuid() == 0:
        apt()
        found = _depends()
    if found is None:
        raise CanNotStart(
            f"expected apt to know {PACKAGE} (Debian); try `apt-get update` as root, or give a User-Mode Linux kernel "
            "with HRVDAEMON_UML_KERNEL=PATH"
        )
    return found


def _depends() -> str | None:
    told = subprocess.run(["apt-cache", "depends", PACKAGE], capture_output=True, text=True, check=False).stdout
    match = re.search(r"Depends: (linux-image-[\w.+-]+)", told)
    return match[1] if match else None


def _unpack(package: str, tree: Path) -> None:
    """Into ``tree``: boot/ and lib/modules/, as far as a guest needs them."""
    fetch = ["apt-get", "-qq", "-o", "APT::Sandbox::User=", "download", package]
    if subprocess.run(fetch, cwd=tree, check=False).returncode:
        raise CanNotStart(f"apt could not download {package}; `apt-get update` as root may help")
    (deb,) = tree.glob("*.deb")
    wanted = [f"*/kernel/{folder}/*" for folder in UNPACKED]
    untar = ["tar", "-x", "--wildcards", "*/vmlinuz-*", "*/modules.builtin*", "*/modules.order", *wanted]
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(deb)], stdout=subprocess.PIPE) as contents:
        subprocess.run(untar, cwd=tree, stdin=contents.stdout, check=True)
    if not (tree / "lib").exists():  # since Debian 13 all is under /usr
        (tree / "lib").symlink_to("usr/lib")


def _in_order(tree: Path, version: str) -> Iterator[Path]:
    """The files of ``MODULES`` and of what they depend on, in an order in which they load."""
    subprocess.run([_program("depmod"), "-b", str(tree), version], check=True)
    seen = set()
    for module in MODULES:
        show = [_program("modprobe"), "-d", str(tree), "-S", version, "--show-depends", module]
        for line in subprocess.run(show, capture_output=True, text=True, check=True).stdout.splitlines():
            verb, path = line.split()[:2]
            if verb == "insmod" and path not in seen:  # the other verb is builtin
                seen.add(path)
                yield Path(path)


def _plain(module: Path, target: Path) -> None:
    """Debian 13 compresses modules, and busybox may not read that."""
    data = module.read_bytes()
    target.write_bytes(lzma.decompress(data) if module.suffix == ".xz" else data)


def _program(name: str) -> str:
    path = find(name)
    if path is None:
        raise CanNotStart(f"expected the program {name}, it is not there")
    return path
