"""Sustained activation above one's own usual: 8 of 10 minutes, both sides, with a memory for coming down (science D.4).

The state it establishes is called ``sympathetic_dominance`` in code and schema only; a person reads "activation
higher than your usual". Which state follows is the table's business (``state_machine``); here is what a minute meets.
"""

from collections import deque
from dataclasses import dataclass
from math import fsum
from statistics import median

from hrvdaemon.regulation.activation import Activation
from hrvdaemon.regulation.state_machine import Condition
from hrvdaemon.vocabulary.epochs import Quality

THETA_BY_STAGE = (2.0, 2.0, 1.75, 1.5)
RECENT = 5
"""Minutes in which ``elevated_of_5`` are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DominanceSettings:
    """All from science D.4."""

    theta_on: float = 1.5
    """In stage 3; stages 1 and 2 ask for 2.0 and 1.75, or this if it is higher."""
    theta_off: float = 0.5
    n: int = 10
    k: int = 8
    both_sides: float = 0.5
    off_minutes: int = 5
    elevated_of_5: int = 3
    bridge_min: int = 5
    """So many minutes not judged in a row end the evidence."""
    low_z: float = -2.0
    theta_is_personal: bool = True
    """Whether stage 3 fits ``theta_on`` to the wearer's own last days (``personal_threshold``)."""

    def theta(self, stage: int, personal: float | None = None) -> float:
        """Threshold by warm-up stage: the less is known, the higher. ``personal`` counts in stage 3 only."""
        if stage < 3:
            return max(THETA_BY_STAGE[stage], self.theta_on)
        return self.theta_on if personal is None or not self.theta_is_personal else personal


@dataclass(frozen=True, slots=True)
class JudgedMinute:
    """One minute of evidence; ``activation`` None where it was not eligible."""

    activation: Activation | None
    quality: Quality
    hr_bpm: float = 0.0
    ln_rmssd: float = 0.0


class Evidence:
    """The last ten minutes, and whether activation has come down since the last invitation."""

    def __init__(self, settings: DominanceSettings) -> None:
        self.settings = settings
        self._minutes: deque[JudgedMinute] = deque(maxlen=settings.n)
        self._unjudged = 0
        self.is_armed = True
        self._is_sustained = False

    def configure(self, settings: DominanceSettings) -> None:
        """Take settings over; the minutes stay, as many as count from now on."""
        self.settings = settings
        self._minutes = deque(self._minutes, maxlen=settings.n)

    def add(self, minute: JudgedMinute) -> None:
        """Take the newest minute in. A long stretch that was not judged is never bridged."""
        self._minutes.append(minute)
        self._unjudged = self._unjudged + 1 if minute.activation is None else 0
        if self._unjudged > self.settings.bridge_min:
            self.clear()
        elif self._is_down():
            self.is_armed, self._is_sustained = True, False

    def skip(self, minutes: int) -> None:
        """Minutes without any beat, however many."""
        self._unjudged += max(minutes - self.settings.n, 0)
        for _ in range(min(minutes, self.settings.n)):
            self.add(JudgedMinute(None, Quality.UNUSABLE))

    def clear(self) -> None:
        """Forget the minutes; what was asked stays asked."""
        self._minutes.clear()
        self._is_sustained = False

    def count(self, theta: float) -> int:
        """Minutes of the last ten at or above the threshold."""
        return sum(a.value >= theta for a in self._eligible())

    @property
    def fair_share(self) -> float:
        """Share of the judged minutes whose signal was only fair."""
        judged = self._judged()
        return sum(minute.quality is Quality.FAIR for minute in judged) / len(judged) if judged else 0.0

    def condition(self, theta: float) -> Condition:
        """What a judged minute meets, outside the pause after an invitation."""
        self._is_sustained = self._is_sustained or self.triggers(theta)
        if self._is_sustained:
            return Condition.LASTING
        if self.is_low():
            return Condition.LOW
        recent = self._eligible()[-RECENT:]
        is_raised = sum(a.value >= theta for a in recent) >= self.settings.elevated_of_5
        return Condition.RAISED if is_raised else Condition.ORDINARY

    def is_low(self) -> bool:
        """Whether heart rate has been far below the usual for ten eligible minutes."""
        eligible, s = self._eligible(), self.settings
        return len(eligible) == s.n and all(a.z_hr <= s.low_z for a in eligible)

    def middle(self) -> tuple[float, float]:
        """Median heart rate (bpm) and ln RMSSD of the judged minutes; ValueError without one."""
        judged = self._judged()
        return median(minute.hr_bpm for minute in judged), median(minute.ln_rmssd for minute in judged)

    def triggers(self, theta: float) -> bool:
        """The trigger condition, now."""
        eligible, s = self._eligible(), self.settings
        return (
            len(eligible) >= s.k
            and self.count(theta) >= s.k
            and median(a.value for a in eligible) >= theta
            and median(a.z_hr for a in eligible) >= s.both_sides
            and median(a.z_ln_rmssd for a in eligible) <= -s.both_sides
        )

    def _judged(self) -> list[JudgedMinute]:
        return [minute for minute in self._minutes if minute.activation is not None]

    def _eligible(self) -> list[Activation]:
        return [minute.activation for minute in self._minutes if minute.activation is not None]

    def _is_down(self) -> bool:
        recent = self._eligible()[-self.settings.off_minutes :]
        if len(recent) < self.settings.off_minutes:
            return False
        return fsum(a.value for a in recent) / len(recent) < self.settings.theta_off
