"""Law 2: a minute is closed 15 s after its end, once; late beats are counted; empty time is one range."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from hrvdaemon.hrv.heart_rate_measurement import HeartRateMeasurement
from hrvdaemon.pipeline import Pipeline
from hrvdaemon.vocabulary.events import (
    AutonomicState,
    AutonomicStateChanged,
    BeatsClassified,
    DecisionMade,
    EpochClosed,
    GapDetected,
    HrvUpdated,
    PacketRejected,
    Reason,
    SignalQualityChanged,
    WearingStarted,
    WindowSummarised,
)
from hrvdaemon.vocabulary.inputs import (
    BatteryRead,
    DeliveryReported,
    Input,
    PacketReceived,
    RunEnded,
    SensorConnected,
    SensorLost,
    Tick,
)
from hrvdaemon.vocabulary.units import MINUTE_MS, PromptId, SensorId, instant

STRAP = SensorId("strap")
Begin = Callable[..., Any]
Packet = Callable[..., PacketReceived]


def judged_minutes(day: Any) -> list[int]:
    """Every minute of the ledger by its start on the run's clock, ranges unrolled."""
    return [row.start_mono_ms // MINUTE_MS + n for row in day.of(DecisionMade) for n in range(row.minutes)]


def test_the_first_input_must_start_a_run() -> None:
    with pytest.raises(ValueError, match="expected RunStarted as the first input, came Tick"):
        Pipeline().feed(Tick(mono_ms=0))


def test_a_minute_is_closed_15_seconds_after_its_end(begin: Begin) -> None:
    day = begin()
    day.live(4)
    closed = day.of(EpochClosed)
    assert [event.mono_ms for event in closed] == [75_000, 135_000, 195_000]
    assert [event.epoch.start_mono_ms for event in closed] == [0, 60_000, 120_000]
    assert [event.epoch.number for event in closed] == [0, 1, 2]
    assert [event.at - day.offset_ms for event in closed] == [75_000, 135_000, 195_000]
    assert closed[1].epoch.metrics.n_beats == 60
    assert closed[1].epoch.metrics.coverage == pytest.approx(1.0, abs=0.02)


def test_minutes_begin_on_the_wall_clock_wherever_the_run_began(begin: Begin) -> None:
    day = begin("2026-03-10T11:00:40Z")
    day.live(2)
    first = day.of(EpochClosed)[0]
    assert first.epoch.start_at == instant("2026-03-10T11:00:00Z")
    assert first.at == instant("2026-03-10T11:01:15Z")


def test_what_is_due_is_stamped_with_its_time_and_not_with_the_input_that_showed_it(begin: Begin) -> None:
    day = begin()
    day.live(1.1)
    day.feed(Tick(mono_ms=day.now_ms + 3 * MINUTE_MS))
    closed = day.of(EpochClosed)
    assert [event.mono_ms for event in closed] == [75_000, 135_000]
    gap = day.of(GapDetected)[0]
    assert (gap.why, gap.mono_ms) == ("no intervals", 66_000 + 10_000)


def test_a_late_beat_is_counted_and_never_reopens_its_minute(begin: Begin, packet: Packet) -> None:
    """A clock off by less than the resync limit: beats of 25 s ago are still on their own axis, and late."""
    day = begin(settings={"timeline.resync_s": 60.0})
    day.live(1)
    for second in (62, 64, 66, 68, 70, 72, 74, 76, 78, 80, 82, 84):
        day.feed(packet(second * 1000, 1024 + second % 3))
    before = len(day.of(EpochClosed))
    day.feed(SensorLost(mono_ms=140_000, sensor=STRAP, reason="gone"))
    assert before == 1
    late = sum(event.n_late for event in day.of(BeatsClassified))
    starts = [event.epoch.start_mono_ms for event in day.of(EpochClosed)]
    assert len(starts) == len(set(starts))
    assert late + sum(event.epoch.metrics.n_beats for event in day.of(EpochClosed)) <= sum(
        len(event.rr_ticks) for event in day.of(BeatsClassified)
    )


def test_no_difference_is_taken_across_a_gap(begin: Begin) -> None:
    day = begin()
    day.live(2)
    day.feed(SensorLost(mono_ms=day.now_ms, sensor=STRAP, reason="out of range"))
    day.silence(0.2)
    day.live(2)
    day.end()
    whole = [event for event in day.of(EpochClosed) if event.epoch.metrics.n_beats > 30]
    assert len({event.segment for event in day.of(BeatsClassified)}) == 2
    torn = day.of(EpochClosed)[2].epoch.metrics
    assert all(event.epoch.metrics.rmssd_ms == pytest.approx(24, abs=1) for event in whole)
    assert torn.n_pairs < torn.n_beats


@pytest.mark.parametrize(("bpm", "has_contact", "why"), [(70, False, "contact lost"), (0, None, "heart rate 0")])
def test_no_contact_and_no_heart_rate_are_gaps(
    begin: Begin, packet: Packet, bpm: int, has_contact: bool | None, why: str
) -> None:
    day = begin()
    day.live(1)
    for second in range(61, 66):
        day.feed(packet(second * 1000, bpm=bpm, has_contact=has_contact))
    day.live(1)
    assert [gap.why for gap in day.of(GapDetected)] == [why, "data again"]
    assert len(day.of(WearingStarted)) == 1


def test_a_packet_without_contact_starts_no_wearing(begin: Begin, packet: Packet) -> None:
    day = begin()
    day.feed(packet(1000, 1024, bpm=70, has_contact=False))
    day.feed(packet(2000, 1024, bpm=0))
    assert day.events == []
    day.feed(packet(3000, 1024, bpm=60))
    assert [event.mono_ms for event in day.of(WearingStarted)] == [3000]


@pytest.mark.parametrize(("off_s", "wearings"), [(590, 1), (597, 1), (605, 2), (700, 2)])
def test_ten_minutes_without_a_beat_end_a_wearing(begin: Begin, off_s: int, wearings: int) -> None:
    day = begin()
    day.live(3)
    day.silence(off_s / 60)
    day.live(1)
    assert len(day.of(WearingStarted)) == wearings


def test_a_slow_heart_is_no_silence(begin: Begin) -> None:
    """At 32 bpm seven beats take 13 s: the first is final then, and there was never a gap."""
    day = begin()
    day.live(2, hr=32.0)
    assert day.of(GapDetected) == []


def test_beats_too_few_to_be_final_become_so_after_ten_seconds_of_silence(begin: Begin, packet: Packet) -> None:
    day = begin()
    day.live(1)
    day.feed(SensorLost(mono_ms=60_000, sensor=STRAP, reason="gone"))
    for second in (65, 66, 67):
        day.feed(packet(second * 1000, 1024 + second % 2))
    day.feed(Tick(mono_ms=120_000))
    last = day.of(BeatsClassified)[-1]
    assert (last.mono_ms, len(last.rr_ticks)) == (77_000, 3)


def test_a_malformed_packet_is_said_and_changes_nothing_else(begin: Begin) -> None:
    day, other = begin(), begin()
    for one in (day, other):
        one.live(2)
    new = day.feed(PacketReceived(mono_ms=day.now_ms, sensor=STRAP, data=b"\x10"))
    assert [type(event) for event in new] == [PacketRejected]
    day.live(2)
    other.live(2)
    assert [event for event in day.events if not isinstance(event, PacketRejected)] == other.events


def test_time_without_beats_is_one_row_of_the_ledger(begin: Begin) -> None:
    day = begin()
    day.live(2.9)
    day.silence(5 * 60 + 0.1)
    day.live(1.9)
    day.end()
    empty = [row for row in day.of(DecisionMade) if row.epoch is None]
    assert [(row.start_mono_ms, row.minutes, row.state, row.reason) for row in empty] == [
        (3 * MINUTE_MS, 300, AutonomicState.NO_SIGNAL, Reason.NO_DATA)
    ]
    assert judged_minutes(day) == list(range(305))


def test_the_end_of_a_run_closes_what_is_open_at_its_own_time(begin: Begin) -> None:
    day = begin()
    day.live(7.5)
    new = day.end()
    assert judged_minutes(day) == list(range(8))
    assert {event.mono_ms for event in new} == {day.now_ms}
    assert sum(len(event.rr_ticks) for event in day.of(BeatsClassified)) == sum(
        event.epoch.metrics.n_beats for event in day.of(EpochClosed)
    )
    assert [event.start_at - day.offset_ms for event in day.of(WindowSummarised)] == [0, 5 * MINUTE_MS]


def test_after_the_end_nothing_is_due_any_more(begin: Begin) -> None:
    day = begin()
    day.live(3)
    day.end()
    assert day.feed(Tick(mono_ms=day.now_ms + 24 * 60 * MINUTE_MS)) == []


def test_a_run_without_a_beat_is_one_range(begin: Begin) -> None:
    day = begin()
    day.silence(90)
    assert [(row.minutes, row.epoch) for row in (e for e in day.end() if isinstance(e, DecisionMade))] == [(90, None)]


def test_five_minutes_are_summarised_on_the_wall_clock(begin: Begin) -> None:
    day = begin("2026-03-10T11:03:00Z")
    day.live(7.5)
    windows = day.of(WindowSummarised)
    assert [window.start_at for window in windows] == [instant("2026-03-10T11:00:00Z"), instant("2026-03-10T11:05:00Z")]
    assert windows[0].at == instant("2026-03-10T11:05:15Z")
    assert windows[0].metrics.coverage == pytest.approx(0.4, abs=0.02)
    assert windows[1].metrics.sdnn_ms == pytest.approx(12, abs=0.6)


def test_rolling_metrics_come_every_five_seconds_while_beats_come(begin: Begin) -> None:
    day = begin()
    day.live(1)
    day.silence(2)
    day.live(0.5)
    moments = [event.mono_ms for event in day.of(HrvUpdated)]
    assert all(moment % 5000 == 0 for moment in moments)
    assert [m for m in moments if m <= 60_000] == list(range(5000, 60_001, 5000))
    assert not [m for m in moments if 70_000 < m < 180_000]
    assert [m for m in moments if m > 180_000]


def test_shown_heart_rate_is_at_once_and_windows_end_at_final_beats(begin: Begin) -> None:
    day = begin()
    day.live(1)
    day.live(0.5, hr=75.0)
    latest = day.of(HrvUpdated)[-1]
    assert latest.hr_bpm == pytest.approx(75, abs=0.5)
    assert latest.minute.mean_hr_bpm is not None
    assert 60 < latest.minute.mean_hr_bpm < 74


def test_the_grade_is_said_when_it_changes(begin: Begin) -> None:
    day = begin()
    day.live(3)
    grades = [event.quality.value for event in day.of(SignalQualityChanged)]
    assert grades[-1] == "good"
    assert all(a != b for a, b in pairwise(grades))


def test_the_state_is_said_when_it_changes(begin: Begin) -> None:
    day = begin()
    day.live(2.9)
    day.silence(5)
    day.live(2)
    changes = day.of(AutonomicStateChanged)
    assert all(change.state is not change.previous for change in changes)
    assert all(a.state is b.previous for a, b in pairwise(changes))
    lost = [change for change in changes if change.state is AutonomicState.NO_SIGNAL]
    assert [change.mono_ms for change in lost] == [4 * MINUTE_MS + 15_000]


def test_a_strap_just_put_on_is_warming_up_and_not_noisy(begin: Begin) -> None:
    """12 s of beats at the end of the first minute: fewer than 30 when it is closed."""
    day = begin()
    day.silence(0.8)
    day.live(1.2)
    first = day.of(DecisionMade)[0]
    assert (first.state, first.reason, first.learns) == (AutonomicState.WARMING_UP, None, False)
    assert not first.is_eligible


def test_battery_delivery_and_ticks_change_no_event(begin: Begin) -> None:
    quiet, busy = begin(stage=3), begin(stage=3)
    for _ in range(6):
        for day in (quiet, busy):
            day.live(1)
        others: list[Input] = [
            BatteryRead(mono_ms=busy.now_ms, sensor=STRAP, percent=5),
            DeliveryReported(mono_ms=busy.now_ms, prompt=PromptId("run-prompt-0"), channel="desktop", delivered=False),
            Tick(mono_ms=busy.now_ms),
        ]
        for one in others:
            assert busy.feed(one) == []
    assert quiet.end() == busy.end()
    assert quiet.events == busy.events


def test_another_characteristic_is_no_heart_rate(begin: Begin) -> None:
    day = begin()
    day.live(1)
    assert day.feed(PacketReceived(mono_ms=day.now_ms, sensor=STRAP, data=b"\x64", characteristic="2a19")) == []


def test_feeding_the_same_inputs_again_gives_the_same_events(begin: Begin) -> None:
    day = begin()
    day.live(4)
    day.silence(1)
    day.live(2)
    day.feed(RunEnded(mono_ms=day.now_ms, reason="end"))
    again = Pipeline()
    assert [event for given in day.inputs for event in again.feed(given)] == day.events


def test_the_other_strap_takes_over_when_the_first_is_silent(begin: Begin, packet: Packet) -> None:
    day = begin()
    day.live(1)
    spare = SensorId("spare")
    for second in range(61, 80):
        data = packet(0, 1024 + second % 2).data
        day.feed(PacketReceived(mono_ms=second * 1000, sensor=spare, data=data))
    used = [event.sensor for event in day.of(BeatsClassified)]
    assert used[0] == STRAP
    assert used[-1] == spare
    first = next(event for event in day.of(BeatsClassified) if event.sensor == spare)
    assert 71_000 <= first.mono_ms <= 78_000


def test_another_strap_brings_its_own_habits_and_no_neighbours(begin: Any) -> None:
    """The first strap sends milliseconds, the second ticks; both are read as what they are."""
    day = begin(settings={"timeline.millisecond_sensors": "Strap"})
    other = SensorId("other")
    for second in range(1, 40):
        day.feed(PacketReceived(mono_ms=second * 1000, sensor=STRAP, data=_one_beat(1000 + second % 2)))
    day.feed(SensorLost(mono_ms=40_000, sensor=STRAP, reason="away"))
    day.feed(SensorConnected(mono_ms=41_000, sensor=other, name="Other"))
    for second in range(42, 80):
        day.feed(PacketReceived(mono_ms=second * 1000, sensor=other, data=_one_beat(1024 + second % 2)))
    day.now_ms = 80_000
    day.end()
    beats = day.of(BeatsClassified)
    assert {ticks for event in beats if event.sensor == other for ticks in event.rr_ticks} == {1024, 1025}
    assert not {e.segment for e in beats if e.sensor == other} & {e.segment for e in beats if e.sensor == STRAP}


def _one_beat(value: int) -> bytes:
    return bytes(HeartRateMeasurement(heart_rate_bpm=60, rr_ticks=(value,)))
