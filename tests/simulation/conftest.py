"""Numbers of a list of simulated beats."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from hrvdaemon.simulation.person import Person
from hrvdaemon.simulation.sinus_node import SimulatedBeat

Beats = Sequence[SimulatedBeat]


def _rr_ms(beats: Beats) -> NDArray[np.float64]:
    return np.array([beat.rr_ticks for beat in beats]) * 1000 / 1024


def _rmssd_ms(beats: Beats) -> float:
    return float(np.sqrt(np.mean(np.diff(_rr_ms(beats)) ** 2)))


def _mean_hr_bpm(beats: Beats) -> float:
    return 60_000 / float(_rr_ms(beats).mean())


def _amplitude(beats: Beats, hz: float) -> float:
    """Relative amplitude of one sine in the intervals, made up for what averaging over an interval takes away.

    An interval is the mean of the modulation over itself: a·T·sinc(f·T) instead of a·T.
    """
    rr = _rr_ms(beats)
    return float(np.sqrt(2) * rr.std() / rr.mean() / np.sinc(hz * rr.mean() / 1000))


def _between(beats: Beats, start_s: int, end_s: int) -> list[SimulatedBeat]:
    return [beat for beat in beats if start_s <= beat.tick // 1024 < end_s]


@pytest.fixture
def rr_ms() -> Callable[[Beats], NDArray[np.float64]]:
    return _rr_ms


@pytest.fixture
def rmssd_ms() -> Callable[[Beats], float]:
    return _rmssd_ms


@pytest.fixture
def mean_hr_bpm() -> Callable[[Beats], float]:
    return _mean_hr_bpm


@pytest.fixture
def amplitude() -> Callable[[Beats, float], float]:
    return _amplitude


@pytest.fixture
def between() -> Callable[[Beats, int, int], list[SimulatedBeat]]:
    return _between


@pytest.fixture
def driftless() -> Callable[[Person], Person]:
    def without_drift(person: Person) -> Person:
        return replace(person, drift_hr_bpm=0.0, drift_ln_hf=0.0)

    return without_drift
