"""J36: 8 of 10 minutes, both sides; down at a mean of five below 0.5; what was not judged is never bridged."""

from math import sqrt

import pytest

from hrvdaemon.regulation.activation import Activation
from hrvdaemon.regulation.dominance import DominanceSettings, Evidence, JudgedMinute
from hrvdaemon.regulation.state_machine import Condition
from hrvdaemon.vocabulary.epochs import Quality

THETA = 1.5
NOT_JUDGED = JudgedMinute(None, Quality.POOR)


def minute(a: float, *, z_hr: float | None = None, quality: Quality = Quality.GOOD, hr: float = 70.0) -> JudgedMinute:
    """A minute of this activation at rho 0.5; both sides share it unless ``z_hr`` is given."""
    z_hr = a * sqrt(3) / 2 if z_hr is None else z_hr
    return JudgedMinute(Activation(z_hr, z_hr - a * sqrt(3), a), quality, hr, 3.0)


def evidence(*minutes: JudgedMinute) -> Evidence:
    gathered = Evidence(DominanceSettings())
    for one in minutes:
        gathered.add(one)
    return gathered


def high(n: int, a: float = 2.0) -> list[JudgedMinute]:
    return [minute(a)] * n


@pytest.mark.parametrize(
    ("n_high", "n_low", "is_trigger"),
    [(8, 2, True), (9, 1, True), (10, 0, True), (7, 3, False), (8, 0, True), (7, 0, False)],
)
def test_eight_of_ten_minutes_are_needed(n_high: int, n_low: int, *, is_trigger: bool) -> None:
    gathered = evidence(*[minute(1.0)] * n_low, *high(n_high))
    assert gathered.triggers(THETA) is is_trigger
    assert gathered.count(THETA) == n_high


def test_a_minute_exactly_at_the_threshold_counts() -> None:
    assert evidence(*high(8, 1.5)).triggers(THETA)
    assert not evidence(*high(8, 1.499)).triggers(THETA)


def test_only_the_last_ten_minutes_count() -> None:
    assert not evidence(*high(8), *[minute(1.0)] * 3).triggers(THETA)
    assert not evidence(*high(5), *[NOT_JUDGED] * 3, *high(2), minute(1.0)).triggers(THETA)


def test_two_minutes_of_ten_may_be_not_judged_and_not_three() -> None:
    assert evidence(*high(4), NOT_JUDGED, NOT_JUDGED, *high(4)).triggers(THETA)
    assert not evidence(*high(4), NOT_JUDGED, NOT_JUDGED, NOT_JUDGED, *high(3)).triggers(THETA)


@pytest.mark.parametrize(
    ("z_hr", "is_trigger"),
    [(0.4, False), (0.5, True), (2.9, True), (2.0 * sqrt(3) - 0.5, True), (2.0 * sqrt(3) - 0.4, False)],
)
def test_both_sides_must_be_half_a_sigma_off(z_hr: float, *, is_trigger: bool) -> None:
    """A = 2: z_h - z_v = 2 sqrt(3), so z_h above 2 sqrt(3) - 0.5 leaves variability within half a sigma."""
    nudged = z_hr + (1e-9 if z_hr < 1 else -1e-9) * is_trigger
    assert evidence(*[minute(2.0, z_hr=nudged)] * 10).triggers(THETA) is is_trigger


def test_each_stage_has_its_threshold() -> None:
    theta = DominanceSettings().theta
    assert [theta(stage) for stage in (1, 2, 3)] == [2.0, 1.75, 1.5]


@pytest.mark.parametrize(("theta_on", "by_stage"), [(1.0, [2.0, 1.75, 1.0]), (1.9, [2.0, 1.9, 1.9])])
def test_a_personal_threshold_never_lowers_that_of_an_early_stage(theta_on: float, by_stage: list[float]) -> None:
    assert [DominanceSettings(theta_on=theta_on).theta(stage) for stage in (1, 2, 3)] == by_stage


def test_five_minutes_not_judged_are_bridged_and_six_are_not() -> None:
    five = evidence(*high(8), *[NOT_JUDGED] * 5)
    assert five.count(THETA) == 5
    six = evidence(*high(8), *[NOT_JUDGED] * 6)
    assert six.count(THETA) == 0
    for _ in range(7):
        six.add(minute(2.0))
    assert not six.triggers(THETA)


def test_minutes_without_a_beat_count_as_not_judged() -> None:
    gathered = evidence(*high(9))
    gathered.skip(6)
    assert gathered.count(THETA) == 0
    gathered = evidence(*high(9))
    gathered.skip(2)
    assert gathered.count(THETA) == 8


def test_it_stays_until_the_mean_of_five_is_below_a_half() -> None:
    gathered = evidence(*high(10))
    gathered.is_armed = False
    assert gathered.condition(THETA) is Condition.LASTING
    for _ in range(5):
        gathered.add(minute(0.5))
    assert gathered.condition(THETA) is Condition.LASTING
    assert not gathered.is_armed
    gathered.add(minute(0.4))
    assert gathered.condition(THETA) is Condition.ORDINARY
    assert gathered.is_armed


def test_four_low_minutes_are_not_five() -> None:
    gathered = evidence(*high(6))
    gathered.is_armed = False
    for _ in range(4):
        gathered.add(minute(0.0))
    assert gathered.is_armed, "mean of 2, 0, 0, 0, 0 is 0.4"
    gathered = evidence()
    gathered.is_armed = False
    for _ in range(4):
        gathered.add(minute(0.0))
    assert not gathered.is_armed


def test_low_minutes_are_counted_over_those_not_judged() -> None:
    gathered = evidence(*high(2))
    gathered.is_armed = False
    for one in (minute(0), minute(0), minute(0), NOT_JUDGED, NOT_JUDGED, minute(0), minute(0)):
        gathered.add(one)
    assert gathered.is_armed


def test_what_was_asked_stays_asked_over_a_long_stretch_not_judged() -> None:
    gathered = evidence(*high(10))
    gathered.is_armed = False
    for _ in range(20):
        gathered.add(NOT_JUDGED)
    assert not gathered.is_armed


@pytest.mark.parametrize(("n", "condition"), [(2, Condition.ORDINARY), (3, Condition.RAISED)])
def test_three_of_five_minutes_are_elevated(n: int, condition: Condition) -> None:
    assert evidence(*[minute(0.6)] * 5, *[minute(0.6)] * (5 - n), *high(n)).condition(THETA) is condition


@pytest.mark.parametrize(
    ("z_hr", "n", "condition"),
    [
        (-2.0, 10, Condition.LOW),
        (-2.0, 9, Condition.ORDINARY),
        (-1.9, 10, Condition.ORDINARY),
    ],
)
def test_ten_minutes_two_sigma_below_are_a_low_pattern(z_hr: float, n: int, condition: Condition) -> None:
    assert evidence(*[minute(0.0, z_hr=z_hr)] * n).condition(THETA) is condition


def test_the_share_of_fair_minutes_is_of_the_judged_ones() -> None:
    fair = minute(2.0, quality=Quality.FAIR)
    assert evidence(fair, *high(2), NOT_JUDGED).fair_share == pytest.approx(1 / 3)
    assert evidence().fair_share == 0.0


def test_the_middle_is_the_median_of_the_judged_minutes() -> None:
    gathered = evidence(minute(2.0, hr=70.0), minute(2.0, hr=90.0), NOT_JUDGED, minute(2.0, hr=74.0))
    assert gathered.middle() == (74.0, 3.0)


def test_a_changed_number_of_minutes_counts_from_then_on() -> None:
    evidence = Evidence(DominanceSettings())
    for _ in range(10):
        evidence.add(JudgedMinute(Activation(2.0, -2.0, 2.3), Quality.GOOD))
    evidence.configure(DominanceSettings(n=5, k=4))
    assert evidence.count(1.5) == 5


def test_a_long_time_without_a_beat_ends_the_evidence_however_long_it_may_be_bridged() -> None:
    gathered = Evidence(DominanceSettings(bridge_min=20))
    for one in high(10):
        gathered.add(one)
    assert gathered.condition(THETA) is Condition.LASTING
    gathered.skip(21)
    gathered.add(minute(1.0))
    assert gathered.condition(THETA) is Condition.ORDINARY


@pytest.mark.parametrize(
    ("stage", "personal", "is_personal", "theta"),
    [(3, None, True, 1.5), (3, 1.85, True, 1.85), (3, 1.85, False, 1.5), (2, 1.85, True, 1.75), (1, 1.0, True, 2.0)],
)
def test_the_personal_threshold_counts_in_stage_3_only(
    stage: int, personal: float | None, theta: float, *, is_personal: bool
) -> None:
    assert DominanceSettings(theta_is_personal=is_personal).theta(stage, personal) == theta
