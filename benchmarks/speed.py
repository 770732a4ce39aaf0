"""The rows of the speed table: what our code costs, what was to be reached, and the fastest peer beside it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from benchmarks import ours
from benchmarks.day import ENTROPY_STEP_S, N_BEATS, STEP_S, Day
from benchmarks.environments import PeerResult
from benchmarks.results import Table
from hrvdaemon.hrv.rolling_analysis import KEYS

MOST_MB = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """Seconds or ratios; None where nothing was asked for."""

    reach: float | None = None
    stretch: float | None = None
    reach_ratio: float | None = None
    stretch_ratio: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """Seconds of a peer for the same work."""

    name: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """``beside`` is the peer that the goal names."""

    what: str
    seconds: float
    goal: Goal = Goal()
    beside: Peer | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        return self.beside.seconds / self.seconds if self.beside else None

    def cells(self) -> tuple[str, ...]:
        ratio = (
            f"{self.ratio:,.0f} × {self.beside.name} ({duration(self.beside.seconds)})"
            if self.ratio and self.beside
            else ""
        )
        return (self.what, duration(self.seconds), ratio, self._asked(), self._verdict(), self.note)

    def _asked(self) -> str:
        goal = self.goal
        parts = [
            _asked(duration, "≤", goal.reach, goal.stretch),
            _asked(_times, "≥", goal.reach_ratio, goal.stretch_ratio),
        ]
        return "; ".join(part for part in parts if part)

    def _verdict(self) -> str:
        goal = self.goal
        if goal == Goal():
            return ""
        has_stretch = goal.stretch is not None or goal.stretch_ratio is not None
        if has_stretch and self._meets(goal.stretch, goal.stretch_ratio):
            return "stretch"
        if self._meets(goal.reach, goal.reach_ratio):
            return "reach"
        over = [self.seconds / goal.reach] if goal.reach else []
        under = [goal.reach_ratio / self.ratio] if goal.reach_ratio and self.ratio else []
        return f"missed by a factor of {max([*over, *under], default=1):.2f}"

    def _meets(self, most_s: float | None, least_ratio: float | None) -> bool:
        is_fast = most_s is None or self.seconds <= most_s
        return is_fast and (least_ratio is None or (self.ratio or 0) >= least_ratio)


def duration(seconds: float) -> str:
    """With three figures and the unit that suits."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size or unit == "µs":
            return f"{seconds / size:,.0f} {unit}" if seconds / size >= 1000 else f"{seconds / size:.3g} {unit}"
    raise AssertionError


def lines(day: Day, peers: Sequence[PeerResult]) -> Iterator[Line]:
    """Every row, each measured when it is asked for."""
    yield from _time_domain(day, peers)
    yield from _full_set(day, peers)
    yield from _artefacts(day, peers)
    yield from _stream(day)
    wall, times = ours.replay(day)
    yield Line(
        what="`replay --speed max`, 24 h, file to SQLite, wall",
        seconds=wall,
        goal=Goal(reach=4, stretch=1.5),
        note=f"{times:,.0f} × real time, start of Python included",
    )
    yield Line(
        what="import of the numbers (`from hrvdaemon.hrv import analyse`), wall, beyond NumPy's",
        seconds=ours.import_s("hrvdaemon.hrv.analysis"),
        goal=Goal(reach=0.05),
    )


def _time_domain(day: Day, peers: Sequence[PeerResult]) -> Iterator[Line]:
    n_windows = len(ours.every_step(day.nn))
    yield Line(
        what=f"time domain + Poincaré, every {STEP_S:g} s ({n_windows} windows)",
        seconds=ours.time_domain_by_step(day),
        goal=Goal(reach=3e-3, stretch=1.5e-3, reach_ratio=300, stretch_ratio=700),
        beside=fastest(peers, lambda peer: _windows(peer, "time domain", n_windows)),
        note="peer: time domain only",
    )
    yield Line(
        what=f"the same at every beat ({N_BEATS} windows)",
        seconds=ours.time_domain_by_beat(day),
        goal=Goal(reach=10e-3, stretch=5e-3),
    )
    seconds, megabytes = ours.thirty_days(day)
    yield Line(
        what=f"the same, {ours.DAYS} days at every beat",
        seconds=seconds,
        goal=Goal(reach=0.3, stretch=0.15),
        note=f"{megabytes:.0f} MB beyond the results, {MOST_MB} MB asked{'' if megabytes <= MOST_MB else ': missed'}",
    )


def _full_set(day: Day, peers: Sequence[PeerResult]) -> Iterator[Line]:
    n_windows = len(ours.every_step(day.nn))
    matched = [peer for peer in peers if peer.name == "neurokit2"]
    seconds = ours.full_set(day)
    yield Line(
        what=f"full set without sample entropy, every {STEP_S:g} s",
        seconds=seconds,
        goal=Goal(reach=0.3, stretch=0.12, reach_ratio=300),
        beside=fastest(matched, lambda peer: _windows(peer, "full", n_windows)),
        note="NeuroKit2: time domain, Welch on our 4 Hz grid, DFA",
    )
    yield Line(
        what="the same, NeuroKit2's spectrum at its default of 100 Hz",
        seconds=seconds,
        beside=fastest(matched, lambda peer: _windows(peer, "full, spectrum at its default of 100 Hz", n_windows)),
    )
    yield Line(
        what=f"full set, sample entropy every {ENTROPY_STEP_S:g} s",
        seconds=ours.full_set_with_entropy(day),
        goal=Goal(reach=0.6, stretch=0.3),
        beside=fastest(matched, lambda peer: _with_entropy(peer, n_windows)),
    )
    for what, measure in ours.APART.items():
        yield Line(what=what, seconds=measure(day))


def _artefacts(day: Day, peers: Sequence[PeerResult]) -> Iterator[Line]:
    neurokit2 = [peer for peer in peers if peer.name == "neurokit2"]
    yield Line(
        what=f"artefacts: labels, {N_BEATS} beats",
        seconds=ours.find_artefacts(day),
        beside=fastest(neurokit2, lambda peer: peer.cpu_s.get("find artefacts")),
        note="floor off, equal labels",
    )
    yield Line(
        what="artefacts: labels and correction, one pass",
        seconds=ours.find_and_correct_once(day),
        goal=Goal(reach_ratio=15, stretch_ratio=25),
        beside=fastest(neurokit2, lambda peer: peer.cpu_s.get("correct artefacts")),
    )
    yield Line(what="artefacts: until no fewer are found, floor on", seconds=ours.correct_until_done(day))


def _stream(day: Day) -> Iterator[Line]:
    adding, asking, asked = ours.stream_windows(day)
    artefacts = ours.stream_artefacts(day)
    yield Line(what="stream: artefacts, a beat", seconds=artefacts)
    yield Line(what="stream: sums of windows of 60 s and 300 s, a beat", seconds=adding)
    yield Line(
        what="stream: both, a beat",
        seconds=artefacts + adding,
        goal=Goal(reach=3e-6, stretch=1.5e-6),
        note=f"{duration(artefacts + asked)} where the metrics of both windows are asked for every 5 s",
    )
    yield Line(what="stream: metrics of both windows, once", seconds=asking)
    yield Line(
        what="complete set of one window of 300 s, sample entropy too",
        seconds=ours.five_minutes(day),
        goal=Goal(reach=300e-6, stretch=150e-6),
        note=f"{duration(ours.five_minutes(day, KEYS))} with Lomb–Scargle, RSA and coherence",
    )


def speed_table(measured: Sequence[Line]) -> Table:
    heading = ("work", "ours", "ratio", "asked: reach (stretch)", "met", "")
    return Table(heading, [line.cells() for line in measured])


def peer_table(peers: Sequence[PeerResult], rmssd_ms: float) -> Table:
    """One window of each peer, and whether it runs at all."""
    heading = (
        "peer",
        "runs",
        "time domain",
        "full",
        "sample entropy",
        "artefacts: labels",
        "with correction",
        "RMSSD as ours",
    )
    return Table(heading, [_peer_row(peer, rmssd_ms) for peer in peers])


def _peer_row(peer: PeerResult, rmssd_ms: float) -> tuple[str, ...]:
    kinds = ("time domain", "full", "sample entropy", "find artefacts", "correct artefacts")
    if peer.broken:
        return (peer.name, f"no: {peer.broken}", *("" for _ in kinds), "")
    named = " ".join((peer.name, peer.versions.get(peer.name, "")))
    numpy = f"yes, NumPy {peer.versions.get('numpy', '?')}"
    cells = [duration(peer.cpu_s[kind]) if kind in peer.cpu_s else peer.failed.get(kind, "–")[:60] for kind in kinds]
    same = (
        "–"
        if peer.rmssd_ms is None
        else "yes"
        if abs(peer.rmssd_ms - rmssd_ms) < 1e-6 * rmssd_ms
        else f"{peer.rmssd_ms:.6f}"
    )
    return (named, numpy, *cells, same)


def fastest(peers: Sequence[PeerResult], seconds_of: Callable[[PeerResult], float | None]) -> Peer | None:
    """The fastest of the peers that do this work; None if none does."""
    can = [Peer(name=peer.name, seconds=seconds) for peer in peers if (seconds := seconds_of(peer)) is not None]
    return min(can, key=lambda peer: peer.seconds, default=None)


def _windows(peer: PeerResult, kind: str, n_windows: int) -> float | None:
    return peer.cpu_s[kind] * n_windows if kind in peer.cpu_s else None


def _with_entropy(peer: PeerResult, n_windows: int) -> float | None:
    full, entropy = _windows(peer, "full", n_windows), _windows(peer, "sample entropy", n_windows)
    return None if full is None or entropy is None else full + entropy * STEP_S / ENTROPY_STEP_S


def _asked(show: Callable[[float], str], sign: str, reach: float | None, stretch: float | None) -> str:
    if reach is None:
        return ""
    return f"{sign} {show(reach)}" + (f" ({show(stretch)})" if stretch is not None else "")


def _times(ratio: float) -> str:
    return f"{ratio:g} ×"
