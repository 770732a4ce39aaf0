"""What the guest tells the host: when the strap was lost and came back, what it sent, and what did not hold."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.e2e.ledger import Disturbance, Sent

OUT_OF_RANGE, END = "out of range", "end"
FILE = "told.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """Times since boot. ``ready_ms``: the strap advertised and the adapter was on, so nothing stood in the way any more;
    ``recovered_ms``: the daemon had a packet again."""

    what: str
    began_ms: int
    ready_ms: int
    recovered_ms: int

    @property
    def took_s(self) -> float:
        return max(0, self.recovered_ms - self.ready_ms) / 1000

    @property
    def disturbance(self) -> Disturbance:
        return Disturbance(began_ms=self.began_ms, recovered_ms=self.recovered_ms)


@dataclass(frozen=True, slots=True, kw_only=True)
class Packet:
    """One notification in hex. ``is_last``: the link ended with it, so that it may not have reached the other side."""

    data: str
    is_last: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One look at the daemon's process."""

    at_ms: int
    descriptors: int
    dbus_connections: int
    resident_kib: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """``figures`` are the rows of a table, ``wrong`` what was expected and did not come; ``packets`` are in hex."""

    figures: list[tuple[str, str]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    packets: list[Packet] = field(default_factory=list)
    recoveries: list[Recovery] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)

    def figure(self, what: str, value: str) -> None:
        self.figures.append((what, value))

    def expect(self, holds: bool, words: str) -> None:
        if not holds:
            self.wrong.append(words)

    def write(self, folder: Path) -> None:
        (folder / FILE).write_text(json.dumps(asdict(self)))


def read(folder: Path) -> Told:
    told: dict[str, Any] = json.loads((folder / FILE).read_text())
    return Told(
        figures=[(what, value) for what, value in told["figures"]],
        wrong=told["wrong"],
        sent=[Sent(**beat) for beat in told["sent"]],
        packets=[Packet(**packet) for packet in told["packets"]],
        recoveries=[Recovery(**one) for one in told["recoveries"]],
        samples=[Sample(**one) for one in told["samples"]],
    )
