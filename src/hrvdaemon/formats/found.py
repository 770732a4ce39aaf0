"""What a capture held, in words: one line where it is of use, and what to do next where it is not."""

from dataclasses import dataclass

from hrvdaemon.vocabulary.units import HOUR_MS, MINUTE_MS, Instant, iso

_MOST_TOLD = 4


@dataclass(slots=True, kw_only=True)
class FoundStrap:
    """A strap that sent; moments are milliseconds from the beginning of the run."""

    address: str
    name: str
    first_ms: int
    last_ms: int = 0
    n_packets: int = 0

    def heard(self, at_ms: int) -> None:
        """One more notification."""
        self.n_packets += 1
        self.last_ms = at_ms

    def __str__(self) -> str:
        name = self.address if self.name == self.address else f"{self.name} ({self.address})"
        return f"{name}, {counted(self.n_packets, 'notification')}"


@dataclass(frozen=True, slots=True)
class OtherHandle:
    """Where notifications came from that nobody said to be heart rate; ``reads_as_heart_rate``: they could be."""

    address: str
    handle: int
    reads_as_heart_rate: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """``addresses`` have sent heart rate, wanted or not; of ``known`` the handle of the measurement was learned.

    ``is_dated`` is False where the capture was made without a clock, and ``began_at`` is assumed.
    """

    began_at: Instant | None
    is_dated: bool
    straps: tuple[FoundStrap, ...]
    others: tuple[tuple[OtherHandle, int], ...]
    addresses: tuple[str, ...]
    known: tuple[str, ...]
    n_links: int

    @property
    def n_packets(self) -> int:
        return sum(strap.n_packets for strap in self.straps)

    def __str__(self) -> str:
        """Straps, notifications, span."""
        if self.began_at is None or not self.straps:
            return "no heart rate"
        first = min(strap.first_ms for strap in self.straps)
        length = _length(max(strap.last_ms for strap in self.straps) - first)
        straps = "; ".join(str(strap) for strap in self.straps[:_MOST_TOLD])
        more = f"; {len(self.straps) - _MOST_TOLD} more straps" if len(self.straps) > _MOST_TOLD else ""
        return f"{straps}{more}; {length} from {iso(self.began_at)}"


def _length(length_ms: int) -> str:
    return f"{length_ms / MINUTE_MS:.1f} min" if length_ms < 3 * HOUR_MS else f"{length_ms / HOUR_MS:.1f} h"


def counted(number: int, noun: str) -> str:
    """``1 notification``, ``2 notifications``."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def next_step(found: Found, *, wanted_address: str | None, n_cut_short: int) -> str:
    """Why there is no heart rate in a capture, and what helps."""
    if wanted_address is not None and found.addresses:
        return f"expected the strap {wanted_address}, came {', '.join(found.addresses[:_MOST_TOLD])}; see --address"
    likely = [(other, n) for other, n in found.others if other.reads_as_heart_rate] or list(found.others)
    if likely:
        return _which_handle(likely)
    if n_cut_short:
        return (
            f"the capture kept only the beginning of {counted(n_cut_short, 'packet')}, so what devices sent is not in "
            "it; on Android choose Enabled, not Enabled Filtered, switch Bluetooth off and on, and capture again"
        )
    if found.known:
        return f"{found.known[0]} has heart rate but sent none: subscribe to it while capturing, with the strap worn"
    if found.n_links:
        return f"{counted(found.n_links, 'connection')}, none with a notification; capture while a strap streams"
    return "no Bluetooth Low Energy connection is in it; start the capture first, then connect the strap"


def _which_handle(others: list[tuple[OtherHandle, int]]) -> str:
    told = "; ".join(
        f"{other.handle:#06x} of {other.address} ({n}{', could be heart rate' if other.reads_as_heart_rate else ''})"
        for other, n in others[:_MOST_TOLD]
    )
    return (
        f"the discovery of heart rate is not in it, as the host knew the device from before; notifications came from "
        f"{told}: say which with `hrvdaemon import CAPTURE --handle {others[0][0].handle:#06x}`, or capture again from "
        "before the strap is connected, after the host forgot it"
    )
