"""What a session changed, said no louder than one session can carry (exercises-and-safety F.2).

Two minutes before, a minute to settle, two minutes after, same posture, free breathing. What happens *during* paced
breathing is breath, not calm, and is never scored. A change smaller than the smallest detectable one is "no clear
change in this one session"; a person's felt change comes first.
"""

from dataclasses import dataclass
from math import log

from hrvdaemon.vocabulary.epochs import BreathSwing, WindowMetrics
from hrvdaemon.vocabulary.events import Outcome

BEFORE_S = 120
SETTLE_S = 60
AFTER_S = 120
SMALLEST_DETECTABLE_LN = 0.5
"""1.96 SD of repeated two-minute ln RMSSD, typically 0.4 to 0.6 (F.2), until the wearer's own is known."""


@dataclass(frozen=True, slots=True)
class Felt:
    """Tension 0 to 10; None where it was skipped."""

    before: int | None = None
    after: int | None = None


NOT_ASKED = Felt()


def outcome(
    before: WindowMetrics | None,
    after: WindowMetrics | None,
    swings: tuple[BreathSwing, ...],
    felt: Felt,
    *,
    completed: bool,
    is_scored: bool,
) -> Outcome:
    """Compare before with after; a side without usable signal leaves the change None: not measured."""
    delta_ln = _difference(_ln(before), _ln(after)) if is_scored else None
    return Outcome(
        completed=completed,
        before=before,
        after=after,
        delta_hr_bpm=_difference(_hr(before), _hr(after)),
        delta_ln_rmssd=delta_ln,
        smallest_detectable=SMALLEST_DETECTABLE_LN if delta_ln is not None else None,
        is_clear=None if delta_ln is None else abs(delta_ln) >= SMALLEST_DETECTABLE_LN,
        swing_bpm=sorted(swing.swing_bpm for swing in swings)[len(swings) // 2] if swings else None,
        tension_before=felt.before,
        tension_after=felt.after,
    )


def _ln(metrics: WindowMetrics | None) -> float | None:
    return log(metrics.rmssd_ms) if metrics is not None and metrics.rmssd_ms else None


def _hr(metrics: WindowMetrics | None) -> float | None:
    return None if metrics is None else metrics.mean_hr_bpm


def _difference(before: float | None, after: float | None) -> float | None:
    return None if before is None or after is None else after - before
