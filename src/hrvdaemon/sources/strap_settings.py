"""Which strap, and how patiently. The numbers in brackets are those of docs/straps.md, where the sources are."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class StrapSettings:
    """One wearer's straps. Times may be shortened in tests; they hold by themselves, none is derived from another."""

    address: str | None = None
    """Address of the strap (on macOS the system's UUID for it); None: see ``name``."""
    name: str | None = None
    """Part of its name, in any case; for devices whose address changes. None with no address: any strap in sight."""
    others: tuple[str, ...] = ()
    """Further straps of the same wearer, each by address or part of its name, the preferred one first."""
    adapter: str | None = None
    """Linux: kernel name of the adapter, such as hci1 for a dongle; None: the first one that is on (9)."""
    pair: bool = False
    """Pair before connecting, for the few devices that want it (18)."""
    use_start_notify: bool = True
    """Linux: subscribe by StartNotify; false: by AcquireNotify, which suits some stacks better (1)."""
    device_information: bool = True
    """Read maker, model and firmware once from each strap."""
    data_watchdog_s: float = 10.0
    """Seconds without a packet that count as a loss. Straps send one a second, beats or not (2)."""
    scan_window_s: float = 30.0
    """Seconds after which a scanner that saw nothing is built anew (3)."""
    choose_s: float = 2.0
    """Seconds to look at which straps are in sight, where one that is seen may not be the best choice."""
    switch_after_s: float = 60.0
    """Seconds without beats after which another strap of the wearer is looked for; only with ``others``."""
    connect_limit_s: float = 20.0
    """Seconds for a connection with its services; bleak repeats an aborted attempt within it (8)."""
    subscribe_limit_s: float = 10.0
    """Seconds for turning notifications on: one acknowledged write, which takes a few connection intervals."""
    battery_limit_s: float = 5.0
    """Seconds for reading the battery, or any other optional value, once (19)."""
    battery_every_s: float = 600.0
    """Seconds between two readings of the battery (19)."""
    disconnect_limit_s: float = 5.0
    """Seconds for letting go; BlueZ 5.66 itself waits 2 s before it disconnects."""
    pause_first_s: float = 1.0
    """First pause between tries; doubled for each further try without data."""
    pause_cap_s: float = 30.0
    """Longest pause, so that a strap that is back is found within about half a minute (5)."""
