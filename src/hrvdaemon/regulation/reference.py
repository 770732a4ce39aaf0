"""The frozen reference: the first fourteen valid days, beside which a slow drift of the usual shows (science D.4).

A baseline that learns follows chronic strain upwards and would hide it; the reference stays. Each valid day leaves its
two medians and the reference is the median of the fourteen, so it needs no minute that is long forgotten. The drift is
told once a week, as information.
"""

from dataclasses import dataclass
from statistics import median

from hrvdaemon.regulation.baseline import HR_COLUMN_BPM, LN_COLUMN, BaselineSettings, LearnedMinute
from hrvdaemon.regulation.usual import Usual
from hrvdaemon.vocabulary.ledger_grid import on_bpm_grid, on_ln_grid


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceDay:
    """Medians of one valid local day."""

    day: int
    minutes: int
    hr_bpm: float
    ln_rmssd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """Where the usual stood in the reference days, and where it stands now."""

    reference_hr_bpm: float
    reference_ln_rmssd: float
    hr_bpm: float
    ln_rmssd: float


class Reference:
    """The days taken so far; complete at fourteen, and then never changed."""

    def __init__(self, settings: BaselineSettings) -> None:
        self.settings = settings
        self.start_again()

    def start_again(self) -> None:
        """A new baseline epoch has a reference of its own."""
        self._days: list[ReferenceDay] = []
        self._told_week: int | None = None

    @property
    def is_frozen(self) -> bool:
        """Whether every day it needs was lived."""
        return len(self._days) >= self.settings.reference_days

    def take(self, learned: dict[int, list[LearnedMinute]], today: int) -> list[ReferenceDay]:
        """Valid days before today that are not taken yet, in order, until it is complete."""
        taken = {day.day for day in self._days}
        valid = [
            _reference_day(day, minutes)
            for day, minutes in sorted(learned.items())
            if day < today and day not in taken and len(minutes) >= self.settings.reference_day_minutes
        ]
        new = valid[: max(self.settings.reference_days - len(self._days), 0)]
        for day in new:
            self.recall(day)
        return new

    def recall(self, day: ReferenceDay) -> None:
        """A day that was taken; with the last one the weeks of telling begin."""
        self._days.append(day)
        self._told_week = _week(day.day)

    def drift(self, usual: Usual, today: int) -> Drift | None:
        """Reference and usual, once in each calendar week after it is complete; None otherwise."""
        if not self.is_frozen or usual.all_day is None or _week(today) == self._told_week:
            return None
        self.told(today)
        return Drift(
            reference_hr_bpm=on_bpm_grid(median(day.hr_bpm for day in self._days)),
            reference_ln_rmssd=on_ln_grid(median(day.ln_rmssd for day in self._days)),
            hr_bpm=on_bpm_grid(usual.all_day.hr_bpm),
            ln_rmssd=on_ln_grid(usual.all_day.ln_rmssd),
        )

    def told(self, today: int) -> None:
        """The drift of this week was told."""
        self._told_week = _week(today)


def _reference_day(day: int, minutes: list[LearnedMinute]) -> ReferenceDay:
    return ReferenceDay(
        day=day,
        minutes=len(minutes),
        hr_bpm=on_bpm_grid(median(minute.hr_column for minute in minutes) * HR_COLUMN_BPM),
        ln_rmssd=on_ln_grid(median(minute.ln_column for minute in minutes) * LN_COLUMN),
    )


def _week(day: int) -> int:
    """Calendar weeks, Monday first: day 1 of the calendar was one."""
    return (day - 1) // 7
