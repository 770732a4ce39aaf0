import doctest
import math

import numpy as np
import pytest
from numpy.typing import NDArray

from hrvdaemon.hrv import spectrum_readings
from hrvdaemon.hrv.frequency_domain import band_powers, slow_rhythm, welch
from hrvdaemon.hrv.spectrum_readings import KEYS, N_BINS, SLOW_HZ, readings

Floats = NDArray[np.float64]

TIME = np.arange(1200) / 4
CASES: dict[str, Floats] = {
    "breath of 0.25 Hz": 30 * np.sin(2 * np.pi * 0.25 * TIME),
    "slow breath, wide": 60 * np.sin(2 * np.pi * 0.1 * TIME),
    "slow wave, narrow": 10 * np.sin(2 * np.pi * 0.1 * TIME),
    "two rhythms": 30 * np.sin(2 * np.pi * 0.25 * TIME) + 25 * np.sin(2 * np.pi * 0.09 * TIME),
    "foot of a slope": 300 * np.sin(2 * np.pi * 0.03 * TIME),
    "nothing": np.zeros(1200),
    **{f"noise {seed}": np.random.default_rng(seed).normal(0, 20, 1200) for seed in range(8)},
}


def test_many_at_once_are_read_as_one_is() -> None:
    spectra = [welch([samples], 900.0) for samples in CASES.values()]
    density = np.stack([spectrum.density[:N_BINS] for spectrum in spectra])
    found = readings(density, np.full(len(spectra), 900.0), (*KEYS, SLOW_HZ))
    for i, (name, spectrum) in enumerate(zip(CASES, spectra, strict=True)):
        wanted = band_powers(spectrum)
        for key in KEYS:
            assert found[key][i] == pytest.approx(getattr(wanted, key), rel=1e-12, nan_ok=True), (name, key)
        assert found[SLOW_HZ][i] == pytest.approx(slow_rhythm(spectrum), rel=1e-12, nan_ok=True), name


def read(name: str, key: str) -> float:
    density = welch([CASES[name]], 900.0).density[None, :N_BINS]
    return float(readings(density, np.array([900.0]), (key,))[key][0])


def test_rhythms_are_where_they_were_put() -> None:
    assert read("breath of 0.25 Hz", "respiration_hz") == pytest.approx(0.25, abs=1e-3)
    assert read("breath of 0.25 Hz", "hf_ms2") == pytest.approx(450, rel=1e-3)
    assert read("slow breath, wide", "respiration_hz") == pytest.approx(0.1, abs=1e-3)
    assert read("two rhythms", "lf_peak_hz") == pytest.approx(0.09, abs=1e-3)


def test_a_slow_wave_that_swings_little_is_no_breath() -> None:
    assert read("slow wave, narrow", SLOW_HZ) == pytest.approx(0.1, abs=1e-3)
    assert math.isnan(read("slow wave, narrow", "respiration_hz"))


def test_nothing_has_no_peak_and_no_ratio() -> None:
    assert read("nothing", "lf_ms2") == 0
    assert all(math.isnan(read("nothing", key)) for key in ("lf_hf", "lf_peak_hz", "hf_peak_hz", "respiration_hz"))


def test_the_examples_are_true() -> None:
    assert doctest.testmod(spectrum_readings).failed == 0
