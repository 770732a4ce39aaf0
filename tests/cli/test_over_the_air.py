"""scan and init on bleak's own classes, real GATT bytes and a virtual radio: what a person gets from straps that beat."""

import asyncio
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from hrvdaemon.cli.one_key import Keys
from hrvdaemon.cli.setting_up import Given, SettingUp
from hrvdaemon.cli.strap_search import Search
from hrvdaemon.cli.straps import as_json
from tests.virtual_strap.backend import radio_over
from tests.virtual_strap.heart import Habits
from tests.virtual_strap.room import Room, played
from tests.virtual_strap.strap import Traits

BAND = "C4:11:22:33:44:66"


async def nobody(_config: Path | None) -> dict[str, Any] | None:
    return None


async def found(room: Room, tmp_path: Path) -> list[dict[str, Any]]:
    broken = tmp_path / "broken.toml"
    broken.write_text("[strap")
    search = Search(radio_over(room.computer), timeout_s=8, adapter=None, config=broken)
    return sorted(
        (as_json(strap) for strap in await search.run(lambda *_: None, ask=True)), key=lambda s: str(s["address"])
    )


@played
async def test_a_scan_knows_straps_from_bands_and_leaves_both_free(tmp_path: Path) -> None:
    async with Room() as room:
        await room.strap()
        await room.strap(Traits(name="Armband", address=BAND, battery_percent=None), Habits(sends_rr=False))
        told = await found(room, tmp_path)
        assert [(each["name"], each["rr"], each["battery_percent"], each["held"]) for each in told] == [
            ("Virtual H10", True, 87, False),
            ("Armband", False, None, False),
        ]
        assert not room.computer.adapter.connections
        assert [each["name"] for each in await found(room, tmp_path)] == ["Virtual H10", "Armband"]


@played
async def test_a_strap_that_is_not_worn_is_found_and_nothing_is_made_up(tmp_path: Path) -> None:
    async with Room() as room:
        await room.strap(beats=False)
        told = await found(room, tmp_path)
    assert [(each["rr"], each["battery_percent"]) for each in told] == [(None, 87)]


@played
async def test_the_strap_that_the_daemon_holds_goes_on_streaming(tmp_path: Path) -> None:
    async with Room() as room:
        strap = await room.strap()
        room.start()
        await room.streams()
        told = await found(room, tmp_path)
        assert [(each["address"], each["held"], each["rr"]) for each in told] == [(strap.address, True, None)]
        assert room.states[-1] == "streaming"
        assert "lost" not in room.states


@played
async def test_init_finds_a_strap_that_is_put_on_late_in_well_under_a_minute(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "hrvdaemon.toml"
    async with Room() as room:
        keys, loop = Keys(), asyncio.get_running_loop()
        began_s = loop.time()
        late = loop.call_later(11, lambda: strapped.append(asyncio.create_task(room.strap(), name="put on")))
        strapped: list[asyncio.Task[Any]] = []
        setting_up = SettingUp(
            Given(config=config),
            keys,
            radio=lambda: radio_over(room.computer),
            daemon=nobody,
            now=lambda: datetime(2026, 11, 24, tzinfo=UTC),
        )
        talking = asyncio.create_task(setting_up.run(), name="init")
        loop.call_later(25, keys.typed, "t")
        assert await talking
        assert loop.time() - began_s == 25
        assert not late.cancelled()
    said = capsys.readouterr().out
    assert "Found: Virtual H10" in said
    assert "It sends RR intervals. Battery 87 %." in said
    assert tomllib.loads(config.read_text())["strap"] == {"address": strapped[0].result().address}
