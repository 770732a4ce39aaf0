"""``make bench``: what a simulated day and 100 000 beats cost, and NeuroKit2 on the same beats, in one run.

Every figure is a median of CPU time (``time.process_time``, all threads), so a busy machine disturbs it less than wall
time; ratios within one run travel better between machines than the figures do.

    python -m benchmarks [--repeat N] [--write]
"""

import argparse
import platform
import sqlite3
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median

import numpy as np
from numpy.typing import NDArray

from hrvdaemon.formats.recording import read_recording
from hrvdaemon.hrv.artefact_series import classify
from hrvdaemon.hrv.artefacts import ArtefactSettings, StreamingArtefacts, TimedBeat
from hrvdaemon.hrv.correction import corrected
from hrvdaemon.hrv.heart_rate_measurement import HeartRateMeasurement
from hrvdaemon.pipeline import Pipeline
from hrvdaemon.store.writer import recorder
from hrvdaemon.supervisor.engine import Engine
from hrvdaemon.vocabulary.inputs import Input, PacketReceived
from hrvdaemon.vocabulary.units import ms_from_ticks

HERE = Path(__file__).parent
DAY = HERE.parent / "fixtures" / "day.jsonl.gz"
N_BEATS = 100_000
PUBLISHED = ArtefactSettings(floor_ms=0)
"""Without our floor of 30 ms, so that both packages answer the same question."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: what was done, how often, its median CPU time, and what that says."""

    what: str
    times: int
    cpu_s: float
    says: str


def cpu_s(do: Callable[[], object], times: int) -> float:
    """Median CPU time of ``do`` in seconds; once before that to warm up."""
    do()
    spent = []
    for _ in range(times):
        begun = time.process_time()
        do()
        spent.append(time.process_time() - begun)
    return median(spent)


def day_rows(times: int) -> list[Row]:
    """The simulated day through the pipeline, without and with SQLite, and its reading from the file."""
    inputs = read_recording(DAY).inputs
    recorded_s = (inputs[-1].mono_ms - inputs[0].mono_ms) / 1000
    reading = cpu_s(lambda: read_recording(DAY), times)
    bare = cpu_s(lambda: _feed(inputs), times)
    stored = cpu_s(lambda: _store(inputs), times)
    hours = recorded_s / 3600
    return [
        Row(f"read the {hours:.0f}-hour day from JSON lines", times, reading, _real_time(recorded_s, reading)),
        Row("pipeline alone", times, bare, _real_time(recorded_s, bare)),
        Row(
            "pipeline and SQLite",
            times,
            stored,
            f"{_real_time(recorded_s, stored)}, {stored / bare:.1f} x the CPU of it alone",
        ),
    ]


def artefact_rows(times: int) -> list[Row]:
    """Lipponen-Tarvainen over 100 000 intervals: our stream and batch, and NeuroKit2's batch."""
    ticks = day_ticks(N_BEATS)
    rr_ms = np.array([ms_from_ticks(rr) for rr in ticks])
    ends_s = np.cumsum(rr_ms) / 1000
    find, fix = _neurokit(rr_ms)
    streaming = cpu_s(lambda: _stream(ticks), times)
    labels, their_labels = cpu_s(lambda: classify(rr_ms, None, PUBLISHED), times), cpu_s(find, times)
    mended, their_mended = cpu_s(lambda: corrected(rr_ms, None, ends_s), times), cpu_s(fix, times)
    return [
        Row("artefacts, stream", times, streaming, f"{streaming / N_BEATS * 1e6:.1f} us a beat"),
        Row("artefacts, batch: labels", times, labels, f"{their_labels / labels:.1f} x faster than NeuroKit2"),
        Row("NeuroKit2: labels", times, their_labels, ""),
        Row("artefacts, batch: correct", times, mended, f"{their_mended / mended:.1f} x faster than NeuroKit2"),
        Row("NeuroKit2: correct", times, their_mended, "signal_fixpeaks, Kubios, iterative"),
    ]


def day_ticks(n_beats: int) -> list[int]:
    """Intervals of the simulated day in 1/1024 s, repeated until there are ``n_beats``."""
    packets = (given for given in read_recording(DAY).inputs if isinstance(given, PacketReceived))
    day = [rr for packet in packets for rr in HeartRateMeasurement.from_bytes(packet.data).rr_ticks]
    return (day * (n_beats // len(day) + 1))[:n_beats]


def _feed(inputs: Sequence[Input]) -> None:
    pipeline = Pipeline()
    for given in inputs:
        pipeline.feed(given)


def _store(inputs: Sequence[Input]) -> None:
    with tempfile.TemporaryDirectory() as folder, recorder(Path(folder) / "bench.db") as keep:
        engine = Engine(keep)
        for given in inputs:
            engine.feed(given)


def _stream(ticks: Sequence[int]) -> None:
    stream, grains = StreamingArtefacts(), 0
    for rr in ticks:
        grains += rr
        stream.add(TimedBeat(grains, rr, 0))


def _neurokit(rr_ms: NDArray[np.float64]) -> tuple[Callable[[], object], Callable[[], object]]:
    """NeuroKit2's labels and its correction of the same beats; it wants peaks in samples, here of 1 ms."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what other packages warn of at import is not ours
        from neurokit2.signal import signal_fixpeaks  # noqa: PLC0415  a test dependency, two seconds to import
        from neurokit2.signal.signal_fixpeaks import _find_artifacts  # noqa: PLC0415  as above
    peaks = np.concatenate([[0.0], np.cumsum(rr_ms)])
    whole = np.rint(peaks).astype(int)

    def fix() -> object:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return signal_fixpeaks(whole, sampling_rate=1000, iterative=True, method="Kubios")

    return lambda: _find_artifacts(peaks, sampling_rate=1000), fix


def _real_time(recorded_s: float, spent_s: float) -> str:
    return f"{recorded_s / spent_s:,.0f} x real time"


def machine() -> str:
    """Where and with what this ran; the name of the machine is nobody's business."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("hrvdaemon", "numpy", "neurokit2"))
    return (
        f"{platform.system()} {platform.machine()}, {_processor()}, Python {platform.python_version()}, {packages}, "
        f"SQLite {sqlite3.sqlite_version}"
    )


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text(encoding="utf-8").splitlines() if cpuinfo.exists() else []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith(("model name", "Model")))
    return next(named, platform.processor() or "processor unknown")


def table(rows: Sequence[Row]) -> str:
    """Markdown, which a terminal shows just as well."""
    width = max(len(row.what) for row in rows)
    head = [f"| {'what':<{width}} | runs | CPU s | |", f"|{'-' * (width + 2)}|---|---|---|"]
    return "\n".join(
        [*head, *(f"| {row.what:<{width}} | {row.times} | {row.cpu_s:.3f} | {row.says} |" for row in rows)]
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--repeat", type=int, default=5, help="runs of each, the median counts (default 5)")
    parser.add_argument("--write", action="store_true", help="write benchmarks/RESULTS.md as well")
    wanted = parser.parse_args()
    text = f"{table([*day_rows(wanted.repeat), *artefact_rows(wanted.repeat)])}\n\n{machine()}\n"
    print(text, end="")
    if wanted.write:
        (HERE / "RESULTS.md").write_text(
            f"# Results\n\nWritten by `make bench ARGS=--write`.\n\n{text}", encoding="utf-8"
        )


if __name__ == "__main__":
    main()
