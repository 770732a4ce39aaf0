"""The project's own recordings: what each must end in, and which gate it hangs on."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from statistics import median

import pytest

from hrvdaemon.formats.recording import read_recording
from hrvdaemon.pipeline import Pipeline
from hrvdaemon.regulation.explanations import invitation, why_prompt, why_sentences
from hrvdaemon.regulation.gate import Gate, GateSettings
from hrvdaemon.regulation.gates import gates
from hrvdaemon.vocabulary.events import AutonomicState, DecisionMade, Event, PromptIssued, Reason, WearingStarted
from hrvdaemon.vocabulary.inputs import Input

FIXTURES = Path(__file__).parents[2] / "fixtures"
LEAD_IN_MS = 3 * 3_600_000


@dataclass(frozen=True)
class Expected:
    """What happens behind the lead-in: how many invitations, and which reasons must be named."""

    prompts: int
    reasons: set[Reason] = field(default_factory=set)


EXPECTED = {
    "stress_ramp": Expected(1),
    "stairs": Expected(0, {Reason.MOVING, Reason.SUDDEN_RISE}),
    "standing": Expected(0, {Reason.SUDDEN_RISE}),
    "slow_breathing": Expected(0, {Reason.BREATHING}),
    "ectopic": Expected(0, {Reason.QUALITY}),
    "strap_slips": Expected(0, {Reason.QUALITY}),
    "reconnect": Expected(0, {Reason.NO_DATA}),
}

KEPT_SILENT_BY = [("standing", "step_hold"), ("stairs", "step_hold")]
"""Fixture and the gate without which somebody would be invited wrongly."""

EXPLAINED_BY = [
    *KEPT_SILENT_BY,
    ("slow_breathing", "breathing"),
    ("ectopic", "quality"),
    ("strap_slips", "quality"),
]
"""Fixture and the gate whose reason it must name. Slow breathing and ectopic beats invite nobody without their gate
either: they raise no activation, because differences are taken between original neighbours only."""


@cache
def inputs(name: str) -> tuple[Input, ...]:
    recording = read_recording(FIXTURES / f"{name}.jsonl.gz")
    assert recording.problems == ()
    return recording.inputs


def events(name: str, make_gates: Callable[[GateSettings], tuple[Gate, ...]] = gates) -> list[Event]:
    pipeline = Pipeline(make_gates=make_gates)
    return [event for given in inputs(name) for event in pipeline.feed(given)]


def after_lead_in(happened: list[Event]) -> list[DecisionMade]:
    return [event for event in happened if isinstance(event, DecisionMade) and event.start_mono_ms >= LEAD_IN_MS]


def prompts(happened: list[Event]) -> list[PromptIssued]:
    return [event for event in happened if isinstance(event, PromptIssued)]


def holds(name: str, happened: list[Event]) -> bool:
    expected = EXPECTED[name]
    reasons = {decision.reason for decision in after_lead_in(happened)}
    return len(prompts(happened)) == expected.prompts and expected.reasons <= reasons


@pytest.mark.parametrize("name", EXPECTED)
def test_a_fixture_ends_in_what_it_was_made_for(name: str) -> None:
    assert holds(name, events(name))


@pytest.mark.parametrize(("name", "gate"), EXPLAINED_BY)
def test_without_its_gate_a_fixture_fails(name: str, gate: str) -> None:
    def without(settings: GateSettings) -> tuple[Gate, ...]:
        return tuple(one for one in gates(settings) if one.name != gate)

    assert not holds(name, events(name, without))


@pytest.mark.parametrize(("name", "gate"), KEPT_SILENT_BY)
def test_without_its_gate_a_wrong_invitation_is_made(name: str, gate: str) -> None:
    happened = events(name, lambda settings: tuple(one for one in gates(settings) if one.name != gate))
    assert len(prompts(happened)) == 1


@pytest.mark.parametrize("name", EXPECTED)
def test_behind_the_lead_in_nothing_is_put_down_to_learning(name: str) -> None:
    happened = events(name)
    assert Reason.LEARNING not in {decision.reason for decision in after_lead_in(happened)}
    said = {sentence for decision in after_lead_in(happened) for sentence in why_sentences(decision)}
    assert not any("learning" in sentence for sentence in said)


def test_the_invitation_is_short_and_its_why_is_plain() -> None:
    (prompt,) = prompts(events("stress_ramp"))
    assert len(invitation(prompt).split()) <= 12
    why = why_prompt(prompt)
    assert len(why) <= 5
    assert any("not a diagnosis" in sentence for sentence in why)
    assert prompt.hr_bpm > prompt.baseline_hr_bpm
    assert prompt.rmssd_ms < prompt.baseline_rmssd_ms


def test_every_minute_is_counted_once() -> None:
    decisions = [event for event in events("day") if isinstance(event, DecisionMade)]
    minutes = Counter(
        minute for d in decisions for minute in range(d.start_mono_ms, d.start_mono_ms + d.minutes * 60_000, 60_000)
    )
    assert set(minutes.values()) == {1}
    assert sum(decision.minutes for decision in decisions) == 16 * 60 + 1


def test_a_reconnect_is_no_new_wearing() -> None:
    assert sum(isinstance(event, WearingStarted) for event in events("reconnect")) == 1


def test_a_day_of_ordinary_life_holds_few_invitations_and_none_while_moving() -> None:
    happened = events("day")
    assert len(prompts(happened)) <= 2
    states = {event.state for event in happened if isinstance(event, DecisionMade)}
    assert {AutonomicState.CALIBRATING, AutonomicState.STEADY, AutonomicState.NOT_JUDGED} <= states


def test_slow_breathing_raises_no_activation_whatever_its_gate_says() -> None:
    """The most vagal minutes have the highest LF/HF: a detector that read it would call them strain (science D.1)."""
    rows = [(row, row.activation) for row in after_lead_in(events("slow_breathing")) if row.activation is not None]
    breathing = [activation for row, activation in rows if row.reason is Reason.BREATHING]
    before = [activation for row, activation in rows if row.start_mono_ms < LEAD_IN_MS + 5 * 60_000]
    assert len(breathing) >= 10
    assert median(breathing) < median(before)
    assert max(breathing) < 1.0
