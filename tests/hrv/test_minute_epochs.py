"""Minutes of the wall clock: each closed once, late beats counted, six medians of ten seconds."""

import pytest

from hrvdaemon.hrv.artefacts import ClassifiedBeat
from hrvdaemon.hrv.minute_epochs import MinuteEpochs
from hrvdaemon.vocabulary.epochs import BeatKind
from hrvdaemon.vocabulary.units import GRAINS_PER_MS, MINUTE_MS

ORIGIN = 12_345


def beat(ms: float, ticks: int = 1024, kind: BeatKind = BeatKind.NORMAL, segment: int = 0) -> ClassifiedBeat:
    return ClassifiedBeat(round(ms * GRAINS_PER_MS), ticks, segment, kind, kind is BeatKind.NORMAL)


def steady(epochs: MinuteEpochs, number: int, n: int = 60) -> None:
    for k in range(n):
        epochs.add(beat(epochs.start_ms(number) + k * MINUTE_MS // n, 1024 * 60 // n + k % 2))


def test_a_minute_holds_its_start_and_not_its_end() -> None:
    epochs = MinuteEpochs(ORIGIN)
    assert [epochs.number(ORIGIN + ms) for ms in (-1, 0, 59_999, 60_000)] == [-1, 0, 0, 1]
    assert epochs.start_ms(3) == ORIGIN + 180_000
    for ms in (0, 59_999.9, 60_000):
        epochs.add(beat(ORIGIN + ms))
    assert epochs.open_numbers == [0, 1]
    first = epochs.close(0)
    assert first is not None
    assert (first.metrics.n_beats, first.start_ms) == (2, ORIGIN)


def test_a_late_beat_is_told_and_never_reopens_its_minute() -> None:
    epochs = MinuteEpochs(ORIGIN)
    steady(epochs, 0)
    assert epochs.close(0) is not None
    assert not epochs.add(beat(ORIGIN + 59_000))
    assert epochs.open_numbers == []
    assert epochs.close(0) is None
    assert epochs.add(beat(ORIGIN + 60_000))


def test_closing_a_minute_closes_those_before_it() -> None:
    epochs = MinuteEpochs(ORIGIN)
    assert epochs.close(5) is None
    assert not epochs.add(beat(ORIGIN + 4 * MINUTE_MS))


def test_a_minute_without_a_beat_is_none() -> None:
    assert MinuteEpochs(ORIGIN).close(0) is None


def test_each_ten_seconds_has_the_heart_rate_of_its_median_interval() -> None:
    """Tens of 1000, 500, (800 900 1000), (800 1000), nothing, and one artefact."""
    epochs = MinuteEpochs(ORIGIN)
    for ten, ticks in ((0, [1024]), (1, [512]), (2, [1024, 819, 922]), (3, [1024, 820])):
        for k, rr in enumerate(ticks):
            epochs.add(beat(ORIGIN + ten * 10_000 + k * 1000, rr))
    epochs.add(beat(ORIGIN + 50_000, 1024, BeatKind.ECTOPIC))
    closed = epochs.close(0)
    assert closed is not None
    assert closed.hr_10s_bpm[:4] == pytest.approx((60.0, 120.0, 60 * 1024 / 922, 60 * 1024 / 922))
    assert closed.hr_10s_bpm[4:] == (None, None)


def test_a_beat_on_a_ten_second_mark_belongs_to_the_ten_that_begins() -> None:
    epochs = MinuteEpochs(ORIGIN)
    epochs.add(beat(ORIGIN + 9_999))
    epochs.add(beat(ORIGIN + 10_000, 512))
    closed = epochs.close(0)
    assert closed is not None
    assert closed.hr_10s_bpm[:2] == (60.0, 120.0)


def test_no_difference_joins_two_minutes_or_two_segments() -> None:
    epochs = MinuteEpochs(ORIGIN)
    for ms, segment in ((0, 0), (1000, 0), (2000, 1), (60_000, 1)):
        epochs.add(beat(ORIGIN + ms, segment=segment))
    first, second = epochs.close(0), epochs.close(1)
    assert first is not None
    assert second is not None
    assert (first.metrics.n_pairs, second.metrics.n_pairs) == (1, 0)


def irregular(epochs: MinuteEpochs, number: int) -> None:
    """Every third beat an artefact, intervals from 400 to 1400: share 1/3, variation about 0.4."""
    for k in range(60):
        kind = BeatKind.LONG_SHORT if k % 3 == 0 else BeatKind.NORMAL
        epochs.add(beat(epochs.start_ms(number) + k * 1000, (400, 1000, 1400)[k % 3], kind))


def judged(epochs: MinuteEpochs, number: int) -> bool:
    closed = epochs.close(number)
    assert closed is not None
    return closed.is_irregular


def test_ten_irregular_minutes_in_a_row_are_a_rhythm_and_nine_are_not() -> None:
    epochs = MinuteEpochs(ORIGIN)
    seen = []
    for number in range(11):
        irregular(epochs, number)
        seen.append(judged(epochs, number))
    assert seen == [False] * 9 + [True] * 2
    steady(epochs, 11)
    assert not judged(epochs, 11)


@pytest.mark.parametrize("is_empty", [True, False])
def test_a_regular_or_empty_minute_starts_the_count_again(*, is_empty: bool) -> None:
    epochs = MinuteEpochs(ORIGIN)
    for number in range(9):
        irregular(epochs, number)
        epochs.close(number)
    if not is_empty:
        steady(epochs, 9)
    epochs.close(9)
    irregular(epochs, 10)
    assert not judged(epochs, 10)


def test_many_artefacts_without_much_variation_are_no_rhythm() -> None:
    epochs = MinuteEpochs(ORIGIN)
    for number in range(12):
        for k in range(60):
            kind = BeatKind.LONG_SHORT if k % 3 == 0 else BeatKind.NORMAL
            epochs.add(beat(epochs.start_ms(number) + k * 1000, 1024 + 20 * (k % 2), kind))
        assert not judged(epochs, number)
