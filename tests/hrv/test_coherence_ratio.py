"""The share of power around the highest peak: a sine and noise, 64 s at 4 Hz."""

import doctest
import math

import numpy as np
import pytest
from numpy.typing import NDArray

from hrvdaemon.hrv import coherence
from hrvdaemon.hrv.coherence import coherence_ratio, coherence_share

TIME = np.arange(256) / 4


@pytest.mark.parametrize("phase", [0.0, 0.7, math.pi / 2, 2.0])
def test_a_pure_rhythm_has_the_ceiling_of_64_seconds(phase: float) -> None:
    share = coherence_share(np.sin(2 * np.pi * 0.1 * TIME + phase))
    assert share == pytest.approx(0.9045, abs=0.005)
    assert coherence_ratio(share) == pytest.approx(9.47, abs=0.6)


def test_a_sine_of_phase_0_to_the_printed_digit() -> None:
    assert round(coherence_share(np.sin(2 * np.pi * 0.1 * TIME)), 4) == 0.9045


def test_noise_has_the_quantiles_that_were_computed() -> None:
    chance = np.random.default_rng(0)
    found = [coherence_ratio(coherence_share(chance.normal(0, 1, 256))) for _ in range(1500)]
    assert np.median(found) == pytest.approx(0.24, abs=0.05)
    assert np.percentile(found, 95) == pytest.approx(0.48, abs=0.08)


def test_neither_level_nor_slope_nor_scale_matters() -> None:
    samples = np.random.default_rng(1).normal(0, 30, 256)
    assert coherence_share(5 * samples + 800 + 3 * TIME) == pytest.approx(coherence_share(samples))


@pytest.mark.parametrize("samples", [np.full(256, 1000 / 1.024), 800 + 2 * TIME])
def test_what_does_not_vary_has_none(samples: NDArray[np.float64]) -> None:
    assert math.isnan(coherence_share(samples))
    assert math.isnan(coherence_ratio(math.nan))


def test_a_rhythm_faster_than_026_hertz_is_not_the_peak() -> None:
    both = np.sin(2 * np.pi * 0.1 * TIME) + 3 * np.sin(2 * np.pi * 0.33 * TIME)
    assert coherence_share(both) == pytest.approx(0.9045 / 10, abs=0.02)


@pytest.mark.parametrize("samples", [np.zeros(15), np.zeros(5000), np.full(256, np.nan), np.zeros((4, 64))])
def test_what_is_no_window_is_refused(samples: NDArray[np.float64]) -> None:
    with pytest.raises(ValueError, match=r"expected (16 to 4096 )?samples_ms"):
        coherence_share(samples)


def test_the_examples_are_true() -> None:
    assert doctest.testmod(coherence).failed == 0
