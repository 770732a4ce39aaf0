"""A capture holds what was sent, each packet once and in order; only the last packet of a link may be missing."""

import pytest

from tests.e2e.capture import compare
from tests.e2e.told import Packet, Told


def _wrong(sent: list[Packet], found: list[str]) -> bool:
    told = Told(packets=sent)
    compare(told, found)
    return bool(told.wrong)


def _packets(*data: str, last: str = "") -> list[Packet]:
    return [Packet(data=one, is_last=one == last) for one in data]


def test_equal_is_right() -> None:
    assert not _wrong(_packets("a", "b", "c"), ["a", "b", "c"])


@pytest.mark.parametrize("found", [[], ["a", "c"], ["a", "b", "b", "c"], ["b", "a", "c"], ["a", "b", "c", "d"]])
def test_missing_doubled_reordered_or_more_is_wrong(found: list[str]) -> None:
    assert _wrong(_packets("a", "b", "c"), found)


def test_the_last_packet_of_a_link_may_be_there_or_not() -> None:
    assert not _wrong(_packets("a", "b", "c", last="b"), ["a", "c"])
    assert not _wrong(_packets("a", "b", "c", last="b"), ["a", "b", "c"])
    assert _wrong(_packets("a", "b", "c", last="b"), ["a", "b"])
