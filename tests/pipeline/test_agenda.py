"""What is due, in order of time and then of kind."""

from hypothesis import given
from hypothesis import strategies as st

from hrvdaemon.pipeline.agenda import Agenda, Due


def taken(agenda: Agenda, until_ms: int) -> list[tuple[int, Due]]:
    out = []
    while (one := agenda.take(until_ms)) is not None:
        out.append(one)
    return out


@given(st.dictionaries(st.sampled_from(Due), st.integers(0, 5)), st.integers(0, 6))
def test_what_is_due_comes_once_in_order(moments: dict[Due, int], until_ms: int) -> None:
    agenda = Agenda()
    for due, moment in moments.items():
        agenda.set(due, moment)
    expected = sorted((moment, due) for due, moment in moments.items())
    assert taken(agenda, until_ms) == [one for one in expected if one[0] <= until_ms]
    assert taken(agenda, 10) == [one for one in expected if one[0] > until_ms]


def test_a_plan_is_replaced_and_one_that_stands_is_kept() -> None:
    agenda = Agenda()
    agenda.set(Due.HRV, 5)
    agenda.set(Due.HRV, 3)
    agenda.set_if_none(Due.HRV, 1)
    assert agenda.is_set(Due.HRV)
    assert taken(agenda, 9) == [(3, Due.HRV)]
    assert not agenda.is_set(Due.HRV)


def test_what_is_dropped_is_not_due() -> None:
    agenda = Agenda()
    agenda.set(Due.HRV, 1)
    agenda.set(Due.MINUTE, 1)
    agenda.drop(Due.HRV, Due.PHASE)
    assert taken(agenda, 9) == [(1, Due.MINUTE)]
