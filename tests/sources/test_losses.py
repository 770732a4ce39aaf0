import pytest

from hrvdaemon.sources.link_state import LinkState
from hrvdaemon.sources.losses import Losses


def lost_after(*lasted_s: float, pause_s: float = 4.0) -> tuple[Losses, int]:
    """Links that lasted so long, one after the other; and when the next one begins, in ms."""
    losses, mono_ms = Losses(), 0
    for seconds in lasted_s:
        lost_ms = mono_ms + round(seconds * 1000)
        losses.add(since_ms=mono_ms, lost_ms=lost_ms)
        mono_ms = lost_ms + round(pause_s * 1000)
    return losses, mono_ms


@pytest.mark.parametrize("interval_s", [30, 100, 150])
def test_three_links_of_equal_length_are_a_pattern(interval_s: float) -> None:
    losses, now_ms = lost_after(interval_s, interval_s + 0.9, interval_s - 0.9)
    assert losses.interval_ms == interval_s * 1000
    assert losses.state(since_ms=now_ms, mono_ms=now_ms + 1000) is LinkState.EQUAL_DROPS


@pytest.mark.parametrize("lasted_s", [(150, 150), (150, 150, 153), (30, 100, 150), (10, 10, 10)])
def test_two_or_unequal_or_short_ones_are_none(lasted_s: tuple[float, ...]) -> None:
    losses, now_ms = lost_after(*lasted_s)
    assert losses.interval_ms is None
    assert losses.state(since_ms=now_ms, mono_ms=now_ms) is not LinkState.EQUAL_DROPS


def test_a_link_that_outlives_the_interval_by_half_ends_the_pattern() -> None:
    losses, now_ms = lost_after(150, 150, 150)
    assert losses.state(since_ms=now_ms, mono_ms=now_ms + 225_000) is LinkState.EQUAL_DROPS
    assert losses.state(since_ms=now_ms, mono_ms=now_ms + 226_000) is LinkState.STREAMING
    assert losses.interval_ms is None


def test_three_losses_in_five_minutes_are_a_weak_signal_until_they_are_past() -> None:
    losses, now_ms = lost_after(20, 90, 40)  # lost at 20, 114 and 158 s
    assert losses.state(since_ms=now_ms, mono_ms=now_ms + 1000) is LinkState.WEAK_SIGNAL
    assert losses.state(since_ms=now_ms, mono_ms=320_000) is LinkState.WEAK_SIGNAL
    assert losses.state(since_ms=now_ms, mono_ms=320_001) is LinkState.STREAMING


def test_two_losses_in_five_minutes_are_life() -> None:
    losses, now_ms = lost_after(20, 90)
    assert losses.state(since_ms=now_ms, mono_ms=now_ms) is LinkState.STREAMING
