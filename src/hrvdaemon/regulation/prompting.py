"""Manners: when an invitation is welcome even though activation is sustained (science D.4, state machine and warm-up).

An invitation is rare by design: one at a time, an hour apart, at most four a day, none at night, none in the first
half hour with the strap, none after a session, and none that is only a guess. A no is respected and makes it rarer.
"""

from dataclasses import dataclass, replace

from hrvdaemon.vocabulary.decisions import Confidence, Withheld
from hrvdaemon.vocabulary.inputs import Answer
from hrvdaemon.vocabulary.units import DAY_MS, MINUTE_MS, PromptId

CAP_BY_STAGE = (0, 1, 2, 4)
FREQUENCIES = ("gentle", "usual", "frequent")
THIN_MINUTES = 60.0
"""Below this effective number the usual at this time of day is thin."""
MANY_FAIR = 0.30
"""Above this share of fair minutes the signal makes it less sure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptSettings:
    cooldown_min: int = 60
    longest_cooldown_min: int = 240
    dismissals_that_double: int = 2
    daily_cap: int = 4
    strap_on_min: int = 30
    after_session_min: int = 15
    quiet_from_min: int = 22 * 60
    quiet_to_min: int = 8 * 60
    expire_min: int = 60
    """An answer that comes later is to a prompt that no longer exists."""
    frequency: str = "usual"
    """What the wearer chose: gentle, usual or frequent (``personal_threshold``)."""
    target_per_day: float = 2.0
    """Invitations in 16 worn hours that the personal threshold aims at; half of it for who chose gentle."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An invitation that was issued: by whom it is known, when, and on which local day."""

    prompt: PromptId
    mono_ms: int
    day: int


@dataclass(frozen=True, slots=True)
class _NotToday:
    mono_ms: int
    day: int


class Manners:
    """What was asked and answered, and what follows for the next time."""

    def __init__(self, settings: PromptSettings) -> None:
        self.settings = settings
        self._asked: list[Asked] = []
        self._answered: set[PromptId] = set()
        self._dismissals = 0
        self._not_today: _NotToday | None = None
        self._session_end_ms: int | None = None
        self.worn_since_ms: int | None = None

    def asked(self, prompt: PromptId, mono_ms: int, day: int) -> None:
        """An invitation was issued; today's count and the cooldown begin with it, delivered or not."""
        kept = (old for old in self._asked if old.day >= day - 1 and mono_ms - old.mono_ms < 2 * DAY_MS)
        self._asked = [*kept, Asked(prompt, mono_ms, day)]
        self._answered &= {old.prompt for old in self._asked}

    def answer(self, prompt: PromptId, answer: Answer, mono_ms: int, day: int) -> bool:
        """Take an answer. False if there is no such open invitation; it changes nothing then."""
        asked = next((old for old in self._asked if old.prompt == prompt), None)
        if asked is None or prompt in self._answered:
            return False
        if mono_ms - asked.mono_ms > self.settings.expire_min * MINUTE_MS:
            return False
        self._answered.add(prompt)
        self._dismissals = 0 if answer is Answer.START else self._dismissals + 1
        if answer is Answer.NOT_TODAY:
            self._not_today = _NotToday(mono_ms, day)
        return True

    def session_ended(self, mono_ms: int) -> None:
        """A guided session is over."""
        self._session_end_ms = mono_ms

    def today(self, day: int, mono_ms: int) -> int:
        """Invitations issued on this local day, or by a clock that was ahead."""
        return sum(_is_today(old, day, mono_ms) for old in self._asked)

    @property
    def cooldown_until_ms(self) -> int | None:
        """End of the pause after the last invitation; it doubles with every second dismissal in a row."""
        if not self._asked:
            return None
        return self._asked[-1].mono_ms + cooldown_min(self.settings, self._dismissals) * MINUTE_MS

    def is_cooling_down(self, mono_ms: int) -> bool:
        """Whether the pause after the last invitation still lasts."""
        until = self.cooldown_until_ms
        return until is not None and mono_ms < until

    def is_strap_on(self, mono_ms: int) -> bool:
        """Whether the strap was put on just now."""
        return self._within(self.worn_since_ms, self.settings.strap_on_min, mono_ms)

    def is_after_session(self, mono_ms: int) -> bool:
        """Whether a session ended just now."""
        return self._within(self._session_end_ms, self.settings.after_session_min, mono_ms)

    def withheld(self, mono_ms: int, day: int, stage: int, confidence: Confidence) -> Withheld | None:
        """Why an invitation is not welcome now; None if it is."""
        if self._not_today is not None and _is_today(self._not_today, day, mono_ms):
            return Withheld.NOT_TODAY
        if self.is_cooling_down(mono_ms):
            return Withheld.COOLDOWN
        if self.today(day, mono_ms) >= cap(self.settings, stage):
            return Withheld.DAILY_CAP
        if self.is_strap_on(mono_ms):
            return Withheld.STRAP_ON
        if self.is_after_session(mono_ms):
            return Withheld.AFTER_SESSION
        return Withheld.CONFIDENCE if confidence is Confidence.LOW else None

    def carry_over(self, delta_ms: int, started_ms: int) -> None:
        """Another run's clock; what was before that run can not be later than its start, wherever its clock stands."""

        def moved(mono_ms: int) -> int:
            return min(mono_ms + delta_ms, started_ms)

        self._asked = [replace(old, mono_ms=moved(old.mono_ms)) for old in self._asked]
        if self._not_today is not None:
            self._not_today = replace(self._not_today, mono_ms=moved(self._not_today.mono_ms))
        self._session_end_ms = None if self._session_end_ms is None else moved(self._session_end_ms)
        self.worn_since_ms = None if self.worn_since_ms is None else moved(self.worn_since_ms)

    @staticmethod
    def _within(since_ms: int | None, minutes: int, mono_ms: int) -> bool:
        return since_ms is not None and mono_ms < since_ms + minutes * MINUTE_MS


def cooldown_min(settings: PromptSettings, dismissals: int) -> int:
    """Minutes between two invitations: twice as long for every second dismissal in a row, at most four hours."""
    doubled = settings.cooldown_min << min(dismissals // settings.dismissals_that_double, 16)
    return min(doubled, max(settings.longest_cooldown_min, settings.cooldown_min))


def cap(settings: PromptSettings, stage: int) -> int:
    """Most invitations a day."""
    return min(settings.daily_cap, CAP_BY_STAGE[stage])


def _is_today(then: Asked | _NotToday, day: int, mono_ms: int) -> bool:
    """On this local day; or on a later one, if that was within a day of running time: the clock was ahead then."""
    return then.day == day or (then.day > day and mono_ms - then.mono_ms < DAY_MS)


def confidence(
    *, stage: int, fair_share: float, is_tagged: bool, is_standing_like: bool, n_eff: float | None
) -> Confidence:
    """High, less one step for each thing that makes it a guess (science D.4).

    A thin time-of-day baseline counts from stage 2 on: before that there is none to be thin.
    """
    doubts = (stage < 3) + (fair_share > MANY_FAIR) + is_tagged + is_standing_like + is_thin(stage, n_eff)
    return (Confidence.HIGH, Confidence.MEDIUM, Confidence.LOW)[min(doubts, 2)]


def is_thin(stage: int, n_eff: float | None) -> bool:
    """Whether few minutes stand behind the usual at this time of day."""
    return stage >= 2 and (n_eff or 0.0) < THIN_MINUTES
