import doctest
import math

import numpy as np
import pytest

from hrvdaemon.hrv import rolling_long_term as module
from hrvdaemon.hrv.correction import uncorrected
from hrvdaemon.hrv.rolling_long_term import rolling_long_term, tiles_of
from hrvdaemon.hrv.rolling_windows import windows_at


def test_sdann_and_sdnn_index_by_hand() -> None:
    """Seven segments of exactly 300 s, each alternating 10 ms around its own mean."""
    means = [1000.0, 1200.0, 1250.0, 1000.0, 1200.0, 1250.0, 1000.0]
    counts = [round(300_000 / mean) for mean in means]
    rr_ms = np.concatenate([np.tile([mean - 10, mean + 10], n // 2) for mean, n in zip(means, counts, strict=True)])
    series = uncorrected(rr_ms, None, np.cumsum(rr_ms) / 1000)
    found = rolling_long_term(series, series, windows_at(np.zeros(1), 2100.0))
    assert found["sdnn_index_ms"][0] == pytest.approx(np.mean([10 * math.sqrt(n / (n - 1)) for n in counts]))
    assert found["sdann_ms"][0] == pytest.approx(np.std(means, ddof=1))


def test_five_segments_are_too_few() -> None:
    rr_ms = np.full(1900, 1000.0)
    series = uncorrected(rr_ms, None, np.arange(1.0, 1901.0))
    whole = rolling_long_term(series, series, windows_at(np.array([0.0, 50.0]), 1801.0))
    assert whole["sdann_ms"].tolist() == [0, 0]
    short = rolling_long_term(series, series, windows_at(np.array([0.0, 50.0]), 1700.0))
    assert np.isnan(short["sdann_ms"]).all()


def test_a_median_needs_three_windows() -> None:
    tiles = tiles_of(windows_at(np.array([0.0, 100.0]), 1000.0))
    assert tiles.windows.start_s.tolist() == [0, 100, 300, 400, 600, 700]
    found = tiles.medians(np.array([1.0, 5.0, 2.0, math.nan, 9.0, 7.0]))
    assert found[0] == 2
    assert math.isnan(found[1])


def test_the_examples_are_true() -> None:
    assert doctest.testmod(module).failed == 0
