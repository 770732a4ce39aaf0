"""``make bench``: what our code costs beside every peer, in one run, written to benchmarks/RESULTS.md.

    python -m benchmarks [--without-peers] [--no-write]

Every figure is a median of CPU time, unless it says wall. A peer's day is the mean cost of one of its
windows, over 40 windows spread evenly, times the number of windows.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks.day import DAY_S, N_BEATS, N_PEER_WINDOWS, WINDOW_S, make_day
from benchmarks.environments import NAMES, PeerResult, measure
from benchmarks.results import machine, write_section
from benchmarks.speed import Line, lines, peer_table, speed_table
from hrvdaemon.hrv.time_domain import rmssd

NOTE = f"""`make bench`. One simulated day of {DAY_S // 3600} h; for all but `replay` {N_BEATS} beats of it
in whole ticks of 1/1024 s and windows of {WINDOW_S:g} s; artefacts corrected beforehand, but for the artefact rows. CPU
time, median, one thread for linear algebra; the ratio is what travels between machines. A peer is called the cheapest
way that gives the metrics, its window already cut out, and its day is extrapolated from {N_PEER_WINDOWS} windows."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--without-peers", action="store_true", help="install and run no peer but NeuroKit2")
    parser.add_argument("--no-write", action="store_true", help="leave benchmarks/RESULTS.md as it is")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        text = run(Path(folder), NAMES[:1] if wanted.without_peers else NAMES)
    print(text)
    if not wanted.no_write:
        write_section("Speed", text)


def run(folder: Path, names: tuple[str, ...]) -> str:
    """Measure everything; the text of the section."""
    day = make_day(folder)
    beats = folder / "beats.npz"
    day.write_for_peers(beats)
    peers = [_told(measure(name, beats)) for name in names]
    measured = [_line(line) for line in lines(day, peers)]
    first = day.nn.rr_ms[day.nn.end_s <= WINDOW_S]
    windows = f"One window of 300 s (artefacts: the whole day):\n\n{peer_table(peers, rmssd(first))}"
    return f"{NOTE}\n\n{speed_table(measured)}\n\n{windows}\n\n{machine()}\n"


def _told(peer: PeerResult) -> PeerResult:
    print(f"{peer.name}: {peer.broken or 'measured'}", file=sys.stderr)
    return peer


def _line(line: Line) -> Line:
    print(" | ".join(line.cells()), file=sys.stderr)
    return line


if __name__ == "__main__":
    main()
