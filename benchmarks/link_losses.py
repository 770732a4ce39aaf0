"""How fast and how completely the daemon comes back after link losses, on a virtual radio.

    python -m benchmarks.link_losses [--losses 200] [--seed 1]

The daemon's own source, engine and store, bleak's API and real GATT bytes; radio, strap and clock are virtual.
The clock jumps to what is due next, so no timer is shortened and a second is a second of the daemon's own limits; what
computing, BlueZ and a real radio add is not in it. Exit status 1 if a limit is missed.
"""

import argparse
import asyncio
import logging
import math
import platform
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from random import Random

from hrvdaemon.vocabulary.inputs import SensorLost
from tests.e2e.ledger import Ledger
from tests.virtual_strap.accounts import accounts
from tests.virtual_strap.room import Room, play
from tests.virtual_strap.strap import Strap, Traits

PROMPT_S, PROMPT_SHARE = 15.0, 0.95
LATEST_S = 40.0
GIVE_UP_S = 600.0
SUPERVISION_TIMEOUTS_S = (0.42, 2.0, 4.0, 6.0)
"""Linux asks for 0.42 s; straps ask for 2 to 6 s once they are connected."""
ADVERTISING_INTERVAL_MS = 1_000.0
SPOILED_SHARE = 0.15
"""Connections that end again before notifications are on, as in a crowded band (bleak#631, bleak#1489)."""
FADE_SHARE = 0.2
"""Losses before which the strap fades and is back before the link is given up; nothing may be missing then."""


class Kind(StrEnum):
    """How a link is lost: without a word, with one, or only in that nothing comes any more."""

    WALK_AWAY = "walks out of range"
    HANG_UP = "hangs up and is gone"
    FALL_SILENT = "stays connected and falls silent"


KINDS = (*[Kind.WALK_AWAY] * 6, *[Kind.HANG_UP] * 3, Kind.FALL_SILENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """``recovered_s`` counts from when the strap could be seen again to the first packet; None: not in ten minutes."""

    kind: Kind
    length_s: float
    recovered_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What this process holds while the strap streams."""

    descriptors: int
    tasks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    losses: tuple[Loss, ...]
    held: tuple[Held, ...]
    n_told: int
    n_spoiled: int
    n_fades: int
    virtual_s: float
    ledger: Ledger

    def misses(self) -> Iterator[str]:
        """Each limit that was not kept, in words."""
        prompt_share = share_within(self.losses, PROMPT_S)
        late = [loss for loss in self.losses if loss.recovered_s is None or loss.recovered_s > LATEST_S]
        if prompt_share < PROMPT_SHARE:
            yield f"recovered within {PROMPT_S:g} s: {prompt_share:.1%}, at least {PROMPT_SHARE:.0%} wanted"
        if late:
            yield f"recovered later than {LATEST_S:g} s: {len(late)}"
        if self.n_told < len(self.losses):
            yield f"losses told: {self.n_told} of {len(self.losses)}"
        if not self.ledger.is_balanced:
            yield f"beats: {self.ledger}"
        if self.held[-1] != self.held[0]:
            yield f"held at first {self.held[0]}, at last {self.held[-1]}"


@dataclass(slots=True, kw_only=True)
class Campaign:
    """A strap that is lost again and again; ``chance`` decides how, when and for how long."""

    room: Room
    strap: Strap
    chance: Random
    losses: list[Loss] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    n_spoiled: int = 0
    n_fades: int = 0

    async def run(self, n_losses: int) -> None:
        """Lose the link so often. It ends with a strap that streams."""
        self.strap.device.on("connection", self._spoil)
        await self._streams()
        for _ in range(n_losses):
            await asyncio.sleep(self._between(0.2, 300))
            if self.chance.random() < FADE_SHARE:
                await self._fade()
            await self._lose(self.chance.choice(KINDS))
            self.held.append(holds())

    async def _lose(self, kind: Kind) -> None:
        length_s = self._between(0.5, 1800)
        self.room.air.supervision_timeout_s = self.chance.choice(SUPERVISION_TIMEOUTS_S)
        match kind:
            case Kind.WALK_AWAY:
                await self._out_of_range(max(length_s, 1.1 * self.room.air.supervision_timeout_s))
            case Kind.HANG_UP:
                await self.strap.hang_up()
                await asyncio.sleep(0.05)
                await self._out_of_range(length_s)
            case Kind.FALL_SILENT:
                length_s = await self._silent()
        visible_s = self._now()
        recovered_s = self._now() - visible_s if await self._streams() else None
        self.losses.append(Loss(kind=kind, length_s=length_s, recovered_s=recovered_s))

    async def _out_of_range(self, length_s: float) -> None:
        self.room.air.leave(self.strap.radio)
        await asyncio.sleep(length_s)
        self.room.air.come_back(self.strap.radio)

    async def _silent(self) -> float:
        """Until the daemon has let go, and the strap advertises."""
        began_s = self._now()
        self.strap.sends = False
        n_before = len(self.strap.advertising_since_s)
        await self.room.until(lambda: len(self.strap.advertising_since_s) > n_before, limit_s=GIVE_UP_S)
        self.strap.sends = True
        return self._now() - began_s

    async def _fade(self) -> None:
        self.n_fades += 1
        self.room.air.supervision_timeout_s = 6.0
        await self._out_of_range(self.chance.uniform(0.5, 5.5))
        await asyncio.sleep(2)

    async def _streams(self) -> bool:
        try:
            await self.room.streams(limit_s=GIVE_UP_S)
        except TimeoutError:
            return False
        return True

    def _spoil(self, _connection: object) -> None:
        if self.chance.random() < SPOILED_SHARE:
            self.n_spoiled += 1
            delay_s = self.chance.uniform(0.0, 0.1)
            asyncio.get_running_loop().call_later(delay_s, lambda: asyncio.ensure_future(self.strap.hang_up()))

    def _between(self, shortest_s: float, longest_s: float) -> float:
        """As many short as long ones: the logarithm is uniform."""
        return math.exp(self.chance.uniform(math.log(shortest_s), math.log(longest_s)))

    def _now(self) -> float:
        return asyncio.get_running_loop().time()


def holds() -> Held:
    """Open descriptors of this process, and tasks of its loop."""
    return Held(descriptors=sum(1 for _ in Path("/dev/fd").iterdir()), tasks=len(asyncio.all_tasks()))


def measure(n_losses: int, seed: int, database: Path) -> Outcome:
    """Run a campaign; the same seed gives the same one."""
    return play(_measured(n_losses, Random(seed), database))


async def _measured(n_losses: int, chance: Random, database: Path) -> Outcome:
    async with Room(database=database) as room:
        strap = await room.strap(Traits(advertising_interval_ms=ADVERTISING_INTERVAL_MS))
        room.start(jitter=chance.random)
        campaign = Campaign(room=room, strap=strap, chance=chance)
        await campaign.run(n_losses)
        virtual_s = asyncio.get_running_loop().time()
    return Outcome(
        losses=tuple(campaign.losses),
        held=tuple(campaign.held),
        n_told=sum(lost.reason != "stopped" for lost in room.of(SensorLost)),
        n_spoiled=campaign.n_spoiled,
        n_fades=campaign.n_fades,
        virtual_s=virtual_s,
        ledger=accounts(database, strap),
    )


def share_within(losses: Sequence[Loss], seconds: float) -> float:
    """Share of losses that were recovered from so fast; 0 without losses."""
    fast = sum(loss.recovered_s is not None and loss.recovered_s <= seconds for loss in losses)
    return fast / len(losses) if losses else 0.0


def quantile(losses: Sequence[Loss], share: float) -> float:
    """The seconds within which this share had recovered; infinite where it never did."""
    ordered = sorted(math.inf if loss.recovered_s is None else loss.recovered_s for loss in losses)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def table(outcome: Outcome) -> str:
    """Every figure, in Markdown."""
    head = "| the strap | losses | away, longest s | median s | 95 % s | worst s | within 15 s | within 40 s |"
    rows = [head, "|---|---|---|---|---|---|---|---|"]
    rows += [_row(kind, [loss for loss in outcome.losses if loss.kind is kind]) for kind in Kind]
    rows.append(_row("all", outcome.losses))
    ledger, first, last = outcome.ledger, outcome.held[0], outcome.held[-1]
    rows += [
        "",
        "| | |",
        "|---|---|",
        f"| beats sent to a subscriber in range | {ledger.n_heard} |",
        f"| beats stored | {ledger.n_stored} |",
        f"| of the sent, not stored | {len(ledger.silently_lost)} |",
        f"| stored twice | {len(ledger.twice)} |",
        f"| holes that nothing marks | {len(ledger.unmarked)} |",
        f"| connections spoiled before a packet | {outcome.n_spoiled} |",
        f"| fades within the supervision timeout | {outcome.n_fades} |",
        f"| open descriptors, first and last | {first.descriptors}, {last.descriptors} |",
        f"| tasks, first and last | {first.tasks}, {last.tasks} |",
    ]
    return "\n".join(rows)


def _row(name: str, losses: Sequence[Loss]) -> str:
    if not losses:
        return f"| {name} | 0 | | | | | | |"
    longest_s = max(loss.length_s for loss in losses)
    seconds = " | ".join(f"{quantile(losses, share):.1f}" for share in (0.5, 0.95, 1.0))
    shares = " | ".join(f"{share_within(losses, limit_s):.1%}" for limit_s in (PROMPT_S, LATEST_S))
    return f"| {name} | {len(losses)} | {longest_s:.0f} | {seconds} | {shares} |"


def main() -> int:
    """Measure, print, and say which limits were missed."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.link_losses", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--losses", type=int, default=200, help="how often the link is lost")
    parser.add_argument("--seed", type=int, default=1, help="what happens when")
    wanted = parser.parse_args()
    if wanted.losses < 1:
        parser.error(f"--losses: expected 1 or more, came {wanted.losses}")
    logging.getLogger("bumble").setLevel(logging.CRITICAL)
    began_s = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        outcome = measure(wanted.losses, wanted.seed, Path(folder) / "hrv.db")
    print(table(outcome))
    hours, wall_s = outcome.virtual_s / 3600, time.perf_counter() - began_s
    version = platform.python_version()
    print(f"\nSeed {wanted.seed}, {hours:.1f} h of the daemon's time in {wall_s:.0f} s; Python {version}")
    misses = list(outcome.misses())
    print("\n".join(f"missed: {miss}" for miss in misses) or "all limits kept")
    return 1 if misses else 0


if __name__ == "__main__":
    sys.exit(main())
