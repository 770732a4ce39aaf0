"""Simulated days, made once: the same inputs for every invariance test."""

from collections.abc import Callable
from functools import cache

import pytest

from hrvdaemon.simulation.named import SCENARIOS, labelled_day
from hrvdaemon.simulation.strap import simulate
from hrvdaemon.vocabulary.inputs import Input
from hrvdaemon.vocabulary.units import instant


@cache
def _inputs(name: str, seed: int) -> tuple[Input, ...]:
    scenario = labelled_day(seed) if name == "day" else SCENARIOS[name]
    start = instant("2026-03-10T06:00:00Z" if name == "day" else "2026-03-10T12:00:00Z")
    return simulate(scenario, seed, start, "Europe/Berlin").inputs


@pytest.fixture
def simulated() -> Callable[[str, int], tuple[Input, ...]]:
    """``simulated("stress_ramp", 12)``: the inputs of a named scenario."""
    return _inputs
