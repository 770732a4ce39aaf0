"""Beats with a running number, and the bytes that carry them: so that a test knows which beat is missing.

``packet`` is an encoder of its own, after the Heart Rate Service 1.0, 3.1; the daemon's is not asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from struct import pack

TICKS_PER_SECOND = 1024
SHORTEST_TICKS = 768
N_INTERVALS = 256


def interval_ticks(number: int) -> int:
    """RR interval in 1/1024 s that ends with this beat: 768 to 1023, each 256 beats once (a heart rate of 69)."""
    return SHORTEST_TICKS + number % N_INTERVALS


def number_of(rr_ticks: int, *, near: int) -> int:
    """Number of the beat that ends this interval, of all beats with it the one nearest to ``near``."""
    lap = round((near - (rr_ticks - SHORTEST_TICKS)) / N_INTERVALS)
    return rr_ticks - SHORTEST_TICKS + lap * N_INTERVALS


class Heart:
    """Beats number 0, 1, 2, … of one heart that began at ``start_s`` of whoever's clock."""

    def __init__(self, start_s: float) -> None:
        self._next_number = 0
        self._last_beat_s = start_s

    def until(self, now_s: float) -> list[int]:
        """Numbers of the beats since the last call, up to now."""
        numbers: list[int] = []
        while (beat_s := self._last_beat_s + interval_ticks(self._next_number) / TICKS_PER_SECOND) <= now_s:
            numbers.append(self._next_number)
            self._last_beat_s = beat_s
            self._next_number += 1
        return numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How a strap writes its packets. ``has_contact`` None: it does not report skin contact, as a Polar H10."""

    sends_rr: bool = True
    has_contact: bool | None = None
    energy_kj: int | None = None
    is_wide: bool = False


def packet(heart_rate_bpm: int, rr_ticks: Sequence[int] = (), habits: Habits = Habits()) -> bytes:
    """Bytes of one notification of 0x2A37."""
    flags = int(habits.is_wide) | {None: 0, False: 4, True: 6}[habits.has_contact]
    head = pack("<H" if habits.is_wide else "B", heart_rate_bpm)
    if habits.energy_kj is not None:
        flags |= 8
        head += pack("<H", habits.energy_kj)
    if habits.sends_rr and rr_ticks:
        return pack("B", flags | 16) + head + pack(f"<{len(rr_ticks)}H", *rr_ticks)
    return pack("B", flags) + head


def packet_of(numbers: Sequence[int], habits: Habits) -> bytes:
    """What a strap sends for these beats: their intervals and the rate they make; without a beat a rate of 69."""
    rr_ticks = [interval_ticks(number) for number in numbers]
    bpm = round(60 * TICKS_PER_SECOND * len(rr_ticks) / sum(rr_ticks)) if rr_ticks else 69
    return packet(bpm, rr_ticks, habits)
