import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrvdaemon.hrv.artefacts import TimedBeat
from hrvdaemon.hrv.beat_timeline import BeatTimeline, Gap, Moment, TimelineSettings, UnitSuspected
from hrvdaemon.hrv.heart_rate_measurement import HeartRateMeasurement
from hrvdaemon.vocabulary.units import GRAINS_PER_MS


def packet(*rr_ticks: int, bpm: int = 60, contact: bool | None = None) -> HeartRateMeasurement:
    return HeartRateMeasurement(heart_rate_bpm=bpm, rr_ticks=rr_ticks, has_contact=contact)


def timeline(**settings: float) -> BeatTimeline:
    return BeatTimeline(TimelineSettings(**settings))  # type: ignore[arg-type]  # tests name single fields


def feed(line: BeatTimeline, measurement: HeartRateMeasurement, mono_ms: int) -> list[Moment]:
    return list(line.feed(measurement, mono_ms))


def beats(moments: list[Moment]) -> list[TimedBeat]:
    return [moment for moment in moments if isinstance(moment, TimedBeat)]


def gaps(moments: list[Moment]) -> list[Gap]:
    return [moment for moment in moments if isinstance(moment, Gap)]


def steady(line: BeatTimeline, *, seconds: int, drift_ms_per_s: float = 0.0, rr: int = 1024) -> list[Moment]:
    """One beat a second by the strap's clock; arrival drifts away from it. RR alternates so that it is not frozen."""
    heard: list[Moment] = []
    for second in range(seconds):
        wobble = rr + (1 if second % 2 else -1)
        heard += feed(line, packet(wobble), round(1000 * (second + 1) + drift_ms_per_s * second))
    return heard


def test_the_first_beat_ends_at_its_arrival_and_the_next_only_adds_its_interval() -> None:
    line = timeline()
    first = feed(line, packet(1024), 10_000)
    second = feed(line, packet(512), 10_900)
    assert [beat.time_grains for beat in beats(first + second)] == [10_000 * GRAINS_PER_MS, 10_500 * GRAINS_PER_MS]


def test_several_intervals_in_one_packet_end_at_the_arrival_of_the_packet() -> None:
    heard = beats(feed(timeline(), packet(512, 1024), 10_000))
    assert [beat.time_grains for beat in heard] == [9_000 * GRAINS_PER_MS, 10_000 * GRAINS_PER_MS]


@pytest.mark.parametrize(("late_ms", "is_gap"), [(2_900, False), (3_100, True), (-2_900, False), (-3_100, True)])
def test_the_clock_is_anchored_again_beyond_three_seconds_in_either_direction(late_ms: int, *, is_gap: bool) -> None:
    line = timeline()
    feed(line, packet(1024), 10_000)
    heard = feed(line, packet(1025), 11_001 + late_ms)
    assert bool(gaps(heard)) is is_gap
    if is_gap:
        assert beats(heard)[0].time_grains == (11_001 + late_ms) * GRAINS_PER_MS


@pytest.mark.parametrize("ppm", [400, -400])
def test_a_day_of_a_clock_that_runs_400_ppm_off_makes_no_storm_of_gaps(ppm: int) -> None:
    heard = steady(timeline(), seconds=86_400, drift_ms_per_s=ppm / 1000)
    # 86 400 s x 400 ppm is 34.6 s of drift: one gap for each whole 3 s of it
    assert len(gaps(heard)) in (11, 12)
    assert len(beats(heard)) == 86_400


def test_beats_behind_a_gap_belong_to_another_segment() -> None:
    line = timeline()
    before = beats(feed(line, packet(1024), 10_000))
    after = beats(feed(line, packet(1024), 20_000))
    assert before[0].segment != after[0].segment


def test_the_same_bytes_within_50_ms_are_one_packet() -> None:
    line = timeline()
    feed(line, packet(1024), 10_000)
    assert feed(line, packet(1024), 10_020) == []
    assert len(beats(feed(line, packet(1024), 11_020))) == 1


@pytest.mark.parametrize("measurement", [packet(1024, bpm=0), packet(1024, contact=False)])
def test_heart_rate_0_and_contact_lost_are_no_data(measurement: HeartRateMeasurement) -> None:
    line = timeline()
    feed(line, packet(1024), 10_000)
    heard = feed(line, measurement, 11_000)
    assert beats(heard) == []
    assert len(gaps(heard)) == 1
    assert feed(line, measurement, 12_000) == []


def test_contact_that_is_not_reported_is_not_contact_lost() -> None:
    assert len(beats(feed(timeline(), packet(1024, contact=None), 10_000))) == 1


def test_fifteen_equal_intervals_in_a_row_are_a_frozen_sensor() -> None:
    line, heard = timeline(), []
    for second in range(20):
        heard += feed(line, packet(1024), 1000 * (second + 1))
    assert len(beats(heard)) == 14
    assert [gap.why for gap in gaps(heard)] == ["frozen sensor"]
    assert len(beats(feed(line, packet(1000), 21_000))) == 1


def test_an_interval_above_three_seconds_is_a_gap() -> None:
    line = timeline()
    feed(line, packet(1024), 10_000)
    heard = feed(line, packet(4000), 10_000 + 3906)
    assert [gap.why for gap in gaps(heard)] == ["long interval"]
    after = beats(feed(line, packet(1024), 15_000))
    assert after[0].segment != beats(heard)[0].segment


def as_milliseconds(line: BeatTimeline, *, seconds: int) -> list[Moment]:
    """A strap that writes 1000 for one second."""
    heard: list[Moment] = []
    for second in range(seconds):
        heard += feed(line, packet(1001 if second % 2 else 999), 1000 * (second + 1))
    return heard


def test_a_strap_that_sends_milliseconds_is_noticed_once() -> None:
    heard = as_milliseconds(timeline(), seconds=1200)
    assert heard.count(UnitSuspected()) == 1


def test_a_strap_on_the_list_of_millisecond_sensors_keeps_time_and_is_not_reported() -> None:
    heard = as_milliseconds(BeatTimeline(TimelineSettings(), sends_milliseconds=True), seconds=1200)
    assert gaps(heard) == []
    assert UnitSuspected() not in heard


@pytest.mark.parametrize("ppm", [0, 400, -400])
def test_an_honest_strap_is_never_suspected(ppm: int) -> None:
    assert UnitSuspected() not in steady(timeline(), seconds=3600, drift_ms_per_s=ppm / 1000)


@given(st.lists(st.tuples(st.lists(st.integers(0, 0xFFFF), max_size=9), st.integers(0, 5_000)), max_size=60))
def test_no_beat_is_lost_or_doubled_whatever_arrives(stream: list[tuple[list[int], int]]) -> None:
    line, mono_ms, n_sent, heard = timeline(duplicate_ms=0, flatline_beats=10**9), 0, 0, []
    for rr, wait_ms in stream:
        mono_ms += wait_ms
        n_sent += len(rr)
        heard += feed(line, packet(*rr), mono_ms)
    assert len(beats(heard)) == n_sent
