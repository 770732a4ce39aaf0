"""A session is a plan of moments: 120 s guided, 60 s to settle, 120 s after, read when beats are final."""

from hrvdaemon.regulation.exercise_session import Session
from hrvdaemon.regulation.exercises import ORIENT, PACED_6, Exercise
from hrvdaemon.vocabulary.units import SessionId


def session(exercise: Exercise = PACED_6, start_ms: int = 1_000) -> Session:
    return Session.begin(SessionId("s"), exercise, None, start_ms)


def test_guiding_lasts_as_long_as_the_exercise() -> None:
    planned = session()
    assert planned.is_guided(120_999)
    assert not planned.is_guided(121_000)
    assert planned.completed


def test_before_is_120_s_settling_60_and_after_120() -> None:
    planned = session()
    assert planned.after_window_ms == (181_000, 301_000)
    assert planned.finish_due_ms == 316_000
    assert planned.before_due_ms == 16_000


def test_phases_follow_each_other_without_a_gap_until_the_end() -> None:
    planned, moments = session(), []
    while planned.is_guided(planned.next_phase_ms):
        begins = planned.next_phase_ms
        moments.append((begins, planned.take_phase().breath))
    assert moments[:3] == [(1_000, "in"), (5_000, "out"), (11_000, "in")]
    assert len(moments) == 24
    assert planned.next_phase_ms == planned.guided_until_ms


def test_orienting_goes_through_its_phases_once() -> None:
    planned, texts = session(ORIENT), []
    while planned.is_guided(planned.next_phase_ms):
        texts.append(planned.take_phase().text)
    assert texts == [phase.text for phase in ORIENT.cycle]


def test_stopping_ends_the_guiding_and_still_looks_at_what_followed() -> None:
    planned = session()
    planned.stop(31_000)
    assert not planned.completed
    assert not planned.is_guided(31_000)
    assert planned.after_window_ms == (91_000, 211_000)


def test_stopping_what_is_over_changes_nothing() -> None:
    planned = session()
    planned.stop(121_000)
    assert planned.completed
    assert planned.guided_until_ms == 121_000


def test_biofeedback_begins_when_four_breaths_are_there() -> None:
    assert 40_000 <= session().next_feedback_ms - session().start_ms <= 60_000
