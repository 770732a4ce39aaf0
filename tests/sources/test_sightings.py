import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from bleak.exc import BleakDBusError

from hrvdaemon.sources.radio import HEART_RATE_SERVICE, RadioFault
from hrvdaemon.sources.sightings import Sighting, Wanted, first_sighting, survey
from hrvdaemon.sources.strap_memory import KnownStrap


def test_a_survey_lists_each_strap_once_with_its_signal(stage: Any, jumping: Callable[[Any], Any]) -> None:
    straps = jumping(survey(stage.radio(), window_s=5))
    assert [(strap.name, strap.address, strap.rssi_dbm, strap.is_held) for strap in straps] == [
        ("Polar H10 5C2E1F2B", "C4:11:22:33:44:55", -61, False)
    ]
    assert stage.air.scanners[0].service_uuids == [HEART_RATE_SERVICE]
    assert stage.air.times("stop") == [5.0]


def test_a_survey_lists_a_strap_that_this_computer_holds(stage: Any, jumping: Callable[[Any], Any]) -> None:
    stage.air.links = [stage.air.device()]
    stage.air.in_range = False
    straps = jumping(survey(stage.radio(), window_s=5))
    assert [(strap.name, strap.rssi_dbm, strap.is_held) for strap in straps] == [("Polar H10 5C2E1F2B", None, True)]


def test_a_held_strap_that_still_advertises_is_listed_once(stage: Any, jumping: Callable[[Any], Any]) -> None:
    stage.air.links = [stage.air.device()]
    straps = jumping(survey(stage.radio(), window_s=5))
    assert [(strap.rssi_dbm, strap.is_held) for strap in straps] == [(-61, True)]


def test_a_survey_without_bluetooth_says_what_to_do(stage: Any, jumping: Callable[[Any], Any]) -> None:
    stage.air.standing["scan"] = BleakDBusError("org.bluez.Error.NotReady", ["Resource Not Ready"])
    with pytest.raises(RadioFault, match=r"Bluetooth is switched off\. Switch it on") as fault:
        jumping(survey(stage.radio(), window_s=5))
    assert fault.value.exit_code == 4


def test_two_seekers_share_one_radio_in_turn(stage: Any, jumping: Callable[[Any], Any]) -> None:
    async def story() -> list[Sighting | None]:
        radio = stage.radio()
        seekers = (first_sighting(radio, Wanted(name=name), window_s=10, adapter=None) for name in ("H9", "H10"))
        return await asyncio.gather(*seekers)

    h9, h10 = jumping(story())
    assert h9 is None
    assert h10 is not None
    assert stage.air.times("scan") == [0.0, 10.0]


def seen(address: str = "C4:11:22:33:44:55", name: str = "Polar H10 5C2E1F2B") -> Sighting:
    device: Any = SimpleNamespace(address=address, name=name)
    return Sighting(device=device, name=name, rssi_dbm=-60, is_held=False)


KNOWN = KnownStrap(address="C4:11:22:33:44:55", name="Polar H10 5C2E1F2B")


@pytest.mark.parametrize(
    ("wanted", "rank"),
    [
        (Wanted(), 0),
        (Wanted(address="c4:11:22:33:44:55"), 0),
        (Wanted(address="C4:00:00:00:00:00", name="H10"), None),  # an address decides alone
        (Wanted(name="h10"), 0),
        (Wanted(name="H9", others=("TICKR", "h10")), 2),
        (Wanted(name="H9", others=("c4:11:22:33:44:55",)), 1),
        (Wanted(others=("H10",)), 1),
        (Wanted(others=("",)), 0),  # nothing is configured
        (Wanted(name="H9", others=("",)), None),
        (Wanted(known=KNOWN), 0),
        (Wanted(known=replace(KNOWN, address="C4:00:00:00:00:00", name="H10")), None),
        (Wanted(name="H9", known=KNOWN), None),
    ],
)
def test_a_strap_has_its_place_in_the_order_or_none(wanted: Wanted, rank: int | None) -> None:
    assert wanted.rank(seen()) == rank


def test_the_rest_of_the_order_is_what_else_is_looked_for() -> None:
    wanted = Wanted(address="C4:11:22:33:44:55", name="ignored", others=("H9", "TICKR"))
    assert wanted.without(seen()) == Wanted(others=("H9", "TICKR"))
    assert wanted.without(seen("C4:00:00:00:00:00", "Polar H9 1")) == replace(wanted, others=("TICKR",))
    assert wanted.without(seen("C4:00:00:00:00:00", "a kettle")) == wanted


@pytest.mark.parametrize(
    ("wanted", "platform", "filtered"),
    [
        (Wanted(), "linux", True),
        (Wanted(known=KNOWN), "linux", True),
        (Wanted(name="H10"), "linux", False),
        (Wanted(others=("H10",)), "win32", False),
        (Wanted(name="H10"), "darwin", True),  # macOS 12 shows nothing without (bleak#635)
    ],
)
def test_the_scan_is_filtered_where_any_strap_would_do_and_where_it_must_be(
    wanted: Wanted, platform: str, filtered: bool
) -> None:
    assert wanted.service_uuids(platform) == ([HEART_RATE_SERVICE] if filtered else None)


def test_a_search_that_is_called_off_ends_at_once(stage: Any, jumping: Callable[[Any], Any]) -> None:
    async def story() -> float:
        until = asyncio.Event()
        asyncio.get_running_loop().call_later(3, until.set)
        found = await first_sighting(stage.radio(), Wanted(name="H9"), window_s=30, adapter=None, until=until)
        assert found is None
        return asyncio.get_running_loop().time()

    assert jumping(story()) == 3.0


def test_who_is_not_wanted_is_told_apart(stage: Any, jumping: Callable[[Any], Any]) -> None:
    strangers: list[Sighting] = []
    wanted = Wanted(known=KnownStrap(address="C4:00:00:00:00:00", name=""))
    jumping(first_sighting(stage.radio(), wanted, window_s=1, adapter=None, stranger=strangers.append))
    assert {strap.address for strap in strangers} == {"C4:11:22:33:44:55"}


def test_a_failed_start_gives_the_radio_free(stage: Any, jumping: Callable[[Any], Any], hang: str) -> None:
    stage.air.faults["scan"] = deque([hang])

    async def story() -> Sighting | None:
        radio = stage.radio()
        with pytest.raises(RadioFault, match="does not answer"):
            await first_sighting(radio, Wanted(), window_s=10, adapter=None)
        return await first_sighting(radio, Wanted(), window_s=10, adapter=None)

    assert jumping(story()) is not None


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("Polar H10", "Polar H10"),
        ("\x1b[31mred\x07", "[31mred"),
        ("  H\u202e9\n", "H9"),
        ("Gürtel 心拍", "Gürtel 心拍"),
        ("\x00", ""),
    ],
)
def test_a_name_from_the_air_can_not_steer_a_terminal(
    stage: Any, jumping: Callable[[Any], Any], raw: str, shown: str
) -> None:
    stage.air.name = raw
    assert [strap.name for strap in jumping(survey(stage.radio(), window_s=1))] == [shown]
