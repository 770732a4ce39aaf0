"""A person's days: some to learn from, some to be judged, each with what SIM-F4 has and what straps do.

The truth of a day is its scenario; which part of it is worn is drawn from the seed of the day.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from hrvdaemon.evaluation.persons import EvaluatedPerson
from hrvdaemon.simulation.episodes import Episode, EpisodeKind
from hrvdaemon.simulation.named import DAY_S, labelled_day, loose_strap, null_day
from hrvdaemon.simulation.scenario import Scenario
from hrvdaemon.vocabulary.draws import draw

WHOLE_DAY_H = 16
_MINUTE_S = 60
_EARLIEST_S = 3600
"""A short wear begins at 08:00 at the earliest and ends by 22:00: nobody is invited at night."""
_LATEST_S = 15 * 3600


class DayKind(StrEnum):
    LEARNING = "learning"
    LABELLED = "labelled"
    """SIM-F4 and judged."""
    WITHOUT_STRESS = "without_stress"
    """The same, but the stress never came."""
    NULL = "null"
    """SIM-F5: nothing but ordinary variation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How many days of each kind a person lives, in this order."""

    learning: int = 14
    labelled: int = 5
    without_stress: int = 1
    null: int = 1

    def kinds(self) -> tuple[DayKind, ...]:
        """One entry a day."""
        counts = (self.learning, self.labelled, self.without_stress, self.null)
        return tuple(kind for kind, count in zip(DayKind, counts, strict=True) for _ in range(count))


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day of one person; seconds count from 07:00 local."""

    number: int
    kind: DayKind
    seed: int
    scenario: Scenario

    def worn(self, hours: int) -> range:
        """Seconds with the strap on: the whole sixteen hours, or so many in one piece, drawn from the seed."""
        if hours >= WHOLE_DAY_H:
            return range(DAY_S)
        free_s = _LATEST_S - _EARLIEST_S - hours * 3600
        start_s = _EARLIEST_S + int(free_s * draw(self.seed, "strap on", hours)) // _MINUTE_S * _MINUTE_S
        return range(start_s, start_s + hours * 3600)

    @property
    def stresses(self) -> tuple[Episode, ...]:
        """What an invitation should fall into."""
        return tuple(episode for episode in self.scenario.episodes if episode.kind is EpisodeKind.STRESS)


def days_of(person: EvaluatedPerson, plan: Plan) -> Iterator[Day]:
    """Every day of the plan, in order."""
    for number, kind in enumerate(plan.kinds()):
        seed = person.number * 1000 + number
        scenario = replace(_scenario(kind, seed), person=person.person)
        worn_badly = replace(scenario, episodes=(*scenario.episodes, *_strap_troubles(seed)))
        yield Day(number=number, kind=kind, seed=seed, scenario=worn_badly)


def _scenario(kind: DayKind, seed: int) -> Scenario:
    if kind is DayKind.NULL:
        return null_day()
    day = labelled_day(seed)
    if kind is DayKind.WITHOUT_STRESS:
        return replace(day, episodes=tuple(e for e in day.episodes if e.kind is not EpisodeKind.STRESS))
    return day


def _strap_troubles(seed: int) -> Iterator[Episode]:
    """Twice a loose strap for 3 to 8 minutes, four dropouts of 5 to 60 s, one lost link of 1 to 5 minutes."""
    for number in range(2):
        start_s, length = _moment(seed, "loose strap", number), draw(seed, "loose length", number)
        yield from loose_strap(start_s, int(_MINUTE_S * (3 + 5 * length)), seed + number)
    for number in range(4):
        seconds = 5 + int(55 * draw(seed, "dropout length", number))
        yield Episode(kind=EpisodeKind.DROPOUT, start_s=_moment(seed, "dropout", number), duration_s=seconds)
    seconds = int(_MINUTE_S * (1 + 4 * draw(seed, "lost length", 0)))
    yield Episode(kind=EpisodeKind.LINK_LOST, start_s=_moment(seed, "link lost", 0), duration_s=seconds)


def _moment(seed: int, what: str, number: int) -> int:
    return 600 + int((DAY_S - 2400) * draw(seed, what, number))
