"""Which rows of the ledger count, and which of them stand in one window of ten minutes with each."""

import numpy as np
from numpy.typing import NDArray

from hrvdaemon.regulation.dominance import DominanceSettings
from hrvdaemon.regulation.gate import GateSettings
from hrvdaemon.regulation.ledger_columns import GATE_BITS, LedgerColumns, Whole
from hrvdaemon.regulation.movement_gates import max_bpm
from hrvdaemon.regulation.prompting import PromptSettings

Flags = NDArray[np.bool_]


def eligible(columns: LedgerColumns, prompts: PromptSettings, now: GateSettings, before: GateSettings) -> Flags:
    """Rows that could be compared and that every gate lets pass, under the gates' settings ``now``.

    Gates whose setting is what it was ``before`` say what they said.
    """
    failed = columns.failed & ~GATE_BITS["wish"]
    for gate, fails in _looked_at_again(columns, now, before):
        failed = np.where(fails, failed | GATE_BITS[gate], failed & ~GATE_BITS[gate])
    wanted = (columns.said == 0) & ~quiet(columns, prompts)
    counts: Flags = (columns.is_comparable == 1) & (failed == 0) & wanted
    return counts


def _looked_at_again(columns: LedgerColumns, now: GateSettings, before: GateSettings) -> list[tuple[str, Flags]]:
    """Gates without a memory whose limit is another now."""
    said = columns.failed
    again: list[tuple[str, Flags]] = []
    if now.usable_max_artefacts != before.usable_max_artefacts:
        share = columns.artefact_share
        other = ((said & GATE_BITS["quality"]) != 0) & (share <= before.usable_max_artefacts)
        again.append(("quality", other | (share > now.usable_max_artefacts)))
    if now.slow_breathing_hz != before.slow_breathing_hz:
        rate = columns.respiration_hz
        in_session = ((said & GATE_BITS["breathing"]) != 0) & ~(rate < before.slow_breathing_hz)
        again.append(("breathing", in_session | (rate < now.slow_breathing_hz)))
    if (now.hr_reserve, now.above_rest_bpm) != (before.hr_reserve, before.above_rest_bpm):
        again.append(("activity", columns.hr_bpm > _activity_limits(columns, now, before)))
    return again


def _activity_limits(columns: LedgerColumns, now: GateSettings, before: GateSettings) -> NDArray[np.float64]:
    """The stored limit tells the heart rate at rest, and that the limit of now."""
    if not now.age_years:
        return columns.activity_limit_bpm - before.above_rest_bpm + now.above_rest_bpm
    most = max_bpm(now)
    rest = (columns.activity_limit_bpm - before.hr_reserve * most) / (1 - before.hr_reserve)
    return rest + now.hr_reserve * (most - rest)


def quiet(columns: LedgerColumns, prompts: PromptSettings) -> Flags:
    """Minutes that begin or end in the quiet hours."""
    start, end = prompts.quiet_from_min, prompts.quiet_to_min
    quiet = np.zeros(len(columns.local_minute), dtype=np.bool_)
    for moment in (columns.local_minute, (columns.local_minute + 1) % 1440):
        after, until = moment >= start, moment < end
        quiet |= (after & until) if start <= end else (after | until)
    return quiet


def positions(columns: LedgerColumns) -> Whole:
    """Minutes of running time at which each row begins, its clock set or not.

    Between two rows it is the wall's time; where the run's own clock tells less, the wall was set in between.
    """
    wall, own, lasted = columns.start_minute, columns.mono_minute, columns.minutes
    gap = np.maximum(np.diff(wall) - lasted[:-1], 0)
    by_own = np.diff(own) - lasted[:-1]
    gap = np.where((by_own >= 0) & (by_own < gap), by_own, gap)
    return np.concatenate(([0], np.cumsum(lasted[:-1] + gap))).astype(np.int64)[: len(wall)]


def window_starts(places: Whole, settings: DominanceSettings) -> Whole:
    """For each counting minute, by its place, the index of the first one in its window.

    A window reaches ``n`` minutes back, and never over more than ``bridge_min`` minutes that did not count.
    """
    here = np.arange(len(places))
    by_length = np.searchsorted(places, places - settings.n, side="right")
    breaks = np.concatenate(([True], np.diff(places) - 1 > settings.bridge_min))[: len(places)]
    after_break = np.maximum.accumulate(np.where(breaks, here, 0)) if len(places) else here
    return np.maximum(by_length, after_break).astype(np.int64)
