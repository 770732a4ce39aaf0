"""What was promised of recoveries is asked of each, and what did not hold is in the table."""

from tests.e2e.judgement import judge_recoveries, table
from tests.e2e.told import OUT_OF_RANGE, Recovery, Told


def _told(*took_s: float, what: str = OUT_OF_RANGE) -> Told:
    recoveries = [
        Recovery(what=what, began_ms=0, ready_ms=1000, recovered_ms=1000 + round(1000 * took)) for took in took_s
    ]
    return Told(recoveries=recoveries)


def test_back_in_time_is_right() -> None:
    told = _told(*[2.0] * 19, 30.0)
    judge_recoveries(told)
    assert told.wrong == []
    assert ("out of range and back", "20 times, 19 of them back within 15 s") in told.figures
    assert ("  median, longest", "2.0 s, 30.0 s") in told.figures


def test_more_than_one_in_twenty_late_is_wrong() -> None:
    told = _told(*[2.0] * 18, 16.0, 16.0)
    judge_recoveries(told)
    assert len(told.wrong) == 1


def test_any_recovery_after_forty_seconds_is_wrong() -> None:
    told = _told(*[2.0] * 30, 41.0)
    told.recoveries.extend(_told(40.5, what="adapter off and on").recoveries)
    judge_recoveries(told)
    assert [words.partition(":")[0] for words in told.wrong] == [OUT_OF_RANGE, "adapter off and on"]


def test_a_story_without_a_loss_is_wrong() -> None:
    told = _told()
    judge_recoveries(told)
    assert told.wrong != []


def test_what_is_wrong_is_in_the_table() -> None:
    told = Told(figures=[("losses", "10")], wrong=["one was lost"])
    assert table(("make e2e", "a machine"), told) == "make e2e  a machine\nlosses    10\nWRONG: one was lost"
