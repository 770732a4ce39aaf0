"""Looking and asking: one after the other, only who is free, and never beside the running daemon."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from hrvdaemon.cli.strap_search import Search, ask_each, running_daemon, told_by_daemon
from hrvdaemon.cli.straps import Strap
from hrvdaemon.sources.sightings import Sighting
from hrvdaemon.sources.strap_visit import Visit

H10, TICKR, BAND = "C4:11:22:33:44:55", "C4:11:22:33:44:66", "C4:11:22:33:44:77"
TOLD: dict[str, Any] = {"sensor": {"name": "Polar H10 5C2E1F2B", "battery_percent": 40}, "rmssd_ms": 31.0}


def sighted(air_strap: Any, address: str, name: str = "", *, is_held: bool = False) -> Sighting:
    return Sighting(device=air_strap(address, name), name=name, rssi_dbm=-60, is_held=is_held)


def test_straps_are_asked_one_after_the_other(jumping: Any, air: Any, air_strap: Any) -> None:
    straps = [Strap(seen=sighted(air_strap, address)) for address in (H10, TICKR)]
    shown: list[str] = []
    asked = jumping(ask_each(air.radio(), straps, adapter=None, changed=lambda _, name: shown.append(name)))
    assert air.calls == [f"connect {H10}", f"disconnect {H10}", f"connect {TICKR}", f"disconnect {TICKR}"]
    assert [strap.asked for strap in asked] == [Visit(rr=True, battery_percent=87)] * 2
    assert len(shown) == 2


def test_a_strap_that_was_taken_since_the_scan_is_left_alone(jumping: Any, air: Any, air_strap: Any) -> None:
    air.held.append(air_strap(H10, None))
    asked = jumping(ask_each(air.radio(), [Strap(seen=sighted(air_strap, H10))], adapter=None, changed=lambda *_: None))
    assert (air.visited, asked[0].asked) == ([], None)


def test_nobody_waits_longer_than_a_minute_for_all_of_them(jumping: Any, air: Any, air_strap: Any) -> None:
    silent = [air_strap(f"C4:11:22:33:44:{number:02}", None, sends=[]) for number in range(20)]
    straps = [Strap(seen=Sighting(device=each, name="", rssi_dbm=-60, is_held=False)) for each in silent]

    async def timed() -> tuple[list[Strap], float]:
        asked = await ask_each(air.radio(), straps, adapter=None, changed=lambda *_: None)
        return asked, asyncio.get_running_loop().time()

    asked, took_s = jumping(timed())
    assert took_s == 60
    assert [strap.asked is not None for strap in asked] == [True] * 6 + [False] * 14


@pytest.mark.parametrize(
    ("name", "is_held", "told", "is_ours"),
    [
        ("Polar H10 5C2E1F2B", True, TOLD, True),
        ("Polar H10 5C2E1F2B", True, None, False),
        ("Polar H10 5C2E1F2B", False, TOLD, False),
        ("TICKR", True, TOLD, False),
        ("", True, {"sensor": {"name": None, "battery_percent": None}, "rmssd_ms": None}, False),
        ("", True, {"sensor": {"name": H10, "battery_percent": None}, "rmssd_ms": None}, True),
    ],
)
def test_the_daemons_strap_is_known_by_its_status(
    air_strap: Any, name: str, is_held: bool, told: dict[str, Any] | None, is_ours: bool
) -> None:
    assert told_by_daemon(sighted(air_strap, H10, name, is_held=is_held), told).is_ours is is_ours


def test_the_daemon_tells_battery_and_intervals_of_its_strap(air_strap: Any) -> None:
    strap = told_by_daemon(sighted(air_strap, H10, "Polar H10 5C2E1F2B", is_held=True), TOLD)
    assert strap.asked == Visit(rr=True, battery_percent=40)


@pytest.mark.parametrize(
    ("state", "rr"), [("heart_rate_only", False), ("weak_signal", True), ("off_skin", None), ("of tomorrow", None)]
)
def test_the_daemons_link_says_whether_its_strap_sends_intervals(air_strap: Any, state: str, rr: bool | None) -> None:
    sensor = {**TOLD["sensor"], "link_state": state, "rssi_dbm": -70}
    told = {"sensor": sensor, "rmssd_ms": None}
    seen = Sighting(device=air_strap(H10, None), name="Polar H10 5C2E1F2B", rssi_dbm=None, is_held=True)
    strap = told_by_daemon(seen, told)
    assert strap.asked == Visit(rr=rr, battery_percent=40)
    assert strap.seen.rssi_dbm == -70


async def test_while_the_daemon_runs_no_strap_is_asked(air: Any, daemon: Any, config_for: Any, air_strap: Any) -> None:
    search = Search(air.radio(), timeout_s=0.01, adapter=None, config=config_for(daemon.path))
    straps = await search.run(lambda *_: None, ask=True)
    assert search.daemon_runs
    assert air.visited == []
    assert [strap.seen.address for strap in straps] == [H10]


async def test_no_daemon_and_a_broken_config_are_no_reason_to_stop(tmp_path: Path, config_for: Any) -> None:
    assert await running_daemon(config_for(tmp_path / "nobody.sock")) is None
    broken = tmp_path / "broken.toml"
    broken.write_text("[strap")
    assert await running_daemon(broken) is None


def test_a_search_shows_each_strap_as_it_comes_and_then_whom_it_asks(jumping: Any, air: Any, tmp_path: Path) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text("[strap")
    shown: list[tuple[list[str], str]] = []
    search = Search(air.radio(), timeout_s=8, adapter=None, config=broken)
    jumping(search.run(lambda straps, doing: shown.append(([s.seen.address for s in straps], doing)), ask=True))
    assert shown == [
        ([], "Looking for straps, 8 s"),
        ([H10], "Looking for straps, 8 s"),
        ([H10], "Asking Polar H10 5C2E1F2B what it sends"),
    ]
