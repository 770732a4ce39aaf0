from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from hrvdaemon.simulation.heart import Heart
from hrvdaemon.simulation.person import LOW_HRV, REST, Condition, Pace, Person
from hrvdaemon.simulation.sinus_node import SimulatedBeat

Beats = Sequence[SimulatedBeat]
Number = Callable[[Beats], float]
Numbers = Callable[[Beats], NDArray[np.float64]]
Driftless = Callable[[Person], Person]

STEADY_LINE = Condition(respiration_jitter_hz=0.0)
MIXED = Condition(pvc_chance=0.05, pac_chance=0.02, missed_chance=0.02, extra_chance=0.03)


@pytest.mark.parametrize(
    ("person", "condition", "rmssd"),
    [
        (Person(), REST, 34),
        (LOW_HRV, REST, 6),
        (Person(), Condition(pace=Pace(in_s=4, out_s=6)), 37),
    ],
    ids=["seated rest", "low HRV", "paced at 6 a minute"],
)
def test_rmssd_is_that_of_j44(
    person: Person, condition: Condition, rmssd: float, driftless: Driftless, rmssd_ms: Number
) -> None:
    beats = Heart(1, driftless(person)).beats(3600, condition)
    assert rmssd_ms(beats) == pytest.approx(rmssd, rel=0.10)


def test_rmssd_of_a_slow_sine_is_its_closed_form(driftless: Driftless, rmssd_ms: Number) -> None:
    """E.3: RMSSD = √2·a·RR·|sin(π·f·RR)| for small a; at 0.1 Hz averaging over an interval costs 1.4 %."""
    person = replace(driftless(Person()), a_lf=0.0, a_vlf=0.0, a_hf=0.03, respiration_hz=0.1)
    rr_s = 60 / 65
    expected = np.sqrt(2) * 0.03 * rr_s * 1000 * np.sin(np.pi * 0.1 * rr_s)
    assert rmssd_ms(Heart(1, person).beats(3000, STEADY_LINE)) == pytest.approx(expected, rel=0.03)


@pytest.mark.parametrize("hz", [0.1, 0.25, 0.3])
def test_rr_amplitude_is_that_of_the_modulation(
    hz: float, driftless: Driftless, amplitude: Callable[[Beats, float], float]
) -> None:
    person = replace(driftless(Person()), a_lf=0.0, a_vlf=0.0, a_hf=0.04, respiration_hz=hz)
    assert amplitude(Heart(1, person).beats(3000, STEADY_LINE), hz) == pytest.approx(0.04, rel=0.03)


@pytest.mark.parametrize("offset_bpm", [0.0, 12.0, 70.0])
def test_mean_heart_rate_is_the_persons_and_the_offset(
    offset_bpm: float, driftless: Driftless, mean_hr_bpm: Number
) -> None:
    beats = Heart(3, driftless(Person())).beats(1800, Condition(hr_offset_bpm=offset_bpm))
    assert mean_hr_bpm(beats) == pytest.approx(65 + offset_bpm, rel=0.005)


def test_a_heart_without_modulation_is_a_metronome(driftless: Driftless) -> None:
    still = replace(driftless(Person(resting_hr_bpm=60.0)), a_hf=0.0, a_lf=0.0, a_vlf=0.0)
    beats = Heart(1, still).beats(100, REST)
    assert {beat.rr_ticks for beat in beats} <= {1023, 1024, 1025}
    assert len(beats) in {99, 100}


@pytest.mark.parametrize(("hour", "hr", "factor"), [(15, 69, 0.75), (3, 55, 1.25), (9, 62, 1.0)])
def test_the_hour_moves_heart_rate_and_breathing(
    hour: int,
    hr: float,
    factor: float,
    driftless: Driftless,
    mean_hr_bpm: Number,
    amplitude: Callable[[Beats, float], float],
) -> None:
    """E.3: HR = 62 + 7 cos(2π(h-15)/24); a_HF × (1 - 0.25 cos(...)). Ten minutes about the hour."""
    person = Person(resting_hr_bpm=62.0, has_circadian=True, local_hour_at_start=hour - 1 / 12, a_lf=0.0, a_vlf=0.0)
    beats = Heart(1, driftless(person)).beats(600, STEADY_LINE)
    assert mean_hr_bpm(beats) == pytest.approx(hr, abs=0.3)
    assert amplitude(beats, 0.25) == pytest.approx(0.04 * factor, rel=0.05)


def test_slow_drift_has_its_size_and_memory(rr_ms: Numbers) -> None:
    """SD 3 bpm, τ 20 min: minutes twenty minutes apart correlate by 1/e. Sixty hours hold some 90 independent spans."""
    person = Person(a_hf=0.0, a_lf=0.0, a_vlf=0.0)
    beats = Heart(2, person).beats(60 * 3600, REST)
    minutes = np.array([beat.tick // (1024 * 60) for beat in beats])
    hr = 60_000 * np.bincount(minutes) / np.bincount(minutes, weights=rr_ms(beats))
    assert hr.std() == pytest.approx(3, abs=0.6)
    assert np.corrcoef(hr[:-20], hr[20:])[0, 1] == pytest.approx(1 / np.e, abs=0.2)


def test_mayer_waves_are_no_pure_line(driftless: Driftless, rr_ms: Numbers) -> None:
    """A line would keep all its power in two or three bins of 1/600 Hz."""
    person = replace(driftless(Person()), a_hf=0.0, a_vlf=0.0)
    beats = Heart(1, person).beats(620, REST)
    seconds = np.cumsum(rr_ms(beats)) / 1000
    even = np.interp(np.arange(0, 600, 0.25), seconds, rr_ms(beats))
    power = np.abs(np.fft.rfft(even - even.mean())) ** 2
    hz = np.fft.rfftfreq(even.size, 0.25)
    assert power[(hz > 0.04) & (hz < 0.15)].sum() > 0.9 * power.sum()
    assert np.sort(power)[-3:].sum() < 0.7 * power.sum()


def test_the_same_seed_gives_the_same_beats_and_another_seed_others() -> None:
    assert Heart(7, Person()).beats(60, MIXED) == Heart(7, Person()).beats(60, MIXED)
    assert Heart(7, Person()).beats(60, MIXED) != Heart(8, Person()).beats(60, MIXED)


def test_asking_in_parts_gives_the_beats_of_asking_once() -> None:
    whole, parts = Heart(5, Person()), Heart(5, Person())
    assert parts.beats(10, MIXED) + parts.beats(20, MIXED) == whole.beats(30, MIXED)
    assert [beat for _ in range(700) for beat in parts.beats(1, MIXED)] == whole.beats(700, MIXED)


def test_what_comes_later_does_not_change_what_was() -> None:
    run = Condition(hr_offset_bpm=70.0, hf_factor=0.08)
    plain, changed = Heart(5, Person()), Heart(5, Person())
    before = plain.beats(60, REST)
    assert changed.follow([REST] * 60 + [run] * 60)[: len(before)] == before


def test_nothing_asked_gives_nothing() -> None:
    assert Heart(5, Person()).beats(0, REST) == []


def test_the_running_sum_of_intervals_is_the_time_of_the_beat() -> None:
    beats = Heart(4, Person()).beats(900, MIXED)
    assert np.cumsum([beat.rr_ticks for beat in beats]).tolist() == [beat.tick for beat in beats]
    assert beats[-1].tick < 900 * 1024


def test_a_new_pace_starts_with_its_in_breath(driftless: Driftless) -> None:
    """Heart rate rises while the breath goes in, so it is fastest about 4 s after each breath's start."""
    heart = Heart(6, replace(driftless(Person()), a_vlf=0.0))
    heart.beats(37, REST)
    beats = heart.beats(100, Condition(pace=Pace(in_s=4, out_s=6)))
    for breath in range(10):
        start = 1024 * (37 + 10 * breath)
        fastest = min((b for b in beats if start <= b.tick < start + 10_240), key=lambda b: b.rr_ticks)
        middle_s = (fastest.tick - fastest.rr_ticks / 2 - start) / 1024
        assert middle_s == pytest.approx(4, abs=0.7)


def test_a_pace_kept_from_call_to_call_goes_on() -> None:
    paced = Condition(pace=Pace())
    whole, parts = Heart(6, Person()), Heart(6, Person())
    assert [beat for _ in range(45) for beat in parts.beats(1, paced)] == whole.beats(45, paced)
