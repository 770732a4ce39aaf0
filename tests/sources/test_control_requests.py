"""What a person asks for becomes one input; anything else is a sentence that says what was expected."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrvdaemon.sources.control_requests import PATHS, input_of
from hrvdaemon.vocabulary import inputs
from hrvdaemon.vocabulary.errors import BadInput
from hrvdaemon.vocabulary.inputs import Answer, Tag
from hrvdaemon.vocabulary.units import PromptId, SessionId

EXERCISES = ("paced_6", "orient_54321")

GOOD = [
    (
        "/answer",
        {"prompt": "p", "answer": "not_today"},
        inputs.PromptAnswered(mono_ms=7, prompt=PromptId("p"), answer=Answer.NOT_TODAY),
    ),
    ("/exercise", {"exercise": None}, inputs.ExerciseRequested(mono_ms=7)),
    ("/exercise", {}, inputs.ExerciseRequested(mono_ms=7)),
    ("/exercise", {"exercise": "paced_6"}, inputs.ExerciseRequested(mono_ms=7, exercise="paced_6")),
    ("/stop", {}, inputs.ExerciseStopped(mono_ms=7)),
    ("/pause", {"minutes": 0}, inputs.PauseRequested(mono_ms=7, minutes=0)),
    ("/tag", {"tag": "caffeine"}, inputs.TagSet(mono_ms=7, tag=Tag.CAFFEINE)),
    (
        "/felt",
        {"session": "s", "tension": 10, "after": True},
        inputs.FeltRated(mono_ms=7, session=SessionId("s"), tension=10, after=True),
    ),
]

BAD = [
    ("/answer", {"prompt": "p", "answer": "maybe"}, 'expected "answer" one of start, later, not_today, came "maybe"'),
    ("/answer", {"answer": "start"}, 'expected "prompt", the id of an invitation, came nothing'),
    ("/answer", {"prompt": "", "answer": "start"}, 'expected "prompt"'),
    ("/answer", {"prompt": "x" * 201, "answer": "start"}, "…"),
    ("/exercise", {"exercise": "ice"}, 'expected "exercise" null or one of orient_54321, paced_6, came "ice"'),
    ("/exercise", {"exercise": ["paced_6"]}, "came"),
    ("/pause", {"minutes": True}, 'expected "minutes" a whole number from 0 to 10080, came true'),
    ("/pause", {"minutes": 10_081}, "came 10081"),
    ("/pause", {"minutes": 1.5}, "came 1.5"),
    ("/tag", {"tag": "beer"}, 'expected "tag" one of caffeine'),
    ("/felt", {"session": "s", "tension": 11, "after": True}, "from 0 to 10, came 11"),
    ("/answer", {"prompt": "\ud800", "answer": "start"}, "expected prompt of PromptAnswered as Unicode text"),
    ("/felt", {"session": "s", "tension": 3, "after": "yes"}, 'expected "after" true or false, came "yes"'),
]


@pytest.mark.parametrize(("path", "body", "expected"), GOOD)
def test_a_good_request_is_one_input_stamped_with_the_runs_clock(path: str, body: Any, expected: Any) -> None:
    assert input_of(path, json.dumps(body).encode(), mono_ms=7, exercises=EXERCISES) == expected


@pytest.mark.parametrize(("path", "body", "message"), BAD)
def test_a_bad_request_says_what_was_expected_and_what_came(path: str, body: Any, message: str) -> None:
    with pytest.raises(BadInput) as caught:
        input_of(path, json.dumps(body).encode(), mono_ms=7, exercises=EXERCISES)
    assert message in str(caught.value)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("body", [b"{", b"[]", b"3", b"\xff", b'"x"', b"[" * 4000])
def test_a_body_that_is_no_object_is_said_to_be_none(body: bytes) -> None:
    with pytest.raises(BadInput, match="expected a JSON object"):
        input_of("/stop", body, mono_ms=7, exercises=EXERCISES)


@given(
    path=st.sampled_from(PATHS),
    body=st.binary()
    | st.builds(
        lambda v: json.dumps(v).encode(),
        st.dictionaries(
            st.sampled_from(["prompt", "answer", "exercise", "minutes", "tag", "session", "tension", "after"]),
            st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text()),
        ),
    ),
)
def test_any_body_is_an_input_or_bad_input_and_nothing_else(path: str, body: bytes) -> None:
    try:
        asked = input_of(path, body, mono_ms=7, exercises=EXERCISES)
    except BadInput:
        return
    assert asked.mono_ms == 7
