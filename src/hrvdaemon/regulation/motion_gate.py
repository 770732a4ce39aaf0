"""Movement where the strap measures it: more than this wearer makes while sedentary (science D.4, "motion available").

The limit is the wearer's own 90th percentile over minutes whose heart rate was at most that of very light activity; it
is learned with the baseline. While it is not known, or a minute has no measurement, heart rate has to tell.
"""

from collections.abc import Callable

from hrvdaemon.regulation.gate import GateSettings, MinuteSeen, TimelessGate, Wall, carried_until
from hrvdaemon.vocabulary.decisions import GateVerdict, Reason
from hrvdaemon.vocabulary.units import MINUTE_MS, Instant


class MotionGate(TimelessGate):
    """Not judged while moving more than sedentary, and for five minutes after."""

    name = "motion"

    def __init__(self, settings: GateSettings) -> None:
        super().__init__(settings)
        self._until_ms: int | None = None

    def judge(self, minute: MinuteSeen, wall: Wall) -> GateVerdict:
        motion, limit = minute.epoch.motion, minute.motion_limit
        is_moving = motion is not None and limit is not None and motion > limit
        if is_moving:
            self._until_ms = minute.end_ms + self.settings.motion_hold_min * MINUTE_MS
        until = self._until_ms if self._until_ms is not None and minute.end_ms <= self._until_ms else None
        reason = Reason.MOVING if is_moving else None if until is None else Reason.RECOVERING
        return GateVerdict(
            gate=self.name,
            passed=reason is None,
            value=motion,
            limit=limit,
            reason=reason,
            until_at=None if until is None else wall(until),
        )

    def recall(self, verdict: GateVerdict, mono: Callable[[Instant], int]) -> None:
        self._until_ms = None if verdict.until_at is None else mono(verdict.until_at)

    def carry_over(self, delta_ms: int, ended_ms: int, started_ms: int) -> None:
        if self._until_ms is not None:
            self._until_ms = carried_until(self._until_ms, delta_ms, ended_ms, started_ms)
