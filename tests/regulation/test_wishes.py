"""What the wearer says by hand: pauses, what explains their heart, how they are."""

import pytest

from hrvdaemon.regulation.wishes import EXPLAINING, NEEDS_NO_CALMING, Wishes
from hrvdaemon.vocabulary.inputs import Tag
from hrvdaemon.vocabulary.units import MINUTE_MS

MIDNIGHT_MS = 600 * MINUTE_MS


@pytest.mark.parametrize(("tag", "minutes"), [(Tag.CAFFEINE, 90), (Tag.NICOTINE, 30), (Tag.MEAL, 45), (Tag.ILL, 600)])
def test_a_tag_holds_for_its_own_time(tag: Tag, minutes: int) -> None:
    """Illness holds for the local day, which ends in ten hours."""
    wishes = Wishes()
    wishes.tag(tag, 0, MIDNIGHT_MS)
    assert wishes.tags(minutes * MINUTE_MS - 1) == (tag,)
    assert wishes.tags(minutes * MINUTE_MS) == ()


def test_every_tag_has_a_duration() -> None:
    wishes = Wishes()
    for tag in Tag:
        wishes.tag(tag, 0, MIDNIGHT_MS)
    assert set(wishes.tags(1)) == set(Tag)


def test_a_pause_holds_and_zero_minutes_ends_it() -> None:
    wishes = Wishes()
    assert not wishes.is_paused(0)
    wishes.pause(0, 10)
    assert wishes.is_paused(10 * MINUTE_MS - 1)
    assert not wishes.is_paused(10 * MINUTE_MS)
    wishes.pause(0, 10)
    wishes.pause(1, 0)
    assert not wishes.is_paused(2)


def test_wishes_outlast_a_run() -> None:
    wishes = Wishes()
    wishes.pause(0, 10)
    wishes.tag(Tag.MEAL, 0, MIDNIGHT_MS)
    wishes.carry_over(100 * MINUTE_MS, 0, 100 * MINUTE_MS)
    assert wishes.is_paused(109 * MINUTE_MS)
    assert wishes.tags(144 * MINUTE_MS) == (Tag.MEAL,)


def test_nothing_lasts_longer_over_a_boot_than_it_had_left() -> None:
    """A pause of 10 min, 6 of them over; the new boot's clock stands an hour too early."""
    wishes = Wishes()
    wishes.pause(0, 10)
    wishes.tag(Tag.MEAL, 0, MIDNIGHT_MS)
    wishes.carry_over(delta_ms=160 * MINUTE_MS, ended_ms=6 * MINUTE_MS, started_ms=100 * MINUTE_MS)
    assert wishes.is_paused(104 * MINUTE_MS - 1)
    assert not wishes.is_paused(104 * MINUTE_MS)
    assert not wishes.tags(139 * MINUTE_MS)


@pytest.mark.parametrize("tag", Tag)
def test_a_tag_explains_or_tells_how_it_is_and_never_both(tag: Tag) -> None:
    wishes = Wishes()
    wishes.tag(tag, 0, MIDNIGHT_MS)
    assert bool(wishes.explaining(1)) == (tag in EXPLAINING)
    assert wishes.needs_no_calming(1) == (tag in NEEDS_NO_CALMING)
    assert not (tag in EXPLAINING and tag in NEEDS_NO_CALMING)


def test_the_end_of_what_explains_is_that_of_the_last_such_tag() -> None:
    wishes = Wishes()
    assert wishes.explained_until_ms(0) is None
    wishes.tag(Tag.MEAL, 0, MIDNIGHT_MS)
    wishes.tag(Tag.CAFFEINE, 0, MIDNIGHT_MS)
    wishes.tag(Tag.NUMB, 0, MIDNIGHT_MS)
    assert wishes.explained_until_ms(1) == 90 * MINUTE_MS
