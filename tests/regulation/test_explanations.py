"""Wording: few words, no diagnosis, no scare, and nothing that calls a steady state fine."""

import re
from collections.abc import Callable, Iterable
from itertools import product

import pytest

from hrvdaemon.regulation.exercises import CATALOGUE
from hrvdaemon.regulation.explanations import (
    invitation,
    outcome_sentences,
    state_sentence,
    why_prompt,
    why_sentences,
)
from hrvdaemon.vocabulary.events import AutonomicState, DecisionMade, Outcome, PromptIssued, Reason, Withheld
from hrvdaemon.vocabulary.units import PromptId

Decided = Callable[..., DecisionMade]
Invited = Callable[..., PromptIssued]

FORBIDDEN = re.compile(
    r"\b(fine|good|normal|nothing wrong|danger\w*|attack\w*|abnormal\w*|dysregulat\w*|stress level|healthy|score)\b"
    r"|sympathetic|vagal|your fault|should have|%",
    re.IGNORECASE,
)


def outcomes() -> Iterable[Outcome]:
    for hr, ln, clear, swing, tension in product(
        (None, -5.2, 0.2, 5.0), (None, -0.8, 0.8), (None, False, True), (None, 8.4), ((None, None), (6, 3), (3, 6))
    ):
        if (ln is None) == (clear is None) and not (hr is None and ln is not None):
            yield Outcome(
                completed=True,
                before=None,
                after=None,
                delta_hr_bpm=hr,
                delta_ln_rmssd=ln,
                smallest_detectable=None,
                is_clear=clear,
                swing_bpm=swing,
                tension_before=tension[0],
                tension_after=tension[1],
            )


def decisions(decision: Decided) -> Iterable[DecisionMade]:
    nothing = {"usual": None, "activation": None, "hr_bpm": None, "ln_rmssd": None}
    for state, reason, withheld, prompt, known in product(
        AutonomicState, (None, *Reason), (None, *Withheld), (None, PromptId("p")), ({}, nothing)
    ):
        yield decision(state=state, reason=reason, withheld=withheld, prompt=prompt, **known)


def assert_kind(sentences: list[str]) -> None:
    for sentence in sentences:
        assert not FORBIDDEN.search(sentence), sentence
        assert "diagnosis" not in sentence.replace("not a diagnosis", ""), sentence
        assert not sentence[0].islower(), sentence
        assert sentence[-1] in ".?", sentence


def test_every_state_with_every_reason_has_a_sentence() -> None:
    for state, reason in product(AutonomicState, (None, *Reason)):
        assert_kind([state_sentence(state, reason)])


def test_a_state_without_a_reason_has_its_own_sentence() -> None:
    assert len({state_sentence(state, None) for state in AutonomicState}) == len(AutonomicState)


def test_the_identifier_is_explained_as_activation_higher_than_your_usual() -> None:
    said = state_sentence(AutonomicState.SYMPATHETIC_DOMINANCE, None)
    assert "higher than your usual" in said
    assert "ctivation" in said


def test_a_reason_is_what_a_minute_not_judged_says() -> None:
    sentences = {reason: state_sentence(AutonomicState.NOT_JUDGED, reason) for reason in Reason}
    assert "moving" in sentences[Reason.MOVING]
    assert "clean beats" in sentences[Reason.QUALITY]
    assert "contact a doctor" in sentences[Reason.RHYTHM]
    assert "quiet hours" in sentences[Reason.QUIET]


@pytest.mark.parametrize("exercise", CATALOGUE)
def test_an_invitation_has_at_most_twelve_words(prompt: Invited, exercise: str) -> None:
    said = invitation(prompt(exercise=exercise))
    assert len(said.split()) <= 12
    assert CATALOGUE[exercise].name in said
    assert_kind([said])
    assert not re.search(r"\d", said)


@pytest.mark.parametrize("is_learning", [True, False])
def test_why_an_invitation_is_said_in_at_most_five_sentences(prompt: Invited, *, is_learning: bool) -> None:
    said = why_prompt(prompt(is_learning=is_learning))
    assert len(said) <= 5
    assert_kind(said)
    text = " ".join(said)
    for number in ("9", "71", "60", "20", "33"):
        assert re.search(rf"\b{number}\b", text), number
    assert "not a diagnosis" in text
    assert ("still being learned" in text) is is_learning


def test_why_a_minute_is_said_in_one_to_five_sentences(decision: Decided) -> None:
    for one in decisions(decision):
        said = why_sentences(one)
        assert 1 <= len(said) <= 5
        assert_kind(said)


def test_every_reason_to_withhold_is_said_with_the_innocent_explanation(decision: Decided) -> None:
    said = {withheld: why_sentences(decision(withheld=withheld)) for withheld in Withheld}
    assert len({" ".join(lines) for lines in said.values()}) == len(Withheld)
    assert all("can all look like this" in lines[-1] for lines in said.values())


def test_a_minute_that_invites_says_how_many_stood_above(decision: Decided) -> None:
    said = " ".join(why_sentences(decision(prompt=PromptId("p"), evidence=9)))
    assert "9 of the last ten" in said
    assert "you were invited" in said


def test_every_outcome_has_kind_words_and_felt_change_comes_first() -> None:
    for one in outcomes():
        said = outcome_sentences(one)
        assert 1 <= len(said) <= 3
        assert_kind(said)
        if one.tension_before is not None:
            assert said[0] == f"Tension went from {one.tension_before} to {one.tension_after}."
        if one.delta_hr_bpm is None:
            assert "not measured" in said[-1]
        if one.is_clear is False:
            assert "No clear change of variability in this one session." in said[-1]


def test_a_heart_rate_that_hardly_changed_is_neither_lower_nor_higher() -> None:
    still = next(one for one in outcomes() if one.delta_hr_bpm == 0.2)
    assert outcome_sentences(still)[-1] == "Heart rate afterwards: about the same."


def test_what_is_read_during_an_exercise_is_kind_too() -> None:
    for exercise in CATALOGUE.values():
        lines = [exercise.expect, exercise.not_when, *(f"{phase.text}." for phase in exercise.cycle)]
        assert_kind([line for line in lines if line])
