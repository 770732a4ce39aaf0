"""What the wearer asked for or said by hand: a pause, what explains their heart (gates G7, G8), how they are."""

from dataclasses import dataclass, field

from hrvdaemon.regulation.gate import carried_until
from hrvdaemon.vocabulary.inputs import Tag
from hrvdaemon.vocabulary.units import MINUTE_MS

TAG_MINUTES = {
    Tag.CAFFEINE: 90,
    Tag.NICOTINE: 30,
    Tag.MEAL: 45,
    Tag.EXERCISING: 60,
    Tag.NUMB: 180,
    Tag.FAR_AWAY: 180,
    Tag.FAINT: 180,
    Tag.EXHAUSTED: 180,
}
"""How long a tag holds: the first three from science D.4, G8; the others are ours. ``ILL`` holds for the local day."""

EXPLAINING = frozenset({Tag.CAFFEINE, Tag.NICOTINE, Tag.MEAL, Tag.ILL})
"""Gate G8: these explain what is seen."""
NEEDS_NO_CALMING = frozenset({Tag.NUMB, Tag.FAR_AWAY, Tag.FAINT, Tag.EXHAUSTED})
"""With these nothing that calms further is offered (science D.4, low-activation caution)."""


@dataclass(slots=True)
class Wishes:
    """What holds, until when; moments on the run's clock."""

    paused_until_ms: int | None = None
    tags_until_ms: dict[Tag, int] = field(default_factory=dict)

    def pause(self, mono_ms: int, minutes: int) -> None:
        """Hold invitations; 0 minutes ends the pause."""
        self.paused_until_ms = mono_ms + minutes * MINUTE_MS if minutes > 0 else None

    def tag(self, tag: Tag, mono_ms: int, midnight_ms: int) -> None:
        """A tag holds for its own time; ``midnight_ms`` is the end of the local day."""
        until = midnight_ms if tag is Tag.ILL else mono_ms + TAG_MINUTES[tag] * MINUTE_MS
        self.tags_until_ms = {**self.tags_until_ms, tag: until}

    def is_paused(self, mono_ms: int) -> bool:
        """Whether a pause lasts at this moment."""
        return self.paused_until_ms is not None and mono_ms < self.paused_until_ms

    def tags(self, mono_ms: int) -> tuple[Tag, ...]:
        """Tags that hold at this moment, those that say how it is too."""
        return tuple(sorted(tag for tag, until in self.tags_until_ms.items() if mono_ms < until))

    def explaining(self, mono_ms: int) -> tuple[Tag, ...]:
        """Tags that hold at this moment and explain what is seen."""
        return tuple(tag for tag in self.tags(mono_ms) if tag in EXPLAINING)

    def explained_until_ms(self, mono_ms: int) -> int | None:
        """When the last of those ends; None if none holds."""
        return max((self.tags_until_ms[tag] for tag in self.explaining(mono_ms)), default=None)

    def needs_no_calming(self, mono_ms: int) -> bool:
        """Whether the wearer said that they are numb, far away, faint or exhausted."""
        return any(tag in NEEDS_NO_CALMING for tag in self.tags(mono_ms))

    def carry_over(self, delta_ms: int, ended_ms: int, started_ms: int) -> None:
        """Another run's clock: what holds for a time goes on holding, never longer than it had left."""
        if self.paused_until_ms is not None:
            self.paused_until_ms = carried_until(self.paused_until_ms, delta_ms, ended_ms, started_ms)
        self.tags_until_ms = {
            tag: carried_until(until, delta_ms, ended_ms, started_ms) for tag, until in self.tags_until_ms.items()
        }
