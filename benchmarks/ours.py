"""What our own code costs on the benchmark's day."""

import os
import subprocess
import sys
import tempfile
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks import ONE_THREAD
from benchmarks.day import DAY_S, ENTROPY_STEP_S, STEP_S, WINDOW_S, Day
from benchmarks.stopwatch import cpu_s, wall_s
from hrvdaemon.hrv.analysis import analyse
from hrvdaemon.hrv.artefact_series import classify
from hrvdaemon.hrv.artefacts import ArtefactSettings, ClassifiedBeat, StreamingArtefacts, TimedBeat
from hrvdaemon.hrv.correction import NNSeries, correct_once, corrected, uncorrected
from hrvdaemon.hrv.lomb_scargle import lomb_spectrum
from hrvdaemon.hrv.rolling import RecentBeats
from hrvdaemon.hrv.rolling_analysis import KEYS, rolling_metrics
from hrvdaemon.hrv.rolling_lomb_scargle import rolling_lomb_scargle
from hrvdaemon.hrv.rolling_windows import Windows, windows_every
from hrvdaemon.hrv.rsa import porges_bohrer, respiratory_band
from hrvdaemon.hrv.stretch import coherences
from hrvdaemon.hrv.tachogram import tachogram_of
from hrvdaemon.vocabulary.units import GRAINS_PER_SECOND, GRAINS_PER_TICK, ticks_from_ms

DAYS = 30
PUBLISHED = ArtefactSettings(floor_ms=0)
"""Without our floor of 30 ms, so that every package answers the same question."""


def every_step(series: NNSeries) -> Windows:
    return windows_every(series.end_s, WINDOW_S, STEP_S)


def time_domain_by_step(day: Day) -> float:
    return cpu_s(lambda: rolling_metrics(day.nn, WINDOW_S, STEP_S), 15)


def time_domain_by_beat(day: Day) -> float:
    return cpu_s(lambda: rolling_metrics(day.nn, WINDOW_S, "beat"), 9)


def thirty_days(day: Day) -> tuple[float, float]:
    """CPU seconds, and memory in MB beyond what is given back."""
    series = day.repeated(DAYS)
    seconds = cpu_s(lambda: rolling_metrics(series, WINDOW_S, "beat"), 3)
    tracemalloc.start()
    result = rolling_metrics(series, WINDOW_S, "beat")
    kept, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del result  # it was kept until here, so that it counted as kept
    return seconds, (peak - kept) / 1e6


REPORTED_APART = {"rsa_ln_ms2", "coherence", "sdann_ms", "sdnn_index_ms", *(key for key in KEYS if "lomb" in key)}
"""The last are for half an hour and more."""
FULL_SET = tuple(key for key in KEYS if key not in REPORTED_APART)
WITHOUT_ENTROPY = tuple(key for key in FULL_SET if key != "sample_entropy")


def full_set(day: Day) -> float:
    """Time domain, Poincaré, geometric, stress index, Welch with peaks and breathing rate, and DFA; resampling and
    detrending the day included."""
    return cpu_s(lambda: rolling_metrics(day.nn, WINDOW_S, STEP_S, keys=WITHOUT_ENTROPY), 5)


def full_set_with_entropy(day: Day) -> float:
    """The same, and sample entropy every 30 s."""
    every = round(ENTROPY_STEP_S / STEP_S)
    return cpu_s(lambda: rolling_metrics(day.nn, WINDOW_S, STEP_S, keys=FULL_SET, entropy_every=every), 3)


def lomb_of_a_day(day: Day) -> float:
    """Every window of the day."""
    return cpu_s(lambda: rolling_lomb_scargle(day.nn, every_step(day.nn)), 3)


def lomb_of_a_window(day: Day) -> float:
    here = _first_window(day)
    return cpu_s(lambda: [lomb_spectrum(day.nn.end_s[here], day.nn.rr_ms[here]) for _ in range(20)], 9) / 20


def rsa_of_a_window(day: Day) -> float:
    (run,) = tachogram_of(day.nn.rr_ms[_first_window(day)]).runs
    return cpu_s(lambda: [porges_bohrer([respiratory_band(run.resampled_ms[::2])], 800.0) for _ in range(20)], 9) / 20


def coherence_of_a_window(day: Day) -> float:
    parts = tachogram_of(day.nn.rr_ms[_first_window(day)]).runs
    return cpu_s(lambda: [coherences(parts) for _ in range(20)], 9) / 20


def rsa_of_a_day(day: Day) -> float:
    """Every window, resampling the day and Welch's spectrum, which says where there is none, included."""
    return cpu_s(lambda: rolling_metrics(day.nn, WINDOW_S, STEP_S, keys=("rsa_ln_ms2",)), 3)


def coherence_of_a_day(day: Day) -> float:
    """Every window, resampling the day included."""
    return cpu_s(lambda: rolling_metrics(day.nn, WINDOW_S, STEP_S, keys=("coherence",)), 3)


def everything_of_a_day(day: Day) -> float:
    """Artefacts found and corrected, every key of every window as Python objects, and of the whole."""
    return cpu_s(lambda: analyse(day.raw_ms, window_s=WINDOW_S, step_s=STEP_S), 1)


APART = {
    f"Lomb–Scargle spectrum, every {STEP_S:g} s": lomb_of_a_day,
    f"Porges–Bohrer RSA, every {STEP_S:g} s": rsa_of_a_day,
    f"coherence, every {STEP_S:g} s": coherence_of_a_day,
    f"`analyse`: artefacts and every key, sample entropy too, every {STEP_S:g} s": everything_of_a_day,
    "Lomb–Scargle spectrum, one window of 300 s": lomb_of_a_window,
    "Porges–Bohrer RSA, one window of 300 s, resampled already": rsa_of_a_window,
    "coherence of each 64 s, one window of 300 s, resampled already": coherence_of_a_window,
}


def _first_window(day: Day) -> slice:
    return slice(0, int(np.searchsorted(day.nn.end_s, WINDOW_S, "right")))


def find_artefacts(day: Day) -> float:
    return cpu_s(lambda: classify(day.raw_ms, None, PUBLISHED), 9)


def find_and_correct_once(day: Day) -> float:
    series = uncorrected(day.raw_ms, None, np.cumsum(day.raw_ms) / 1000)
    return cpu_s(lambda: correct_once(series, classify(day.raw_ms, None, PUBLISHED)), 9)


def correct_until_done(day: Day) -> float:
    return cpu_s(lambda: corrected(day.raw_ms, None, np.cumsum(day.raw_ms) / 1000), 5)


def stream_artefacts(day: Day) -> float:
    """One beat."""
    ticks = [ticks_from_ms(rr) for rr in day.raw_ms.tolist()]
    return cpu_s(lambda: list(_final(ticks)), 5) / len(ticks)


def stream_windows(day: Day) -> tuple[float, float, float]:
    """One beat into the sums of all windows; the metrics of 60 s and 300 s once; one beat, asked every 5 s."""
    final = list(_final([ticks_from_ms(rr) for rr in day.raw_ms.tolist()]))
    adding = cpu_s(lambda: _add_all(final), 5) / len(final)
    recent = _add_all(final)
    asking = cpu_s(lambda: [recent.last(length_s) for _ in range(2000) for length_s in (60, 300)], 5) / 2000
    both = cpu_s(lambda: _add_and_ask(final), 5) / len(final)
    return adding, asking, both


def five_minutes(day: Day, keys: tuple[str, ...] = FULL_SET) -> float:
    """The complete set of one window of 300 s, intervals in, metrics out."""
    here = _first_window(day)
    rr_ms, end_s = day.nn.rr_ms[here], day.nn.end_s[here]
    return cpu_s(lambda: [analyse(rr_ms, correct=False, end_s=end_s, keys=keys) for _ in range(20)], 15) / 20


def replay(day: Day) -> tuple[float, float]:
    """Wall seconds of the whole command, file to SQLite, start of Python included; and times real time."""
    with tempfile.TemporaryDirectory(dir=day.recording.parent) as folder:
        databases = (str(Path(folder) / f"{n}.db") for n in range(100))

        def run() -> None:
            command = [sys.executable, "-m", "hrvdaemon", "replay", str(day.recording), "--speed", "max", "--json"]
            full = [*command, "--db", next(databases)]
            subprocess.run(full, check=True, capture_output=True, env=_as_for_everybody())

        seconds = wall_s(run, 3)
    return seconds, DAY_S / seconds


def import_s(module: str) -> float:
    """Wall seconds to import a module in a fresh Python that has NumPy already; median of nine."""
    code = f"import numpy, time; begun = time.perf_counter(); import {module}; print(time.perf_counter() - begun)"
    command = [sys.executable, "-c", code]
    told = (subprocess.run(command, check=True, capture_output=True, env=_as_for_everybody()) for _ in range(9))
    return median(float(one.stdout) for one in told)


def _as_for_everybody() -> dict[str, str]:
    """The environment without the limit to one thread, which nobody who runs the command has."""
    return {name: value for name, value in os.environ.items() if name not in ONE_THREAD}


def _final(ticks: list[int]) -> Iterator[ClassifiedBeat]:
    artefacts, grains = StreamingArtefacts(), 0
    for rr in ticks:
        grains += rr * GRAINS_PER_TICK
        yield from artefacts.add(TimedBeat(grains, rr, 0))


def _add_all(final: list[ClassifiedBeat]) -> RecentBeats:
    recent = RecentBeats()
    for beat in final:
        recent.add(beat)
    return recent


def _add_and_ask(final: list[ClassifiedBeat]) -> None:
    recent, due = RecentBeats(), 0
    for beat in final:
        recent.add(beat)
        if beat.time_grains >= due:
            due = beat.time_grains + 5 * GRAINS_PER_SECOND
            recent.last(60)
            recent.last(300)
