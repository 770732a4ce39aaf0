"""Words for a strap: a word before a number, and what is not known is never made up."""

from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from hrvdaemon.cli.straps import Strap, advice, in_words, signal_words, table
from hrvdaemon.sources.link_state import LinkState
from hrvdaemon.sources.sightings import Sighting
from hrvdaemon.sources.strap_visit import Visit

ADDRESS = "C4:11:22:33:44:55"


def strap(air_strap: Any, *, is_ours: bool = False, asked: Visit | None = None, **seen: Any) -> Strap:
    known = {"device": air_strap(ADDRESS, None), "name": "Polar H10", "rssi_dbm": -58, "is_held": False, **seen}
    return Strap(seen=Sighting(**known), asked=asked, is_ours=is_ours)


@pytest.mark.parametrize(
    ("rssi_dbm", "words"),
    [
        (-40, "strong (-40 dBm)"),
        (-65, "strong (-65 dBm)"),
        (-66, "fair (-66 dBm)"),
        (-80, "fair (-80 dBm)"),
        (-81, "weak (-81 dBm)"),
        (None, "not known"),
    ],
)
def test_a_signal_is_a_word_and_a_number(rssi_dbm: int | None, words: str) -> None:
    assert signal_words(rssi_dbm) == words


@pytest.mark.parametrize(
    ("asked", "sends", "held"),
    [
        (None, "not known", "no"),
        (Visit(rr=True), "RR intervals", "no"),
        (Visit(rr=False), "heart rate only", "no"),
        (Visit(), "not known", "no"),
        (Visit(fault=LinkState.REFUSED), "not known", "perhaps"),
        (Visit(fault=LinkState.NEEDS_PAIRING), "nothing before pairing", "no"),
        (Visit(fault=LinkState.NO_HEART_RATE), "no heart rate", "no"),
    ],
)
def test_what_it_sends_and_who_holds_it(air_strap: Any, asked: Visit | None, sends: str, held: str) -> None:
    seen = strap(air_strap, asked=asked)
    assert (seen.beats, seen.holder) == (sends, held)


def test_a_strap_without_a_name_has_its_address(air_strap: Any) -> None:
    assert in_words(strap(air_strap, name="", rssi_dbm=None)) == f"(no name), address {ADDRESS}"


def test_our_own_strap_is_held_by_hrvdaemon_and_anothers_by_this_computer(air_strap: Any) -> None:
    assert strap(air_strap, is_held=True, is_ours=True).holder == "by hrvdaemon"
    assert strap(air_strap, is_held=True).holder == "by this computer"


@pytest.mark.parametrize(
    ("address", "width"),
    [(ADDRESS, 72), (ADDRESS, 80), (ADDRESS, 120), ("6E8C1B0A-57F2-4A1C-9D3B-0C2E8F7A1B44", 120)],
)
def test_the_table_never_cuts_an_address_and_obeys_no_name(air_strap: Any, width: int, address: str) -> None:
    """macOS knows a strap by a UUID."""
    screen = StringIO()
    seen = strap(air_strap, name="[bold]T", asked=Visit(rr=True, battery_percent=87), device=air_strap(address, None))
    Console(width=width, file=screen).print(table([seen], "Asking [bold]T …"))
    for words in (address, "[bold]T", "87 %", "Asking [bold]T"):
        assert words in screen.getvalue()


def test_advice_is_the_next_step_of_the_state_once(air_strap: Any) -> None:
    wants_pairing = strap(air_strap, asked=Visit(fault=LinkState.NEEDS_PAIRING))
    only = strap(air_strap, name="Armband", asked=Visit(rr=False))
    lines = advice([wants_pairing, wants_pairing, only, strap(air_strap, asked=Visit(rr=True))])
    assert len(lines) == 2
    assert lines[0].startswith("Polar H10 was not asked. On Linux: `bluetoothctl pair")
    assert lines[1].startswith("Armband: This device sends a heart rate but no intervals")
