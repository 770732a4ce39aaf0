import doctest
import math

import numpy as np
import pytest
from numpy.typing import NDArray

from hrvdaemon.hrv import rolling_rsa as module
from hrvdaemon.hrv.rolling_rsa import rolling_rsa
from hrvdaemon.hrv.rolling_windows import windows_every
from hrvdaemon.hrv.tachogram import tachogram_of
from hrvdaemon.hrv.window_parts import cut


def breathing(n: int) -> NDArray[np.float64]:
    chance = np.random.default_rng(1)
    return np.asarray(900 + 30 * np.sin(2 * np.pi * 0.22 * np.arange(n)) + chance.normal(0, 8, n), np.float64)


def test_a_window_is_the_mean_of_the_epochs_in_it() -> None:
    """Epochs of 30 s end to end from the first sample of 2 Hz that is known, cut out by hand."""
    rr_ms = breathing(700)
    tachogram, end_s = tachogram_of(rr_ms), np.cumsum(rr_ms) / 1000
    windows = windows_every(end_s, 100.0, 17.25)
    found = rolling_rsa(cut(tachogram, windows), np.full(len(windows), math.nan))
    (filtered,), run = tachogram.breathing(), tachogram.runs[0]
    at_s = run.grid_s + np.arange(filtered.size) / 2
    for i in range(len(windows)):
        here = filtered[(at_s >= windows.start_s[i]) & (at_s < windows.end_s[i]) & np.isfinite(filtered)]
        epochs = [here[k : k + 60] for k in range(0, here.size - 59, 60)]
        wanted = np.mean([math.log(epoch.var(ddof=1)) for epoch in epochs])
        assert found[i] == pytest.approx(wanted, rel=1e-12)


def test_how_a_run_goes_on_changes_no_window_but_by_the_ends_of_the_filter() -> None:
    """The first window of a long run and of a shorter one; the filter reaches a few seconds."""
    short, long = (
        rolling_rsa(cut(tachogram_of(rr), windows_every(np.cumsum(rr) / 1000, 100.0, 100.0)), np.full(1, math.nan))
        for rr in (breathing(700)[:150], breathing(700)[:220])
    )
    assert short[0] == pytest.approx(long[0], abs=0.02)


def test_a_slow_rhythm_hides_it_and_too_little_has_none() -> None:
    rr_ms = breathing(200)
    pieces = cut(tachogram_of(rr_ms), windows_every(np.cumsum(rr_ms) / 1000, 70.0, 35.0))
    n = len(pieces.windows)
    assert np.isfinite(rolling_rsa(pieces, np.full(n, math.nan))).all()
    assert np.isnan(rolling_rsa(pieces, np.full(n, 0.1))).all()
    shorter = cut(tachogram_of(rr_ms), windows_every(np.cumsum(rr_ms) / 1000, 25.0, 25.0))
    assert np.isnan(rolling_rsa(shorter, np.full(len(shorter.windows), math.nan))).all()


@pytest.mark.parametrize("constant_ms", [1000 / 1.024, 733.3333333333333])
def test_a_constant_heart_has_none(constant_ms: float) -> None:
    rr_ms = np.full(300, constant_ms)
    rr_ms[::2] += 1e-10
    pieces = cut(tachogram_of(rr_ms), windows_every(np.cumsum(rr_ms) / 1000, 100.0, 50.0))
    assert np.isnan(rolling_rsa(pieces, np.full(len(pieces.windows), math.nan))).all()


def test_the_examples_are_true() -> None:
    assert doctest.testmod(module).failed == 0
