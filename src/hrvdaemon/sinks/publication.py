"""Steps of the pipeline in, MQTT messages out: pure, driven by the run's own clock, so a sped-up run publishes alike.

Nothing is said of a sensor's address or number, of a packet or of a single beat.
"""

from collections.abc import Callable, Iterator
from typing import assert_never

from hrvdaemon import __version__
from hrvdaemon.sinks.facts import CLOCK, Origin, event_payload, kind_of_strap, rounded, session_payload, window_payload
from hrvdaemon.sinks.now import is_judged_now
from hrvdaemon.sinks.payloads import PAYLOADS, EventName, MetaPayload, Payload, StatePayload, schema_name
from hrvdaemon.sinks.topics import EVENT, META, SESSION, STATE, WINDOW, Address, Message, Topic
from hrvdaemon.vocabulary import events as ev
from hrvdaemon.vocabulary import inputs
from hrvdaemon.vocabulary.epochs import Quality
from hrvdaemon.vocabulary.steps import Step
from hrvdaemon.vocabulary.units import Instant, iso

STATE_EVERY_MS = 30_000
WORN_FOR_MS = 30_000

Sentence = Callable[[ev.AutonomicState, ev.Reason | None], str]

ANSWERS: dict[inputs.Answer, EventName] = {
    inputs.Answer.START: "prompt_accepted",
    inputs.Answer.LATER: "prompt_later",
    inputs.Answer.NOT_TODAY: "prompt_dismissed",
}


class Publication:
    """Feed it every step in order. ``first_seq`` continues the count of summaries of earlier runs."""

    def __init__(self, address: Address, sentence: Sentence, *, first_seq: int = 1) -> None:
        self._address = address
        self._sentence = sentence
        self._next_seq = first_seq
        self._zone: str | None = None
        self._offset_ms = 0
        self._due_ms: int | None = None
        self._source: str | None = None
        self._battery: int | None = None
        self._hrv: ev.HrvUpdated | None = None
        self._state: tuple[ev.AutonomicState, ev.Reason | None] | None = None
        self._decision: ev.DecisionMade | None = None

    def feed(self, step: Step) -> list[Message]:
        """Messages of one step, in order. Before ``RunStarted`` there is no wall time, and nothing is said."""
        messages = list(self._heard(step))
        if self._zone is None:
            return []
        for place, event in enumerate(step.events):
            messages.extend(self._concluded(step, place, event))
        messages.extend(self._state_if_due(step.input.mono_ms))
        return messages

    def _heard(self, step: Step) -> Iterator[Message]:
        match step.input:
            case inputs.RunStarted(mono_ms=mono_ms, at=at, zone=zone):
                self._due_ms = mono_ms + STATE_EVERY_MS
                yield from self._anchored(mono_ms, at, zone)
            case inputs.ClockChanged(mono_ms=mono_ms, at=at, zone=zone):
                yield from self._anchored(mono_ms, at, zone)
            case inputs.SensorConnected(name=name):
                self._source = kind_of_strap(name)
            case inputs.BatteryRead(percent=percent):
                self._battery = percent
            case inputs.SensorLost():
                yield from self._strap_lost(step)
            case inputs.PromptAnswered() as answer:
                yield from self._answered(step, answer)
            case (
                inputs.RunEnded() | inputs.SettingsChanged() | inputs.PacketReceived() | inputs.MotionMeasured()
                | inputs.DeliveryReported() | inputs.ExerciseRequested() | inputs.ExerciseStopped()
                | inputs.FeltRated() | inputs.TagSet() | inputs.PauseRequested() | inputs.BaselineEpochStarted()
                | inputs.Tick()
            ):  # fmt: skip
                pass
            case _:
                assert_never(step.input)

    def _concluded(self, step: Step, place: int, event: ev.Event) -> Iterator[Message]:
        match event:
            case ev.HrvUpdated():
                self._hrv = event
            case ev.AutonomicStateChanged(state=state, reason=reason):
                self._state = (state, reason)
            case ev.DecisionMade(state=state, reason=reason):
                self._decision = event
                self._state = (state, reason)
            case ev.WindowSummarised():
                yield from self._window(step, event)
            case ev.PromptIssued():
                yield from self._offered(step, place, event)
            case ev.ExerciseFinished():
                yield from self._finished(step, place, event)
            case (
                ev.PacketRejected() | ev.BeatsClassified() | ev.WearingStarted() | ev.GapDetected()
                | ev.SignalQualityChanged() | ev.EpochClosed() | ev.BaselineComputed() | ev.ExerciseStarted()
                | ev.PhaseStarted() | ev.BiofeedbackUpdated() | ev.BaselineRestarted() | ev.ReferenceDayTaken()
                | ev.DriftReported() | ev.ThresholdComputed() | ev.StandingMeasured()
            ):  # fmt: skip
                pass
            case _:
                assert_never(event)

    def _anchored(self, mono_ms: int, at: Instant, zone: str) -> Iterator[Message]:
        self._offset_ms = at - mono_ms
        if zone != self._zone:
            self._zone = zone
            yield from self._address.message(META, self._meta(zone))

    def _meta(self, zone: str) -> MetaPayload:
        return MetaPayload(
            client=self._address.client,
            version=__version__,
            schemas=tuple(schema_name(payload) for payload in PAYLOADS),
            tz=zone,
            fields=tuple(sorted(self._address.agreed)),
            agreed_on=None if self._address.agreed_on is None else self._address.agreed_on.isoformat(),
        )

    def _window(self, step: Step, event: ev.WindowSummarised) -> Iterator[Message]:
        payload = window_payload(event, self._origin(step), seq=self._next_seq, source=self._source)
        yield from self._counted(WINDOW, payload)

    def _finished(self, step: Step, place: int, event: ev.ExerciseFinished) -> Iterator[Message]:
        yield from self._counted(SESSION, session_payload(event, self._origin(step), seq=self._next_seq))
        payload = event_payload(
            "exercise_done",
            self._origin(step),
            place=f"{step.number}-{place}",
            at=event.at,
            prompt=event.prompt,
            session=event.session,
            exercise=event.exercise,
        )
        yield from self._address.message(EVENT, payload)

    def _answered(self, step: Step, answer: inputs.PromptAnswered) -> Iterator[Message]:
        payload = event_payload(
            ANSWERS[answer.answer],
            self._origin(step),
            place=f"{step.number}-input",
            at=self._at(answer.mono_ms),
            prompt=answer.prompt,
        )
        yield from self._address.message(EVENT, payload)

    def _offered(self, step: Step, place: int, prompt: ev.PromptIssued) -> Iterator[Message]:
        payload = event_payload(
            "prompt_offered",
            self._origin(step),
            place=f"{step.number}-{place}",
            at=prompt.at,
            prompt=prompt.id,
            exercise=prompt.exercise,
        )
        yield from self._address.message(EVENT, payload)

    def _strap_lost(self, step: Step) -> Iterator[Message]:
        self._hrv = None
        at = self._at(step.input.mono_ms)
        payload = event_payload("strap_lost", self._origin(step), place=f"{step.number}-input", at=at)
        yield from self._address.message(EVENT, payload)

    def _counted(self, topic: Topic, payload: Payload) -> Iterator[Message]:
        """A summary: its number is used up only if it is sent."""
        for message in self._address.message(topic, payload):
            self._next_seq += 1
            yield message

    def _origin(self, step: Step) -> Origin:
        return Origin(client=self._address.client, run=step.run, zone=self._zone or "UTC")

    def _at(self, mono_ms: int) -> Instant:
        return Instant(mono_ms + self._offset_ms)

    def _state_if_due(self, mono_ms: int) -> Iterator[Message]:
        if self._due_ms is None or mono_ms < self._due_ms:
            return
        missed = (mono_ms - self._due_ms) // STATE_EVERY_MS
        self._due_ms += (missed + 1) * STATE_EVERY_MS
        yield from self._address.message(STATE, self._latest(mono_ms))

    def _latest(self, mono_ms: int) -> StatePayload:
        fresh = self._hrv if self._hrv is not None and mono_ms - self._hrv.mono_ms <= WORN_FOR_MS else None
        minute = None if fresh is None else fresh.minute
        is_judged = fresh is not None and self._decision is not None and is_judged_now(self._decision, mono_ms)
        return StatePayload(
            client=self._address.client,
            at=iso(self._at(mono_ms)),
            quality=Quality.UNUSABLE if minute is None else minute.quality,
            coverage=0.0 if minute is None else rounded(minute.coverage, 4) or 0.0,
            clock=CLOCK,
            state=None if self._state is None else self._state[0],
            sentence=None if self._state is None else self._sentence(*self._state),
            stage=None if self._decision is None else self._decision.stage,
            worn=fresh is not None and fresh.hr_bpm is not None,
            battery_percent=self._battery,
            mean_hr_bpm=None if minute is None else rounded(minute.mean_hr_bpm, 2),
            rmssd_ms=None if minute is None else rounded(minute.rmssd_ms, 2),
            activation=rounded(self._decision.activation, 3) if self._decision is not None and is_judged else None,
        )
