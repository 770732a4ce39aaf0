"""Beats that a strap sent against beats that the database has: what is there twice, what is missing, and what marks it.

A beat is known by its number (tests/virtual_strap/heart.py): its interval repeats after 256 beats, and when it was tells
which of them it is.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tests.virtual_strap.heart import number_of

MARK_EARLY_MS, MARK_LATE_MS = 2_000, 2_000
"""A gap's row is stamped when the gap was noticed or ended; beats' own times are up to a packet before that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """``is_heard``: a central had subscribed and was in range."""

    number: int
    at_ms: int
    is_heard: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A beat of the database; two of them are neighbours only if run and segment are equal."""

    number: int
    at_ms: int
    run: str
    segment: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Disturbance:
    """Something that was done to the link, from its beginning to the first packet that came after it."""

    began_ms: int
    recovered_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """``n_in_transit``: heard by the adapter, but while the daemon, bluetoothd or the adapter was being ended."""

    n_heard: int
    n_stored: int
    n_in_transit: int
    twice: tuple[int, ...]
    invented: tuple[int, ...]
    silently_lost: tuple[int, ...]
    unmarked: tuple[int, ...]

    @property
    def is_balanced(self) -> bool:
        return self.n_stored > 0 and not (self.twice or self.invented or self.silently_lost or self.unmarked)


def numbered(rr_ticks: Sequence[int], at_ms: Sequence[int], sent: Sequence[Sent]) -> list[int]:
    """The number of each stored interval, by its length and by what the strap sent at about that time."""
    times = [beat.at_ms for beat in sent]
    near = [sent[max(0, bisect_right(times, moment) - 1)].number for moment in at_ms]
    return [number_of(ticks, near=number) for ticks, number in zip(rr_ticks, near, strict=True)]


def balance(
    sent: Sequence[Sent], stored: Sequence[Stored], gaps_at_ms: Sequence[int], disturbances: Iterable[Disturbance]
) -> Ledger:
    """``stored`` as it was stored, ``gaps_at_ms`` in order: when a row of table gap says that beats are no neighbours.

    A heard beat is lost silently if it is not stored and nothing was being done to the link. A hole of any kind is
    marked if the beats on its sides are of another segment or run, and, within a run, a row of table gap lies in it.
    """
    there = {beat.number for beat in stored}
    missing = [beat for beat in sent if beat.is_heard and beat.number not in there]
    disturbed = tuple(disturbances)
    silently = [beat for beat in missing if not any(_lies_in(beat.at_ms, one) for one in disturbed)]
    return Ledger(
        n_heard=sum(beat.is_heard for beat in sent),
        n_stored=len(stored),
        n_in_transit=len(missing) - len(silently),
        twice=_twice(stored),
        invented=tuple(sorted(there - {beat.number for beat in sent})),
        silently_lost=tuple(beat.number for beat in silently),
        unmarked=tuple(before.number for before, after in pairwise(stored) if _is_unmarked(before, after, gaps_at_ms)),
    )


def _twice(stored: Iterable[Stored]) -> tuple[int, ...]:
    counts = Counter(beat.number for beat in stored)
    return tuple(number for number, count in counts.items() if count > 1)


def _lies_in(at_ms: int, disturbance: Disturbance) -> bool:
    return disturbance.began_ms <= at_ms <= disturbance.recovered_ms


def _is_unmarked(before: Stored, after: Stored, gaps_at_ms: Sequence[int]) -> bool:
    """Whether beats are missing between the two and nothing says so."""
    if after.number == before.number + 1 or after.run != before.run:
        return False
    first, last = before.at_ms - MARK_EARLY_MS, after.at_ms + MARK_LATE_MS
    has_row = bisect_right(gaps_at_ms, last) > bisect_right(gaps_at_ms, first)
    return after.segment == before.segment or not has_row
