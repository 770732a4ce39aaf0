import numpy as np
import pytest
from numpy.typing import NDArray

from hrvdaemon.hrv.analysis import analyse
from hrvdaemon.hrv.correction import corrected, uncorrected
from hrvdaemon.hrv.metric_rules import RULES
from hrvdaemon.hrv.one_window import Recording
from hrvdaemon.hrv.stretch import OF_THE_TACHOGRAM


def breathing(n: int) -> NDArray[np.float64]:
    chance = np.random.default_rng(5)
    return np.asarray(900 + 30 * np.sin(2 * np.pi * 0.22 * np.arange(n)) + chance.normal(0, 15, n), np.float64)


@pytest.mark.parametrize("n", [350, 2200])
@pytest.mark.parametrize("key", [key for key in RULES if key not in {"sdann_ms", "sdnn_index_ms"}])
def test_a_metric_alone_is_what_it_is_among_all(n: int, key: str) -> None:
    if n > 1000 and key not in {"lf_ms2", "coherence", "sample_entropy", "rmssd_ms"}:
        return
    alone, among = (analyse(breathing(n), keys=keys).whole.metrics for keys in ((key,), RULES))
    assert list(alone) == [key]
    assert alone[key] == among[key] is not None


def test_nothing_is_resampled_that_nobody_asks_for() -> None:
    rr_ms = breathing(50)
    series = uncorrected(rr_ms, None, np.cumsum(rr_ms) / 1000)
    keys = tuple(key for key in RULES if key not in OF_THE_TACHOGRAM)
    assert Recording.of(series, is_judged=True, keys=keys).tachogram.runs == ()
    assert len(Recording.of(series, is_judged=True).tachogram.runs) == 1


def test_every_rule_that_asks_for_an_unbroken_part_has_a_tachogram() -> None:
    assert {key for key, rule in RULES.items() if rule.unbroken_s} <= OF_THE_TACHOGRAM


def test_artefacts_are_those_whose_beat_ends_in_the_window() -> None:
    rr_ms = np.full(200, 800.0)
    rr_ms[100] = 1600.0
    recording = Recording.of(corrected(rr_ms, None, np.cumsum(rr_ms) / 1000), is_judged=True, keys=("rmssd_ms",))
    before, with_it = (recording.window(start_s, 10.0).artefacts for start_s in (60.0, 80.0))
    assert (before.missed, before.beats) == (0, 12)
    assert (with_it.missed, with_it.total) == (1, 1)
