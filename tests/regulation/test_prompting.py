"""J37: manners. Cooldown and its doubling, caps and thresholds by stage, the strap, sessions, and a no."""

from dataclasses import replace
from typing import Any

import pytest

from hrvdaemon.regulation.prompting import Manners, PromptSettings, confidence
from hrvdaemon.vocabulary.events import Confidence, Withheld
from hrvdaemon.vocabulary.inputs import Answer
from hrvdaemon.vocabulary.local_time import is_within
from hrvdaemon.vocabulary.units import MINUTE_MS, PromptId

TODAY = 100


def manners(**changed: Any) -> Manners:
    return Manners(replace(PromptSettings(), **changed))


def asks(polite: Manners, minute: float, *, day: int = TODAY, stage: int = 3) -> Withheld | None:
    return polite.withheld(round(minute * MINUTE_MS), day, stage, Confidence.HIGH)


def ask(polite: Manners, minute: int, *, day: int = TODAY, answer: Answer | None = None) -> None:
    prompt = PromptId(f"p{minute}")
    polite.asked(prompt, minute * MINUTE_MS, day)
    if answer is not None:
        assert polite.answer(prompt, answer, minute * MINUTE_MS + 1, day)


def cooldown_min(polite: Manners, asked: int) -> float:
    until = polite.cooldown_until_ms
    assert until is not None
    return until / MINUTE_MS - asked


def test_the_defaults_are_those_of_the_science() -> None:
    s = PromptSettings()
    assert (s.cooldown_min, s.longest_cooldown_min, s.daily_cap, s.strap_on_min, s.after_session_min) == (
        60,
        240,
        4,
        30,
        15,
    )
    assert (s.quiet_from_min, s.quiet_to_min) == (22 * 60, 8 * 60)


def test_nothing_withholds_the_first_invitation_of_a_day() -> None:
    assert asks(manners(), 0) is None


def test_after_an_invitation_there_is_none_for_an_hour() -> None:
    polite = manners()
    ask(polite, 0)
    assert asks(polite, 0) is Withheld.COOLDOWN
    assert asks(polite, 59.99) is Withheld.COOLDOWN
    assert asks(polite, 60) is None


@pytest.mark.parametrize(
    ("answers", "minutes"),
    [
        ([], 60),
        ([Answer.LATER], 60),
        ([Answer.LATER, Answer.LATER], 120),
        ([Answer.LATER, None, Answer.LATER], 120),
        ([Answer.LATER, Answer.START, Answer.LATER], 60),
        ([Answer.LATER] * 3, 120),
        ([Answer.LATER] * 4, 240),
        ([Answer.LATER] * 12, 240),
        ([None] * 6, 60),
    ],
)
def test_every_second_dismissal_in_a_row_doubles_it_to_four_hours_at_most(
    answers: list[Answer | None], minutes: int
) -> None:
    """Silence is neutral: it neither doubles nor resets."""
    polite = manners()
    last = 0
    for number, answer in enumerate(answers or [None]):
        last = number * 300
        ask(polite, last, answer=answer)
    assert cooldown_min(polite, last) == minutes


@pytest.mark.parametrize(("stage", "cap"), [(0, 0), (1, 1), (2, 2), (3, 4)])
def test_each_stage_has_its_daily_cap(stage: int, cap: int) -> None:
    polite = manners()
    for number in range(cap):
        assert asks(polite, number * 100, stage=stage) is None
        ask(polite, number * 100)
    assert asks(polite, 1000, stage=stage) is Withheld.DAILY_CAP
    assert polite.today(TODAY, 1000 * MINUTE_MS) == cap


def test_the_wearer_may_lower_the_cap_but_not_raise_that_of_an_early_stage() -> None:
    assert asks(manners(daily_cap=0), 0) is Withheld.DAILY_CAP
    polite = manners(daily_cap=9)
    ask(polite, 0)
    assert asks(polite, 100, stage=1) is Withheld.DAILY_CAP


def test_the_next_day_counts_anew() -> None:
    polite = manners()
    ask(polite, 0)
    assert asks(polite, 100, stage=1) is Withheld.DAILY_CAP
    assert asks(polite, 100, stage=1, day=TODAY + 1) is None


def test_there_is_none_in_the_first_half_hour_with_the_strap() -> None:
    polite = manners()
    polite.worn_since_ms = 0
    assert asks(polite, 29.99) is Withheld.STRAP_ON
    assert asks(polite, 30) is None


def test_there_is_none_for_a_quarter_of_an_hour_after_a_session() -> None:
    polite = manners()
    polite.session_ended(0)
    assert asks(polite, 14.99) is Withheld.AFTER_SESSION
    assert asks(polite, 15) is None


def test_not_today_lasts_until_the_next_day() -> None:
    polite = manners()
    ask(polite, 0, answer=Answer.NOT_TODAY)
    assert asks(polite, 600) is Withheld.NOT_TODAY
    assert asks(polite, 600, day=TODAY + 1) is None


def test_a_guess_is_not_said() -> None:
    assert manners().withheld(0, TODAY, 3, Confidence.LOW) is Withheld.CONFIDENCE
    assert manners().withheld(0, TODAY, 3, Confidence.MEDIUM) is None


def test_an_answer_counts_once_in_time_and_to_an_invitation_that_was_made() -> None:
    polite = manners()
    polite.asked(PromptId("p"), 0, TODAY)
    assert not polite.answer(PromptId("q"), Answer.NOT_TODAY, 1, TODAY)
    assert not polite.answer(PromptId("p"), Answer.NOT_TODAY, 60 * MINUTE_MS + 1, TODAY)
    assert asks(polite, 600) is None
    assert polite.answer(PromptId("p"), Answer.LATER, 60 * MINUTE_MS, TODAY)
    assert not polite.answer(PromptId("p"), Answer.NOT_TODAY, 60 * MINUTE_MS, TODAY)
    assert asks(polite, 600) is None


def test_what_holds_for_a_time_goes_on_holding_on_another_runs_clock() -> None:
    polite = manners()
    ask(polite, 0)
    polite.session_ended(0)
    polite.worn_since_ms = 0
    polite.carry_over(1000 * MINUTE_MS, 1030 * MINUTE_MS)
    assert asks(polite, 1059.9) is Withheld.COOLDOWN
    assert asks(polite, 1060) is None
    assert polite.worn_since_ms == 1000 * MINUTE_MS


@pytest.mark.parametrize(
    ("minute", "is_quiet"), [(21 * 60 + 59, False), (22 * 60, True), (0, True), (479, True), (480, False)]
)
def test_quiet_hours_span_midnight(minute: int, *, is_quiet: bool) -> None:
    s = PromptSettings()
    assert is_within(minute, s.quiet_from_min, s.quiet_to_min) is is_quiet


@pytest.mark.parametrize(
    ("stage", "fair_share", "is_tagged", "n_eff", "expected"),
    [
        (3, 0.0, False, 60.0, Confidence.HIGH),
        (3, 0.30, False, 60.0, Confidence.HIGH),
        (3, 0.31, False, 60.0, Confidence.MEDIUM),
        (3, 0.0, True, 60.0, Confidence.MEDIUM),
        (3, 0.0, False, 59.9, Confidence.MEDIUM),
        (3, 0.0, True, 59.9, Confidence.LOW),
        (3, 0.5, True, 10.0, Confidence.LOW),
        (2, 0.0, False, 60.0, Confidence.MEDIUM),
        (2, 0.0, False, 59.9, Confidence.LOW),
        (1, 0.0, False, 0.0, Confidence.MEDIUM),
        (1, 0.0, True, 0.0, Confidence.LOW),
        (1, 0.31, False, 0.0, Confidence.LOW),
    ],
)
def test_each_doubt_takes_a_step_off_confidence(
    stage: int, fair_share: float, n_eff: float, expected: Confidence, *, is_tagged: bool
) -> None:
    assert (
        confidence(stage=stage, fair_share=fair_share, is_tagged=is_tagged, is_standing_like=False, n_eff=n_eff)
        is expected
    )


def test_what_looks_like_standing_takes_a_step_off_confidence() -> None:
    sure = confidence(stage=3, fair_share=0.0, is_tagged=False, is_standing_like=True, n_eff=100.0)
    guess = confidence(stage=3, fair_share=0.0, is_tagged=True, is_standing_like=True, n_eff=100.0)
    assert (sure, guess) == (Confidence.MEDIUM, Confidence.LOW)


def test_after_a_boot_whose_clock_stands_too_early_the_cooldown_is_an_hour_at_most() -> None:
    """By that clock the invitation lies 56 years ahead; it was made before the run began all the same."""
    polite = manners()
    ask(polite, 0)
    polite.worn_since_ms = 0
    polite.session_ended(0)
    polite.carry_over(56 * 365 * 1440 * MINUTE_MS, 5 * MINUTE_MS)
    assert asks(polite, 64.9) is Withheld.COOLDOWN
    assert asks(polite, 65) is None


def test_a_clock_set_back_over_midnight_gives_no_further_invitations_that_day() -> None:
    """Four were made on the 101st; the clock is set back to the 100th: they count there too, for a day of running."""
    polite = manners()
    for number in range(4):
        ask(polite, 100 * number, day=TODAY + 1)
    assert asks(polite, 500, day=TODAY) is Withheld.DAILY_CAP
    assert asks(polite, 100 + 1440, day=TODAY) is None


def test_not_today_outlasts_a_clock_set_back_over_midnight() -> None:
    polite = manners()
    ask(polite, 0, day=TODAY + 1, answer=Answer.NOT_TODAY)
    assert asks(polite, 600, day=TODAY) is Withheld.NOT_TODAY
    assert asks(polite, 1441, day=TODAY) is None


def test_a_clock_that_was_years_ahead_blocks_no_day_of_the_right_time() -> None:
    polite = manners()
    for number in range(4):
        ask(polite, 100 * number, day=TODAY + 1826)
    assert asks(polite, 1440 + 301, day=TODAY) is None
