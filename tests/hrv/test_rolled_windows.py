import doctest

import numpy as np

from hrvdaemon.hrv import rolled_windows
from hrvdaemon.hrv.correction import corrected
from hrvdaemon.hrv.metric_rules import RULES
from hrvdaemon.hrv.one_window import Recording
from hrvdaemon.hrv.rolled_windows import rolled


def recording(keys: tuple[str, ...]) -> Recording:
    rr_ms = np.random.default_rng(6).normal(900, 20, 800)
    rr_ms[[100, 300, 301, 500]] = (1800.0, 400.0, 500.0, 2500.0)
    return Recording.of(corrected(rr_ms, None, np.cumsum(rr_ms) / 1000), is_judged=True, keys=keys)


def test_artefacts_of_every_kind_are_counted_where_their_beat_ends() -> None:
    of = recording(("rmssd_ms",))
    windows = rolled(of, 700.0, 60.0, 10.0)
    assert len(windows) == 65
    for window in windows:
        assert window.artefacts == of.window(window.start_s, 60.0).artefacts
    found = [window.artefacts for window in windows]
    assert max(counts.missed for counts in found) == 1
    assert max(counts.extra for counts in found) == 1
    assert max(counts.out_of_range for counts in found) == 1


def test_a_number_is_a_float_and_what_is_none_is_none() -> None:
    windows = rolled(recording(tuple(RULES)), 700.0, 300.0, 50.0)
    assert {type(value) for window in windows for value in window.metrics.values()} == {float, type(None)}
    assert [list(window.metrics) for window in windows] == [list(RULES)] * 9


def test_nobody_has_to_ask_for_a_metric() -> None:
    assert [window.metrics for window in rolled(recording(()), 700.0, 300.0, 200.0)] == [{}, {}, {}]


def test_the_examples_are_true() -> None:
    assert doctest.testmod(rolled_windows).failed == 0
