"""Gates that tell movement by heart rate alone: by how high, how fast, and how long ago (G1 to G3).

RR intervals alone can't tell a stress ramp from a slow walk of the same height; what they can tell is that movement
comes faster, and that effort leaves its trace.
"""

from collections.abc import Callable

from hrvdaemon.regulation.gate import GateSettings, MinuteSeen, TimelessGate, Wall, carried_until
from hrvdaemon.regulation.heart_rate_steps import MINUTE_TENS, STEP_TENS, slope_bpm_per_min, smoothed, steepest_rise
from hrvdaemon.vocabulary.decisions import GateVerdict, Reason
from hrvdaemon.vocabulary.ledger_grid import on_bpm_grid, on_ln_grid
from hrvdaemon.vocabulary.units import MINUTE_MS, Instant

UNKNOWN_AGE_MAX_BPM = 173.0
"""208 - 0.7 x 50: only to grade how hard an effort was where no age is set."""


class ActivityGate(TimelessGate):
    """G1: heart rate above 30 % of the reserve is movement, until shown otherwise."""

    name = "activity"

    def judge(self, minute: MinuteSeen, wall: Wall) -> GateVerdict:  # noqa: ARG002  one protocol for all gates
        hr, limit = minute.hr_bpm, activity_limit_bpm(minute.rest_bpm, self.settings)
        moving = hr is not None and limit is not None and hr > limit
        return self.verdict(Reason.MOVING if moving else None, hr, limit)


class KineticsGate(TimelessGate):
    """G2: a rise that fast is movement or posture; it ends when heart rate has been level for three minutes.

    Ten-second medians are smoothed by their neighbours as in G4, because the swing of large breaths alone crosses
    10 bpm in 20 s (docs/detector.md, "Kinetics"). The value is the larger of the two rises, as a share of its limit.
    """

    name = "kinetics"

    def __init__(self, settings: GateSettings) -> None:
        super().__init__(settings)
        self.start_wearing()

    def start_wearing(self) -> None:
        self.skip()
        self._is_moving = False
        self._since_rise_min = 0

    def skip(self) -> None:
        self._tens: list[float | None] = []

    def judge(self, minute: MinuteSeen, wall: Wall) -> GateVerdict:  # noqa: ARG002  one protocol for all gates
        s, new = self.settings, len(minute.epoch.hr_10s_bpm)
        self._tens = [*self._tens, *minute.epoch.hr_10s_bpm][-MINUTE_TENS * s.settle_min - 1 :]
        known = smoothed(self._tens)[:-1]
        share = max(
            _share(steepest_rise(known, MINUTE_TENS, new), s.rise_bpm_60s),
            _share(steepest_rise(known, STEP_TENS, new), s.rise_bpm_20s),
        )
        if share >= 1:
            self._is_moving, self._since_rise_min = True, 0
        else:
            self._since_rise_min += 1
            self._is_moving = self._is_moving and not self._is_level(known)
        return self.verdict(Reason.MOVING if self._is_moving else None, share, 1.0)

    def _is_level(self, known: list[float | None]) -> bool:
        """Level for three minutes since the rise; with the rise among them, a fall could even it out."""
        if min(self._since_rise_min, len(known) / MINUTE_TENS) < self.settings.settle_min:
            return False
        slope = slope_bpm_per_min(known)
        return slope is not None and abs(slope) < self.settings.settle_bpm_per_min


def _share(rise_bpm: float, limit_bpm: float) -> float:
    """A limit of 0 is reached by every minute."""
    return on_ln_grid(rise_bpm / limit_bpm) if limit_bpm > 0 else 1.0


class RecoveryGate(TimelessGate):
    """G3: after three minutes of effort the heart needs 15, 30 or 60 minutes, by how hard it was."""

    name = "recovery"

    def __init__(self, settings: GateSettings) -> None:
        super().__init__(settings)
        self._until_ms: int | None = None
        self.start_wearing()

    def start_wearing(self) -> None:
        self._effort_min = 0
        self._peak = 0.0

    def judge(self, minute: MinuteSeen, wall: Wall) -> GateVerdict:
        hr, limit = minute.hr_bpm, activity_limit_bpm(minute.rest_bpm, self.settings)
        if hr is not None and limit is not None and minute.rest_bpm is not None and hr > limit:
            self._strive((hr - minute.rest_bpm) / (max_bpm(self.settings) - minute.rest_bpm), minute.end_ms)
        else:
            self.start_wearing()
        lasts = self._until_ms is not None and minute.end_ms <= self._until_ms
        holds = lasts and not self._effort_min
        return GateVerdict(
            gate=self.name,
            passed=not holds,
            reason=Reason.RECOVERING if holds else None,
            until_at=wall(self._until_ms) if self._until_ms is not None and lasts else None,
        )

    def _strive(self, reserve: float, end_ms: int) -> None:
        """One more minute of effort: from the third on recovery lasts from its end, wherever the strap is then."""
        self._effort_min += 1
        self._peak = max(self._peak, reserve)
        if self._effort_min >= self.settings.effort_min:
            until = end_ms + lockout_min(self._peak, self.settings) * MINUTE_MS
            self._until_ms = max(until, self._until_ms or 0)

    def recall(self, verdict: GateVerdict, mono: Callable[[Instant], int]) -> None:
        self._until_ms = None if verdict.until_at is None else mono(verdict.until_at)

    def carry_over(self, delta_ms: int, ended_ms: int, started_ms: int) -> None:
        if self._until_ms is not None:
            self._until_ms = carried_until(self._until_ms, delta_ms, ended_ms, started_ms)


def max_bpm(settings: GateSettings) -> float:
    """208 - 0.7 x age (Tanaka, Monahan and Seals 2001, J Am Coll Cardiol)."""
    return 208 - 0.7 * settings.age_years if settings.age_years else UNKNOWN_AGE_MAX_BPM


def activity_limit_bpm(rest_bpm: float | None, settings: GateSettings) -> float | None:
    """Heart rate above which a minute counts as movement; None while rest is not known."""
    if rest_bpm is None:
        return None
    if not settings.age_years:
        return on_bpm_grid(rest_bpm + settings.above_rest_bpm)
    return on_bpm_grid(rest_bpm + settings.hr_reserve * (max_bpm(settings) - rest_bpm))


def lockout_min(peak_reserve: float, settings: GateSettings) -> int:
    """Minutes of recovery after an effort whose hardest minute took this share of the reserve."""
    if peak_reserve >= settings.hard_reserve:
        return settings.lockout_min_hard
    return settings.lockout_min_moderate if peak_reserve >= settings.moderate_reserve else settings.lockout_min_light
