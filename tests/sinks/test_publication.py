"""Steps in, messages out."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from hrvdaemon.sinks.payloads import AGREEABLE, DEFAULT_FIELDS
from hrvdaemon.sinks.publication import Publication
from hrvdaemon.sinks.topics import Address, Message
from hrvdaemon.vocabulary import events as ev
from hrvdaemon.vocabulary import inputs
from hrvdaemon.vocabulary.epochs import Quality, WindowMetrics
from hrvdaemon.vocabulary.units import Instant, PromptId, SensorId, SessionId, instant

BEGIN = instant("2026-11-22T14:00:00Z")
STRAP = SensorId("A0:9E:1A:12:34:56")
Window = Callable[..., WindowMetrics]


def sentence(state: ev.AutonomicState, reason: ev.Reason | None) -> str:
    return f"{state} {reason}"


def publication(fields: frozenset[str] = AGREEABLE, first_seq: int = 1) -> Publication:
    address = Address(practice="home", client="k7f2", agreed=fields, agreed_on=date(2026, 11, 1))
    return Publication(address, sentence, first_seq=first_seq)


def tick(seconds: float) -> inputs.Tick:
    return inputs.Tick(mono_ms=round(seconds * 1000))


def said(messages: list[Message], leaf: str) -> list[dict[str, Any]]:
    return [json.loads(m.payload) for m in messages if m.topic == f"hrvd/v1/home/k7f2/{leaf}"]


def hrv(mono_ms: int, minute: WindowMetrics, hr_bpm: float | None = 68.0) -> ev.HrvUpdated:
    return ev.HrvUpdated(
        mono_ms=mono_ms, at=Instant(BEGIN + mono_ms), hr_bpm=hr_bpm, minute=minute, five_minutes=minute
    )


def summary(number: int, metrics: WindowMetrics) -> ev.WindowSummarised:
    at = Instant(BEGIN + 300_000)
    return ev.WindowSummarised(mono_ms=300_000, at=at, number=number, start_at=BEGIN, metrics=metrics)


def finished(outcome: ev.Outcome) -> ev.ExerciseFinished:
    return ev.ExerciseFinished(
        mono_ms=600_000,
        at=Instant(BEGIN + 600_000),
        session=SessionId("run1-session-1"),
        exercise="paced_breathing",
        prompt=PromptId("p1"),
        started_at=Instant(BEGIN + 300_000),
        ended_at=Instant(BEGIN + 420_000),
        outcome=outcome,
    )


def outcome(before: WindowMetrics | None, after: WindowMetrics | None) -> ev.Outcome:
    return ev.Outcome(
        completed=True,
        before=before,
        after=after,
        delta_hr_bpm=-3.0,
        delta_ln_rmssd=0.25,
        smallest_detectable=0.2,
        is_clear=True,
        swing_bpm=6.5,
        tension_before=7,
        tension_after=4,
    )


def prompt() -> ev.PromptIssued:
    return ev.PromptIssued(
        mono_ms=60_000,
        at=Instant(BEGIN + 60_000),
        id=PromptId("p1"),
        activation=2.1,
        minutes=9,
        hr_bpm=88.0,
        rmssd_ms=18.0,
        baseline_hr_bpm=70.0,
        baseline_rmssd_ms=32.0,
        exercise="paced_breathing",
        confidence=ev.Confidence.HIGH,
        is_learning=False,
        tags=(),
    )


def test_a_run_begins_with_meta(steps: Any) -> None:
    [message] = publication(frozenset(("rmssd_ms", "state"))).feed(steps.begin())
    assert (message.topic, message.retain, message.schema) == ("hrvd/v1/home/k7f2/meta", True, "hrvd.meta/1")
    meta = json.loads(message.payload)
    assert meta["tz"] == "Europe/Berlin"
    assert meta["fields"] == ["rmssd_ms", "state"]
    assert meta["agreed_on"] == "2026-11-01"


def test_before_a_run_begins_nothing_is_said(steps: Any, window: Window) -> None:
    assert publication().feed(steps.step(tick(1), summary(1, window()))) == []


def test_a_new_time_zone_is_a_new_meta_and_a_set_clock_alone_is_none(steps: Any) -> None:
    it = publication()
    it.feed(steps.begin())
    assert it.feed(steps.step(inputs.ClockChanged(mono_ms=1000, at=BEGIN, zone="Europe/Berlin"))) == []
    moved = it.feed(steps.step(inputs.ClockChanged(mono_ms=2000, at=BEGIN, zone="Asia/Tokyo")))
    assert said(moved, "meta")[0]["tz"] == "Asia/Tokyo"


def test_the_state_comes_every_thirty_seconds_of_the_runs_time(steps: Any) -> None:
    it = publication()
    it.feed(steps.begin())
    at = [state["at"][11:19] for second in range(1, 121) for state in said(it.feed(steps.step(tick(second))), "state")]
    assert at == ["14:00:30", "14:01:00", "14:01:30", "14:02:00"]


def test_after_a_leap_one_state_comes_and_not_all_that_were_missed(steps: Any) -> None:
    it = publication()
    it.feed(steps.begin())
    assert len(said(it.feed(steps.step(tick(3605))), "state")) == 1
    assert said(it.feed(steps.step(tick(3629))), "state") == []
    assert len(said(it.feed(steps.step(tick(3630))), "state")) == 1


def test_the_state_says_what_is_known(steps: Any, window: Window) -> None:
    it = publication()
    it.feed(steps.begin())
    it.feed(steps.step(inputs.BatteryRead(mono_ms=1, sensor=STRAP, percent=80)))
    changed = ev.AutonomicStateChanged(
        mono_ms=2,
        at=BEGIN,
        state=ev.AutonomicState.NOT_JUDGED,
        previous=ev.AutonomicState.STEADY,
        reason=ev.Reason.MOVING,
    )
    [message] = it.feed(steps.step(tick(30), changed, hrv(29_000, window(mean_hr_bpm=68.123, rmssd_ms=31.456))))
    assert (message.retain, message.expiry_s, message.schema) == (True, 3600, "hrvd.state/1")
    assert json.loads(message.payload) == {
        "schema": "hrvd.state/1",
        "client": "k7f2",
        "at": "2026-11-22T14:00:30.000Z",
        "quality": "good",
        "coverage": 0.991,
        "clock": "unknown",
        "state": "not_judged",
        "sentence": "not_judged moving",
        "stage": None,
        "worn": True,
        "battery_percent": 80,
        "mean_hr_bpm": 68.12,
        "rmssd_ms": 31.46,
        "activation": None,
    }


def test_old_numbers_are_not_the_state(steps: Any, window: Window) -> None:
    it = publication()
    it.feed(steps.begin())
    it.feed(steps.step(tick(1), hrv(1000, window())))
    [state] = said(it.feed(steps.step(tick(60))), "state")
    assert (state["worn"], state["mean_hr_bpm"], state["rmssd_ms"]) == (False, None, None)
    assert (state["quality"], state["coverage"]) == ("unusable", 0.0)


def decided(mono_ms: int) -> ev.DecisionMade:
    return ev.DecisionMade(
        mono_ms=mono_ms, at=Instant(BEGIN + mono_ms), start_at=BEGIN, start_mono_ms=0, minutes=1, epoch=0,
        state=ev.AutonomicState.STEADY, reason=None, withheld=None, gates=(), stage=2, hr_bpm=70.0, ln_rmssd=3.4,
        usual=None, z_hr=1.0, z_ln_rmssd=-1.0, activation=1.23456, theta_on=1.75, evidence=0, is_armed=True, learns=True,
        confidence=ev.Confidence.HIGH, prompt=None, rules="x",
    )  # fmt: skip


def test_activation_is_that_of_a_minute_not_long_ago_and_of_a_signal_that_is_there(steps: Any, window: Window) -> None:
    it = publication()
    it.feed(steps.begin())

    def told(second: int, *concluded: ev.Event) -> Any:
        [state] = said(it.feed(steps.step(tick(second), *concluded)), "state")
        return state["activation"]

    assert told(90, decided(75_000), hrv(89_000, window())) == 1.235
    assert told(180, hrv(179_000, window())) == 1.235
    assert told(210, hrv(209_000, window())) is None, "beats come, and no minute was judged for two minutes"
    assert told(240, decided(225_000)) is None, "judged just now, and no beats any more"


def test_a_lost_strap_is_an_event_and_its_numbers_are_gone(steps: Any, window: Window) -> None:
    it = publication()
    it.feed(steps.begin())
    it.feed(steps.step(tick(28), hrv(28_000, window())))
    lost = it.feed(steps.step(inputs.SensorLost(mono_ms=29_000, sensor=STRAP, reason=f"{STRAP} out of range")))
    assert said(lost, "event")[0]["event"] == "strap_lost"
    [state] = said(it.feed(steps.step(tick(30))), "state")
    assert (state["worn"], state["mean_hr_bpm"]) == (False, None)


def test_a_window_is_a_fact_with_the_runs_id(steps: Any, window: Window) -> None:
    it = publication(first_seq=41)
    it.feed(steps.begin())
    it.feed(steps.step(inputs.SensorConnected(mono_ms=1, sensor=STRAP, name="Polar H10 A1B2C3D4")))
    messages = it.feed(steps.step(tick(315), summary(7, window())))
    [message] = [m for m in messages if m.topic.endswith("/summary/window")]
    assert (message.retain, message.expiry_s, message.schema) == (False, None, "hrvd.window/1")
    [fact] = said(messages, "summary/window")
    assert fact.pop("algo").endswith("/lipponen-tarvainen")
    assert fact == {
        "schema": "hrvd.window/1",
        "id": "run1-window-7",
        "seq": 41,
        "client": "k7f2",
        "start": "2026-11-22T14:00:00.000Z",
        "end": "2026-11-22T14:05:00.000Z",
        "tz": "Europe/Berlin",
        "clock": "unknown",
        "n_beats": 341,
        "artefact_share": 0.012,
        "coverage": 0.991,
        "mean_hr_bpm": 68.2,
        "rmssd_ms": 31.4,
        "sdnn_ms": 42.1,
        "ln_rmssd": 3.4468,
        "quality": "good",
        "source": "polar-h10",
    }


def test_seq_counts_summaries_of_every_kind_without_a_hole(steps: Any, window: Window) -> None:
    it = publication()
    it.feed(steps.begin())
    messages = it.feed(steps.step(tick(1), summary(1, window()), finished(outcome(None, None)), summary(2, window())))
    kinds = [(m.topic.rsplit("/", 1)[-1], json.loads(m.payload).get("seq")) for m in messages]
    assert kinds == [("window", 1), ("session", 2), ("event", None), ("window", 3)]


def test_a_summary_that_may_not_leave_uses_no_number(steps: Any, window: Window) -> None:
    it = publication(frozenset(("exercise",)))
    it.feed(steps.begin())
    messages = it.feed(steps.step(tick(1), summary(1, window()), finished(outcome(None, None))))
    assert said(messages, "summary/window") == []
    assert said(messages, "summary/session")[0]["seq"] == 1


def test_a_session_tells_before_after_and_the_change(steps: Any, window: Window) -> None:
    it = publication()
    it.feed(steps.begin())
    before = window(window_s=120.0, mean_hr_bpm=80.0, rmssd_ms=20.0, coverage=0.95, quality=Quality.FAIR)
    after = window(window_s=120.0, mean_hr_bpm=77.0, rmssd_ms=25.68, coverage=0.99)
    messages = it.feed(steps.step(tick(600), finished(outcome(before, after))))
    [fact] = said(messages, "summary/session")
    assert fact["id"] == "run1-session-1"
    assert (fact["start"], fact["end"]) == ("2026-11-22T14:05:00.000Z", "2026-11-22T14:07:00.000Z")
    assert (fact["quality"], fact["coverage"]) == ("fair", 0.95)
    assert (fact["mean_hr_before_bpm"], fact["mean_hr_after_bpm"], fact["delta_hr_bpm"]) == (80.0, 77.0, -3.0)
    assert (fact["rmssd_before_ms"], fact["rmssd_after_ms"], fact["delta_ln_rmssd"]) == (20.0, 25.68, 0.25)
    assert (fact["is_clear"], fact["completed"], fact["prompt"]) == (True, True, "p1")
    [event] = said(messages, "event")
    assert (event["event"], event["session"], event["exercise"]) == (
        "exercise_done",
        "run1-session-1",
        "paced_breathing",
    )


def test_a_session_without_a_measurement_says_null(steps: Any) -> None:
    it = publication()
    it.feed(steps.begin())
    [fact] = said(it.feed(steps.step(tick(600), finished(outcome(None, None)))), "summary/session")
    assert (fact["quality"], fact["coverage"], fact["mean_hr_before_bpm"]) == (None, None, None)


def test_felt_tension_stays_here_by_default(steps: Any, window: Window) -> None:
    it = publication(DEFAULT_FIELDS)
    it.feed(steps.begin())
    [fact] = said(it.feed(steps.step(tick(600), finished(outcome(window(), window())))), "summary/session")
    assert "tension_before" not in fact
    assert "tension_after" not in fact


@pytest.mark.parametrize(
    ("answer", "event"),
    [
        (inputs.Answer.START, "prompt_accepted"),
        (inputs.Answer.LATER, "prompt_later"),
        (inputs.Answer.NOT_TODAY, "prompt_dismissed"),
    ],
)
def test_an_invitation_and_its_answer_are_events(steps: Any, answer: inputs.Answer, event: str) -> None:
    it = publication()
    it.feed(steps.begin())
    [offered] = said(it.feed(steps.step(tick(10), prompt())), "event")
    assert (offered["event"], offered["prompt"], offered["at"]) == ("prompt_offered", "p1", "2026-11-22T14:01:00.000Z")
    given = inputs.PromptAnswered(mono_ms=12_500, prompt=PromptId("p1"), answer=answer)
    [answered] = said(it.feed(steps.step(given)), "event")
    assert (answered["event"], answered["prompt"], answered["at"]) == (event, "p1", "2026-11-22T14:00:12.500Z")


def test_events_are_not_retained_and_no_two_share_an_id(steps: Any) -> None:
    it = publication()
    it.feed(steps.begin())
    given = inputs.PromptAnswered(mono_ms=1, prompt=PromptId("p0"), answer=inputs.Answer.LATER)
    messages = it.feed(steps.step(given, prompt(), finished(outcome(None, None))))
    events = [m for m in messages if m.topic.endswith("/event")]
    assert not any(m.retain for m in events)
    assert len({json.loads(m.payload)["id"] for m in events}) == len(events) == 3


def test_feeding_again_gives_the_same_messages(steps: Any, window: Window) -> None:
    steps.begin()
    steps.step(tick(31), hrv(30_000, window()), summary(1, window()), prompt(), finished(outcome(window(), window())))
    steps.step(inputs.SensorLost(mono_ms=61_000, sensor=STRAP, reason="gone"))
    first, second = publication(), publication()
    assert [first.feed(step) for step in steps.steps] == [second.feed(step) for step in steps.steps]


def test_neither_address_nor_number_of_the_strap_is_ever_said(steps: Any, window: Window) -> None:
    it = publication()
    steps.begin()
    steps.step(inputs.SensorConnected(mono_ms=1, sensor=STRAP, name="Polar H10 A1B2C3D4"))
    steps.step(tick(31), summary(1, window()))
    steps.step(inputs.SensorLost(mono_ms=61_000, sensor=STRAP, reason=f"{STRAP} A1B2C3D4"))
    text = "".join(message.payload for step in steps.steps for message in it.feed(step)).lower()
    assert "a1b2c3d4" not in text
    assert STRAP.lower() not in text


def test_without_agreement_the_retained_state_is_cleared(steps: Any) -> None:
    it = publication(frozenset(("sdnn_ms",)))
    it.feed(steps.begin())
    [message] = it.feed(steps.step(tick(30)))
    assert (message.topic, message.payload, message.retain) == ("hrvd/v1/home/k7f2/state", "", True)
    assert (message.schema, message.expiry_s) == (None, None)
