"""The strap as the daemon has it, or looked for and asked; every state in its own words."""

from typing import Any

import pytest

from hrvdaemon.cli.checks import Result
from hrvdaemon.cli.checks.strap import strap
from hrvdaemon.sources.link_state import LINK_WORDS, LinkState

H10 = "C4:11:22:33:44:55"


def test_one_in_sight_is_asked_and_described(jumping: Any, circumstances: Any, air: Any) -> None:
    found = jumping(strap(circumstances()))
    assert found == (Result.OK, "Polar H10 5C2E1F2B, signal strong (-58 dBm), sends RR intervals, battery 87 %.", None)
    assert air.calls[-1] == f"disconnect {H10}"


def test_none_in_sight_is_a_warning_with_the_next_step(jumping: Any, circumstances: Any, air: Any) -> None:
    air.straps.clear()
    words = LINK_WORDS[LinkState.NOT_FOUND]
    assert jumping(strap(circumstances())) == (Result.WARN, "No strap was seen in 6 s.", words.next_step)


def test_anothers_strap_is_not_asked(jumping: Any, circumstances: Any, air: Any) -> None:
    result, detail, fix = jumping(strap(circumstances('[strap]\naddress = "C4:11:22:33:44:99"\n')))
    assert (result, detail) == (Result.WARN, "A heart-rate strap is in sight, but not the one of the config.")
    assert fix == "Choose again: hrvdaemon init"
    assert air.visited == []


@pytest.mark.parametrize("key", [f'address = "{H10.lower()}"', 'name = "polar"', f'others = ["{H10}"]'])
def test_the_one_of_the_config_is_known_by_what_the_config_says(jumping: Any, circumstances: Any, key: str) -> None:
    assert jumping(strap(circumstances(f"[strap]\n{key}\n")))[0] is Result.OK


def test_one_that_another_program_holds_is_left_to_it(jumping: Any, circumstances: Any, air: Any) -> None:
    air.straps, air.held = [], air.straps
    assert jumping(strap(circumstances()))[1] == LINK_WORDS[LinkState.HELD].sentence
    assert air.visited == []


def test_bluetooth_that_is_off_is_a_failure(jumping: Any, circumstances: Any, air: Any, off: Exception) -> None:
    air.scan_faults.append(off)
    words = LINK_WORDS[LinkState.BLUETOOTH_OFF]
    assert jumping(strap(circumstances())) == (Result.FAIL, words.sentence, words.next_step)


def test_heart_rate_only_and_a_weak_signal_are_warnings(jumping: Any, circumstances: Any, air: Any) -> None:
    air.straps[0].rssi = -90
    result, detail, fix = jumping(strap(circumstances()))
    assert (result, fix) == (Result.WARN, LINK_WORDS[LinkState.WEAK_SIGNAL].next_step)
    assert "signal weak (-90 dBm)" in detail
    air.straps[0].sends = ["003c"] * 8
    assert jumping(strap(circumstances()))[1] == LINK_WORDS[LinkState.HEART_RATE_ONLY].sentence


def test_one_that_lets_nobody_in_is_a_failure(jumping: Any, circumstances: Any, air: Any) -> None:
    air.straps[0].fault = OSError("no")
    assert jumping(strap(circumstances()))[:2] == (Result.FAIL, LINK_WORDS[LinkState.REFUSED].sentence)


def test_with_a_broken_config_any_strap_will_do(jumping: Any, circumstances: Any) -> None:
    assert jumping(strap(circumstances("[strap", is_broken=True)))[0] is Result.OK


@pytest.mark.parametrize("state", LinkState)
def test_the_running_daemons_state_is_said_in_its_own_words(
    jumping: Any, circumstances: Any, air: Any, state: LinkState
) -> None:
    sensor = {"name": "Polar H10", "link": "", "link_state": state.value}
    result, detail, fix = jumping(strap(circumstances(told={"sensor": sensor})))
    assert LINK_WORDS[state].sentence in detail
    assert (result is Result.OK) is (state is LinkState.STREAMING)
    assert result is Result.OK or fix
    assert air.calls == [], "the radio is the daemon's while it runs"


def test_a_simulated_strap_has_no_state_of_the_radio(jumping: Any, circumstances: Any) -> None:
    told = {"sensor": {"name": None, "link": "connected", "link_state": None}}
    assert jumping(strap(circumstances(told=told))) == (Result.OK, "hrvdaemon says: connected.", None)
