"""Breathing rate: one rhythm that rules, or None."""

from itertools import pairwise

import numpy as np
import pytest

from hrvdaemon.hrv.respiration import breathing_rate_hz


def beats(
    swing: float = 0.0,
    hz: float = 0.1,
    *,
    length_s: float = 120.0,
    noise_ms: float = 0.0,
    seed: int = 0,
    phase: float = 0.0,
) -> tuple[list[float], list[float]]:
    """RR of 900 ms that swings by this share either way at this rate, beat by beat in time."""
    chance = np.random.default_rng(seed)
    times, intervals, now = [], [], 0.0
    while now < length_s:
        rr = 900 * (1 + swing * np.sin(2 * np.pi * hz * now + phase)) + noise_ms * chance.standard_normal()
        now += rr / 1000
        times.append(now)
        intervals.append(float(rr))
    return times, intervals


@pytest.mark.parametrize("phase", [0.0, 1.0, 2.5, 4.0])
@pytest.mark.parametrize("hz", [0.075, 0.1, 0.11])
def test_a_slow_swing_of_8_percent_is_slow_breathing(hz: float, phase: float) -> None:
    assert breathing_rate_hz(*beats(0.08, hz, phase=phase, noise_ms=5)) == pytest.approx(hz, abs=0.006)


@pytest.mark.parametrize("phase", [0.0, 1.5, 3.0])
def test_a_mayer_wave_of_4_percent_is_no_breath(phase: float) -> None:
    assert breathing_rate_hz(*beats(0.04, 0.1, phase=phase)) is None


@pytest.mark.parametrize(("hz", "swing"), [(0.2, 0.03), (0.25, 0.04), (0.3, 0.03)])
def test_ordinary_breathing_is_found_however_small_its_swing(hz: float, swing: float) -> None:
    assert breathing_rate_hz(*beats(swing, hz)) == pytest.approx(hz, abs=0.006)


@pytest.mark.parametrize("seed", range(20))
def test_white_noise_has_no_rate(seed: int) -> None:
    assert breathing_rate_hz(*beats(noise_ms=60, seed=seed)) is None


def test_two_equal_rhythms_have_no_rate() -> None:
    times, slow = beats(0.06, 0.1)
    both = [rr + 54 * float(np.sin(2 * np.pi * 0.25 * t)) for t, rr in zip(times, slow, strict=True)]
    assert breathing_rate_hz(times, both) is None


def test_a_minute_is_needed() -> None:
    assert breathing_rate_hz(*beats(0.08, length_s=59)) is None
    assert breathing_rate_hz(*beats(0.08, length_s=65)) == pytest.approx(0.1, abs=0.01)
    assert breathing_rate_hz([], []) is None
    assert breathing_rate_hz([1.0], [900.0]) is None


@pytest.mark.parametrize(("hole_s", "is_found"), [(4.0, True), (5.5, False)])
def test_a_hole_of_five_seconds_is_never_bridged(hole_s: float, *, is_found: bool) -> None:
    times, intervals = beats(0.08, length_s=130)
    kept = [(t, rr) for t, rr in zip(times, intervals, strict=True) if not 60 <= t < 60 + hole_s - 0.9]
    longest = max(b - a for (a, _), (b, _) in pairwise(kept))
    assert bool(longest < 5) is is_found
    rate = breathing_rate_hz([t for t, _ in kept], [rr for _, rr in kept])
    assert (rate is not None) is is_found


def test_equal_intervals_have_no_rate() -> None:
    assert breathing_rate_hz(*beats()) is None
