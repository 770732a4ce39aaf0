import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from hrvdaemon.hrv.artefact_series import classify
from hrvdaemon.hrv.artefacts import ArtefactSettings

Floats = NDArray[np.float64]

PUBLISHED = ArtefactSettings(floor_ms=0)
LETTERS = {"ectopic": "E", "missed": "M", "extra": "X", "longshort": "L"}


def neurokit_labels(rr_ms: Floats) -> NDArray[np.str_]:
    """NeuroKit2's labels; it puts an invented interval, the mean, before the first."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what other packages warn of at import is not ours
        from neurokit2.signal.signal_fixpeaks import _find_artifacts
    found, _ = _find_artifacts(np.concatenate([[0.0], np.cumsum(rr_ms)]), sampling_rate=1000)
    labels = np.full(rr_ms.size + 1, "N")
    for name, letter in LETTERS.items():
        labels[found[name]] = letter
    return labels


def our_labels(rr_ms: Floats) -> NDArray[np.str_]:
    return classify(np.concatenate([[rr_ms.mean()], rr_ms]), None, PUBLISHED)


def count_differences(rr_ms: Floats) -> int:
    """Without NeuroKit2's last two beats, which it never looks at, and beats out of range, which it has no word for."""
    theirs, ours = neurokit_labels(rr_ms)[:-2], our_labels(rr_ms)[:-2]
    return int(((theirs != ours) & (ours != "O")).sum())


def with_artefacts(rr_ms: Floats, seed: int) -> Floats:
    """Every kind of artefact, close to each other too, in whole ms."""
    chance, out = np.random.default_rng(seed), list[float]()
    for rr in rr_ms:
        match chance.integers(25):
            case 0:
                part = float(chance.uniform(0.1, 0.9))
                out += [rr * part, rr * (1 - part)]
            case 1:
                out.append(2 * rr)
            case 2:
                out += [rr * 0.7, rr * 1.3]
            case 3:
                out.append(rr * float(chance.choice([0.6, 1.5])))
            case _:
                out.append(rr)
    return np.round(out)


@pytest.mark.parametrize("seed", range(6))
def test_without_the_floor_the_labels_are_those_of_neurokit(
    resting_rr: Callable[[int, int], Floats], seed: int
) -> None:
    rr_ms = with_artefacts(resting_rr(900, seed), seed)
    assert set(our_labels(rr_ms)) >= set("NEMXL")
    assert count_differences(rr_ms) == 0


@pytest.mark.parametrize("step_ms", [1000 / 1024, 1 / 256, 0.01])
def test_the_labels_do_not_hang_on_the_unit(resting_rr: Callable[[int, int], Floats], step_ms: float) -> None:
    rr_ms = np.rint(with_artefacts(resting_rr(900, 7), 7) / step_ms) * step_ms
    assert set(our_labels(rr_ms)) >= set("NEMXL")
    assert count_differences(rr_ms) == 0


@pytest.mark.parametrize("name", ["rr24h/healthy_000_ms.txt", "rr24h/healthy_003_ms.txt", "session/rest_rri.txt"])
def test_on_a_recorded_day_only_ties_are_decided_otherwise(recordings: Path, name: str) -> None:
    rr_ms = np.loadtxt(recordings / name)
    assert count_differences(rr_ms) <= 3 * max(1, rr_ms.size // 10_000)


def test_the_centred_windows_find_what_the_stream_finds(spoilt_signals: dict[str, Any]) -> None:
    for name, signal in spoilt_signals.items():
        found = classify(signal.rr_ms) != "N"
        assert 1 - found[~signal.is_artefact].mean() >= 0.995, name
        assert found[signal.is_artefact].mean() >= 0.9, name


def test_a_constant_heart_has_no_artefact() -> None:
    assert set(classify(np.full(200, 812.5))) == {"N"}


def test_no_difference_crosses_a_gap() -> None:
    rr_ms, gaps = np.full(120, 800.0), np.zeros(120, bool)
    rr_ms[60] = 1100.0
    assert classify(rr_ms, gaps)[60] != "N"
    gaps[60] = True
    assert set(classify(rr_ms, gaps)) == {"N"}


def test_extra_is_never_decided_across_a_gap(resting_rr: Callable[[int, int], Floats]) -> None:
    rr_ms = np.insert(resting_rr(200, 3), 100, 400.0)
    rr_ms[101] -= 400.0
    gaps = np.zeros(rr_ms.size, bool)
    assert classify(rr_ms, gaps)[100] == "X"
    gaps[101] = True
    assert classify(rr_ms, gaps)[100] != "X"


@pytest.mark.parametrize(("odd_ms", "label"), [(299.0, "O"), (2001.0, "O")])
def test_what_no_heart_does_is_out_of_range(odd_ms: float, label: str) -> None:
    rr_ms = np.full(100, 900.0)
    rr_ms[50:52] = odd_ms, odd_ms
    assert label in classify(rr_ms)


@pytest.mark.parametrize("n", [0, 1, 2, 3, 10, 11, 90, 91, 92])
def test_any_length_is_labelled(n: int) -> None:
    assert classify(np.full(n, 800.0) + np.arange(n)).size == n


def test_what_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        classify(np.array([800.0, np.nan]))
