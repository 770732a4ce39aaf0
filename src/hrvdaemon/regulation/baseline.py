"""What is usual for this person at this time of day: weighted median and MAD, exact on an integer grid (law 9).

Minutes are kept as whole columns: 0.1 bpm of heart rate, 0.005 of ln RMSSD. Weights are whole numbers, so every order
of adding gives the same result on every processor. Definition and constants: science D.4.

Elevated minutes are *not* dropped: that would make the baseline drift calmer and alarm more. Median and MAD absorb
them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import exp, floor, fsum, sqrt

import numpy as np

from hrvdaemon.regulation.activation import clipped
from hrvdaemon.regulation.usual import Usual
from hrvdaemon.regulation.weighted_medians import Columns, effective_number, weighted_median_and_mad
from hrvdaemon.vocabulary.decisions import HourUsual, mixed, on_the_grid
from hrvdaemon.vocabulary.local_time import LocalTime

HR_COLUMN_BPM = 0.1
LN_COLUMN = 0.005
MAD_TO_SIGMA = 1.4826
_UNIT = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineSettings:
    """From science D.4, but the two of the reference days and the percentile of motion's minutes, which are ours."""

    days: int = 21
    half_life_days: float = 10.0
    time_of_day_sigma_h: float = 1.5
    shrink_minutes: int = 120
    sigma_floor_hr_bpm: float = 3.0
    sigma_floor_ln: float = 0.15
    cold_rho: float = 0.5
    rest_days: int = 14
    rest_percentile: float = 5.0
    rest_floor_bpm: float = 45.0
    motion_percentile: float = 90.0
    stage_1_minutes: int = 120
    stage_2_minutes: int = 600
    stage_2_days: int = 3
    stage_3_minutes: int = 1500
    stage_3_days: int = 7
    reference_days: int = 14
    reference_day_minutes: int = 120
    """So many learned minutes make a day valid for the reference: as many as tell a first usual."""


@dataclass(frozen=True, slots=True)
class LearnedMinute:
    """A minute that may enter the baseline. Equal minutes are the same minute."""

    day: int
    minute: int
    hr_column: int
    ln_column: int


class BaselineBook:
    """The minutes of the last three weeks, and what they say."""

    def __init__(self, settings: BaselineSettings) -> None:
        self.settings = settings
        self._learned: list[LearnedMinute] = []
        self._resting: list[tuple[int, int]] = []
        self._motions: list[tuple[int, float]] = []

    def learn(self, when: LocalTime, hr_bpm: float, ln_rmssd: float) -> None:
        """Take in an eligible, good, untagged minute."""
        columns = round(hr_bpm / HR_COLUMN_BPM), round(ln_rmssd / LN_COLUMN)
        self._learned.append(LearnedMinute(when.day, when.minute, *columns))

    def rest(self, when: LocalTime, hr_bpm: float) -> None:
        """Take in the heart rate of a usable minute awake, moving or not."""
        self._resting.append((when.day, round(hr_bpm / HR_COLUMN_BPM)))

    def moved(self, when: LocalTime, motion: float) -> None:
        """Take in the movement of an apparently sedentary minute."""
        self._motions.append((when.day, motion))

    def start_again(self) -> None:
        """Medication or strap changed: what was learned no longer describes this wearer."""
        self._learned.clear()
        self._resting.clear()
        self._motions.clear()

    def learned_by_day(self) -> dict[int, list[LearnedMinute]]:
        """The minutes of each local day."""
        days: dict[int, list[LearnedMinute]] = {}
        for minute in self._learned:
            days.setdefault(minute.day, []).append(minute)
        return days

    def hr_rest_bpm(self, today: int) -> float | None:
        """5th percentile of the last fourteen days' usable minutes awake, at least 45; None without any."""
        settings = self.settings
        columns = [column for day, column in self._resting if _is_within(today - day, settings.rest_days)]
        if not columns:
            return None
        return max(percentile(columns, settings.rest_percentile) * HR_COLUMN_BPM, settings.rest_floor_bpm)

    def motion_limit(self, today: int) -> float | None:
        """90th percentile of movement over sedentary minutes; None below the minutes of stage 1."""
        motions = [motion for day, motion in self._motions if _is_within(today - day, self.settings.rest_days)]
        enough = len(motions) >= self.settings.stage_1_minutes
        return percentile(motions, self.settings.motion_percentile) if enough else None

    def compute(self, today: int) -> Usual:
        """The baseline as of a day; its ``hours`` are empty in stage 0."""
        self._forget(today)
        days = len({minute.day for minute in self._learned})
        stage = self._stage(len(self._learned), days)
        all_day, hours = self._hours(today, by_time_of_day=stage >= 2) if stage else (None, ())
        a, b = regression(self._learned) if stage else (None, None)
        return Usual(
            stage=stage,
            minutes=len(self._learned),
            days=days,
            hours=hours,
            rho=self._rho(hours) if hours else self.settings.cold_rho,
            hr_rest_bpm=self.hr_rest_bpm(today),
            all_day=all_day,
            ln_at_zero=a,
            ln_per_bpm=b,
            motion_limit=self.motion_limit(today),
        )

    def _forget(self, today: int) -> None:
        self._learned = [minute for minute in self._learned if _is_within(today - minute.day, self.settings.days)]
        self._resting = [entry for entry in self._resting if _is_within(today - entry[0], self.settings.rest_days)]
        self._motions = [entry for entry in self._motions if _is_within(today - entry[0], self.settings.rest_days)]

    def _stage(self, minutes: int, days: int) -> int:
        s = self.settings
        if minutes >= s.stage_3_minutes and days >= s.stage_3_days:
            return 3
        if minutes >= s.stage_2_minutes and days >= s.stage_2_days:
            return 2
        return int(minutes >= s.stage_1_minutes)

    def _hours(self, today: int, *, by_time_of_day: bool) -> tuple[HourUsual, tuple[HourUsual, ...]]:
        day, minute, hr, ln = np.array([(m.day, m.minute, m.hr_column, m.ln_column) for m in self._learned]).T
        recency = np.array([max(round(_UNIT * 0.5 ** (age / self.settings.half_life_days)), 1) for age in today - day])
        all_day = self._usual(hr, ln, recency)
        if not by_time_of_day:
            return all_day, (all_day,) * 24
        nearness = [round(_UNIT * exp(-0.5 * (off / self.settings.time_of_day_sigma_h) ** 2)) for off in range(13)]
        bins = minute // 60
        return all_day, tuple(
            self._shrunk(self._usual(hr, ln, recency * np.array(nearness)[_hours_apart(bins, hour)]), all_day)
            for hour in range(24)
        )

    def _usual(self, hr: Columns, ln: Columns, weights: Columns) -> HourUsual:
        hr_median, hr_mad = weighted_median_and_mad(hr, weights)
        ln_median, ln_mad = weighted_median_and_mad(ln, weights)
        return on_the_grid(
            HourUsual(
                hr_bpm=hr_median * HR_COLUMN_BPM,
                hr_sigma_bpm=max(MAD_TO_SIGMA * hr_mad * HR_COLUMN_BPM, self.settings.sigma_floor_hr_bpm),
                ln_rmssd=ln_median * LN_COLUMN,
                ln_sigma=max(MAD_TO_SIGMA * ln_mad * LN_COLUMN, self.settings.sigma_floor_ln),
                n_eff=effective_number(weights),
            )
        )

    def _shrunk(self, hour: HourUsual, all_day: HourUsual) -> HourUsual:
        share = hour.n_eff / (hour.n_eff + self.settings.shrink_minutes) if hour.n_eff else 0.0
        return replace(mixed(all_day, hour, share), n_eff=hour.n_eff)

    def _rho(self, hours: tuple[HourUsual, ...]) -> float:
        """Correlation of raised heart rate with lowered variability, clipped to 0..0.9."""
        usual = Usual(stage=1, minutes=0, days=0, hours=hours, rho=0, hr_rest_bpm=None)
        pairs = [_z_pair(minute, here) for minute in self._learned if (here := usual.at(minute.minute))]
        n = len(pairs)
        mean_h, mean_v = fsum(h for h, _ in pairs) / n, fsum(v for _, v in pairs) / n
        both = fsum((h - mean_h) * (v - mean_v) for h, v in pairs)
        each = fsum((h - mean_h) ** 2 for h, _ in pairs) * fsum((v - mean_v) ** 2 for _, v in pairs)
        return min(max(-both / sqrt(each), 0.0), 0.9) if each > 0 else self.settings.cold_rho


def regression(minutes: Sequence[LearnedMinute]) -> tuple[float | None, float | None]:
    """The a and b of ln RMSSD = a + b · heart rate (bpm) by least squares, in whole numbers up to the last division."""
    n, sum_h, sum_v = len(minutes), sum(m.hr_column for m in minutes), sum(m.ln_column for m in minutes)
    scatter = n * sum(m.hr_column**2 for m in minutes) - sum_h**2
    if scatter == 0:
        return None, None
    slope = (n * sum(m.hr_column * m.ln_column for m in minutes) - sum_h * sum_v) / scatter
    b = slope * LN_COLUMN / HR_COLUMN_BPM
    return (sum_v * LN_COLUMN - b * sum_h * HR_COLUMN_BPM) / n, b


def percentile(values: Sequence[float], percent: float) -> float:
    """Linear between the values around it; ValueError without a value."""
    ordered = sorted(values)
    position = (len(ordered) - 1) * percent / 100
    low, high = ordered[floor(position)], ordered[min(floor(position) + 1, len(ordered) - 1)]
    return low + (high - low) * (position - floor(position))


def _hours_apart(bins: Columns, hour: int) -> Columns:
    apart: Columns = np.abs(bins - hour)
    return np.minimum(apart, 24 - apart, dtype=np.int64)


def _is_within(age_days: int, days: int) -> bool:
    """Not too old, and not from days to come: those were lived by a clock that was ahead. A traveller gains a day."""
    return -1 <= age_days < days


def _z_pair(minute: LearnedMinute, usual: HourUsual) -> tuple[float, float]:
    return (
        clipped((minute.hr_column * HR_COLUMN_BPM - usual.hr_bpm) / usual.hr_sigma_bpm),
        clipped((minute.ln_column * LN_COLUMN - usual.ln_rmssd) / usual.ln_sigma),
    )
