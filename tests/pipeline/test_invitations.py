"""From minutes to an invitation: when it comes, when it is withheld, and what an answer changes."""

from collections.abc import Callable
from math import log
from typing import Any

import pytest

from hrvdaemon.regulation.explanations import why_sentences
from hrvdaemon.vocabulary.errors import BadConfig
from hrvdaemon.vocabulary.events import (
    AutonomicState,
    BaselineComputed,
    Confidence,
    DecisionMade,
    ExerciseStarted,
    PromptIssued,
    Reason,
    StandingMeasured,
    Withheld,
)
from hrvdaemon.vocabulary.inputs import (
    Answer,
    BaselineEpochStarted,
    ClockChanged,
    PauseRequested,
    PromptAnswered,
    RunEnded,
    RunStarted,
    SettingsChanged,
    Tag,
    TagSet,
)
from hrvdaemon.vocabulary.local_time import local_time
from hrvdaemon.vocabulary.units import MINUTE_MS, Instant, PromptId, RunId, SessionId

Begin = Callable[..., Any]
EARLY = {"baseline.stage_1_minutes": 20}
"""So that the half-hourly computation of an early stage finds enough minutes of this run."""


def rows(day: Any) -> list[DecisionMade]:
    return [row for row in day.of(DecisionMade) if row.epoch is not None]


def withheld(day: Any) -> set[Withheld | None]:
    return {row.withheld for row in rows(day)} - {None}


def answer(day: Any, given: Answer, prompt: str = "run-prompt-0") -> list[Any]:
    events: list[Any] = day.feed(PromptAnswered(mono_ms=day.now_ms, prompt=PromptId(prompt), answer=given))
    return events


def test_sustained_activation_above_the_usual_is_one_invitation(invited: Any) -> None:
    """Eight minutes at or above the threshold, the ninth closes nothing more: one invitation, with its numbers."""
    (prompt,) = invited.of(PromptIssued)
    row = next(row for row in rows(invited) if row.prompt)
    assert (prompt.id, row.prompt) == ("run-prompt-0", "run-prompt-0")
    assert row.evidence == prompt.minutes == 8
    assert row.state is AutonomicState.SYMPATHETIC_DOMINANCE
    assert (prompt.confidence, prompt.is_learning, row.theta_on) == (Confidence.HIGH, False, 1.5)
    assert prompt.baseline_hr_bpm == pytest.approx(60)
    assert prompt.baseline_rmssd_ms == pytest.approx(24, rel=0.0005)
    assert 66 < prompt.hr_bpm <= 72.1
    assert prompt.rmssd_ms == pytest.approx(12, abs=0.5)
    assert prompt.at - invited.offset_ms == row.start_mono_ms + MINUTE_MS + 15_000


def test_every_minute_has_its_row_with_every_gate(invited: Any) -> None:
    assert [row.start_mono_ms for row in rows(invited)] == [n * MINUTE_MS for n in range(len(rows(invited)))]
    assert all(len(row.gates) == 10 and row.is_eligible for row in rows(invited))
    calm = rows(invited)[10]
    assert calm.state is AutonomicState.STEADY
    assert calm.z_hr == pytest.approx(0, abs=0.05)
    assert calm.ln_rmssd == pytest.approx(log(24), abs=0.05)


def test_an_invitation_is_followed_by_a_pause_and_by_being_disarmed(invited: Any) -> None:
    after = [row for row in rows(invited) if row.start_mono_ms > invited.of(PromptIssued)[0].mono_ms]
    invited.live(70, hr=72.0, rmssd=12.0)
    assert {row.state for row in after} == {AutonomicState.COOLDOWN}
    assert len(invited.of(PromptIssued)) == 1, "activation never came down, so it is not asked again"
    assert rows(invited)[-1].state is AutonomicState.SYMPATHETIC_DOMINANCE
    assert not rows(invited)[-1].is_armed


def test_after_it_came_down_and_an_hour_passed_it_is_asked_again(invited: Any) -> None:
    first = invited.of(PromptIssued)[0]
    invited.live(4, hr=72.0, hr_end=60.0)
    invited.live(20)
    invited.stress(12)
    assert withheld(invited) == {Withheld.COOLDOWN}
    invited.live(4, hr=72.0, hr_end=60.0)
    invited.live(15)
    invited.stress(20)
    second = invited.of(PromptIssued)[1]
    assert second.mono_ms - first.mono_ms >= 60 * MINUTE_MS


def test_there_is_none_in_the_first_half_hour_with_the_strap(begin: Begin) -> None:
    day = begin(stage=3)
    day.live(6)
    day.stress(26)
    assert Withheld.STRAP_ON in withheld(day)
    assert day.of(PromptIssued)[0].mono_ms >= 30 * MINUTE_MS


@pytest.mark.parametrize(("stage", "theta"), [(1, 2.0), (2, 1.75)])
def test_an_early_stage_says_that_it_is_still_learning(begin: Begin, stage: int, theta: float) -> None:
    day = begin(stage=stage, settings=EARLY)
    day.live(31)
    day.stress()
    (prompt,) = day.of(PromptIssued)
    assert prompt.is_learning
    assert prompt.confidence is Confidence.MEDIUM
    assert rows(day)[-1].theta_on == theta


def test_a_tag_makes_an_early_invitation_a_guess_and_teaches_nothing(begin: Begin) -> None:
    day = begin(stage=1, settings=EARLY)
    day.live(31)
    day.feed(TagSet(mono_ms=day.now_ms, tag=Tag.CAFFEINE))
    day.stress()
    assert day.of(PromptIssued) == []
    assert withheld(day) == {Withheld.CONFIDENCE}
    assert not any(row.learns for row in rows(day)[31:])


def test_while_nothing_is_known_nothing_is_asked(begin: Begin) -> None:
    day = begin()
    day.live(40)
    day.stress()
    assert day.of(PromptIssued) == []
    assert {row.state for row in rows(day)} <= {AutonomicState.CALIBRATING, AutonomicState.NOT_JUDGED}
    assert {row.reason for row in rows(day)[:30]} == {Reason.LEARNING}


def test_what_is_usual_is_learned_in_two_hours(begin: Begin) -> None:
    day = begin()
    day.live(155)
    baselines = day.of(BaselineComputed)
    assert [b.stage for b in baselines] == [0, 0, 0, 0, 1]
    assert [(b.mono_ms // MINUTE_MS) for b in baselines] == [30, 60, 90, 120, 150]
    assert baselines[-1].hours[12].hr_bpm == pytest.approx(60, abs=0.1)
    assert baselines[-1].hours[3] == baselines[-1].hours[12]
    assert rows(day)[-1].state is AutonomicState.STEADY


def test_at_four_in_the_morning_it_is_computed_once(begin: Begin) -> None:
    """Noon in Berlin, one learned hour, then silence until the next day."""
    day = begin(stage=3)
    day.live(60)
    day.silence(20 * 60)
    day.live(1)
    assert [(local_time(b.at, "Europe/Berlin").minute, b.cutoff_at == b.at) for b in day.of(BaselineComputed)] == [
        (240, True)
    ]


@pytest.mark.parametrize("start", ["2026-03-10T20:20:30Z", "2026-03-10T20:20:00Z", "2026-03-10T20:21:00Z"])
def test_none_is_issued_in_quiet_hours_not_even_for_the_minute_before(begin: Begin, start: str) -> None:
    """21:20 in Berlin: 31 calm minutes, then activation whose eighth minute ends about 22:00."""
    day = begin(start, stage=3)
    day.live(31)
    day.stress(30)
    for prompt in day.of(PromptIssued):
        assert local_time(prompt.at, "Europe/Berlin").hour == 21
    assert rows(day)[-1].reason is Reason.QUIET


def test_not_today_is_until_tomorrow(invited: Any) -> None:
    answer(invited, Answer.NOT_TODAY)
    for _ in range(2):
        invited.live(4, hr=72.0, hr_end=60.0)
        invited.live(40)
        invited.stress(14)
    assert len(invited.of(PromptIssued)) == 1
    assert Withheld.NOT_TODAY in withheld(invited)


def test_start_begins_the_exercise_that_was_offered(invited: Any) -> None:
    prompt = invited.of(PromptIssued)[0]
    started = answer(invited, Answer.START)[0]
    assert isinstance(started, ExerciseStarted)
    assert (started.exercise, started.prompt) == (prompt.exercise, prompt.id)


@pytest.mark.parametrize("given", list(Answer))
def test_an_answer_to_an_invitation_that_never_was_changes_nothing(begin: Begin, given: Answer) -> None:
    day, other = begin(stage=3), begin(stage=3)
    for one in (day, other):
        one.live(31)
    assert answer(day, given, "run-prompt-7") == []
    for one in (day, other):
        one.stress()
    assert day.events == other.events


def test_an_answer_after_an_hour_is_to_nothing(invited: Any) -> None:
    invited.live(70, hr=72.0, rmssd=12.0)
    assert answer(invited, Answer.START) == []
    assert answer(invited, Answer.NOT_TODAY) == []
    assert invited.of(ExerciseStarted) == []


def test_a_second_answer_to_the_same_invitation_changes_nothing(invited: Any) -> None:
    assert answer(invited, Answer.LATER) == []
    assert answer(invited, Answer.START) == []


def test_a_pause_holds_invitations_and_says_so(begin: Begin) -> None:
    day = begin(stage=3)
    day.live(31)
    day.feed(PauseRequested(mono_ms=day.now_ms, minutes=30))
    day.stress(20)
    assert day.of(PromptIssued) == []
    assert {row.reason for row in rows(day)[31:]} == {Reason.PAUSED}
    day.feed(PauseRequested(mono_ms=day.now_ms, minutes=0))
    day.live(12, hr=72.0, rmssd=12.0)
    assert len(day.of(PromptIssued)) == 1


def test_exercising_by_ones_own_word_is_not_judged(begin: Begin) -> None:
    day = begin(stage=3)
    day.live(5)
    day.feed(TagSet(mono_ms=day.now_ms, tag=Tag.EXERCISING))
    day.live(3)
    assert rows(day)[-1].reason is Reason.MOVING


def test_settings_change_what_is_decided_from_then_on(begin: Begin) -> None:
    day = begin(stage=3)
    day.live(31)
    day.feed(SettingsChanged(mono_ms=day.now_ms, settings={"prompts.daily_cap": 0}))
    day.stress()
    assert day.of(PromptIssued) == []
    assert withheld(day) == {Withheld.DAILY_CAP}


def test_settings_that_are_refused_leave_everything_as_it_was(begin: Begin) -> None:
    day = begin(stage=3)
    day.live(31)
    with pytest.raises(BadConfig, match="daly_cap"):
        day.feed(SettingsChanged(mono_ms=day.now_ms, settings={"prompts.daly_cap": 0}))
    day.feed(SettingsChanged(mono_ms=day.now_ms, settings={"dominance.theta_on": 1.6}))
    day.stress()
    assert rows(day)[-1].theta_on == 1.6
    assert len(day.of(PromptIssued)) == 1


def test_a_new_baseline_epoch_starts_to_learn_again(begin: Begin) -> None:
    day = begin(stage=3)
    day.live(10)
    (computed,) = day.feed(BaselineEpochStarted(mono_ms=day.now_ms, reason="medication changed"))
    assert (computed.stage, computed.eligible_minutes, computed.hours) == (0, 0, ())
    day.live(3)
    assert rows(day)[-1].state is AutonomicState.CALIBRATING


def test_six_breaths_a_minute_do_not_raise_activation(begin: Begin) -> None:
    """D.1: a swing of 8 % at 0.1 Hz, in place of the ordinary minutes: never above the threshold, never asked."""
    day = begin(stage=3)
    day.live(31)
    for _ in range(90):
        day.live(5 / 60, hr=65.0)
        day.live(5 / 60, hr=55.0)
    assert day.of(PromptIssued) == []
    assert all(row.activation is None or row.activation < 1.5 for row in rows(day)[33:])


def test_a_run_that_is_ending_invites_nobody(begin: Begin) -> None:
    """The minute that would complete the evidence is still open when the run ends."""
    for seconds in range(7 * 60, 9 * 60, 20):
        day = begin(stage=3)
        day.live(31)
        day.stress(seconds / 60)
        if day.of(PromptIssued):
            break
        assert not [event for event in day.end() if isinstance(event, PromptIssued)]
    else:
        pytest.fail("the wearer was never invited, so the run's end was not tried where it matters")


def test_no_evidence_is_bridged_over_the_time_between_two_runs(invited: Any) -> None:
    """65 minutes of power cut: what was raised before says nothing about the first minutes after."""
    invited.feed(RunEnded(mono_ms=invited.now_ms, reason="power"))
    back_ms = invited.now_ms + 65 * MINUTE_MS
    invited.feed(
        RunStarted(
            mono_ms=back_ms,
            at=Instant(back_ms + invited.offset_ms),
            run=RunId("again"),
            version="0",
            zone="Europe/Berlin",
            boot_id="boot",
            seed=7,
        )
    )
    invited.now_ms = back_ms
    invited.live(4)
    after = [row for row in rows(invited) if row.start_mono_ms >= back_ms]
    assert len(after) >= 2
    assert {row.evidence for row in after} == {0}
    assert AutonomicState.SYMPATHETIC_DOMINANCE not in {row.state for row in after}


def test_sustained_activation_without_an_invitation_says_why_in_every_minute(invited: Any) -> None:
    """An hour of it: first the pause after the invitation, then that activation has not come down since."""
    invited.live(60, hr=72.0, rmssd=12.0)
    sustained = [row for row in rows(invited) if row.evidence >= 8 and row.prompt is None]
    assert {row.withheld for row in sustained} == {Withheld.COOLDOWN, Withheld.NOT_DOWN}
    for row in sustained:
        assert not any("are needed" in sentence for sentence in why_sentences(row))


STEERING = (Tag.NUMB, Tag.FAR_AWAY, Tag.FAINT, Tag.EXHAUSTED)


@pytest.mark.parametrize("tag", [*STEERING, None])
def test_who_says_they_are_numb_far_away_faint_or_exhausted_is_not_offered_to_calm_further(
    begin: Begin, tag: Tag | None
) -> None:
    """Of this seed's first draw slow breathing is offered otherwise."""
    day = begin(stage=3)
    if tag is not None:
        day.feed(TagSet(mono_ms=0, tag=tag))
    day.live(31)
    day.stress()
    (prompt,) = day.of(PromptIssued)
    assert prompt.exercise == ("paced_6" if tag is None else "orient_54321")
    assert prompt.confidence is Confidence.HIGH, "how it is explains nothing away"


def test_who_says_so_after_the_invitation_is_led_to_something_else(invited: Any) -> None:
    (prompt,) = invited.of(PromptIssued)
    assert prompt.exercise == "paced_6"
    invited.feed(TagSet(mono_ms=invited.now_ms, tag=Tag.FAINT))
    answer(invited, Answer.START)
    (started,) = invited.of(ExerciseStarted)
    assert started.exercise == "orient_54321"


def test_what_looks_like_the_own_standing_is_less_sure_and_with_another_doubt_not_said(begin: Begin) -> None:
    """+12 bpm and half the variability is what standing does to this wearer; with coffee it is only a guess."""
    for tags, sure in (((), Confidence.MEDIUM), ((Tag.CAFFEINE,), Confidence.LOW)):
        day = begin(stage=3)
        day.pipeline._behaviour.recall_standing(
            StandingMeasured(
                mono_ms=0, at=day.wall(), session=SessionId("s"), hr_bpm=12.0, hr_sd_bpm=3.0, ln_rmssd=log(0.5), ln_sd=0.15
            )
        )  # fmt: skip
        for tag in tags:
            day.feed(TagSet(mono_ms=0, tag=tag))
        day.live(31)
        day.stress()
        high = [row for row in rows(day) if row.is_standing_like]
        assert high
        assert {row.confidence for row in high} == {sure}
        assert len(day.of(PromptIssued)) == (sure is Confidence.MEDIUM)


def test_a_journey_does_not_forget_the_days_count(begin: Begin) -> None:
    """Invited in Berlin, then in New York: it is the same local day, and its number is reached."""
    day = begin(stage=3, settings={"prompts.daily_cap": 1})
    day.live(31)
    day.stress()
    assert len(day.of(PromptIssued)) == 1
    day.feed(ClockChanged(mono_ms=day.now_ms, at=day.wall(), zone="America/New_York"))
    day.live(150)
    day.stress()
    late = [row for row in rows(day) if row.evidence >= 8 and row.is_armed]
    assert {row.withheld for row in late} == {Withheld.DAILY_CAP}
    assert {row.local_day for row in late} == {rows(day)[0].local_day}
    assert len(day.of(PromptIssued)) == 1
