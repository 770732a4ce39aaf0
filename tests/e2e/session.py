"""From a machine to a table: what is missing is provided, the guest is run, what it told is judged, the rest is put away."""

import compileall
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.judgement import table
from tests.e2e.machine import GuestDied, Machine, run
from tests.e2e.packages import ROOT, CanNotStart
from tests.e2e.told import FILE, Told, read

COMPILED = ("src", "tests/e2e", "tests/soak", "tests/virtual_strap")
"""Beforehand: a guest can not keep what it compiles."""
DIED, NOT_STARTED, STARVED = 99, 4, 75
"""Exit statuses beside the guest's own: no status came out of it; this machine lacks something, which is named; or it
was too busy each time to judge."""
ATTEMPTS = 3
TOO_SLOW = re.compile(r"Bluetooth: hci\d+: (command 0x[0-9a-f]+ tx timeout|Opcode 0x[0-9a-f]+ failed: -110)")
"""What Linux says where a controller, here a process of the guest, leaves a command unanswered for two seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """``find_machine`` provides what it needs; ``module`` runs in the guest, and ``judge`` then adds to what it told."""

    name: str
    find_machine: Callable[[], Machine]
    module: str
    options: Sequence[str]
    judge: Callable[[Told, Path], None]
    limit_s: float
    keep: Path | None = None

    def run(self) -> int:
        """The exit status. What fails while the guest's own controller was too slow for its kernel is tried again."""
        for _ in range(ATTEMPTS):
            status, is_starved = self._once()
            if status == 0 or not is_starved:
                return status
            print(f"{self.name}: this machine was too busy: the guest's kernel waited in vain for its controller")
        print(f"NOT JUDGED: {ATTEMPTS} times too slow; try it on a quieter machine", flush=True)
        return STARVED

    def _once(self) -> tuple[int, bool]:
        """The exit status, and whether the guest's kernel gave up on its virtual controller."""
        shared = Path(tempfile.mkdtemp(prefix="hrvdaemon-guest-"))
        try:
            status = self._tell(shared)
        except (CanNotStart, GuestDied) as error:
            print(f"{self.name}: {error}", file=sys.stderr)
            status = DIED if isinstance(error, GuestDied) else NOT_STARTED
        console = shared / "console.log"
        is_starved = console.exists() and TOO_SLOW.search(console.read_text(errors="replace")) is not None
        self._put_away(shared, is_needed=status not in (0, NOT_STARTED))
        return status, is_starved

    def _tell(self, shared: Path) -> int:
        began_s = time.monotonic()
        machine = self.find_machine()
        for folder in COMPILED:
            compileall.compile_dir(ROOT / folder, quiet=1)
        print(machine.name, flush=True)
        command = [sys.executable, "-m", self.module, "/run/out", *self.options]
        status = run(machine, command, shared, limit_s=self.limit_s)
        if not (shared / FILE).exists():
            print(f"{self.name}: the guest ended with {status} and told nothing; its words are above", file=sys.stderr)
            return status or DIED
        told = read(shared)
        self.judge(told, shared)
        told.figure("all of it", f"{time.monotonic() - began_s:.0f} s")
        print(table((self.name, machine.name), told), flush=True)
        return status or (1 if told.wrong else 0)

    def _put_away(self, shared: Path, *, is_needed: bool) -> None:
        if self.keep is not None:
            shutil.copytree(shared, self.keep, dirs_exist_ok=True)
        if is_needed and self.keep is None:
            print(f"what the guest left: {shared}", file=sys.stderr)
        else:
            shutil.rmtree(shared)
