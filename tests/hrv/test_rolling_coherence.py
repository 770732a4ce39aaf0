import doctest
import math

import numpy as np
import pytest

from hrvdaemon.hrv import rolling_coherence as module
from hrvdaemon.hrv.coherence import coherence_share, coherence_shares
from hrvdaemon.hrv.rolling_coherence import rolling_coherence
from hrvdaemon.hrv.rolling_windows import windows_every
from hrvdaemon.hrv.tachogram import tachogram_of
from hrvdaemon.hrv.window_parts import cut


@pytest.mark.parametrize(("window_s", "step_s"), [(64.0, 5.0), (300.0, 32.0), (129.0, 7.3)])
def test_a_window_is_the_median_of_its_64_s(window_s: float, step_s: float) -> None:
    rr_ms = np.random.default_rng(3).normal(900, 40, 600) + 50 * np.sin(np.arange(600) / 4)
    tachogram, windows = tachogram_of(rr_ms), windows_every(np.cumsum(rr_ms) / 1000, window_s, step_s)
    found = rolling_coherence(cut(tachogram, windows))
    for i in range(len(windows)):
        samples = tachogram.between(float(windows.start_s[i]), float(windows.end_s[i]))[0].resampled_ms
        n = min(256, samples.size)
        pieces = [samples[k : k + n] for k in range(0, samples.size - n + 1, n)]
        assert found[i] == pytest.approx(np.median([coherence_share(piece) for piece in pieces]), rel=1e-12)


@pytest.mark.parametrize("n", [240, 255, 256])
def test_the_share_is_that_of_a_fourier_transform(n: int) -> None:
    rows = np.random.default_rng(4).normal(900, 40, (5, n))
    place = np.arange(n)
    for row, share in zip(rows, coherence_shares(rows), strict=True):
        line = np.polynomial.Polynomial.fit(place, row, 1)(place)
        power = np.abs(np.fft.rfft((row - line) * (0.5 - 0.5 * np.cos(2 * np.pi * place / n)), 4096)) ** 2
        hz = np.arange(2049) * 4 / 4096
        peak = hz[np.argmax(np.where((hz >= 0.04) & (hz <= 0.26), power, 0))]
        wanted = power[np.abs(hz - peak) <= 0.015].sum() / power[(hz >= 0.0033) & (hz <= 0.40)].sum()
        assert share == pytest.approx(wanted, rel=1e-11)


def test_a_gap_of_a_second_leaves_the_piece_on_the_longer_side() -> None:
    rr_ms, starts = np.full(300, 1000.0) + 30 * np.sin(np.arange(300) / 2), np.arange(300) == 100
    end_s = np.cumsum(rr_ms) / 1000
    found = rolling_coherence(cut(tachogram_of(rr_ms, starts, end_s), windows_every(end_s, 80.0, 10.0)))
    holds = (np.arange(found.size) * 10 < end_s[99]) & (np.arange(found.size) * 10 + 80 > end_s[100])
    apart = np.abs(np.arange(found.size) * 10 + 40 - end_s[99]) < 10
    assert np.isnan(found[holds & apart]).all()
    assert np.isfinite(found[~holds]).all()


def test_constant_intervals_have_none() -> None:
    rr_ms = np.full(200, 1000 / 1.024)
    found = rolling_coherence(cut(tachogram_of(rr_ms), windows_every(np.cumsum(rr_ms) / 1000, 64.0, 10.0)))
    assert all(math.isnan(value) for value in found)


def test_the_examples_are_true() -> None:
    assert doctest.testmod(module).failed == 0
