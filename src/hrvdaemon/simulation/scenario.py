"""A scenario: what happens to a wearer and their strap, second by second, with the label of each second.

Pure data. ``SCENARIOS`` are the named short ones; ``labelled_day`` and ``null_day`` make days (SIM-F4, SIM-F5).
"""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import groupby
from math import prod

from hrvdaemon.simulation.episodes import RANK, Episode, EpisodeKind
from hrvdaemon.simulation.person import Condition, Person

_FORGOTTEN = 0.01
_NAMED_DOWN_TO = 0.10

WEARER = Person(resting_hr_bpm=62.0, has_circadian=True)
"""The circadian row of E.3 about 62 bpm; everybody in the named scenarios."""


class Link(StrEnum):
    """What becomes of the strap's notifications in one second."""

    CONNECTED = "connected"
    NO_CONTACT = "no_contact"
    SILENT = "silent"
    LOST = "lost"


_LINKS = {
    EpisodeKind.CONTACT_LOSS: Link.NO_CONTACT,
    EpisodeKind.DROPOUT: Link.SILENT,
    EpisodeKind.LINK_LOST: Link.LOST,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledSpan:
    """Seconds of one state. ``label`` 1: mental stress goes on, and an invitation would be right; 0: it would not."""

    start_s: int
    end_s: int
    state: str
    label: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """Episodes of one person; where there is none the wearer sits at rest. Episodes may overlap: effects add up."""

    name: str
    duration_s: int
    episodes: tuple[Episode, ...] = ()
    person: Person = field(default=WEARER)

    def condition_at(self, second: int) -> Condition:
        """What acts on the heart in this second."""
        felt = [episode for episode in self.episodes if episode.is_felt(second, down_to=_FORGOTTEN)]
        on = [episode.effect for episode in felt if episode.is_on(second)]
        breaths = [effect for effect in on if effect.respiration_hz is not None]
        return Condition(
            hr_offset_bpm=sum(episode.hr_offset_bpm(second) for episode in felt),
            hf_factor=prod(episode.effect.hf ** episode.vagal_level(second) for episode in felt),
            lf_factor=prod(episode.effect.lf ** episode.vagal_level(second) for episode in felt),
            respiration_hz=breaths[-1].respiration_hz if breaths else None,
            respiration_jitter_hz=breaths[-1].respiration_jitter_hz if breaths else 0.015,
            pace=next((e.pace or e.effect.pace for e in felt if e.is_on(second) and e.effect.pace), None),
            pvc_chance=sum(effect.pvc_chance for effect in on),
            missed_chance=sum(effect.missed_chance for effect in on),
            extra_chance=sum(effect.extra_chance for effect in on),
        )

    def link_at(self, second: int) -> Link:
        """What becomes of this second's notification."""
        links = (_LINKS[e.kind] for e in self.episodes if e.kind in _LINKS and e.is_on(second))
        return next(links, Link.CONNECTED)

    def state_at(self, second: int) -> str:
        """Name of what goes on; ``after_X`` until X's slowest effect is down to a tenth; else ``rest``."""
        felt = [e for e in self.episodes if e.is_felt(second, down_to=_NAMED_DOWN_TO)]
        if not felt:
            return EpisodeKind.REST.value
        first = max(felt, key=lambda e: (e.kind is not EpisodeKind.CAFFEINE, e.is_on(second), RANK[e.kind], e.start_s))
        return first.kind.value if first.is_on(second) else f"after_{first.kind.value}"

    def labels(self) -> tuple[LabelledSpan, ...]:
        """The whole scenario in spans of one state, without holes."""
        spans = groupby(range(self.duration_s), key=self.state_at)
        return tuple(_span(state, list(seconds)) for state, seconds in spans)

    def without_rest_of(self, kind: EpisodeKind, at_s: int) -> "Scenario":
        """The same, but an episode of this kind that goes on at ``at_s`` ends there and fades as it would."""
        episodes = (
            replace(e, duration_s=at_s - e.start_s) if e.kind is kind and e.is_on(at_s) else e for e in self.episodes
        )
        return replace(self, episodes=tuple(episodes))


def _span(state: str, seconds: list[int]) -> LabelledSpan:
    label = int(state == EpisodeKind.STRESS.value)
    return LabelledSpan(start_s=seconds[0], end_s=seconds[-1] + 1, state=state, label=label)
