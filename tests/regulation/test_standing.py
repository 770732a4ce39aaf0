"""The standing signature of a guided ten minutes: standing less sitting, by whole minutes within the phases."""

import pytest

from hrvdaemon.regulation.exercises import SIT_STAND_WALK
from hrvdaemon.regulation.standing import standing_signature
from hrvdaemon.regulation.step_hold import StandingSignature
from hrvdaemon.vocabulary.units import MINUTE_MS

START_MS = 7 * MINUTE_MS + 20_000
"""Twenty seconds into a minute of the wall."""


def minutes(*values: tuple[int, float, float]) -> list[tuple[int, float, float]]:
    return [(number * MINUTE_MS, hr, ln) for number, hr, ln in values]


def test_the_phases_are_those_of_the_specification() -> None:
    """Science D.4: sit 5 min, stand 3, walk slowly 2."""
    assert [phase.seconds for phase in SIT_STAND_WALK.cycle] == [300, 180, 120]
    assert SIT_STAND_WALK.duration_s == 600


def test_standing_is_compared_with_sitting_and_walking_is_left_out() -> None:
    """Sitting is 7:20 to 12:20, so minutes 8 to 11; standing to 15:20, so 13 and 14; 15 is partly walking."""
    measured = minutes(
        (7, 99, 1.0), (8, 60, 3.5), (9, 62, 3.4), (10, 61, 3.5), (11, 61, 3.5),
        (12, 99, 1.0), (13, 74, 2.9), (14, 76, 2.9), (15, 99, 1.0), (16, 99, 1.0),
    )  # fmt: skip
    assert standing_signature(START_MS, measured) == StandingSignature(
        hr_bpm=14.0, hr_sd_bpm=3.0, ln_rmssd=-0.6, ln_sd=0.15
    )


def test_a_wide_scatter_widens_it() -> None:
    """70 and 80 bpm: SD 10 / sqrt 2 = 7.07."""
    measured = minutes((8, 60, 3.5), (13, 70, 2.5), (14, 80, 3.1))
    signature = standing_signature(START_MS, measured)
    assert signature is not None
    assert signature.hr_sd_bpm == pytest.approx(7.07, abs=0.005)
    assert signature.ln_sd == pytest.approx(0.424, abs=0.0005)


@pytest.mark.parametrize("measured", [[], minutes((8, 60, 3.5)), minutes((13, 74, 2.9))])
def test_without_a_usable_minute_of_each_there_is_none(measured: list[tuple[int, float, float]]) -> None:
    assert standing_signature(START_MS, measured) is None
