"""What packets are worth: each rule with packets by hand, no radio and no clock."""

from collections.abc import Iterable

import pytest

from hrvdaemon.sources.link_state import LinkState
from hrvdaemon.sources.reception import Reception

BEAT = bytes.fromhex("103c0004")  # no contact bits, 60 per minute, one interval of 1024/1024 s
NO_BEAT = bytes.fromhex("003c")
ZERO = bytes.fromhex("1000")
CONTACT_BEAT = bytes.fromhex("163c0004")
NO_CONTACT = bytes.fromhex("043c")  # contact supported, not there
NO_CONTACT_BEAT = bytes.fromhex("143c0004")
CUT = bytes.fromhex("18")


def fed(reception: Reception, packets: Iterable[bytes], *, from_s: int = 1, every_ms: int = 1000) -> list[LinkState]:
    """The states with these packets, the first at ``from_s``."""
    return [reception.feed(from_s * 1000 + n * every_ms, packet) for n, packet in enumerate(packets)]


def test_a_beat_is_streaming_at_once() -> None:
    assert fed(Reception(0), [NO_BEAT, BEAT]) == [LinkState.WAITING_FOR_BEATS, LinkState.STREAMING]


def test_seconds_without_a_beat_are_a_slow_heart_not_a_fault() -> None:
    assert set(fed(Reception(0), [BEAT, NO_BEAT, NO_BEAT, BEAT] * 30)) == {LinkState.STREAMING}


def test_ten_seconds_without_an_interval_after_some_are_off_the_skin() -> None:
    states = fed(Reception(0), [BEAT] + [NO_BEAT] * 10)
    assert states == [LinkState.STREAMING] * 10 + [LinkState.OFF_SKIN]


def test_back_on_the_skin_it_streams_with_the_first_beat() -> None:
    assert fed(Reception(0), [BEAT] + [NO_BEAT] * 20 + [BEAT])[-1] is LinkState.STREAMING


def test_ten_seconds_of_heart_rate_zero_are_off_the_skin_from_the_start_too() -> None:
    states = fed(Reception(0), [ZERO] * 11)
    assert states == [LinkState.WAITING_FOR_BEATS] * 9 + [LinkState.OFF_SKIN] * 2


def test_a_heart_rate_without_intervals_for_half_a_minute_is_a_heart_rate_only() -> None:
    states = fed(Reception(0), [NO_BEAT] * 31)
    assert states == [LinkState.WAITING_FOR_BEATS] * 29 + [LinkState.HEART_RATE_ONLY] * 2


def test_an_interval_ends_heart_rate_only() -> None:
    assert fed(Reception(0), [NO_BEAT] * 40 + [BEAT])[-1] is LinkState.STREAMING


def test_the_contact_bit_of_a_device_without_intervals_is_not_believed() -> None:
    """Optical bands: polar-ble-sdk#143."""
    states = set(fed(Reception(0), [NO_CONTACT] * 40))
    assert states == {LinkState.WAITING_FOR_BEATS, LinkState.HEART_RATE_ONLY}


def test_a_chest_strap_that_reports_no_contact_is_off_the_skin_though_it_repeats_its_last_beat() -> None:
    states = fed(Reception(0), [CONTACT_BEAT] + [NO_CONTACT_BEAT] * 10)
    assert states[-2:] == [LinkState.STREAMING, LinkState.OFF_SKIN]


def test_contact_that_is_not_supported_says_nothing() -> None:
    assert set(fed(Reception(0), [BEAT] * 60)) == {LinkState.STREAMING}


@pytest.mark.parametrize("packet", [b"", CUT, b"\x01"])
def test_ten_seconds_of_nothing_readable_are_said(packet: bytes) -> None:
    states = fed(Reception(0), [packet] * 12)
    assert states[8:] == [LinkState.WAITING_FOR_BEATS] + [LinkState.UNREADABLE] * 3


def test_a_single_cut_packet_changes_nothing() -> None:
    assert set(fed(Reception(0), [BEAT, CUT] * 30)) == {LinkState.STREAMING}


@pytest.mark.parametrize("size", [0, 1, 2, 512])
def test_packets_of_any_size_give_a_state(size: int) -> None:
    assert isinstance(Reception(0).feed(1000, b"\x10" * size), LinkState)


def test_a_fifth_of_the_time_in_holes_is_a_weak_signal() -> None:
    """Four packets, then one that is two seconds late: of 6 s, 2 lie in a hole beyond the usual second."""
    reception = Reception(0)
    times = [6000 * n + at for n in range(10) for at in (0, 1000, 2000, 3000)]
    states = [reception.feed(at, BEAT) for at in times]
    assert states[:14] == [LinkState.STREAMING] * 14
    assert set(states[20:]) == {LinkState.WEAK_SIGNAL}


def test_bursts_are_a_weak_signal() -> None:
    reception = Reception(0)
    states = [reception.feed(5000 * n + at, BEAT) for n in range(12) for at in (0, 5, 10, 15, 20)]
    assert states[-1] is LinkState.WEAK_SIGNAL


def test_one_hole_of_five_seconds_in_a_minute_is_none() -> None:
    reception = Reception(0)
    states = [reception.feed(at * 1000, BEAT) for at in (*range(30), *range(35, 90))]
    assert set(states) == {LinkState.STREAMING}


def test_a_weak_signal_is_over_once_a_tenth_or_less_is_missing() -> None:
    reception = Reception(0)
    weak = [reception.feed(3000 * n, BEAT) for n in range(10)]
    assert weak[-1] is not LinkState.WEAK_SIGNAL, "every third second is this device's own pace"
    reception = Reception(0)
    times = [*(6000 * n + at for n in range(10) for at in (0, 1000, 2000, 3000)), *range(60_000, 130_000, 1000)]
    states = [reception.feed(at, BEAT) for at in times]
    assert states[40] is LinkState.WEAK_SIGNAL
    assert states[-1] is LinkState.STREAMING


def test_a_device_with_a_slow_pace_of_its_own_is_not_weak() -> None:
    assert set(fed(Reception(0), [BEAT] * 40, every_ms=2500)) == {LinkState.STREAMING}
