"""What is measured on: one simulated day and night, and 100 000 beats and their windows made of it."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hrvdaemon.formats.packets import series_from_inputs
from hrvdaemon.formats.recording import write_recording
from hrvdaemon.hrv.correction import NNSeries, corrected, uncorrected
from hrvdaemon.simulation.named import labelled_day
from hrvdaemon.simulation.strap import simulate
from hrvdaemon.vocabulary.units import TICKS_PER_SECOND, instant

N_BEATS = 100_000
WINDOW_S, STEP_S = 300.0, 5.0
ENTROPY_STEP_S = 30.0
DAY_S = 24 * 3600
N_PEER_WINDOWS = 40
SEED = 12
"""As in fixtures/make.py."""

_TICK_MS = 1000 / TICKS_PER_SECOND


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """``raw_ms`` has artefacts; ``nn`` is the same corrected, in whole ticks as a strap sends them."""

    recording: Path
    raw_ms: NDArray[np.float64]
    nn: NNSeries

    def repeated(self, times: int) -> NNSeries:
        """So many days in a row."""
        return _series(np.tile(self.nn.rr_ms, times))

    def write_for_peers(self, path: Path) -> None:
        """Beats, and windows spread evenly over them: what a peer's script reads."""
        end_s = self.nn.end_s
        start_s = np.linspace(0, end_s[-1] - WINDOW_S - 1, N_PEER_WINDOWS)
        first, last = (np.searchsorted(end_s, at, "right") for at in (start_s, start_s + WINDOW_S))
        peaks_ms = np.concatenate([[0.0], np.cumsum(self.raw_ms)])
        np.savez(path, nn_ms=self.nn.rr_ms, windows=np.stack([first, last], axis=1), peaks_ms=peaks_ms)


def make_day(folder: Path) -> Day:
    """Simulate it and write the recording, uncompressed."""
    whole = replace(labelled_day(SEED), duration_s=DAY_S)
    simulation = simulate(whole, SEED, instant("2026-03-10T07:00:00+01:00"), "Europe/Berlin")
    recording = folder / "day.jsonl"
    write_recording(recording, simulation.inputs, note=f"simulated: 24 h, seed {SEED}")
    raw_ms = np.resize(series_from_inputs(simulation.inputs).rr_ms, N_BEATS)
    clean = corrected(raw_ms, None, np.cumsum(raw_ms) / 1000).in_range.rr_ms
    return Day(recording=recording, raw_ms=raw_ms, nn=_series(np.rint(np.resize(clean, N_BEATS) / _TICK_MS) * _TICK_MS))


def _series(rr_ms: NDArray[np.float64]) -> NNSeries:
    return uncorrected(rr_ms, None, np.cumsum(rr_ms) / 1000)
