"""Series whose metrics are known, and beats from a simulated sinus node with known artefacts."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Spoilt:
    """Intervals in ms after artefacts were put in, and which of them are no true interval any more."""

    rr_ms: Floats
    is_artefact: Bools


def ipfm(n: int, *, hr_bpm: float, a_hf: float, a_lf: float, f_hf: float = 0.25, seed: int = 0) -> Floats:
    """Integral pulse frequency modulation: a beat whenever the integral of the modulated rate crosses a whole number."""
    chance = np.random.default_rng(seed)
    t = np.arange(0, n * 60 / hr_bpm * 1.2, 0.02)
    jitter = chance.normal(0, 0.03, (2, t.size)).cumsum(axis=1)
    fast = a_hf * np.sin(2 * np.pi * f_hf * t + jitter[0])
    slow = a_lf * np.sin(2 * np.pi * 0.1 * t + jitter[1])
    drift = sum(0.01 * np.sin(2 * np.pi * f * t + chance.uniform(0, 6.28)) for f in (0.004, 0.011, 0.023))
    crossings = np.interp(np.arange(1, n + 2), np.cumsum(hr_bpm / 60 * (1 + fast + slow + drift)) * 0.02, t)
    return np.asarray(np.diff(crossings) * 1000, np.float64)


def spoil(rr_ms: Floats, share: float, seed: int) -> Spoilt:
    """Beats left out, put in, and displaced by 25 to 40 %, one third each, at least six beats apart."""
    chance = np.random.default_rng(seed)
    true_ms = np.concatenate([[0.0], np.cumsum(rr_ms)])
    at = [int(i) for i in chance.permutation(np.arange(40, rr_ms.size - 20, 6))[: int(share * rr_ms.size)]]
    what = {i: int(chance.integers(3)) for i in at}
    beats: list[tuple[float, int]] = []
    for i, time in enumerate(true_ms.tolist()):
        match what.get(i):
            case 0:
                continue
            case 1:
                beats += [(time, i), (time + float(chance.uniform(0.3, 0.7)) * rr_ms[i], -1)]
            case 2:
                beats.append((time + float(chance.choice([-1, 1]) * chance.uniform(0.25, 0.4)) * rr_ms[i], -1))
            case _:
                beats.append((time, i))
    times, numbers = np.array([time for time, _ in beats]), [number for _, number in beats]
    is_true = [a >= 0 and b == a + 1 for a, b in pairwise(numbers)]
    return Spoilt(np.diff(times), ~np.array(is_true))


def spoilt(share: float) -> dict[str, Spoilt]:
    """Three signals of RMSSD about 34, 6 and 46 ms, that share of their beats an artefact."""
    clean = {
        "rest": ipfm(3000, hr_bpm=65, a_hf=0.04, a_lf=0.03),
        "low variability": ipfm(3000, hr_bpm=80, a_hf=0.008, a_lf=0.012, f_hf=0.3),
        "six breaths a minute": ipfm(3000, hr_bpm=65, a_hf=0.0, a_lf=0.12),
    }
    return {name: spoil(rr_ms, share, seed=1) for name, rr_ms in clean.items()}


@pytest.fixture
def spoilt_signals() -> dict[str, Spoilt]:
    """The signals of the acceptance rule: 2 % mixed artefacts."""
    return spoilt(0.02)


@pytest.fixture
def densely_spoilt_signals() -> dict[str, Spoilt]:
    """The same with 5 %, so that thresholds are raised by artefacts and hide others."""
    return spoilt(0.05)


@pytest.fixture
def resting_rr() -> Callable[[int, int], Floats]:
    """Clean resting intervals in ms: number of beats, seed."""
    return lambda n, seed: ipfm(n, hr_bpm=65, a_hf=0.04, a_lf=0.03, seed=seed)


@pytest.fixture
def fixture_a() -> Floats:
    """Three sines in whole ms; its metrics were computed with numpy and checked with NeuroKit2 and hrv-analysis."""
    n = np.arange(300)
    sines = 40 * np.sin(2 * np.pi * n / 11) + 25 * np.sin(2 * np.pi * n / 3.7 + 0.3) + 15 * np.cos(2 * np.pi * n / 60)
    return np.asarray(np.round(900 + sines), np.float64)


@pytest.fixture
def fixture_b() -> Floats:
    """Alternating 800 and 900 ms."""
    return np.tile([800.0, 900.0], 150)


@pytest.fixture
def fixture_c() -> Floats:
    """A sine of ten beats."""
    return 1000 + 50 * np.sin(2 * np.pi * np.arange(300) / 10)


@pytest.fixture
def fixture_d() -> Floats:
    """Independent normal intervals."""
    return np.random.default_rng(42).normal(1000, 50, 300)
