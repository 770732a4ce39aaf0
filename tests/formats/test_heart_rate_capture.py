from dataclasses import replace

import pytest

from hrvdaemon.formats.capture import (
    AdapterGone,
    AttributeKnown,
    Complaints,
    Happening,
    Link,
    LinkClosed,
    LinkOpened,
    NameHeard,
    Notified,
    ServiceKnown,
)
from hrvdaemon.formats.found import Found, OtherHandle
from hrvdaemon.formats.heart_rate_capture import HeartRateCapture, Wish
from hrvdaemon.vocabulary.inputs import Input, PacketReceived, RunEnded, RunStarted, SensorConnected, SensorLost
from hrvdaemon.vocabulary.units import RunId, SensorId, instant

NOON = instant("2026-03-10T12:00:00Z")
ONE, TWO = Link(0, 64), Link(0, 65)
CHEST, ARM = "C4:11:22:33:44:55", "C4:11:22:33:44:66"
BEAT = bytes.fromhex("104b2003")
WISH = Wish(start_at=instant("2026-01-05T08:00:00Z"), zone="Europe/Berlin")


def taken(*happenings: Happening, wish: Wish = WISH) -> tuple[list[Input], Found]:
    capture = HeartRateCapture(wish, RunId("r"), Complaints())
    return list(capture.inputs(happenings)), capture.found


def packets(inputs: list[Input]) -> list[tuple[int, str, bytes]]:
    return [(one.mono_ms, one.sensor, one.data) for one in inputs if isinstance(one, PacketReceived)]


def notified(second: float, link: Link = ONE, handle: int = 0x10, value: bytes = BEAT) -> Notified:
    return Notified(NOON + round(second * 1000), link, handle, value)


def test_a_connection_becomes_a_run() -> None:
    inputs, found = taken(
        NameHeard(CHEST, "Polar H10"),
        LinkOpened(NOON - 3_000, ONE, CHEST),
        AttributeKnown(ONE, 0x10, "2a37"),
        notified(0),
        notified(1.5),
        LinkClosed(NOON + 9_500, ONE, "connection timeout"),
    )
    strap = SensorId(CHEST)
    first = inputs[0]
    assert isinstance(first, RunStarted)
    assert (first.mono_ms, first.at, first.run, first.zone) == (0, NOON, "r", "Europe/Berlin")
    assert inputs[1:] == [
        SensorConnected(mono_ms=0, sensor=strap, name="Polar H10"),
        PacketReceived(mono_ms=0, sensor=strap, data=BEAT),
        PacketReceived(mono_ms=1_500, sensor=strap, data=BEAT),
        SensorLost(mono_ms=9_500, sensor=strap, reason="connection timeout"),
        RunEnded(mono_ms=9_500, reason="end of capture"),
    ]
    assert str(found) == f"Polar H10 ({CHEST}), 2 notifications; 0.0 min from 2026-03-10T12:00:00.000Z"


def test_two_straps_at_once_are_told_apart_by_their_links() -> None:
    """Each has its own handle for the measurement; the same number on the other link is something else."""
    happenings: tuple[Happening, ...] = (
        LinkOpened(NOON, ONE, CHEST), LinkOpened(NOON, TWO, ARM),
        AttributeKnown(ONE, 0x10, "2a37"), AttributeKnown(TWO, 0x20, "2a37"), AttributeKnown(TWO, 0x10, "2a19"),
        notified(1), notified(1.2, TWO, 0x20, b"\x00\x50"), notified(1.3, TWO, 0x10, b"\x57"), notified(2),
    )  # fmt: skip
    inputs, found = taken(*happenings)
    assert packets(inputs) == [(0, CHEST, BEAT), (200, ARM, b"\x00\x50"), (1_000, CHEST, BEAT)]
    assert [strap.n_packets for strap in found.straps] == [2, 1]
    only_arm, _ = taken(*happenings, wish=replace(WISH, address=ARM.lower()))
    assert packets(only_arm) == [(0, ARM, b"\x00\x50")]


def test_a_reconnection_without_discovery_is_known_by_its_address() -> None:
    """A host that remembers a device asks no more; the handle of its connection may be another one."""
    inputs, _ = taken(
        LinkOpened(NOON, ONE, CHEST), AttributeKnown(ONE, 0x10, "2a37"), notified(1), LinkClosed(NOON + 2_000, ONE, "gone"),
        LinkOpened(NOON + 5_000, TWO, CHEST), notified(6, TWO),
    )  # fmt: skip
    assert packets(inputs) == [(0, CHEST, BEAT), (5_000, CHEST, BEAT)]
    assert [type(one).__name__ for one in inputs] == [
        "RunStarted", "SensorConnected", "PacketReceived", "SensorLost", "SensorConnected", "PacketReceived", "RunEnded",
    ]  # fmt: skip
    assert inputs[4].mono_ms == 4_000  # when it connected, as it is known by then


def test_another_device_on_a_handle_that_was_given_anew_is_not_taken_for_the_strap() -> None:
    inputs, found = taken(
        LinkOpened(NOON, ONE, CHEST), AttributeKnown(ONE, 0x10, "2a37"), notified(1),
        LinkOpened(NOON + 2_000, ONE, ARM), notified(3, ONE, 0x10, b"\x01\x02\x03"),
    )  # fmt: skip
    assert packets(inputs) == [(0, CHEST, BEAT)]
    assert isinstance(inputs[-2], SensorLost)
    assert found.others == ((OtherHandle(ARM, 0x10, reads_as_heart_rate=False), 1),)


def test_in_the_heart_rate_service_only_the_measurement_notifies() -> None:
    """A host that remembered the characteristics but asked for the services anew."""
    inputs, found = taken(
        LinkOpened(NOON, ONE, CHEST), ServiceKnown(ONE, 0x0D, 0x13, "180d"), ServiceKnown(ONE, 0x14, 0x18, "180f"),
        notified(1), notified(2, handle=0x16, value=b"\x57"),
    )  # fmt: skip
    assert packets(inputs) == [(0, CHEST, BEAT)]
    assert [other.handle for other, _ in found.others] == [0x16]


def test_what_is_known_to_be_something_else_is_not_taken_for_the_measurement() -> None:
    inputs, _ = taken(ServiceKnown(ONE, 0x0D, 0x13, "180d"), AttributeKnown(ONE, 0x10, "2a38"), notified(1))
    assert inputs == []


def test_a_given_handle_counts_on_every_link_and_no_other_does() -> None:
    inputs, _ = taken(
        AttributeKnown(ONE, 0x10, "2a37"), notified(1), notified(2, TWO, 0x22), wish=replace(WISH, handle=0x22)
    )
    assert packets(inputs) == [(0, "link-0-65", BEAT)]


def test_nothing_is_guessed_and_what_spoke_is_told_with_whether_it_could_be_heart_rate() -> None:
    inputs, found = taken(notified(1), notified(2), notified(3, handle=0x2A, value=b"\xff\x00\x01"))
    assert inputs == []
    assert found.others == (
        (OtherHandle("link-0-64", 0x10, reads_as_heart_rate=True), 2),
        (OtherHandle("link-0-64", 0x2A, reads_as_heart_rate=False), 1),
    )


@pytest.mark.parametrize("value", [b"", b"\x10", bytes(512), b"\xff" * 512])
def test_empty_and_long_packets_are_kept_as_they_came(value: bytes) -> None:
    """What to make of them is the pipeline's (docs/straps.md)."""
    inputs, _ = taken(AttributeKnown(ONE, 0x10, "2a37"), notified(1, value=value))
    assert packets(inputs) == [(0, "link-0-64", value)]


def test_an_adapter_that_goes_away_loses_its_straps_and_no_others() -> None:
    other = Link(1, 64)
    inputs, _ = taken(
        LinkOpened(NOON, ONE, CHEST), AttributeKnown(ONE, 0x10, "2a37"), notified(1),
        LinkOpened(NOON, other, ARM), AttributeKnown(other, 0x10, "2a37"), notified(1, other),
        AdapterGone(NOON + 2_000, 0, "the adapter was reset"), notified(3, other),
    )  # fmt: skip
    lost = [one for one in inputs if isinstance(one, SensorLost)]
    assert [(one.sensor, one.mono_ms, one.reason) for one in lost] == [(CHEST, 1_000, "the adapter was reset")]
    assert packets(inputs)[-1] == (2_000, ARM, BEAT)


def test_thousands_of_devices_need_no_more_memory_than_some() -> None:
    capture = HeartRateCapture(WISH, RunId("r"), Complaints())
    for number in range(20_000):
        address, link = f"{number:012X}", Link(number >> 12, number & 0xFFF)
        list(capture._take(NameHeard(address, "x")))
        list(capture._take(LinkOpened(NOON, link, address)))
        list(capture._take(AttributeKnown(link, 0x10, "2a37")))
        list(capture._take(notified(1, link, 0x33)))
    assert max(len(capture._peers), len(capture._remembered), len(capture._others)) <= 1024
    assert len(capture._names) <= 4096
