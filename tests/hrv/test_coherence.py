"""How the heart follows a pacer: closed forms of a sine."""

import numpy as np
import pytest

from hrvdaemon.hrv.coherence import breath_swing

PACE = 0.1


def beats(
    amplitude_bpm: float = 0.0,
    *,
    hz: float = PACE,
    phase: float = 0.0,
    trend: float = 0.0,
    noise: float = 0.0,
    length_s: float = 60.0,
    start_s: float = 100.0,
    seed: int = 0,
) -> tuple[list[float], list[float]]:
    """Heart rate 65 + A cos(2 pi f (t - start) - phase) at each beat, and a trend in bpm a minute."""
    chance = np.random.default_rng(seed)
    times, intervals, now = [], [], start_s
    while now < start_s + length_s:
        since = now - start_s
        hr = 65 + amplitude_bpm * np.cos(2 * np.pi * hz * since - phase) + trend * since / 60
        hr += noise * chance.standard_normal()
        times.append(now)
        intervals.append(60_000 / float(hr))
        now += 60 / float(hr)
    return times, intervals


@pytest.mark.parametrize("amplitude", [1.0, 4.0, 10.0])
@pytest.mark.parametrize("trend", [0.0, -6.0])
def test_a_sine_of_amplitude_a_swings_2a_and_follows_wholly(amplitude: float, trend: float) -> None:
    swing = breath_swing(*beats(amplitude, trend=trend), pace_hz=PACE, inhale_start_s=100.0)
    assert swing is not None
    assert swing.swing_bpm == pytest.approx(2 * amplitude, rel=1e-6)
    assert swing.r_squared == pytest.approx(1.0, abs=1e-6)
    assert swing.phase_rad == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("phase", [0.5, 1.5, -2.0, 3.0])
def test_phase_is_how_long_after_the_in_breath_began_the_heart_is_fastest(phase: float) -> None:
    swing = breath_swing(*beats(5.0, phase=phase), pace_hz=PACE, inhale_start_s=100.0)
    assert swing is not None
    assert swing.phase_rad == pytest.approx(phase, abs=1e-6)


def test_any_in_breath_will_do_as_the_start() -> None:
    one, other = (breath_swing(*beats(5.0, phase=0.7), pace_hz=PACE, inhale_start_s=s) for s in (100.0, 60.0))
    assert one is not None
    assert other is not None
    assert one.phase_rad == pytest.approx(other.phase_rad, abs=1e-6)


@pytest.mark.parametrize("seed", range(15))
def test_noise_does_not_follow(seed: int) -> None:
    """Of n points two parameters explain 2/(n-2) by chance: 0.03 of 65; 0.3 is far out in its tail."""
    swing = breath_swing(*beats(noise=3.0, seed=seed), pace_hz=PACE, inhale_start_s=100.0)
    assert swing is not None
    assert swing.r_squared < 0.3


def test_a_heart_at_another_rate_does_not_follow() -> None:
    swing = breath_swing(*beats(5.0, hz=0.25), pace_hz=PACE, inhale_start_s=100.0)
    assert swing is not None
    assert swing.r_squared < 0.1
    assert swing.swing_bpm < 2.0


def test_a_swing_as_large_as_the_noise_explains_half() -> None:
    """Sine variance A²/2 against noise variance sigma²: A = sqrt(2) sigma explains half."""
    shares = [
        swing.r_squared
        for seed in range(20)
        if (swing := breath_swing(*beats(2**0.5 * 2, noise=2.0, seed=seed), pace_hz=PACE, inhale_start_s=100.0))
    ]
    assert float(np.mean(shares)) == pytest.approx(0.5, abs=0.08)


def test_a_still_heart_follows_nothing() -> None:
    swing = breath_swing(*beats(0.0), pace_hz=PACE, inhale_start_s=100.0)
    assert swing is not None
    assert swing.r_squared == 0.0
    assert swing.swing_bpm == pytest.approx(0.0, abs=1e-9)


def test_below_40_seconds_or_20_beats_nothing_is_said() -> None:
    assert breath_swing(*beats(5.0, length_s=39.5), pace_hz=PACE, inhale_start_s=100.0) is None
    assert breath_swing(*beats(5.0, length_s=42.0), pace_hz=PACE, inhale_start_s=100.0) is not None
    times, intervals = beats(5.0)
    assert breath_swing(times[::4], intervals[::4], pace_hz=PACE, inhale_start_s=100.0) is None
    assert breath_swing([], [], pace_hz=PACE, inhale_start_s=0.0) is None
