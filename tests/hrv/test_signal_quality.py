import doctest
import math

import pytest

from hrvdaemon.hrv import signal_quality
from hrvdaemon.hrv.signal_quality import count_artefacts, count_corrected, grade, is_at_least
from hrvdaemon.vocabulary.epochs import Quality


@pytest.mark.parametrize(
    ("share", "coverage", "quality"),
    [
        (0.0, 1.0, "good"),
        (0.02, 0.90, "good"),
        (0.0201, 0.90, "fair"),
        (0.02, 0.8999, "fair"),
        (0.05, 0.80, "fair"),
        (0.0501, 0.80, "poor"),
        (0.05, 0.7999, "poor"),
        (0.10, 0.60, "poor"),
        (0.1001, 0.60, "unusable"),
        (0.10, 0.5999, "unusable"),
        (0.0, 0.0, "unusable"),
        (math.nan, 1.0, "unusable"),
        (0.0, math.nan, "unusable"),
    ],
)
def test_a_limit_belongs_to_the_better_grade_and_the_worse_column_wins(
    share: float, coverage: float, quality: str
) -> None:
    assert grade(share, coverage) == quality


@pytest.mark.parametrize(("part", "whole"), [(1, 50), (3, 150), (6, 300)])
def test_two_in_a_hundred_is_good_however_it_is_counted(part: int, whole: int) -> None:
    assert grade(part / whole, 54 / 60) is Quality.GOOD


def test_grades_have_an_order() -> None:
    assert is_at_least(Quality.GOOD, Quality.FAIR)
    assert is_at_least(Quality.FAIR, Quality.FAIR)
    assert not is_at_least(Quality.POOR, Quality.FAIR)


def test_shares_count_beats_after_correction() -> None:
    counts = count_artefacts("N" * 96 + "EMLO")
    assert (counts.total, counts.beats) == (4, 101)
    assert counts.share == 4 / 101


def test_the_other_part_of_an_extra_beat_is_no_beat_and_no_artefact() -> None:
    counts = count_artefacts("NXLN" + "XXN")
    assert (counts.extra, counts.long_short, counts.beats) == (2, 0, 5)


def test_labels_as_they_came_and_corrected_ones_count_the_same() -> None:
    assert count_artefacts("NNXLMNEN") == count_corrected("NNXMNNEN")


def test_no_beats_have_no_share() -> None:
    assert count_artefacts("").share == 0.0


def test_the_examples_are_true() -> None:
    assert doctest.testmod(signal_quality).failed == 0
