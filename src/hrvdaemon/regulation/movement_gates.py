"""Gates that tell movement and posture by heart rate alone: by how high, how fast, and how long ago (G1 to G4).

RR intervals alone can't tell a stress ramp from a slow walk of the same height; what they can tell is that movement
and standing up come faster, and that effort leaves its trace.
"""

from collections.abc import Callable
from statistics import median

from hrvdaemon.regulation.gate import GateSettings, MinuteSeen, TimelessGate, Wall
from hrvdaemon.vocabulary.events import GateVerdict, Reason
from hrvdaemon.vocabulary.units import MINUTE_MS, Instant

UNKNOWN_AGE_MAX_BPM = 173.0
"""208 - 0.7 x 50: only to grade how hard an effort was where no age is set."""


class ActivityGate(TimelessGate):
    """G1: heart rate above 30 % of the reserve is movement, until shown otherwise."""

    name = "activity"

    def judge(self, minute: MinuteSeen, wall: Wall) -> GateVerdict:  # noqa: ARG002  one protocol for all gates
        hr, limit = minute.epoch.metrics.mean_hr_bpm, activity_limit_bpm(minute.rest_bpm, self.settings)
        moving = hr is not None and limit is not None and hr > limit
        return self.verdict(Reason.MOVING if moving else None, hr, limit)


class KineticsGate(TimelessGate):
    """G2: a rise that fast is movement or posture; it ends when heart rate has been level for three minutes."""

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
        self._tens = [*self._tens, *minute.epoch.hr_10s_bpm][-6 * s.settle_min :]
        rise_60, rise_20 = steepest_rise(self._tens, 6, new), steepest_rise(self._tens, 2, new)
        if rise_60 >= s.rise_bpm_60s or rise_20 >= s.rise_bpm_20s:
            self._is_moving, self._since_rise_min = True, 0
        else:
            self._since_rise_min += 1
            self._is_moving = self._is_moving and not self._is_level()
        return self.verdict(Reason.MOVING if self._is_moving else None, rise_60, s.rise_bpm_60s)

    def _is_level(self) -> bool:
        """Level for three minutes since the rise; with the rise among them, a fall could even it out."""
        if min(self._since_rise_min, len(self._tens) / 6) < self.settings.settle_min:
            return False
        slope = slope_bpm_per_min(self._tens)
        return slope is not None and abs(slope) < self.settings.settle_bpm_per_min


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
        hr, limit = minute.epoch.metrics.mean_hr_bpm, activity_limit_bpm(minute.rest_bpm, self.settings)
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

    def shift(self, delta_ms: int) -> None:
        self._until_ms = None if self._until_ms is None else self._until_ms + delta_ms


class StepHoldGate(TimelessGate):
    """G4: heart rate that jumped 8 bpm within 20 s came from standing up or a start; not judged until it is back."""

    name = "step_hold"

    def __init__(self, settings: GateSettings) -> None:
        super().__init__(settings)
        self._release_bpm: float | None = None
        self._until_ms = 0
        self.start_wearing()

    def start_wearing(self) -> None:
        self.skip()

    def skip(self) -> None:
        self._tens: list[float | None] = []

    def judge(self, minute: MinuteSeen, wall: Wall) -> GateVerdict:
        hr, new = minute.epoch.metrics.mean_hr_bpm, len(minute.epoch.hr_10s_bpm)
        self._tens = [*self._tens, *minute.epoch.hr_10s_bpm][-24 - new :]
        over = minute.end_ms > self._until_ms or (hr is not None and hr < (self._release_bpm or 0))
        if self._release_bpm is not None and over:
            self._release_bpm = None
        level = level_before_step(self._tens, new, self.settings.step_bpm)
        if self._release_bpm is None and level is not None:
            self._release_bpm = level + self.settings.step_release_bpm
            self._until_ms = minute.end_ms + self.settings.step_hold_max_min * MINUTE_MS
        holds = self._release_bpm is not None
        return GateVerdict(
            gate=self.name,
            passed=not holds,
            value=hr,
            limit=self._release_bpm,
            reason=Reason.SUDDEN_RISE if holds else None,
            until_at=wall(self._until_ms) if holds else None,
        )

    def recall(self, verdict: GateVerdict, mono: Callable[[Instant], int]) -> None:
        self._release_bpm = None if verdict.until_at is None else verdict.limit
        self._until_ms = 0 if verdict.until_at is None else mono(verdict.until_at)

    def shift(self, delta_ms: int) -> None:
        self._until_ms += delta_ms


def max_bpm(settings: GateSettings) -> float:
    """208 - 0.7 x age (Tanaka, Monahan and Seals 2001, J Am Coll Cardiol)."""
    return 208 - 0.7 * settings.age_years if settings.age_years else UNKNOWN_AGE_MAX_BPM


def activity_limit_bpm(rest_bpm: float | None, settings: GateSettings) -> float | None:
    """Heart rate above which a minute counts as movement; None while rest is not known."""
    if rest_bpm is None:
        return None
    if not settings.age_years:
        return rest_bpm + settings.above_rest_bpm
    return rest_bpm + settings.hr_reserve * (max_bpm(settings) - rest_bpm)


def lockout_min(peak_reserve: float, settings: GateSettings) -> int:
    """Minutes of recovery after an effort whose hardest minute took this share of the reserve."""
    if peak_reserve >= settings.hard_reserve:
        return settings.lockout_min_hard
    return settings.lockout_min_moderate if peak_reserve >= settings.moderate_reserve else settings.lockout_min_light


def steepest_rise(tens: list[float | None], reach: int, new: int) -> float:
    """Largest rise within ``reach`` ten-second steps that ends in the last ``new`` of them; 0 without one."""
    rises = [
        later - earlier
        for end in range(max(len(tens) - new, 0), len(tens))
        for start in range(max(end - reach, 0), end)
        if (later := tens[end]) is not None and (earlier := tens[start]) is not None
    ]
    return max(rises, default=0.0)


def slope_bpm_per_min(tens: list[float | None]) -> float | None:
    """Least-squares slope of ten-second heart rates; None with fewer than two thirds of them."""
    points = [(position / 6, hr) for position, hr in enumerate(tens) if hr is not None]
    if 3 * len(points) < 2 * len(tens):
        return None
    mean_x, mean_y = sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / sum((x - mean_x) ** 2 for x, _ in points)


def level_before_step(tens: list[float | None], new: int, step_bpm: float) -> float | None:
    """Median heart rate of the three minutes before a step in the newest minute; None if there is no step.

    The step is looked for in medians of three neighbours, so that one odd ten seconds is none.
    """
    smooth = [_median3(tens[max(i - 1, 0) : i + 2]) for i in range(len(tens))]
    for end in range(max(len(tens) - new - 1, 0), len(tens) - 1):
        for start in range(max(end - 2, 0), end):
            low, high = smooth[start], smooth[end]
            if low is not None and high is not None and high - low >= step_bpm:
                return _median3(tens[max(start - 18, 0) : start + 1])
    return None


def _median3(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median(known) if known else None
