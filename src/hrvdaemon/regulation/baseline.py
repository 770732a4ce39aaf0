"""What is usual for this person at this time of day: weighted median and MAD, exact on an integer grid (law 9).

Minutes are kept as whole columns: 0.1 bpm of heart rate, 0.005 of ln RMSSD. Weights are whole numbers, so every order
of adding gives the same result on every processor. Definition and constants: science D.4.

Elevated minutes are *not* dropped: that would make the baseline drift calmer and alarm more. Median and MAD absorb
them.
"""

from dataclasses import dataclass
from math import exp, floor, fsum, sqrt

import numpy as np
from numpy.typing import NDArray

from hrvdaemon.regulation.activation import clipped
from hrvdaemon.vocabulary.events import HourUsual
from hrvdaemon.vocabulary.local_time import LocalTime

Columns = NDArray[np.int64]

HR_COLUMN_BPM = 0.1
LN_COLUMN = 0.005
MAD_TO_SIGMA = 1.4826
_UNIT = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineSettings:
    """All from science D.4."""

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
    stage_1_minutes: int = 120
    stage_2_minutes: int = 600
    stage_2_days: int = 3
    stage_3_minutes: int = 1500
    stage_3_days: int = 7


@dataclass(frozen=True, slots=True)
class LearnedMinute:
    """A minute that may enter the baseline. Equal minutes are the same minute."""

    day: int
    minute: int
    hr_column: int
    ln_column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """The computed baseline; ``hours`` by hour of the day, centred on the half hour."""

    stage: int
    minutes: int
    days: int
    hours: tuple[HourUsual, ...]
    rho: float
    hr_rest_bpm: float | None

    def at(self, minute_of_day: int) -> HourUsual | None:
        """The usual at a minute of the day, linear between hour centres; None while learning."""
        if not self.hours:
            return None
        position = minute_of_day / 60 - 0.5
        before, share = floor(position) % 24, position - floor(position)
        return _between(self.hours[before], self.hours[(before + 1) % 24], share)


NOTHING_LEARNED = Usual(stage=0, minutes=0, days=0, hours=(), rho=0.5, hr_rest_bpm=None)


class BaselineBook:
    """The minutes of the last three weeks, and what they say."""

    def __init__(self, settings: BaselineSettings) -> None:
        self.settings = settings
        self._learned: list[LearnedMinute] = []
        self._resting: list[tuple[int, int]] = []

    def learn(self, when: LocalTime, hr_bpm: float, ln_rmssd: float) -> None:
        """Take in an eligible, good, untagged minute."""
        columns = round(hr_bpm / HR_COLUMN_BPM), round(ln_rmssd / LN_COLUMN)
        self._learned.append(LearnedMinute(when.day, when.minute, *columns))

    def rest(self, when: LocalTime, hr_bpm: float) -> None:
        """Take in the heart rate of a usable minute awake, moving or not."""
        self._resting.append((when.day, round(hr_bpm / HR_COLUMN_BPM)))

    def start_again(self) -> None:
        """Medication or strap changed: what was learned no longer describes this wearer."""
        self._learned.clear()
        self._resting.clear()

    def hr_rest_bpm(self, today: int) -> float | None:
        """5th percentile of the last fourteen days' usable minutes awake, at least 45; None without any."""
        settings = self.settings
        columns = sorted(column for day, column in self._resting if _is_within(today - day, settings.rest_days))
        if not columns:
            return None
        position = (len(columns) - 1) * settings.rest_percentile / 100
        low, high = columns[floor(position)], columns[min(floor(position) + 1, len(columns) - 1)]
        return max((low + (high - low) * (position - floor(position))) * HR_COLUMN_BPM, settings.rest_floor_bpm)

    def compute(self, today: int) -> Usual:
        """The baseline as of a day; its ``hours`` are empty in stage 0."""
        self._forget(today)
        days = len({minute.day for minute in self._learned})
        stage = self._stage(len(self._learned), days)
        hours = self._hours(today, by_time_of_day=stage >= 2) if stage else ()
        return Usual(
            stage=stage,
            minutes=len(self._learned),
            days=days,
            hours=hours,
            rho=self._rho(hours) if hours else self.settings.cold_rho,
            hr_rest_bpm=self.hr_rest_bpm(today),
        )

    def _forget(self, today: int) -> None:
        self._learned = [minute for minute in self._learned if _is_within(today - minute.day, self.settings.days)]
        self._resting = [entry for entry in self._resting if _is_within(today - entry[0], self.settings.rest_days)]

    def _stage(self, minutes: int, days: int) -> int:
        s = self.settings
        if minutes >= s.stage_3_minutes and days >= s.stage_3_days:
            return 3
        if minutes >= s.stage_2_minutes and days >= s.stage_2_days:
            return 2
        return int(minutes >= s.stage_1_minutes)

    def _hours(self, today: int, *, by_time_of_day: bool) -> tuple[HourUsual, ...]:
        day, minute, hr, ln = np.array([(m.day, m.minute, m.hr_column, m.ln_column) for m in self._learned]).T
        recency = np.array([max(round(_UNIT * 0.5 ** (age / self.settings.half_life_days)), 1) for age in today - day])
        all_day = self._usual(hr, ln, recency)
        if not by_time_of_day:
            return (all_day,) * 24
        nearness = [round(_UNIT * exp(-0.5 * (off / self.settings.time_of_day_sigma_h) ** 2)) for off in range(13)]
        bins = minute // 60
        return tuple(
            self._shrunk(self._usual(hr, ln, recency * np.array(nearness)[_hours_apart(bins, hour)]), all_day)
            for hour in range(24)
        )

    def _usual(self, hr: Columns, ln: Columns, weights: Columns) -> HourUsual:
        hr_median, hr_mad = weighted_median_and_mad(hr, weights)
        ln_median, ln_mad = weighted_median_and_mad(ln, weights)
        total, squares = int(weights.sum()), int((weights * weights).sum())
        return HourUsual(
            hr_bpm=hr_median * HR_COLUMN_BPM,
            hr_sigma_bpm=max(MAD_TO_SIGMA * hr_mad * HR_COLUMN_BPM, self.settings.sigma_floor_hr_bpm),
            ln_rmssd=ln_median * LN_COLUMN,
            ln_sigma=max(MAD_TO_SIGMA * ln_mad * LN_COLUMN, self.settings.sigma_floor_ln),
            n_eff=total * total / squares if squares else 0.0,
        )

    def _shrunk(self, hour: HourUsual, all_day: HourUsual) -> HourUsual:
        share = hour.n_eff / (hour.n_eff + self.settings.shrink_minutes) if hour.n_eff else 0.0
        blended = _between(all_day, hour, share)
        return HourUsual(
            hr_bpm=blended.hr_bpm,
            hr_sigma_bpm=blended.hr_sigma_bpm,
            ln_rmssd=blended.ln_rmssd,
            ln_sigma=blended.ln_sigma,
            n_eff=hour.n_eff,
        )

    def _rho(self, hours: tuple[HourUsual, ...]) -> float:
        """Correlation of raised heart rate with lowered variability, clipped to 0..0.9."""
        usual = Usual(stage=1, minutes=0, days=0, hours=hours, rho=0, hr_rest_bpm=None)
        pairs = [_z_pair(minute, here) for minute in self._learned if (here := usual.at(minute.minute))]
        n = len(pairs)
        mean_h, mean_v = fsum(h for h, _ in pairs) / n, fsum(v for _, v in pairs) / n
        both = fsum((h - mean_h) * (v - mean_v) for h, v in pairs)
        each = fsum((h - mean_h) ** 2 for h, _ in pairs) * fsum((v - mean_v) ** 2 for _, v in pairs)
        return min(max(-both / sqrt(each), 0.0), 0.9) if each > 0 else self.settings.cold_rho


def weighted_median_and_mad(columns: Columns, weights: Columns) -> tuple[float, float]:
    """Weighted median of whole columns and the weighted median distance to it, in columns, exact.

    Where half the weight lies exactly between two columns the median is their mean.
    """
    median = _weighted_median(columns, weights)
    return median, _weighted_median(np.abs(2 * columns - round(2 * median)), weights) / 2


def _weighted_median(values: Columns, weights: Columns) -> float:
    lowest = int(values.min())
    mass = np.cumsum(np.bincount(values - lowest, weights=weights).astype(np.int64))
    at_half = int(np.searchsorted(2 * mass, mass[-1]))
    above_half = int(np.searchsorted(2 * mass, mass[-1], side="right"))
    return lowest + (at_half + above_half) / 2


def _hours_apart(bins: Columns, hour: int) -> Columns:
    apart: Columns = np.abs(bins - hour)
    return np.minimum(apart, 24 - apart, dtype=np.int64)


def _between(a: HourUsual, b: HourUsual, share: float) -> HourUsual:
    return HourUsual(
        hr_bpm=a.hr_bpm + (b.hr_bpm - a.hr_bpm) * share,
        hr_sigma_bpm=a.hr_sigma_bpm + (b.hr_sigma_bpm - a.hr_sigma_bpm) * share,
        ln_rmssd=a.ln_rmssd + (b.ln_rmssd - a.ln_rmssd) * share,
        ln_sigma=a.ln_sigma + (b.ln_sigma - a.ln_sigma) * share,
        n_eff=a.n_eff + (b.n_eff - a.n_eff) * share,
    )


def _is_within(age_days: int, days: int) -> bool:
    """Not too old, and not from days to come: those were lived by a clock that was ahead. A traveller gains a day."""
    return -1 <= age_days < days


def _z_pair(minute: LearnedMinute, usual: HourUsual) -> tuple[float, float]:
    return (
        clipped((minute.hr_column * HR_COLUMN_BPM - usual.hr_bpm) / usual.hr_sigma_bpm),
        clipped((minute.ln_column * LN_COLUMN - usual.ln_rmssd) / usual.ln_sigma),
    )
