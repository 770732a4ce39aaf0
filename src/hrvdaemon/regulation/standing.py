"""A guided ten minutes of sitting, standing and slow walking, and the standing signature it leaves (science D.4).

Whole minutes of the wall clock that lie within a phase are compared: standing less sitting, by their medians. How far
single minutes scatter around that is the signature's own width, never narrower than the floors of the baseline.
"""

from collections.abc import Sequence
from statistics import median, stdev

from hrvdaemon.regulation.exercises import SIT_STAND_WALK
from hrvdaemon.regulation.step_hold import StandingSignature
from hrvdaemon.vocabulary.ledger_grid import on_bpm_grid, on_ln_grid
from hrvdaemon.vocabulary.units import MINUTE_MS

SETTLE_MS = 30_000
"""The beginning of each phase is left out, as for every measured step (science C.4)."""
HR_FLOOR_BPM = 3.0
LN_FLOOR = 0.15
_SIT_MS = round(SIT_STAND_WALK.cycle[0].seconds * 1000)
_STAND_MS = round(SIT_STAND_WALK.cycle[1].seconds * 1000)

Minute = tuple[int, float, float]
"""Start on the run's clock (ms), heart rate (bpm), ln RMSSD."""


def standing_signature(start_ms: int, minutes: Sequence[Minute]) -> StandingSignature | None:
    """From the usable minutes of a session that began at ``start_ms``; None without one of each phase."""
    stood_ms = start_ms + _SIT_MS
    sitting = _within(minutes, start_ms + SETTLE_MS, stood_ms)
    standing = _within(minutes, stood_ms + SETTLE_MS, stood_ms + _STAND_MS)
    if not sitting or not standing:
        return None
    (sat_hr, sat_ln), (stood_hr, stood_ln) = _medians(sitting), _medians(standing)
    return StandingSignature(
        hr_bpm=on_bpm_grid(stood_hr - sat_hr),
        hr_sd_bpm=on_bpm_grid(max(_scatter([minute[1] for minute in standing]), HR_FLOOR_BPM)),
        ln_rmssd=on_ln_grid(stood_ln - sat_ln),
        ln_sd=on_ln_grid(max(_scatter([minute[2] for minute in standing]), LN_FLOOR)),
    )


def _within(minutes: Sequence[Minute], start_ms: int, end_ms: int) -> list[Minute]:
    return [minute for minute in minutes if start_ms <= minute[0] and minute[0] + MINUTE_MS <= end_ms]


def _medians(minutes: Sequence[Minute]) -> tuple[float, float]:
    return median(minute[1] for minute in minutes), median(minute[2] for minute in minutes)


def _scatter(values: Sequence[float]) -> float:
    return stdev(values) if len(values) > 1 else 0.0
