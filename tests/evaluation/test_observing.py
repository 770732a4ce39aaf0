import pytest

from hrvdaemon.evaluation.observing import Observer
from hrvdaemon.simulation.named import SCENARIOS
from hrvdaemon.simulation.strap import simulate
from hrvdaemon.vocabulary.inputs import PacketReceived
from hrvdaemon.vocabulary.units import MINUTE_MS, instant

BEGIN = instant("2026-03-10T12:00:00Z")
REST = simulate(SCENARIOS["rest"], 1, BEGIN, "UTC").inputs


def test_every_minute_with_beats_is_seen_once() -> None:
    observer = Observer()
    observer.feed(REST)
    assert [minute.start_ms // MINUTE_MS for minute in observer.minutes][:10] == list(range(10))
    assert all(minute.is_usable for minute in observer.minutes[1:9])
    assert all(55 < (minute.hr_bpm or 0) < 80 for minute in observer.minutes[:10])


def test_nobody_is_judged_or_invited_before_anything_is_known() -> None:
    observer = Observer()
    observer.feed(REST)
    assert observer.invited_ms == []
    assert all(minute.activation is None for minute in observer.minutes)


def test_minutes_without_a_beat_are_not_there() -> None:
    hole = range(3 * MINUTE_MS, 6 * MINUTE_MS)
    observer = Observer()
    observer.feed(given for given in REST if not (isinstance(given, PacketReceived) and given.mono_ms in hole))
    numbers = {minute.start_ms // MINUTE_MS for minute in observer.minutes}
    assert {0, 1, 2, 6, 7} <= numbers
    assert 4 not in numbers


@pytest.mark.parametrize("without_s", [20, 40])
def test_a_minute_of_holes_can_not_be_used(without_s: int) -> None:
    """A third of it missing is too little cover with pairs enough; two thirds are too few pairs as well."""
    hole = range(5 * MINUTE_MS - 1000 * without_s, 5 * MINUTE_MS)
    observer = Observer()
    observer.feed(given for given in REST if not (isinstance(given, PacketReceived) and given.mono_ms in hole))
    by_number = {minute.start_ms // MINUTE_MS: minute for minute in observer.minutes}
    assert not by_number[4].is_usable
    assert by_number[3].is_usable
