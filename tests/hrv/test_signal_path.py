"""One wearing's way: measurements in, each beat out once and final, gaps in their place."""

import pytest

from hrvdaemon.hrv.artefacts import ArtefactSettings, ClassifiedBeat
from hrvdaemon.hrv.beat_timeline import Gap, TimelineSettings
from hrvdaemon.hrv.heart_rate_measurement import HeartRateMeasurement
from hrvdaemon.hrv.signal_path import Heard, PathSettings, SignalPath
from hrvdaemon.vocabulary.epochs import BeatKind
from hrvdaemon.vocabulary.units import GRAINS_PER_MS, SensorId


def path(*, sends_milliseconds: bool = False) -> SignalPath:
    settings = PathSettings(TimelineSettings(), ArtefactSettings())
    return SignalPath(settings, SensorId("strap"), sends_milliseconds=sends_milliseconds)


def measured(*rr_ticks: int, bpm: int = 60, has_contact: bool | None = None) -> HeartRateMeasurement:
    return HeartRateMeasurement(heart_rate_bpm=bpm, rr_ticks=rr_ticks, has_contact=has_contact)


def steady(way: SignalPath, seconds: range) -> list[Heard]:
    return [heard for s in seconds for heard in way.feed(measured(1024 + 10 * (s % 2)), s * 1000)]


def beats(heard: list[Heard]) -> list[ClassifiedBeat]:
    return [item for item in heard if isinstance(item, ClassifiedBeat)]


def test_each_beat_comes_out_once_in_order_six_beats_late() -> None:
    way = path()
    heard = steady(way, range(1, 21))
    assert len(beats(heard)) == 14
    ended = list(way.interrupt("run ended"))
    assert len(beats(ended)) == 6
    assert isinstance(ended[-1], Gap)
    times = [beat.time_grains for beat in beats([*heard, *ended])]
    assert times == sorted(set(times))


def test_thirty_beats_warm_it_up() -> None:
    way = path()
    steady(way, range(1, 30))
    assert way.is_warming_up
    steady(way, range(30, 31))
    assert not way.is_warming_up


def test_shown_heart_rate_is_that_of_the_last_ten_seconds_at_once() -> None:
    way = path()
    assert way.hr_bpm() is None
    for second in range(1, 31):
        list(way.feed(measured(1024), second * 1000)) if second % 2 else list(way.feed(measured(1025), second * 1000))
    for second in range(31, 42):
        list(way.feed(measured(511, 513), second * 1000))
    assert way.hr_bpm() == pytest.approx(120.0)


def test_an_interval_out_of_range_is_not_shown() -> None:
    way = path()
    list(way.feed(measured(1024), 1000))
    list(way.feed(measured(2100), 3100))
    list(way.feed(measured(300), 3400))
    assert way.hr_bpm() == pytest.approx(60.0)


@pytest.mark.parametrize(
    "nothing", [measured(bpm=0), measured(bpm=70, has_contact=False)], ids=["heart rate 0", "contact lost"]
)
def test_no_data_is_one_gap_and_beats_behind_it_are_another_segment(nothing: HeartRateMeasurement) -> None:
    way = path()
    heard = steady(way, range(1, 11))
    heard += [item for s in range(11, 15) for item in way.feed(nothing, s * 1000)]
    heard += steady(way, range(15, 26))
    heard += list(way.interrupt("end"))
    gaps = [number for number, item in enumerate(heard) if isinstance(item, Gap)]
    assert [item.why for item in heard if isinstance(item, Gap)][1:] == ["data again", "end"]
    assert len(gaps) == 3
    before, after = beats(heard[: gaps[0]]), beats(heard[gaps[1] :])
    assert (len(before), len(after)) == (10, 11)
    assert {b.segment for b in before}.isdisjoint({b.segment for b in after})


def test_a_gap_is_told_after_the_beats_before_it() -> None:
    way = path()
    steady(way, range(1, 11))
    heard = list(way.interrupt("strap lost"))
    assert [type(item) for item in heard] == [ClassifiedBeat] * 6 + [Gap]
    assert list(way.interrupt("strap lost")) == []


def test_no_difference_is_taken_across_a_gap() -> None:
    way = path()
    steady(way, range(1, 41))
    list(way.interrupt("strap lost"))
    steady(way, range(45, 66))
    list(way.interrupt("end"))
    minute, _ = way.windows()
    assert minute.n_beats - minute.n_pairs == 2


def test_both_windows_see_final_beats_only() -> None:
    way = path()
    steady(way, range(1, 101))
    minute, five_minutes = way.windows()
    assert five_minutes.n_beats == 94
    assert minute.window_s == 60.0
    assert minute.rmssd_ms == pytest.approx(10 * 1000 / 1024)
    assert minute.mean_hr_bpm == pytest.approx(60_000 / (1029 * 1000 / 1024), rel=1e-3)


def test_a_strap_that_sends_milliseconds_is_read_in_milliseconds() -> None:
    way = path(sends_milliseconds=True)
    heard = [item for s in range(1, 11) for item in way.feed(measured(1000 + s % 2), s * 1000)]
    heard += list(way.interrupt("end"))
    assert {beat.rr_ticks for beat in beats(heard)} == {1024, 1025}


def test_the_first_beat_ends_where_its_packet_arrived() -> None:
    way = path()
    list(way.feed(measured(1000, 1024), 5_000))
    heard = list(way.interrupt("end"))
    assert [beat.time_grains // GRAINS_PER_MS for beat in beats(heard)] == [4_000, 5_000]


def test_an_extra_beat_is_labelled_and_not_counted_as_a_pair() -> None:
    way = path()
    for second in range(1, 61):
        rr = (400, 624) if second == 40 else (1024 + 10 * (second % 2),)
        list(way.feed(measured(*rr), second * 1000))
    list(way.interrupt("end"))
    kinds = [b.kind for b in way.recent.between(0, 100_000)]
    assert kinds.count(BeatKind.EXTRA) == 1
    minute, _ = way.windows()
    assert minute.artefact_share == pytest.approx(1 / 60)
    assert 38 + 18 <= minute.n_pairs <= 38 + 19
    assert minute.rmssd_ms == pytest.approx(10 * 1000 / 1024)
