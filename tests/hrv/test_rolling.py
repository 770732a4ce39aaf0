"""Rolling equals pointwise, and windows end where they say."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hrvdaemon.hrv.artefacts import ClassifiedBeat
from hrvdaemon.hrv.rolling import KEPT_S, RecentBeats
from hrvdaemon.hrv.window_sums import WindowSums
from hrvdaemon.vocabulary.epochs import BeatKind, WindowMetrics
from hrvdaemon.vocabulary.units import GRAINS_PER_MS, GRAINS_PER_SECOND, GRAINS_PER_TICK

few = settings(max_examples=30, deadline=None)


def series(rows: list[tuple[int, str, int]]) -> list[ClassifiedBeat]:
    """Beats after intervals of ticks; a jump (s) begins another segment."""
    time, segment, some = 0, 0, []
    for ticks, kind, jump_s in rows:
        time += ticks * GRAINS_PER_TICK + jump_s * GRAINS_PER_SECOND
        segment += jump_s > 0
        some.append(ClassifiedBeat(time, ticks, segment, BeatKind(kind), kind == "N"))
    return some


rows = st.lists(
    st.tuples(st.integers(350, 1600), st.sampled_from("NNNNNNNNNNNNNNLEMXO"), st.sampled_from([0] * 30 + [5, 70])),
    min_size=1,
    max_size=400,
).map(series)


def summed(some: list[ClassifiedBeat], length_s: int) -> WindowMetrics:
    sums = WindowSums()
    for before, beat in zip([None, *some], some, strict=False):
        sums.add(beat, before)
    return sums.metrics(float(length_s))


@few
@given(rows, st.integers(1, 60))
def test_rolling_equals_pointwise(some: list[ClassifiedBeat], every: int) -> None:
    """However rarely a window is asked for."""
    recent = RecentBeats()
    for number, beat in enumerate(some):
        recent.add(beat)
        if number % every == 0:
            for length_s in (60, 300):
                start = beat.time_grains - length_s * GRAINS_PER_SECOND
                inside = [b for b in some[: number + 1] if b.time_grains > start]
                assert recent.last(length_s) == summed(inside, length_s)
                assert recent.last(length_s).n_beats == len(inside)


def test_a_day_of_beats_is_let_go_and_the_windows_stay_right() -> None:
    recent = RecentBeats()
    some = series([(800 + 37 * (k % 11), "N" if k % 50 else "X", 20 * (k % 700 == 0)) for k in range(5000)])
    for number, beat in enumerate(some):
        recent.add(beat)
        if number % 311 == 0:
            start = beat.time_grains - 300 * GRAINS_PER_SECOND
            assert recent.last(300) == summed([b for b in some[: number + 1] if b.time_grains > start], 300)


def test_a_clock_that_is_set_back_does_not_bring_a_beat_back() -> None:
    """Beats at 1 to 100 s, then a strap's clock is anchored four seconds earlier: 41 s and on were gone already."""
    recent, times_s = RecentBeats(), [*range(1, 101), *range(97, 103)]
    for number, second in enumerate(times_s):
        recent.add(ClassifiedBeat(second * GRAINS_PER_SECOND, 1024, number // 100, BeatKind.NORMAL))
    assert recent.last(60).n_beats == len([s for s in times_s if s > 102 - 60])
    recent.add(ClassifiedBeat(50 * GRAINS_PER_SECOND, 1024, 2, BeatKind.NORMAL))
    assert recent.last(60).n_beats == len([s for s in times_s if s > 102 - 60]) + 1


def test_times_may_lie_before_the_clock_began() -> None:
    recent = RecentBeats()
    for second in range(-500, -100):
        recent.add(ClassifiedBeat(second * GRAINS_PER_SECOND, 1024, 0, BeatKind.NORMAL))
    assert recent.last(60).n_beats == 60


def test_no_beat_is_an_empty_window() -> None:
    assert RecentBeats().last(60) == WindowSums().metrics(60.0)


@few
@given(rows, st.integers(0, 300), st.integers(1, 120))
def test_any_kept_window_has_the_metrics_of_a_rolling_one(
    some: list[ClassifiedBeat], start_s: int, length_s: int
) -> None:
    recent = RecentBeats()
    for beat in some:
        recent.add(beat)
    newest_s = some[-1].time_grains / GRAINS_PER_SECOND
    start_s = max(start_s, int(newest_s) - KEPT_S + 1)
    given_ = recent.metrics(start_s * 1000, (start_s + length_s) * 1000)
    inside = [b for b in some if start_s <= b.time_grains / GRAINS_PER_SECOND < start_s + length_s]
    assert given_ == summed(inside, length_s)


def test_a_window_holds_its_start_and_not_its_end() -> None:
    recent = RecentBeats()
    for second in range(1, 6):
        recent.add(ClassifiedBeat(second * GRAINS_PER_SECOND, 1024, 0, BeatKind.NORMAL))
    assert [b.time_grains // GRAINS_PER_SECOND for b in recent.between(2000, 4000)] == [2, 3]
    assert recent.between(2001, 4001) == recent.between(3000, 5000)


def test_beats_are_kept_for_seven_minutes() -> None:
    recent = RecentBeats()
    for second in range(600):
        recent.add(ClassifiedBeat(second * GRAINS_PER_SECOND, 1024, 0, BeatKind.NORMAL))
    kept = recent.between(0, 600_000)
    assert kept[0].time_grains // GRAINS_PER_SECOND == 599 - KEPT_S


def test_ordinary_beats_are_the_original_ones_in_seconds_and_milliseconds() -> None:
    recent = RecentBeats()
    recent.add(ClassifiedBeat(1500 * GRAINS_PER_MS, 1024, 0, BeatKind.NORMAL))
    recent.add(ClassifiedBeat(2500 * GRAINS_PER_MS, 512, 0, BeatKind.EXTRA, is_original=False))
    recent.add(ClassifiedBeat(3000 * GRAINS_PER_MS, 768, 0, BeatKind.NORMAL))
    assert recent.ordinary(0, 10_000) == ([1.5, 3.0], [1000.0, 750.0])
    assert RecentBeats().ordinary(0, 1) == ([], [])


@pytest.mark.parametrize("length_s", [60, 300])
def test_a_window_ends_at_its_newest_beat_however_long_ago(length_s: int) -> None:
    recent = RecentBeats()
    for second in range(1, 2 * length_s):
        recent.add(ClassifiedBeat(second * GRAINS_PER_SECOND, 1024, 0, BeatKind.NORMAL))
    assert recent.last(length_s).n_beats == length_s
    assert recent.last(length_s).coverage == 1.0
