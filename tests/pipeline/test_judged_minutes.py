"""Minutes that were judged, as stretches: the same as a set of them."""

from hypothesis import given
from hypothesis import strategies as st

from hrvdaemon.pipeline.judged_minutes import JudgedMinutes


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 8)), max_size=40))
def test_it_knows_the_minutes_that_a_set_would_know(stretches: list[tuple[int, int]]) -> None:
    judged, known = JudgedMinutes(), set[int]()
    for first, minutes in stretches:
        judged.add(first, minutes)
        known.update(range(first, first + minutes))
        assert [minute for minute in range(-2, 72) if minute in judged] == sorted(known)


def test_a_year_of_wearing_is_as_many_stretches_as_it_was_put_on() -> None:
    judged = JudgedMinutes()
    for day in range(365):
        for minute in range(day * 1440, day * 1440 + 900):
            judged.add(minute, 1)
    assert len(judged) == 365
