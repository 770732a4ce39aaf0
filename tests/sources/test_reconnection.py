import pytest

from hrvdaemon.sources.reconnection import pause_s


def test_the_pause_doubles_up_to_its_cap() -> None:
    pauses = [pause_s(n, first_s=1, cap_s=30, jitter=1.0) for n in range(8)]
    assert pauses == [1, 2, 4, 8, 16, 30, 30, 30]


@pytest.mark.parametrize(("jitter", "expected"), [(0.0, 4.0), (0.5, 6.0), (1.0, 8.0)])
def test_chance_takes_at_most_half_of_the_pause(jitter: float, expected: float) -> None:
    assert pause_s(3, first_s=1, cap_s=30, jitter=jitter) == expected


def test_a_year_without_bluetooth_does_not_overflow() -> None:
    assert pause_s(2_000_000, first_s=1, cap_s=30, jitter=1.0) == 30
