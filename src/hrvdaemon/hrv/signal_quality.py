"""How far a window can be trusted: its artefact share and its coverage, and which metrics that allows.

Cut points 2/5/10 % and 0.90/0.80/0.60 are decisions of this project, near common practice: Kubios advises corrected
beats below 5 %, Task Force 1996 at least 85 % normal beats, GRAPH (Quintana et al. 2016, Translational Psychiatry 6,
e803) asks for the share to be reported.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from hrvdaemon.vocabulary.epochs import BeatKind, Quality

_EXTRA_AND_ITS_OTHER_PART = re.compile(f"{BeatKind.EXTRA.value}.")

GRADES = ((Quality.GOOD, 0.02, 0.90), (Quality.FAIR, 0.05, 0.80), (Quality.POOR, 0.10, 0.60))
"""Grade, largest artefact share, smallest coverage; both limits belong to the better grade."""

_RANK = {Quality.GOOD: 3, Quality.FAIR: 2, Quality.POOR: 1, Quality.UNUSABLE: 0}


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtefactCounts:
    """Artefacts of a window by kind, and ``beats``: all its beats after correction, artefacts included."""

    beats: int
    ectopic: int = 0
    missed: int = 0
    extra: int = 0
    long_short: int = 0
    out_of_range: int = 0

    @property
    def total(self) -> int:
        """Artefacts of every kind."""
        return self.ectopic + self.missed + self.extra + self.long_short + self.out_of_range

    @property
    def share(self) -> float:
        """Artefacts for each beat after correction, 0 to 1; 0 of no beats (their coverage is 0 then)."""
        return min(1.0, self.total / self.beats) if self.beats else 0.0


def count_artefacts(kinds: str) -> ArtefactCounts:
    """Count the labels of beats as they came, one letter each (BeatKind); ``BeatsClassified.kinds`` joined will do.

    An extra beat and the one after it are two parts of one, so the second part is no beat and its label no artefact;
    a missed beat is one more beat.

    Examples
    --------
    >>> counts = count_artefacts("NNXLNNMN")
    >>> counts.extra, counts.missed, counts.long_short, counts.beats, counts.share
    (1, 1, 0, 8, 0.25)
    """
    whole = _EXTRA_AND_ITS_OTHER_PART.sub(BeatKind.EXTRA.value, kinds)
    return count_corrected(whole, n_inserted=whole.count(BeatKind.MISSED.value))


def count_corrected(labels: Iterable[str], n_inserted: int = 0) -> ArtefactCounts:
    """Count the labels of a corrected series, where each artefact stands once and inserted beats are in it."""
    of = Counter(labels)
    return ArtefactCounts(
        beats=of.total() + n_inserted,
        ectopic=of[BeatKind.ECTOPIC],
        missed=of[BeatKind.MISSED],
        extra=of[BeatKind.EXTRA],
        long_short=of[BeatKind.LONG_SHORT],
        out_of_range=of[BeatKind.OUT_OF_RANGE],
    )


def grade(artefact_share: float, coverage: float) -> Quality:
    """Grade of a window, the worse of its two columns; a limit belongs to the better grade. NaN is unusable.

    Parameters
    ----------
    artefact_share
        Artefacts for each beat after correction, 0 to 1.
    coverage
        Sum of valid intervals over the length of the window, 0 to 1.

    Examples
    --------
    >>> grade(0.02, 0.90).value, grade(0.03, 0.95).value, grade(0.0, 0.59).value
    ('good', 'fair', 'unusable')
    """
    for quality, largest_share, smallest_coverage in GRADES:
        if artefact_share <= largest_share and coverage >= smallest_coverage:
            return quality
    return Quality.UNUSABLE


def is_at_least(quality: Quality, needed: Quality) -> bool:
    """Whether a grade is ``needed`` or better."""
    return _RANK[quality] >= _RANK[needed]
