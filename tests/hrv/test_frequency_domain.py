import doctest
import math

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import signal

from hrvdaemon.hrv import frequency_domain
from hrvdaemon.hrv.frequency_domain import (
    HF_HZ,
    LF_HZ,
    VLF_HZ,
    Spectrum,
    band_powers,
    breathing_hz,
    slow_rhythm,
    spectrum_of,
    welch,
)
from hrvdaemon.hrv.tachogram import tachogram_of

Floats = NDArray[np.float64]


def heart(amplitude: float, hz: float, seconds: float = 300.0, mean: float = 1000.0) -> Floats:
    """Intervals of ``mean + A sin(2 pi f t)``, t the time of the beat that ends them."""
    rr_ms, now = [], 0.0
    while now < seconds:
        interval = mean + amplitude * math.sin(2 * math.pi * hz * now)
        now += interval / 1000
        rr_ms.append(interval)
    return np.array(rr_ms)


def whole(rr_ms: Floats) -> Spectrum:
    return spectrum_of(tachogram_of(rr_ms).runs)


def undetrended(rr_ms: Floats) -> Spectrum:
    return welch([tachogram_of(rr_ms).runs[0].resampled_ms], float(rr_ms.mean()))


@pytest.mark.parametrize("n", [240, 1199, 1200, 1201, 1800, 1801, 5000])
def test_it_is_scipys_welch_on_the_same_samples(n: int) -> None:
    samples = np.random.default_rng(n).normal(0, 40, n)
    ours = welch([samples], 900.0)
    length = min(1200, n)
    hz, density = signal.welch(
        samples, 4.0, "hann", length, 600 if n > 1200 else 0, 2048, "constant", scaling="density"
    )
    assert ours.frequency_hz == pytest.approx(hz, abs=0)
    assert ours.density == pytest.approx(density, rel=1e-12, abs=1e-12 * density.max())


def test_segments_of_several_runs_count_alike() -> None:
    chance = np.random.default_rng(0)
    long, short = chance.normal(0, 40, 1800), chance.normal(0, 20, 1200)
    pieces = [long[:1200], long[600:], short]
    singles = [welch([piece], 900.0).density for piece in pieces]
    assert welch([long, short], 900.0).density == pytest.approx(np.mean(singles, axis=0), rel=1e-12)


def test_fixture_a_with_and_without_its_trend(fixture_a: Floats) -> None:
    found = whole(fixture_a)
    assert [round(found.power(band), 2) for band in (VLF_HZ, LF_HZ, HF_HZ)] == [2.58, 790.06, 297.78]
    raw = undetrended(fixture_a)
    assert [round(raw.power(band), 1) for band in (VLF_HZ, LF_HZ, HF_HZ)] == [112.1, 800.1, 297.8]


def test_a_slow_sine_has_half_its_square_less_what_the_trend_takes() -> None:
    rr_ms = heart(50, 0.1)
    assert undetrended(rr_ms).power(LF_HZ) == pytest.approx(1249.1, rel=0.01)
    assert whole(rr_ms).power(LF_HZ) == pytest.approx(1232.8, rel=0.01)
    assert whole(rr_ms).power(LF_HZ) == pytest.approx(50**2 / 2, rel=0.05)


def test_a_fast_sine_has_half_its_square_less_what_the_spline_smooths() -> None:
    rr_ms = heart(30, 0.25)
    assert whole(rr_ms).power(HF_HZ) == pytest.approx(436.9, rel=0.01)
    assert whole(rr_ms).power(HF_HZ) == pytest.approx(30**2 / 2, rel=0.05)


@pytest.mark.parametrize(("hz", "own", "other"), [(0.1, LF_HZ, HF_HZ), (0.25, HF_HZ, LF_HZ)])
def test_a_sine_is_in_its_own_band_only(hz: float, own: tuple[float, float], other: tuple[float, float]) -> None:
    samples = 40 * np.sin(2 * np.pi * hz * np.arange(4800) / 4)
    found = welch([samples], 900.0)
    assert found.power(own) == pytest.approx(800, rel=0.001)
    assert found.power(other) < 0.01 * found.power(own)
    assert found.power(VLF_HZ) < 0.01 * found.power(own)


@pytest.mark.parametrize("hz", [0.09, 0.1234, 0.2, 0.31])
def test_a_peak_is_found_between_the_bins(hz: float) -> None:
    found = band_powers(welch([np.sin(2 * np.pi * hz * np.arange(1200) / 4)], 900.0))
    peak = found.lf_peak_hz if hz < 0.15 else found.hf_peak_hz
    assert peak == pytest.approx(hz, abs=0.0003)


def test_the_foot_of_a_slope_outside_the_band_is_no_peak() -> None:
    falling = Spectrum(frequency_hz=np.arange(1025) / 512, density=1000.0 / (1 + np.arange(1025.0)), mean_rr_ms=900)
    assert math.isnan(falling.peak(LF_HZ))
    assert math.isnan(falling.peak(HF_HZ))


def test_powers_scale_with_the_square_and_ratios_do_not() -> None:
    samples = np.random.default_rng(5).normal(0, 30, 2400)
    one, three = band_powers(welch([samples], 900.0)), band_powers(welch([3 * samples], 2700.0))
    assert three.lf_ms2 == pytest.approx(9 * one.lf_ms2)
    assert [three.lf_hf, three.hf_peak_hz] == pytest.approx([one.lf_hf, one.hf_peak_hz])


def test_a_level_adds_no_power() -> None:
    samples = np.random.default_rng(5).normal(0, 30, 1200)
    assert welch([samples + 800], 900.0).power(HF_HZ) == pytest.approx(welch([samples], 900.0).power(HF_HZ))


def test_the_clock_of_a_run_does_not_matter(fixture_a: Floats) -> None:
    ends = np.cumsum(fixture_a) / 1000
    moved = tachogram_of(fixture_a, None, ends + 12_345.678).runs
    assert spectrum_of(moved).power(LF_HZ) == pytest.approx(whole(fixture_a).power(LF_HZ), rel=1e-9)


def test_normalised_units_share_a_hundred(fixture_a: Floats) -> None:
    found = band_powers(whole(fixture_a))
    assert found.lf_nu + found.hf_nu == pytest.approx(100)
    assert found.lf_nu == pytest.approx(100 * 790.06 / (790.06 + 297.78), abs=0.01)
    assert found.total_power_ms2 == pytest.approx(found.vlf_ms2 + found.lf_ms2 + found.hf_ms2)


@pytest.mark.parametrize("rr_ms", [np.full(400, 1000.0), np.full(400, 1000 / 1.024), np.full(700, 400.1 + 0.2)])
def test_a_constant_heart_has_no_power_and_nothing_is_made_of_rounding(rr_ms: Floats) -> None:
    found = band_powers(whole(rr_ms))
    assert (found.lf_ms2, found.hf_ms2, found.total_power_ms2) == (0, 0, 0)
    ratios = (found.lf_hf, found.lf_nu, found.hf_nu, found.lf_peak_hz, found.hf_peak_hz, found.respiration_hz)
    assert all(math.isnan(value) for value in ratios)


def test_a_straight_line_has_no_power() -> None:
    found = band_powers(welch([tachogram_of(np.full(400, 900.0)).runs[0].detrended_ms], 900.0))
    assert found.total_power_ms2 == 0


def test_breath_is_a_rhythm_that_stands_out() -> None:
    chance = np.random.default_rng(2)
    time = np.arange(2400) / 4
    noise = chance.normal(0, 10, time.size)
    assert breathing_hz(welch([noise + 20 * np.sin(2 * np.pi * 0.23 * time)], 900.0)) == pytest.approx(0.23, abs=0.005)


@pytest.mark.parametrize(("swing", "hz"), [(80.0, 0.1), (15.0, math.nan)])
def test_the_overtone_of_a_slow_rhythm_is_no_breath(swing: float, hz: float) -> None:
    time = np.arange(1200) / 4
    slow = np.sin(2 * np.pi * 0.1 * time) + 0.2 * np.sin(2 * np.pi * 0.2 * time)
    found = welch([swing * slow], 900.0)
    assert slow_rhythm(found) == pytest.approx(0.1, abs=0.002)
    assert breathing_hz(found) == pytest.approx(hz, abs=0.002, nan_ok=True)


def test_only_the_longest_part_counts_where_none_has_five_minutes() -> None:
    runs = [tachogram_of(heart(50, hz, seconds)).runs[0] for hz, seconds in ((0.1, 200.0), (0.25, 100.0))]
    assert spectrum_of(runs).density.tolist() == spectrum_of(runs[:1]).density.tolist()


@pytest.mark.parametrize("series", [[], [np.zeros(15)], [np.full(100, np.nan)], [np.zeros((4, 30))]])
def test_what_is_no_series_is_refused(series: list[Floats]) -> None:
    with pytest.raises(ValueError, match="expected"):
        welch(series, 900.0)


def test_no_part_is_refused() -> None:
    with pytest.raises(ValueError, match="came none"):
        spectrum_of([])


def test_the_examples_are_true() -> None:
    assert doctest.testmod(frequency_domain).failed == 0


def test_a_band_that_the_bins_do_not_resolve_has_no_power() -> None:
    """Forty beats with three gaps: a window of 60 s may hold beats of two seconds only."""
    coarse = Spectrum(frequency_hz=np.arange(0, 0.5, 0.13), density=np.full(4, 100.0), mean_rr_ms=900.0)
    assert np.isnan(coarse.power((0.04, 0.15)))
    assert np.isnan(coarse.power((0.0033, 0.04)))
