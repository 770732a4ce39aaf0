"""What the link to a strap is doing, in words a person can act on: one sentence and the next step for each state."""

from dataclasses import dataclass
from enum import StrEnum


class LinkState(StrEnum):
    """One link's state: what comes from the strap, or why nothing does. It judges the signal, never the wearer."""

    SEARCHING = "searching"
    NOT_FOUND = "not_found"
    ANOTHERS = "anothers"
    HELD = "held"
    CONNECTING = "connecting"
    WAITING_FOR_BEATS = "waiting_for_beats"
    STREAMING = "streaming"
    WEAK_SIGNAL = "weak_signal"
    EQUAL_DROPS = "equal_drops"
    OFF_SKIN = "off_skin"
    HEART_RATE_ONLY = "heart_rate_only"
    UNREADABLE = "unreadable"
    LOST = "lost"
    NO_DATA = "no_data"
    REFUSED = "refused"
    BUSY = "busy"
    NEEDS_PAIRING = "needs_pairing"
    NO_HEART_RATE = "no_heart_rate"
    CLASSIC_BLUETOOTH = "classic_bluetooth"
    BLUETOOTH_OFF = "bluetooth_off"
    NO_BLUETOOTH = "no_bluetooth"
    NO_SERVICE = "no_service"
    NOT_ALLOWED = "not_allowed"

    @property
    def brings_beats(self) -> bool:
        """Whether intervals come, however well."""
        return self in (LinkState.STREAMING, LinkState.WEAK_SIGNAL, LinkState.EQUAL_DROPS)

    @property
    def is_beatless(self) -> bool:
        """Whether a strap is connected and sends, but no interval."""
        return self in (
            LinkState.WAITING_FOR_BEATS,
            LinkState.OFF_SKIN,
            LinkState.HEART_RATE_ONLY,
            LinkState.UNREADABLE,
        )


@dataclass(frozen=True, slots=True)
class LinkWords:
    """``next_step`` is None where there is nothing to do but wait, or nothing at all."""

    sentence: str
    next_step: str | None = None

    def __str__(self) -> str:
        return self.sentence if self.next_step is None else f"{self.sentence} {self.next_step}"


LINK_WORDS: dict[LinkState, LinkWords] = {
    LinkState.SEARCHING: LinkWords("Looking for the strap.", "Put it on; most straps wake only on the skin."),
    LinkState.NOT_FOUND: LinkWords(
        "The strap is not in sight yet; still looking.",
        "Moisten the electrodes, wear it snugly, and close other apps or watches that hold it.",
    ),
    LinkState.ANOTHERS: LinkWords(
        "A heart-rate strap is in sight, but not the one used last; still looking for that one.",
        "If this one is yours now, choose it: `hrvdaemon init`.",
    ),
    LinkState.HELD: LinkWords(
        "Another program on this computer uses a heart-rate strap.",
        "If the strap is yours, close that program; if it is somebody else's, choose yours: `hrvdaemon init`.",
    ),
    LinkState.CONNECTING: LinkWords("The strap was seen; connecting."),
    LinkState.WAITING_FOR_BEATS: LinkWords("Connected; waiting for beats."),
    LinkState.STREAMING: LinkWords("The strap is sending."),
    LinkState.WEAK_SIGNAL: LinkWords(
        "The strap is sending, but its signal is weak and some of it is lost.",
        "Come closer to this computer, or move its Bluetooth dongle into view.",
    ),
    LinkState.EQUAL_DROPS: LinkWords(
        "The strap is sending, but the link breaks off again and again after the same time.",
        "Bluetooth here and the strap disagree about timing: update both, or try a USB dongle (docs/straps.md, 17).",
    ),
    LinkState.OFF_SKIN: LinkWords(
        "The strap sends, but it feels no heartbeat: it is off the skin, or its electrodes are dry.",
        "Moisten the electrodes and wear it snugly below the chest.",
    ),
    LinkState.HEART_RATE_ONLY: LinkWords(
        "This device sends a heart rate but no intervals between beats, and variability needs those.",
        "On a chest strap, moisten the electrodes; bands and watches mostly send none. Not yours? `hrvdaemon init`.",
    ),
    LinkState.UNREADABLE: LinkWords(
        "The device sends something that can not be read as a heart rate.",
        "Choose the right strap: `hrvdaemon init`.",
    ),
    LinkState.LOST: LinkWords(
        "The link to the strap broke; looking for it again.",
        "Come within a few metres of this computer; nothing else is needed.",
    ),
    LinkState.NO_DATA: LinkWords(
        "The strap was connected but sent nothing; connecting anew.",
        "Moisten the electrodes; if it stays silent, take the strap off for half a minute, or renew its battery.",
    ),
    LinkState.REFUSED: LinkWords(
        "The strap was seen, but the connection did not come about; trying again.",
        "Come closer, and close other apps or watches that use the strap.",
    ),
    LinkState.BUSY: LinkWords(
        "Bluetooth is busy with another program; trying again.", "Close an open Bluetooth settings window."
    ),
    LinkState.NEEDS_PAIRING: LinkWords(
        "This strap wants to be paired once before it sends.",
        "On Linux: `bluetoothctl pair ADDRESS` (`hrvdaemon scan` shows it), or `pair = true` in the config;"
        " elsewhere in the system's settings.",
    ),
    LinkState.NO_HEART_RATE: LinkWords(
        "This device connected but offers no heart rate; trying again.",
        "If it is a watch, turn on its heart-rate broadcast; if it is another device, set the strap's address.",
    ),
    LinkState.CLASSIC_BLUETOOTH: LinkWords(
        "This computer tried to reach the strap over classic Bluetooth, which it does not speak; trying again.",
        "Set `ControllerMode = le` in /etc/bluetooth/main.conf, then `sudo systemctl restart bluetooth`.",
    ),
    LinkState.BLUETOOTH_OFF: LinkWords(
        "Bluetooth is switched off.", "Switch it on (on Linux: `bluetoothctl power on`, or `rfkill unblock bluetooth`)."
    ),
    LinkState.NO_BLUETOOTH: LinkWords(
        "This computer has no Bluetooth Low Energy adapter by that name, or none at all.",
        "Plug one in, or check the adapter's name with `bluetoothctl list`.",
    ),
    LinkState.NO_SERVICE: LinkWords(
        "This computer's Bluetooth service does not answer.",
        "On Linux: install `bluez`, then `sudo systemctl enable --now bluetooth`.",
    ),
    LinkState.NOT_ALLOWED: LinkWords(
        "This program may not use Bluetooth.",
        "On Linux: `sudo usermod -aG bluetooth $USER`, then log in again; on macOS: Settings, Privacy, Bluetooth.",
    ),
}
