"""The balance finds what is there twice, what is missing, and what nothing marks; each beat here is one second."""

from dataclasses import replace

from tests.e2e.ledger import Disturbance, Sent, Stored, balance, numbered
from tests.virtual_strap.heart import interval_ticks

SENT = [Sent(number=number, at_ms=1000 * number, is_heard=True) for number in range(100)]


def _stored(*numbers: int, run: str = "a", segment: int = 1) -> list[Stored]:
    return [Stored(number=number, at_ms=1000 * number, run=run, segment=segment) for number in numbers]


def test_every_beat_once_is_balanced() -> None:
    ledger = balance(SENT, _stored(*range(100)), [], [])
    assert ledger.is_balanced
    assert (ledger.n_heard, ledger.n_stored, ledger.n_in_transit) == (100, 100, 0)


def test_nothing_stored_is_not_balanced() -> None:
    assert not balance([], [], [], []).is_balanced


def test_a_beat_that_is_there_twice_is_found() -> None:
    ledger = balance(SENT, _stored(*range(50), 49, *range(50, 100)), [], [])
    assert ledger.twice == (49,)
    assert not ledger.is_balanced


def test_a_beat_that_nobody_sent_is_found() -> None:
    ledger = balance(SENT, _stored(*range(101)), [], [])
    assert ledger.invented == (100,)
    assert not ledger.is_balanced


def test_a_heard_beat_that_is_missing_is_lost_silently_even_where_a_gap_is_marked() -> None:
    stored = [*_stored(*range(40)), *_stored(*range(42, 100), segment=2)]
    ledger = balance(SENT, stored, [41_500], [])
    assert ledger.silently_lost == (40, 41)
    assert ledger.unmarked == ()
    assert not ledger.is_balanced


def test_a_heard_beat_is_excused_only_while_something_was_being_ended() -> None:
    stored = [*_stored(*range(40)), *_stored(*range(43, 100), segment=2)]
    ledger = balance(SENT, stored, [41_500], [Disturbance(began_ms=40_500, recovered_ms=43_000)])
    assert ledger.n_in_transit == 2
    assert ledger.silently_lost == (40,)


def test_a_beat_that_could_not_be_heard_may_be_missing_in_a_marked_gap() -> None:
    sent = [replace(beat, is_heard=not 40 <= beat.number < 60) for beat in SENT]
    stored = [*_stored(*range(40)), *_stored(*range(60, 100), segment=2)]
    assert balance(sent, stored, [45_000], []).is_balanced


def test_a_hole_is_unmarked_without_a_new_segment_or_without_a_row() -> None:
    sent = [replace(beat, is_heard=not 40 <= beat.number < 60) for beat in SENT]
    same_segment = _stored(*range(40), *range(60, 100))
    assert balance(sent, same_segment, [45_000], []).unmarked == (39,)
    new_segment = [*_stored(*range(40)), *_stored(*range(60, 100), segment=2)]
    assert balance(sent, new_segment, [20_000, 80_000], []).unmarked == (39,)


def test_a_new_run_marks_a_hole_by_itself() -> None:
    sent = [replace(beat, is_heard=not 40 <= beat.number < 60) for beat in SENT]
    assert balance(sent, [*_stored(*range(40)), *_stored(*range(60, 100), run="b")], [], []).is_balanced


def test_beats_in_another_order_are_no_neighbours() -> None:
    ledger = balance(SENT, _stored(*range(50), 51, 50, *range(52, 100)), [], [])
    assert ledger.unmarked == (49, 51, 50)


def test_beats_are_numbered_by_their_length_and_their_time() -> None:
    """The interval repeats after 256 beats; here two hours later."""
    sent = [Sent(number=number, at_ms=1000 * number, is_heard=True) for number in range(8000)]
    numbers = [0, 1, 255, 256, 7_800, 7_999]
    rr_ticks = [interval_ticks(number) for number in numbers]
    assert numbered(rr_ticks, [1000 * number + 700 for number in numbers], sent) == numbers
