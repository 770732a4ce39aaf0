"""A strap as a person looking for one sees it: in words, as a row of a table, and by the keys of ``scan --json``."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hrvdaemon.sources.link_state import LINK_WORDS, LinkState
from hrvdaemon.sources.sightings import Sighting
from hrvdaemon.sources.strap_visit import Visit

if TYPE_CHECKING:
    from rich.table import Table

STRONG_DBM, FAIR_DBM = -65, -80
"""A strap on the chest of someone at the desk comes with -50 to -70 dBm; from about -85 on packets get lost."""

NOT_SEEN = (
    "No heart-rate strap was seen in {seconds:g} s. Moisten the electrodes and wear it: most straps wake only on the "
    "skin. Close other apps and watches that use it: most straps serve one at a time and are silent to others. "
    "`hrvdaemon demo` needs no strap."
)
UNKNOWN = "not known"
WHOLE_ADDRESS = 17
"""Letters of a Bluetooth address; the longer UUIDs of macOS are folded where the terminal is narrow."""
_WORDLESS = {LinkState.NEEDS_PAIRING: "nothing before pairing", LinkState.NO_HEART_RATE: "no heart rate"}
_MAY_BE_HELD = {LinkState.REFUSED, LinkState.HELD}
"""A strap that another device uses mostly is silent; some show themselves and let nobody in (docs/straps.md 16)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Strap:
    """``asked`` is None until it was visited; ``is_ours`` says that the running hrvdaemon holds it."""

    seen: Sighting
    asked: Visit | None = None
    is_ours: bool = False

    @property
    def name(self) -> str:
        return self.seen.name or "(no name)"

    @property
    def signal(self) -> str:
        return signal_words(self.seen.rssi_dbm)

    @property
    def beats(self) -> str:
        """What it sends."""
        if self.asked is None:
            return UNKNOWN
        if self.asked.rr is None:
            return _WORDLESS.get(self.asked.fault, UNKNOWN) if self.asked.fault else UNKNOWN
        return "RR intervals" if self.asked.rr else "heart rate only"

    @property
    def battery(self) -> str:
        percent = self.asked.battery_percent if self.asked else None
        return UNKNOWN if percent is None else f"{percent} %"

    @property
    def holder(self) -> str:
        if self.is_ours:
            return "by hrvdaemon"
        if self.seen.is_held:
            return "by this computer"
        return "perhaps" if self.asked and self.asked.fault in _MAY_BE_HELD else "no"


def signal_words(rssi_dbm: int | None) -> str:
    """A word first: the number alone tells few people anything."""
    if rssi_dbm is None:
        return UNKNOWN
    word = "strong" if rssi_dbm >= STRONG_DBM else "fair" if rssi_dbm >= FAIR_DBM else "weak"
    return f"{word} ({rssi_dbm} dBm)"


def as_json(strap: Strap) -> dict[str, str | int | bool | None]:
    """The keys of ``scan --json``; None for what was not asked or not told."""
    return {
        "name": strap.seen.name,
        "address": strap.seen.address,
        "rssi_dbm": strap.seen.rssi_dbm,
        "rr": strap.asked.rr if strap.asked else None,
        "battery_percent": strap.asked.battery_percent if strap.asked else None,
        "held": strap.seen.is_held,
    }


def in_words(strap: Strap) -> str:
    """One line for a screen reader or a log; what is not known is left out."""
    told = {"signal": strap.signal, "sends": strap.beats, "battery": strap.battery}
    parts = [
        strap.name,
        f"address {strap.seen.address}",
        *(f"{word} {said}" for word, said in told.items() if said != UNKNOWN),
    ]
    return ", ".join([*parts, *([] if strap.holder == "no" else [f"held {strap.holder}"])])


def advice(straps: Sequence[Strap]) -> list[str]:
    """What to do about straps that let nobody in or send too little, each thing once."""
    said: dict[str, None] = {}
    for strap in straps:
        if strap.asked is not None and strap.asked.fault is not None:
            words = LINK_WORDS[strap.asked.fault]
            said[f"{strap.name} was not asked. {words.next_step or words.sentence}"] = None
        if strap.asked is not None and strap.asked.rr is False:
            said[f"{strap.name}: {LINK_WORDS[LinkState.HEART_RATE_ONLY]}"] = None
    return list(said)


def table(straps: Sequence[Strap], title: str) -> "Table":
    """The strongest first, as they come."""
    from rich import box  # noqa: PLC0415  --help and --json do without it
    from rich.table import Table  # noqa: PLC0415  as above
    from rich.text import Text  # noqa: PLC0415  as above

    rows = Table(title=Text(title), title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for heading in ("name", "address", "signal", "sends", "battery", "held elsewhere"):
        rows.add_column(heading, overflow="fold")
    rows.columns[1].min_width = WHOLE_ADDRESS
    for strap in straps:
        cells = (strap.name, strap.seen.address, strap.signal, strap.beats, strap.battery, strap.holder)
        rows.add_row(*(Text("–" if cell == UNKNOWN else cell) for cell in cells))
    return rows
