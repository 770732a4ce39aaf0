"""The virtual heart counts rightly, and its packets are those of the Heart Rate Service 1.0, 3.1, by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.virtual_strap.heart import Habits, Heart, interval_ticks, number_of, packet, packet_of


@pytest.mark.parametrize(
    ("habits", "rr_ticks", "written"),
    [
        (Habits(), [], "00 48"),
        (Habits(), [1024, 512], "10 48 00 04 00 02"),
        (Habits(has_contact=True), [795], "16 48 1b 03"),
        (Habits(has_contact=False), [], "04 48"),
        (Habits(is_wide=True, energy_kj=258), [1024], "19 48 00 02 01 00 04"),
        (Habits(sends_rr=False), [1024], "00 48"),
    ],
)
def test_packets_are_written_as_the_service_says(habits: Habits, rr_ticks: list[int], written: str) -> None:
    assert packet(72, rr_ticks, habits) == bytes.fromhex(written)


def test_beats_come_when_their_intervals_are_over() -> None:
    """768 ticks are 0.75 s, 769 are 0.75098 s."""
    heart = Heart(10.0)
    assert heart.until(10.74) == []
    assert heart.until(10.75) == [0]
    assert heart.until(11.5009) == []
    assert heart.until(11.501) == [1]
    assert heart.until(14.6) == [2, 3, 4, 5]


def test_a_second_without_a_beat_is_a_packet_without_an_interval() -> None:
    assert packet_of([], Habits()) == b"\x00\x45"
    assert packet_of([0], Habits()) == b"\x10\x50\x00\x03"  # 60 * 1024 / 768 is 80


@given(number=st.integers(0, 10**6), off=st.integers(-127, 127))
def test_a_beat_is_known_by_its_interval_and_about_when_it_was(number: int, off: int) -> None:
    assert number_of(interval_ticks(number), near=number + off) == number
