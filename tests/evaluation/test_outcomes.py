from collections import Counter
from collections.abc import Callable

import pytest

from hrvdaemon.evaluation.days import Day
from hrvdaemon.evaluation.observing import Minute
from hrvdaemon.evaluation.outcomes import DayOutcome, cause_of, outcome_of
from hrvdaemon.simulation.episodes import EpisodeKind
from hrvdaemon.simulation.named import DAY_S

MakeMinute = Callable[..., Minute]
MakeDay = Callable[..., Day]
WHOLE = range(DAY_S)
STRESS = (EpisodeKind.STRESS, 120, 20)
"""Two hours into the day, twenty minutes long."""


def _outcome(day: Day, *invited_min: float, minutes: list[Minute] | None = None, worn: range = WHOLE) -> DayOutcome:
    return outcome_of(day, worn, 0, [round(moment * 60_000) for moment in invited_min], minutes or [])


def test_an_invitation_inside_is_met_with_its_latency(day_of: MakeDay) -> None:
    outcome = _outcome(day_of(STRESS), 131.5, 139)
    assert outcome.stresses[0].latency_min == 11.5
    assert outcome.stresses[0].missed_by is None
    assert outcome.causes == Counter(stress=2)


@pytest.mark.parametrize("moment", [119.9, 140.0])
def test_an_invitation_beside_it_is_not_inside(day_of: MakeDay, moment: float) -> None:
    outcome = _outcome(day_of(STRESS), moment)
    assert outcome.stresses[0].latency_min is None
    assert "stress" not in outcome.causes


def test_one_that_comes_too_late_fell_into_what_was_left_of_it(day_of: MakeDay) -> None:
    assert cause_of(day_of(STRESS), 143 * 60) == "after_stress"


def test_the_cause_is_what_the_ten_minutes_before_were(day_of: MakeDay) -> None:
    day = day_of((EpisodeKind.STANDING, 60, 8))
    assert cause_of(day, 65 * 60) == "standing"
    assert cause_of(day, 70 * 60) == "standing"  # seven of the ten minutes before
    assert cause_of(day, 76 * 60) == "ordinary"  # two
    assert cause_of(day, 30 * 60) == "ordinary"


def test_coffee_alone_is_ordinary(day_of: MakeDay) -> None:
    assert cause_of(day_of((EpisodeKind.CAFFEINE, 60, 180)), 100 * 60) == "ordinary"


def test_a_stress_that_was_not_worn_to_its_end_is_not_counted(day_of: MakeDay) -> None:
    assert _outcome(day_of(STRESS), worn=range(130 * 60)).stresses == ()
    assert _outcome(day_of(STRESS), worn=range(125 * 60, DAY_S)).stresses == ()


def test_long_is_fifteen_minutes(day_of: MakeDay) -> None:
    day = day_of((EpisodeKind.STRESS, 120, 15), (EpisodeKind.STRESS, 200, 14))
    assert [stress.is_long for stress in _outcome(day).stresses] == [True, False]


@pytest.mark.parametrize(
    ("first_min", "worn", "is_reachable"),
    [
        (120, WHOLE, True),
        (40, WHOLE, False),  # over at 08:00
        (50, WHOLE, True),  # ten minutes of it are after 08:00
        (890, WHOLE, True),
        (891, WHOLE, False),  # 22:00 comes nine minutes after
        (120, range(110 * 60, DAY_S), False),  # the strap is on for half an hour as it ends
    ],
)
def test_what_manners_forbid_can_not_be_reached(
    day_of: MakeDay, first_min: int, worn: range, is_reachable: bool
) -> None:
    day = day_of((EpisodeKind.STRESS, first_min, 20))
    assert _outcome(day, worn=worn).stresses[0].is_reachable is is_reachable


def test_a_miss_says_why(day_of: MakeDay, minute: MakeMinute) -> None:
    day = day_of(STRESS)
    below = [minute(n) for n in range(120, 140)]
    held = [*below[:15], *(minute(n, why_not="cooldown", activation=2.0) for n in range(135, 140))]
    blind = [*below[:9], *(minute(n, why_not="moving", activation=None) for n in range(129, 140))]
    assert _outcome(day, minutes=below).stresses[0].missed_by == "below_threshold"
    assert _outcome(day, minutes=held).stresses[0].missed_by == "withheld_cooldown"
    assert _outcome(day, minutes=blind).stresses[0].missed_by == "not_judged_moving"


def test_minutes_without_a_beat_are_not_judged_either(day_of: MakeDay, minute: MakeMinute) -> None:
    minutes = [minute(0), minute(1, activation=None, why_not="quality")]
    outcome = _outcome(day_of(), minutes=minutes, worn=range(600))
    assert outcome.not_judged == Counter(quality=1, no_beats=8)
    assert outcome.n_minutes == 10
