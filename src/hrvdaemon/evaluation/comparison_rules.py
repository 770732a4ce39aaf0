"""Three rules of others beside ours, on the same minutes and with the same manners, as small pure functions.

Manners are the detector's defaults (science D.4): nobody is invited at night, in the first half hour with the strap,
within an hour of the last invitation or a fifth time that day. What differs is only when a rule finds it time.
None of the three has a gate; that is their point.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import exp
from statistics import median

from hrvdaemon.evaluation.observing import Minute
from hrvdaemon.vocabulary.units import MINUTE_MS

GRACE_MS = 15_000
"""A minute is known this long after its end, to every rule."""
PAUSE_MIN = 60
DAILY_CAP = 4
STRAP_ON_MIN = 30
_MAD_TO_SIGMA = 1.4826
_FLOOR_HR_BPM, _FLOOR_LN = 3.0, 0.15


@dataclass(frozen=True, slots=True, kw_only=True)
class AllDayUsual:
    """Median and robust SD of the days before, all usable minutes, at any hour; floors as the detector's own."""

    hr_bpm: float
    hr_sigma_bpm: float
    ln_rmssd: float
    ln_sigma: float

    @classmethod
    def of(cls, minutes: Sequence[Minute]) -> "AllDayUsual":
        """ValueError without a usable minute."""
        usable = [m for m in minutes if m.is_usable]
        hr, hr_sigma = _middle([m.hr_bpm for m in usable if m.hr_bpm is not None], _FLOOR_HR_BPM)
        ln, ln_sigma = _middle([m.ln_rmssd for m in usable if m.ln_rmssd is not None], _FLOOR_LN)
        return cls(hr_bpm=hr, hr_sigma_bpm=hr_sigma, ln_rmssd=ln, ln_sigma=ln_sigma)


Rule = Callable[[Sequence[Minute], AllDayUsual], Iterator[bool]]
"""For every minute of one day, in order: is it time?"""


def hr_alone(minutes: Sequence[Minute], usual: AllDayUsual) -> Iterator[bool]:
    """Heart rate 1.5 of one's own SD above the usual in 8 of the last 10 minutes."""
    raised = deque[bool](maxlen=10)
    for minute in minutes:
        hr_bpm = minute.hr_bpm if minute.is_usable else None
        raised.append(hr_bpm is not None and (hr_bpm - usual.hr_bpm) / usual.hr_sigma_bpm >= 1.5)
        yield sum(raised) >= 8


def naive_dip(minutes: Sequence[Minute], usual: AllDayUsual) -> Iterator[bool]:
    """RMSSD of a minute below 0.6 of its slow average (0.98 of the old, 0.02 of the new), which starts at the usual."""
    slow = exp(usual.ln_rmssd)
    for minute in minutes:
        if not minute.is_usable or minute.ln_rmssd is None:
            yield False
            continue
        rmssd_ms = exp(minute.ln_rmssd)
        yield rmssd_ms < 0.6 * slow
        slow = 0.98 * slow + 0.02 * rmssd_ms


def thirteen_of_29(minutes: Sequence[Minute], usual: AllDayUsual) -> Iterator[bool]:
    """Half an SD of ln RMSSD below the usual in 13 of 29 minutes: the count of AddHRVr, without its movement sensor.

    Schwerdtfeger and Rominger 2021, Psychophysiology; the limit of half an SD is that of their trials of 2025.
    """
    low = deque[bool](maxlen=29)
    for minute in minutes:
        ln = minute.ln_rmssd if minute.is_usable else None
        low.append(ln is not None and (ln - usual.ln_rmssd) / usual.ln_sigma <= -0.5)
        yield sum(low) >= 13


RULES: dict[str, Rule] = {"hr_alone": hr_alone, "naive_dip": naive_dip, "thirteen_of_29": thirteen_of_29}


def invitations_ms(
    rule: Rule, minutes: Sequence[Minute], usual: AllDayUsual, *, strap_on_ms: int, awake_ms: range
) -> list[int]:
    """When a rule invites on one day: where it finds it time and manners allow; ``awake_ms`` leaves the night out."""
    invited: list[int] = []
    for minute, is_time in zip(minutes, rule(minutes, usual), strict=True):
        now_ms = minute.end_ms + GRACE_MS
        is_free = not invited or now_ms - invited[-1] >= PAUSE_MIN * MINUTE_MS
        is_welcome = now_ms in awake_ms and now_ms - strap_on_ms >= STRAP_ON_MIN * MINUTE_MS
        if is_time and is_free and is_welcome and len(invited) < DAILY_CAP:
            invited.append(now_ms)
    return invited


def _middle(values: Sequence[float], floor: float) -> tuple[float, float]:
    if not values:
        raise ValueError("expected at least one usable minute to learn from, came none")
    centre = median(values)
    return centre, max(_MAD_TO_SIGMA * median(abs(value - centre) for value in values), floor)
