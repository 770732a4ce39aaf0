"""Published values of spectra, geometry and nonlinear metrics, each with its own conventions (docs/methods.md tells them).

The recordings are not part of the project (HRVDAEMON_RECORDINGS). What a file is compared with, and how:

- rest_rri: our own conventions, computed with scipy and NeuroKit2.
- real_rri: rhenanbartels/hrv: cubic, 4 Hz, 256 samples unpadded, half overlapping, Hann, mean taken out, trapezoid.
- healthy_000: the same conventions; its published 273.5/283.4 are of linear interpolation, which is not ours.
- EC57: ANSI/AAMI EC57 table A.10; the spline smooths 1 to 2 % away, the beats themselves keep it.
- pyHRV: its report; SD1 with ddof 0, DFA as nolds averages it, and a spectrum of its own: not comparable, see there.
"""

import math
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from hrvdaemon.formats.reading import read_rr
from hrvdaemon.hrv.analysis import analyse
from hrvdaemon.hrv.frequency_domain import HF_HZ, LF_HZ, Spectrum, welch
from hrvdaemon.hrv.geometric import hti, stress_index
from hrvdaemon.hrv.nonlinear import dfa_alpha1, sample_entropy
from hrvdaemon.hrv.one_window import Metrics
from hrvdaemon.hrv.tachogram import tachogram_of

Floats = NDArray[np.float64]


def number(metrics: Metrics, key: str) -> float:
    value = metrics[key]
    assert value is not None
    return value


def bartels(rr_ms: Floats) -> Spectrum:
    """The conventions of rhenanbartels/hrv."""
    return welch([tachogram_of(rr_ms).runs[0].resampled_ms], float(rr_ms.mean()), segment=256, padded=256)


def test_rest_rri(recordings: Path) -> None:
    rr_ms = read_rr(recordings / "session/rest_rri.txt").rr_ms
    assert rr_ms.size == 910
    metrics = analyse(rr_ms, correct=False).whole.metrics
    assert number(metrics, "sample_entropy") == pytest.approx(1.7738, abs=1e-4)
    assert number(metrics, "dfa_alpha1") == pytest.approx(0.8806, abs=1e-4)
    assert dfa_alpha1(rr_ms, None, tuple(range(4, 13))) == pytest.approx(0.9157, abs=1e-4)
    assert number(metrics, "lf_ms2") == pytest.approx(732.6, rel=0.02)
    assert number(metrics, "hf_ms2") == pytest.approx(890.7, rel=0.02)
    assert number(metrics, "lf_hf") == pytest.approx(0.822, rel=0.02)
    assert round(math.sqrt(number(metrics, "stress_index_raw")), 2) == 6.47
    assert number(metrics, "stress_index_sqrt_detrended") == pytest.approx(8.07, rel=0.05)
    assert round(number(metrics, "hti"), 4) == 12.4658


def test_real_rri_with_the_conventions_of_its_authors(recordings: Path) -> None:
    spectrum = bartels(read_rr(recordings / "reference/real_rri.txt").rr_ms)
    vlf, lf, hf = (spectrum.power(band) for band in ((0.0, 0.04), LF_HZ, HF_HZ))
    assert vlf == pytest.approx(844.5, abs=0.05)
    assert lf == pytest.approx(1343.50, abs=0.02)
    assert hf == pytest.approx(1414.88, abs=0.02)
    assert vlf + lf + hf == pytest.approx(3602.89, abs=0.05)
    assert lf / hf == pytest.approx(0.94, abs=0.01)
    assert 100 * lf / (lf + hf) == pytest.approx(48.70, abs=0.01)


def test_the_first_five_minutes_of_a_holter_with_a_cubic_spline(recordings: Path) -> None:
    spectrum = bartels(read_rr(recordings / "rr24h/healthy_000_ms.txt").rr_ms[:306])
    assert spectrum.power(LF_HZ) == pytest.approx(283.3, abs=0.05)
    assert spectrum.power(HF_HZ) == pytest.approx(460.0, abs=0.1)


@pytest.mark.parametrize(
    ("name", "band", "expected_ms2"), [("TP2", "hf", 612.5), ("TP3", "lf", 2450.0)], ids=["TP2", "TP3"]
)
def test_the_patterns_of_ec57_have_the_power_of_its_table(
    recordings: Path, name: str, band: str, expected_ms2: float
) -> None:
    end_s, rr_s = np.loadtxt(recordings / f"reference/EC57_HRV256_{name}.txt", delimiter=",").T
    metrics = analyse(1000 * rr_s, correct=False, end_s=end_s).whole.metrics
    assert number(metrics, f"{band}_ms2") == pytest.approx(expected_ms2, rel=0.02)
    assert number(metrics, f"{band}_lomb_ms2") == pytest.approx(expected_ms2, rel=0.02)
    assert number(metrics, "sdnn_ms") ** 2 == pytest.approx(expected_ms2, rel=0.002)
    others = {"vlf_ms2", "lf_ms2", "hf_ms2"} - {f"{band}_ms2"}
    assert all(number(metrics, other) < 0.01 * expected_ms2 for other in others)


def test_an_hour_of_pyhrv(recordings: Path) -> None:
    rr_ms = np.load(recordings / "session/pyhrv_SampleNNISeriesLong.npy").astype(np.float64)
    metrics = analyse(rr_ms, correct=False).whole.metrics
    assert round(number(metrics, "sdann_ms"), 3) == 21.466
    assert round(number(metrics, "sdnn_index_ms"), 3) == 82.555
    assert round(number(metrics, "pnn20_percent"), 3) == 64.232
    assert (number(metrics, "min_rr_ms"), number(metrics, "max_rr_ms")) == (562, 1188)
    assert round(number(metrics, "mean_hr_inst_bpm"), 3) == 78.990
    assert round(number(metrics, "sd1_ms") * math.sqrt((rr_ms.size - 2) / (rr_ms.size - 1)), 3) == 42.797
    assert number(metrics, "sd2_ms") == pytest.approx(112.837, rel=0.0005)
    assert round(number(metrics, "sd2_sd1"), 3) == 2.637
    assert round(hti(rr_ms), 3) == 11.509
    assert round(sample_entropy(rr_ms), 3) == 1.250


def test_a_day_carries_every_metric(recordings: Path) -> None:
    series = read_rr(recordings / "rr24h/nsr001_rr_secs.txt")
    metrics = analyse(series.rr_ms, series.gaps, end_s=series.end_s).whole.metrics
    assert [key for key, value in metrics.items() if value is None] == []
    assert 50 < number(metrics, "sdann_ms") < number(metrics, "sdnn_ms")
    assert number(metrics, "stress_index_raw") == pytest.approx(stress_index(series.rr_ms[:400]), rel=1.0)
