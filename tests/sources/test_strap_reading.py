from collections.abc import Callable
from typing import Any

import pytest

from hrvdaemon.sources.radio import BATTERY_LEVEL, FIRMWARE_REVISION, MANUFACTURER_NAME, MODEL_NUMBER
from hrvdaemon.sources.strap_reading import StrapDetails, battery_percent, strap_details


class Told:
    """A client that has these values, and an error for every other."""

    def __init__(self, **values: bytes) -> None:
        self.values = values

    async def read_gatt_char(self, characteristic: str) -> bytearray:
        return bytearray(self.values[f"c{characteristic[4:8]}"])


@pytest.mark.parametrize(
    ("told", "percent"),
    [(b"\x00", 0), (b"\x64", 100), (b"\x57\x00", 87), (b"", None), (b"\x65", None), (b"\xff", None)],
)
def test_a_level_is_a_percentage_or_none(jumping: Callable[[Any], Any], told: bytes, percent: int | None) -> None:
    client: Any = Told(c2a19=told)
    assert jumping(battery_percent(client, limit_s=5)) == percent


def test_a_strap_without_the_service_says_nothing(jumping: Callable[[Any], Any]) -> None:
    client: Any = Told()
    assert jumping(battery_percent(client, limit_s=5)) is None
    assert jumping(strap_details(client, limit_s=5)) == StrapDetails()


def test_texts_are_told_without_what_a_terminal_would_obey(jumping: Callable[[Any], Any]) -> None:
    client: Any = Told(c2a29=b"Polar Electro Oy\0", c2a24=b"\x1b[31mH10", c2a26=b" 5.0.0 ")
    assert jumping(strap_details(client, limit_s=5)) == StrapDetails(
        manufacturer="Polar Electro Oy", model="[31mH10", firmware="5.0.0"
    )


def test_the_numbers_are_those_of_the_bluetooth_sig() -> None:
    bleak = pytest.importorskip("bleak.uuids")
    assert [bleak.uuidstr_to_str(uuid) for uuid in (BATTERY_LEVEL, MANUFACTURER_NAME)] == [
        "Battery Level",
        "Manufacturer Name String",
    ]
    assert [bleak.uuidstr_to_str(uuid) for uuid in (MODEL_NUMBER, FIRMWARE_REVISION)] == [
        "Model Number String",
        "Firmware Revision String",
    ]
