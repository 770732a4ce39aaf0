"""Beats told from artefacts by Lipponen and Tarvainen 2019, one beat at a time, each classified once (law 3).

Rules of this file:

- ``decide`` is the published decision and the only one; the stream here and the batch in ``artefact_series`` share it.
  It is asked for suspects only: beats whose normalised difference is larger than 1 either way.
- The stream works on whole ticks and is strictly causal: beat i is final when beat i+6 came, because the second
  candidate i+1 needs its own centred median of 11. What comes after i+6 can not change it.
- A gap ends a segment. No difference and no median crosses it; the threshold windows do, they describe the wearer.

References
----------
Lipponen, J. A., & Tarvainen, M. P. (2019). A robust algorithm for heart rate variability time series artefact
correction using novel beat classification. Journal of Medical Engineering & Technology, 43(3), 173-181.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from hrvdaemon.hrv.ordered_window import OrderedWindow, quartile_deviation
from hrvdaemon.vocabulary.epochs import BeatKind
from hrvdaemon.vocabulary.units import TICKS_PER_SECOND, ms_from_ticks

LOWEST_RR_MS = 300.0
HIGHEST_RR_MS = 2000.0
"""Physiological range, 200 to 30 bpm (Task Force 1996 practice; the default of hrv-analysis)."""
LOWEST_RR_TICKS = LOWEST_RR_MS * TICKS_PER_SECOND / 1000
HIGHEST_RR_TICKS = HIGHEST_RR_MS * TICKS_PER_SECOND / 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtefactSettings:
    """Constants of the method; from the paper unless said."""

    alpha: float = 5.2
    """Threshold = alpha times the quartile deviation: 99.95 % of a normal distribution."""
    window: int = 91
    """Beats that a threshold looks at."""
    median: int = 11
    """Beats of the centred running median."""
    c1: float = 0.13
    c2: float = 0.17
    """Slope and offset of the ectopic region in the plane of neighbouring differences."""
    mrr_gate: float = 3.0
    """Normalised deviation from the median beyond which an interval is long or short."""
    floor_ms: float = 30.0
    """Lowest threshold. Ours: with very low variability the published one falls to a few ms and flags physiology.
    0 switches it off; a threshold of 0 then leaves nothing to compare with (NaN), as in NeuroKit2."""
    lookahead: int = 6
    """Beats after i that the decision on i may read (stream only); the threshold of differences reads one fewer."""


SETTINGS = ArtefactSettings()


class TimedBeat(NamedTuple):
    """The beat that ends an interval. ``segment`` counts runs of beats without a gap.

    A named tuple, as a frozen dataclass takes three times as long to make, and there is one for each beat.
    """

    time_grains: int
    rr_ticks: int
    segment: int


class ClassifiedBeat(NamedTuple):
    """A beat with its final label.

    ``is_original``: the interval lies between two beats where they were. A beat that correction would move or take
    away changes the interval behind it as well, whatever that one's own label.
    """

    time_grains: int
    rr_ticks: int
    segment: int
    kind: BeatKind
    is_original: bool = True


_NORMAL = BeatKind.NORMAL
"""Asked for at each beat; an enumeration looks its members up ten times as slowly."""
MOVED = frozenset({BeatKind.ECTOPIC, BeatKind.LONG_SHORT, BeatKind.EXTRA})
"""Labels of beats that are not where the heart put them."""


def decide(
    changes: Sequence[float],
    deviations: Sequence[float],
    rr: Sequence[float],
    medians: Sequence[float],
    tolerances: Sequence[float],
    settings: ArtefactSettings = SETTINGS,
) -> tuple[BeatKind, ...]:
    """Labels of a suspect beat i and, where it had to be looked at as well, of beat i+1: as many as are consumed.

    Parameters
    ----------
    changes
        Normalised differences dRR/Th1 of the five beats i-1 to i+3; 0 where there is no neighbour.
    deviations
        Normalised deviations mRR/Th2 of i and i+1.
    rr
        The intervals i, i+1, i+2, in any one unit.
    medians, tolerances
        Centred medians and Th2 of i and i+1, in the unit of ``rr``.

    Notes
    -----
    The order of questions is that of NeuroKit2 0.2.13 (``_find_artifacts``): ectopic first; then beat i, and beat i+1
    too where the change after it is the larger one, each asked whether it is extra, missed, or long or short.
    """
    before, change, after = changes[0], changes[1], changes[2]
    line = settings.c1 * change
    is_long_between_short = change > 1 and before < -line - settings.c2 and after < -line - settings.c2
    is_short_between_long = change < -1 and before > -line + settings.c2 and after > -line + settings.c2
    if is_long_between_short or is_short_between_long:
        return (BeatKind.ECTOPIC,)
    candidates = (0, 1) if abs(after) < abs(changes[3]) else (0,)
    return tuple(
        _long_or_short(changes[j + 1 : j + 4], deviations[j], rr[j : j + 2], medians[j], tolerances[j], settings)
        for j in candidates
    )


def _long_or_short(
    changes: Sequence[float],
    deviation: float,
    rr: Sequence[float],
    median: float,
    tolerance: float,
    settings: ArtefactSettings,
) -> BeatKind:
    change, following = changes[0], changes[1:]
    is_long = change > 1 and min(following) < -1
    is_short = change < -1 and max(following) > 1
    if not (is_long or is_short or abs(deviation) > settings.mrr_gate):
        return BeatKind.NORMAL
    if is_short and abs(rr[0] + rr[1] - median) < tolerance:
        return BeatKind.EXTRA
    if is_long and abs(rr[0] / 2 - median) < tolerance:
        return BeatKind.MISSED
    return BeatKind.LONG_SHORT


def within_range(kind: BeatKind, rr_ms: float) -> BeatKind:
    """The label after the range rule: an interval outside 300 to 2000 ms that has no better name is out of range."""
    if kind in {BeatKind.NORMAL, BeatKind.LONG_SHORT} and not LOWEST_RR_MS <= rr_ms <= HIGHEST_RR_MS:
        return BeatKind.OUT_OF_RANGE
    return kind


class StreamingArtefacts:
    """The causal form: ``add`` gives back each beat once, in order, six beats late.

    Parameters
    ----------
    settings
        ``floor_ms`` must be above 0: a change below it needs no threshold, which is exact and saves most of the work.

    Notes
    -----
    Th1 of beat i looks at abs(dRR) of i-85 to i+5 and normalises i-1 to i+3; Th2 looks at 91 abs(mRR) up to i+1,
    because later centred medians do not exist yet. The published windows are centred (see ``artefact_series``).
    The beat after an EXTRA one is its other part and no original beat, whatever its own label.

    Th2 is asked for by one beat in seventy or so, so the deviations of the others wait until then: the windows hold
    the same numbers as if each had been taken in when its beat came.
    """

    def __init__(self, settings: ArtefactSettings = SETTINGS) -> None:
        if settings.floor_ms <= 0:
            raise ValueError(f"expected floor_ms above 0 for the stream, came {settings.floor_ms}")
        self._settings = settings
        self._lookahead = settings.lookahead
        self._floor_ticks = settings.floor_ms * TICKS_PER_SECOND / 1000
        self._half = settings.median // 2
        self._ahead = min(self._half, settings.lookahead - 1)
        self._tail = settings.window + settings.median + settings.lookahead
        self.reset()

    def reset(self) -> None:
        """A new wearing: the threshold windows and every pending beat are forgotten."""
        self.n_beats = 0
        self._change_window = OrderedWindow(self._settings.window)
        self._deviation_window: deque[float] = deque(maxlen=self._settings.window)
        self._begin_segment()

    def add(self, beat: TimedBeat) -> list[ClassifiedBeat]:
        """Beats that became final. A beat of another segment ends the one before it first."""
        ended = self.end_segment() if self._beats and self._beats[-1].segment != beat.segment else []
        change = beat.rr_ticks - self._rr[-1] if self._rr else None
        self._rr.append(beat.rr_ticks)
        self._changes.append(change or 0)
        self._beats.append(beat)
        self.n_beats += 1
        if len(self._beats) - self._n_final > self._lookahead:
            ended.append(self._settle_next())
        if change is not None:
            self._change_window.add(abs(change))  # behind the decision, which reads one change fewer than it has beats
        if len(self._beats) > 2 * self._tail:
            self._forget_settled()
        return ended

    def end_segment(self) -> list[ClassifiedBeat]:
        """A gap: what is pending becomes final with what is known; a neighbour that never came is no change."""
        final = [self._settle_next() for _ in range(len(self._beats) - self._n_final)]
        self._look_at_deviations(len(self._rr))
        self._begin_segment()
        return final

    def _begin_segment(self) -> None:
        self._beats: list[TimedBeat] = []
        self._rr: list[int] = []
        self._changes: list[int] = []
        self._n_final = 0
        self._n_deviations = 0
        self._second: BeatKind | None = None
        self._is_behind_moved = False

    def _settle_next(self) -> ClassifiedBeat:
        i = self._n_final
        self._n_final = i + 1
        time_grains, rr_ticks, segment = self._beats[i]
        kind = self._kind(i) if self._second is not None or abs(self._changes[i]) > self._floor_ticks else _NORMAL
        if not LOWEST_RR_TICKS <= rr_ticks <= HIGHEST_RR_TICKS:
            kind = within_range(kind, ms_from_ticks(rr_ticks))
        is_original = kind is _NORMAL and not self._is_behind_moved
        self._is_behind_moved = kind is not _NORMAL and kind in MOVED
        return ClassifiedBeat(time_grains, rr_ticks, segment, kind, is_original)

    def _kind(self, i: int) -> BeatKind:
        """Of a beat behind a candidate, or whose change is above the lowest threshold that there is."""
        if self._second is not None:
            kind, self._second = self._second, None
            return kind
        th1 = self._threshold(self._change_window.quartile_deviation())
        if abs(self._changes[i]) <= th1:
            return _NORMAL
        kind, *second = self._decide(i, th1)
        self._second = second[0] if second else None
        return kind

    def _decide(self, i: int, th1: float) -> tuple[BeatKind, ...]:
        self._look_at_deviations(min(i + 2, len(self._rr)))
        th2 = self._threshold(quartile_deviation(sorted(self._deviation_window)))
        changes = [self._changes[k] / th1 if k < len(self._changes) else 0.0 for k in range(i - 1, i + 4)]
        here_and_next = [k for k in (i, i + 1) if k < len(self._rr)]
        deviations = [self._deviation(k) / th2 for k in here_and_next]
        medians = [self._median(k) for k in here_and_next]
        return decide(changes, deviations, self._rr[i : i + 3], medians, (th2, th2), self._settings)

    def _threshold(self, deviation: float) -> float:
        return max(self._floor_ticks, self._settings.alpha * deviation)

    def _look_at_deviations(self, end: int) -> None:
        """Take those before ``end`` into their window, but for such as would have left it again."""
        first = max(self._n_deviations, end - self._settings.window)
        self._deviation_window.extend(abs(self._deviation(k)) for k in range(first, end))
        self._n_deviations = max(self._n_deviations, end)

    def _deviation(self, i: int) -> float:
        """From the median; short intervals count double."""
        deviation = self._rr[i] - self._median(i)
        return deviation if deviation > 0 else 2 * deviation

    def _median(self, i: int) -> float:
        """Median of the 11 intervals around i; fewer at the ends of a segment."""
        ordered = sorted(self._rr[max(0, i - self._half) : i + self._ahead + 1])
        middle = len(ordered) // 2
        return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2

    def _forget_settled(self) -> None:
        """Keep the tail that windows and medians still read; in blocks, so that it costs nothing."""
        spare = len(self._rr) - self._tail
        del self._beats[:spare], self._rr[:spare], self._changes[:spare]
        self._n_final -= spare
        self._n_deviations = max(self._n_deviations - spare, 0)
