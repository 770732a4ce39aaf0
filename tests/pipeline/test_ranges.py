"""Every number of the settings has a range, and what breaks or silences the detector is outside of it."""

import math

import pytest

from hrvdaemon.pipeline.ranges import BELOW, CHOICES, RANGES, RISING, out_of_range
from hrvdaemon.pipeline.settings import Settings, defaults
from hrvdaemon.vocabulary.errors import BadConfig


def test_every_number_has_a_range_and_every_range_a_setting() -> None:
    assert set(RANGES) == {key for key, value in defaults().items() if not isinstance(value, str | bool)}


@pytest.mark.parametrize("key", CHOICES)
def test_of_some_words_only_those_that_make_sense_are_taken(key: str) -> None:
    assert defaults()[key] in CHOICES[key]
    for word in CHOICES[key]:
        Settings.from_flat({key: word})
    with pytest.raises(BadConfig, match=f"{key}: expected {CHOICES[key][0]}, .* came 'often'"):
        Settings.from_flat({key: "often"})


def test_every_default_is_in_its_range_and_beside_the_others() -> None:
    assert Settings.from_flat(defaults()) == Settings()


@pytest.mark.parametrize("key", sorted(RANGES))
def test_both_ends_are_allowed_and_nothing_beyond_is(key: str) -> None:
    low, high = RANGES[key]
    assert (out_of_range(key, low), out_of_range(key, high)) == (None, None)
    for wrong in (low - 0.001, high + 0.001, math.nan, math.inf, -math.inf, 10**400):
        assert out_of_range(key, wrong) is not None


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("prompts.dismissals_that_double", 0),
        ("dominance.k", -1),
        ("dominance.n", 0),
        ("dominance.off_minutes", 0),
        ("dominance.theta_on", math.nan),
        ("baseline.days", 0),
        ("baseline.stage_1_minutes", 0),
        ("baseline.half_life_days", math.inf),
        ("timeline.resync_s", -1.0),
        ("dominance.low_z", 0.5),
    ],
)
def test_what_breaks_or_silences_the_detector_is_refused(key: str, value: float) -> None:
    with pytest.raises(BadConfig, match=f"{key}: expected a number from "):
        Settings.from_flat({key: value})


def test_two_settings_that_do_not_fit_are_named_together() -> None:
    with pytest.raises(BadConfig, match=r"dominance\.n: expected dominance.k at most dominance.n, came 8 and 6"):
        Settings.from_flat({"dominance.n": 6})
    with pytest.raises(BadConfig, match=r"theta_off: expected dominance.theta_off below dominance.theta_on"):
        Settings.from_flat({"dominance.theta_off": 1.5})
    with pytest.raises(BadConfig, match=r"baseline.stage_1_minutes at most baseline.stage_2_minutes, came 700 and 600"):
        Settings.from_flat({"baseline.stage_1_minutes": 700})
    assert Settings.from_flat({"dominance.n": 6, "dominance.k": 6}).dominance.k == 6


def test_what_is_compared_are_numbers() -> None:
    assert {key for pair in (*RISING, *BELOW) for key in pair} <= set(RANGES)
