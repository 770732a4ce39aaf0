"""Manners: when an invitation is welcome even though activation is sustained (science D.4, state machine and warm-up).

An invitation is rare by design: one at a time, an hour apart, at most four a day, none at night, none in the first
half hour with the strap, none after a session, and none that is only a guess. A no is respected and makes it rarer.
"""

from dataclasses import dataclass

from hrvdaemon.vocabulary.events import Confidence, Withheld
from hrvdaemon.vocabulary.inputs import Answer
from hrvdaemon.vocabulary.units import MINUTE_MS, PromptId

CAP_BY_STAGE = (0, 1, 2, 4)


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


@dataclass(frozen=True, slots=True)
class Asked:
    """An invitation that was issued: by whom it is known, when, and on which local day."""

    prompt: PromptId
    mono_ms: int
    day: int


class Manners:
    """What was asked and answered, and what follows for the next time."""

    def __init__(self, settings: PromptSettings) -> None:
        self.settings = settings
        self._asked: list[Asked] = []
        self._answered: set[PromptId] = set()
        self._dismissals = 0
        self._not_today: int | None = None
        self._session_end_ms: int | None = None
        self.worn_since_ms: int | None = None

    def asked(self, prompt: PromptId, mono_ms: int, day: int) -> None:
        """An invitation was issued; today's count and the cooldown begin with it, delivered or not."""
        self._asked = [*(old for old in self._asked if old.day >= day - 1), Asked(prompt, mono_ms, day)]

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
            self._not_today = day
        return True

    def session_ended(self, mono_ms: int) -> None:
        """A guided session is over."""
        self._session_end_ms = mono_ms

    def today(self, day: int) -> int:
        """Invitations issued on this local day."""
        return sum(old.day == day for old in self._asked)

    @property
    def cooldown_until_ms(self) -> int | None:
        """End of the pause after the last invitation; it doubles with every second dismissal in a row."""
        if not self._asked:
            return None
        s = self.settings
        doubled = s.cooldown_min << (self._dismissals // s.dismissals_that_double)
        return self._asked[-1].mono_ms + min(doubled, max(s.longest_cooldown_min, s.cooldown_min)) * MINUTE_MS

    def is_cooling_down(self, mono_ms: int) -> bool:
        """Whether the pause after the last invitation still lasts."""
        until = self.cooldown_until_ms
        return until is not None and mono_ms < until

    def withheld(self, mono_ms: int, day: int, stage: int, confidence: Confidence) -> Withheld | None:
        """Why an invitation is not welcome now; None if it is."""
        s = self.settings
        if self._not_today == day:
            return Withheld.NOT_TODAY
        if self.is_cooling_down(mono_ms):
            return Withheld.COOLDOWN
        if self.today(day) >= min(s.daily_cap, CAP_BY_STAGE[stage]):
            return Withheld.DAILY_CAP
        if self._within(self.worn_since_ms, s.strap_on_min, mono_ms):
            return Withheld.STRAP_ON
        if self._within(self._session_end_ms, s.after_session_min, mono_ms):
            return Withheld.AFTER_SESSION
        return Withheld.CONFIDENCE if confidence is Confidence.LOW else None

    def shift(self, delta_ms: int) -> None:
        """The run's clock starts elsewhere: a new boot."""
        self._asked = [Asked(old.prompt, old.mono_ms + delta_ms, old.day) for old in self._asked]
        self._session_end_ms = None if self._session_end_ms is None else self._session_end_ms + delta_ms
        self.worn_since_ms = None if self.worn_since_ms is None else self.worn_since_ms + delta_ms

    @staticmethod
    def _within(since_ms: int | None, minutes: int, mono_ms: int) -> bool:
        return since_ms is not None and mono_ms < since_ms + minutes * MINUTE_MS


@dataclass(slots=True)
class Wishes:
    """What the wearer asked for by hand: a pause, tags with their durations (gates G7 and G8)."""

    paused_until_ms: int | None = None
    tags_until_ms: dict[str, int] | None = None

    def pause(self, mono_ms: int, minutes: int) -> None:
        """Hold invitations; 0 minutes ends the pause."""
        self.paused_until_ms = mono_ms + minutes * MINUTE_MS if minutes > 0 else None

    def tag(self, tag: str, mono_ms: int) -> None:
        """A tag holds for its own time."""
        self.tags_until_ms = {**(self.tags_until_ms or {}), tag: mono_ms + TAG_MINUTES[tag] * MINUTE_MS}

    def is_paused(self, mono_ms: int) -> bool:
        """Whether a pause lasts at this moment."""
        return self.paused_until_ms is not None and mono_ms < self.paused_until_ms

    def tags(self, mono_ms: int) -> tuple[str, ...]:
        """Tags that hold at this moment."""
        return tuple(sorted(tag for tag, until in (self.tags_until_ms or {}).items() if mono_ms < until))

    def shift(self, delta_ms: int) -> None:
        """The run's clock starts elsewhere: a new boot."""
        if self.paused_until_ms is not None:
            self.paused_until_ms += delta_ms
        self.tags_until_ms = {tag: until + delta_ms for tag, until in (self.tags_until_ms or {}).items()}


TAG_MINUTES = {"caffeine": 90, "nicotine": 30, "meal": 45, "ill": 24 * 60, "exercising": 60}
"""How long a tag explains what is seen (science D.4, G8); "exercising" is ours."""


def confidence(
    *, stage: int, fair_share: float, is_tagged: bool, n_eff: float | None, thin: float = 60.0
) -> Confidence:
    """High, less one step for each thing that makes it a guess (science D.4).

    A thin time-of-day baseline counts from stage 2 on: before that there is none to be thin.
    """
    doubts = (stage < 3) + (fair_share > 0.30) + is_tagged + (stage >= 2 and (n_eff or 0.0) < thin)
    return (Confidence.HIGH, Confidence.MEDIUM, Confidence.LOW)[min(doubts, 2)]
