"""One day's invitations against its truth: which stress was met, how late, and what each of the others fell into."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from hrvdaemon.evaluation.days import Day, DayKind
from hrvdaemon.evaluation.observing import Minute
from hrvdaemon.simulation.episodes import Episode, EpisodeKind
from hrvdaemon.simulation.named import DAY_S
from hrvdaemon.vocabulary.events import AutonomicState
from hrvdaemon.vocabulary.units import MINUTE_MS, SECOND_MS

INSIDE = EpisodeKind.STRESS.value
ORDINARY = "ordinary"
"""Nothing but the person's own ups and downs."""
BELOW_THRESHOLD = "below_threshold"
_LONG_MIN = 15
_INVITED_HOURS_S = range(3600, 15 * 3600)
"""08:00 to 22:00, in seconds of a day that begins at 07:00."""
_STRAP_ON_S = 30 * 60
_ENOUGH_S = 10 * 60
_LOOK_BACK_MIN = 10
_NOTHING = {EpisodeKind.REST.value, EpisodeKind.CAFFEINE.value, f"after_{EpisodeKind.CAFFEINE.value}"}


@dataclass(frozen=True, slots=True, kw_only=True)
class StressOutcome:
    """One stress that was worn from start to end. ``missed_by`` is None where it was met."""

    is_long: bool
    """Fifteen minutes or more."""
    is_reachable: bool
    """Ten minutes of it lay where manners allow invitations at all: by day, half an hour after the strap went on."""
    latency_min: float | None
    missed_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOutcome:
    """What one detector made of one worn day."""

    kind: DayKind
    worn_h: float
    stresses: tuple[StressOutcome, ...]
    causes: Counter[str]
    """Of every invitation: ``stress`` where it was right, else what it fell into."""
    n_minutes: int = 0
    n_sustained: int = 0
    not_judged: Counter[str] = field(default_factory=Counter)

    @property
    def n_invited(self) -> int:
        """Invitations of that day."""
        return self.causes.total()


def outcome_of(
    day: Day, worn: range, start_ms: int, invited_ms: Sequence[int], minutes: Sequence[Minute]
) -> DayOutcome:
    """Compare. ``start_ms`` is 07:00 of that day on the run's clock; ``minutes`` are the detector's own, if any."""
    invited_s = [(moment - start_ms) // SECOND_MS for moment in invited_ms]
    whole = [stress for stress in day.stresses if stress.start_s >= worn.start and stress.end_s <= worn.stop]
    unjudged = [minute for minute in minutes if minute.activation is None]
    return DayOutcome(
        kind=day.kind,
        worn_h=len(worn) / 3600,
        stresses=tuple(_met(stress, worn, start_ms, invited_s, minutes) for stress in whole),
        causes=Counter(cause_of(day, second) for second in invited_s),
        n_minutes=len(worn) * SECOND_MS // MINUTE_MS if minutes else 0,
        n_sustained=sum(minute.state is AutonomicState.SYMPATHETIC_DOMINANCE for minute in minutes),
        not_judged=Counter(minute.why_not or minute.state.value for minute in unjudged)
        + Counter(no_beats=len(worn) * SECOND_MS // MINUTE_MS - len(minutes) if minutes else 0),
    )


def cause_of(day: Day, second: int) -> str:
    """What an invitation at this second fell into.

    The state of that second; where that is rest or coffee, what most of the ten minutes it looked back on were, if
    three of them were anything; else ``ordinary``.
    """
    now = day.scenario.state_at(min(second, DAY_S - 1))
    if now not in _NOTHING:
        return now
    back = (day.scenario.state_at(max(second - 60 * n, 0)) for n in range(1, _LOOK_BACK_MIN + 1))
    others = Counter(state if state != INSIDE else f"after_{INSIDE}" for state in back if state not in _NOTHING)
    cause, minutes = next(iter(others.most_common(1)), (ORDINARY, 0))
    return cause if minutes >= 3 else ORDINARY


def _met(
    stress: Episode, worn: range, start_ms: int, invited_s: Sequence[int], minutes: Sequence[Minute]
) -> StressOutcome:
    first = next((second for second in invited_s if stress.is_on(second)), None)
    lasted = [m for m in minutes if stress.is_on((m.start_ms - start_ms) // SECOND_MS)]
    return StressOutcome(
        is_long=stress.duration_s >= _LONG_MIN * 60,
        is_reachable=_is_reachable(stress, worn),
        latency_min=None if first is None else (first - stress.start_s) / 60,
        missed_by=None if first is not None else _why_missed(lasted),
    )


def _is_reachable(stress: Episode, worn: range) -> bool:
    first = max(stress.start_s, worn.start + _STRAP_ON_S, _INVITED_HOURS_S.start)
    return min(stress.end_s, worn.stop, _INVITED_HOURS_S.stop) - first >= _ENOUGH_S


def _why_missed(minutes: Sequence[Minute]) -> str:
    """Why an invitation was withheld, if it was; why most of it was not judged; else it stayed below the threshold."""
    withheld = Counter(m.why_not for m in minutes if m.activation is not None and m.why_not is not None)
    if withheld:
        return f"withheld_{withheld.most_common(1)[0][0]}"
    unjudged = Counter(m.why_not or m.state.value for m in minutes if m.activation is None)
    if unjudged.total() * 2 > len(minutes):
        return f"not_judged_{unjudged.most_common(1)[0][0]}"
    return BELOW_THRESHOLD
