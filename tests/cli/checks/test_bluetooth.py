"""Service, adapter, power and permission, in the words of the link's states."""

import sys
from typing import Any

import pytest

from hrvdaemon.cli.checks import Result, bluetooth
from hrvdaemon.cli.checks.bluetooth import BluezFault, adapter, judged, service
from hrvdaemon.sources.link_state import LINK_WORDS, LinkState

linux = pytest.mark.skipif(sys.platform != "linux", reason="BlueZ is Linux's")


@pytest.mark.parametrize(
    ("adapters", "wanted", "result", "detail"),
    [
        ({"hci0": True}, None, Result.OK, "hci0 is on."),
        ({"hci0": False, "hci1": True}, None, Result.OK, "hci1 is on."),
        ({"hci0": True, "hci1": True}, "hci1", Result.OK, "hci1 is on."),
        ({"hci0": True, "hci1": False}, "hci1", Result.FAIL, LINK_WORDS[LinkState.BLUETOOTH_OFF].sentence),
        ({"hci0": False}, None, Result.FAIL, LINK_WORDS[LinkState.BLUETOOTH_OFF].sentence),
        ({"hci0": True}, "hci1", Result.FAIL, "The config wants the adapter hci1; there is hci0."),
        ({}, None, Result.FAIL, LINK_WORDS[LinkState.NO_BLUETOOTH].sentence),
    ],
)
def test_an_adapter_is_there_is_the_right_one_and_is_on(
    adapters: dict[str, bool], wanted: str | None, result: Result, detail: str
) -> None:
    found = judged(adapters, wanted)
    assert found[:2] == (result, detail)
    assert (found[2] is None) is (result is Result.OK)


@linux
@pytest.mark.parametrize("state", [LinkState.NO_SERVICE, LinkState.NOT_ALLOWED])
async def test_a_service_that_does_not_answer_is_said_in_the_words_of_its_state(
    circumstances: Any, monkeypatch: pytest.MonkeyPatch, state: LinkState
) -> None:
    async def objects() -> Any:
        raise BluezFault(state, "no")

    monkeypatch.setattr(bluetooth, "bluez_objects", objects)
    words = LINK_WORDS[state]
    assert await service(circumstances()) == (Result.FAIL, words.sentence, words.next_step)
    assert (await adapter(circumstances()))[0] is Result.WARN, "one cause is one failure"


@linux
async def test_adapters_are_read_from_bluez_own_tree(circumstances: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async def objects() -> Any:
        return {
            "/org/bluez": {"org.bluez.AgentManager1": {}},
            "/org/bluez/hci0": {"org.bluez.Adapter1": {"Powered": True}},
            "/org/bluez/hci0/dev_C4_11": {"org.bluez.Device1": {"Connected": True}},
        }

    monkeypatch.setattr(bluetooth, "bluez_objects", objects)
    assert await service(circumstances()) == (Result.OK, "It answers.", None)
    assert await adapter(circumstances()) == (Result.OK, "hci0 is on.", None)


@linux
async def test_without_a_system_bus_the_service_is_not_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    with pytest.raises(BluezFault) as fault:
        await bluetooth.bluez_objects()
    assert fault.value.state is LinkState.NO_SERVICE


async def test_another_system_leaves_it_to_the_check_of_the_strap(
    circumstances: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    assert (await service(circumstances()))[0] is (await adapter(circumstances()))[0] is Result.OK
