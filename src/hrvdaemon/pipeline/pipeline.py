"""The pipeline: inputs in order, conclusions out. No await, no clock, no I/O; the same inputs give the same events.

Rules of this file:

- due work runs before the input that makes it due, and its events bear the due time (law 2)
- a run begins with ``RunStarted`` and ends with ``RunEnded``, which flushes what is open
- minutes without beats are told as one range, when beats come again or the run ends
"""

from collections.abc import Iterator
from typing import assert_never

from hrvdaemon.pipeline.agenda import Agenda, Due
from hrvdaemon.pipeline.behaviour import Behaviour
from hrvdaemon.pipeline.detector import Detector, MakeGates
from hrvdaemon.pipeline.history import History
from hrvdaemon.pipeline.minute_keeper import MinuteKeeper
from hrvdaemon.pipeline.numbers import Numbers
from hrvdaemon.pipeline.recall import recall
from hrvdaemon.pipeline.run_clock import RunClock
from hrvdaemon.pipeline.settings import Settings
from hrvdaemon.pipeline.signal import SILENCE_MS, Signal
from hrvdaemon.regulation.gates import gates
from hrvdaemon.regulation.state_machine import Condition
from hrvdaemon.vocabulary.epochs import WindowMetrics
from hrvdaemon.vocabulary.events import AutonomicState, Event, WearingStarted
from hrvdaemon.vocabulary.inputs import (
    BaselineEpochStarted,
    BatteryRead,
    ClockChanged,
    DeliveryReported,
    ExerciseRequested,
    ExerciseStopped,
    FeltRated,
    Input,
    MotionMeasured,
    PacketReceived,
    PauseRequested,
    PromptAnswered,
    RunEnded,
    RunStarted,
    Scalar,
    SensorConnected,
    SensorLost,
    SettingsChanged,
    TagSet,
    Tick,
)
from hrvdaemon.vocabulary.units import MINUTE_MS

HRV_EVERY_MS = 5_000


class Pipeline:
    """``feed`` it inputs in order. With a ``history`` it goes on where that ends, as if it had never stopped."""

    def __init__(self, history: History | None = None, make_gates: MakeGates = gates) -> None:
        self._make_gates = make_gates
        self._started: RunStarted | None = None
        self._now = 0
        self._agenda = Agenda()
        self._flat: dict[str, Scalar] = {}
        if history is not None:
            self._live_again(history)

    def feed(self, given: Input) -> list[Event]:
        """Everything that follows from one input.

        Raises
        ------
        ValueError
            If the first input is not ``RunStarted``.
        BadConfig
            If settings in ``RunStarted`` or ``SettingsChanged`` are unknown or of the wrong type.
        """
        if isinstance(given, RunStarted):
            self._start(given)
            return []
        if self._started is None:
            raise ValueError(f"expected RunStarted as the first input, came {type(given).__name__}")
        events = list(self._due(given.mono_ms))
        self._now = max(self._now, given.mono_ms)
        events.extend(self._take(given))
        return events

    # -- inputs ------------------------------------------------------------------------------------------------------

    def _take(self, given: Input) -> Iterator[Event]:  # noqa: C901, PLR0912  one case an input, none may be forgotten
        now = self._now
        match given:
            case PacketReceived():
                yield from self._packet(given)
            case SensorConnected():
                self._signal.connected(given)
            case SensorLost():
                yield from self._signal.lost(given, now)
                self._minutes.expect()
            case PromptAnswered():
                yield from self._behaviour.answered(given, now)
            case ExerciseRequested():
                yield from self._behaviour.requested(given, now)
            case ExerciseStopped():
                self._behaviour.guiding.stopped(now)
            case FeltRated():
                self._behaviour.guiding.felt(given)
            case TagSet():
                self._detector.tag(given.tag, now)
            case PauseRequested():
                self._detector.wishes.pause(now, given.minutes)
            case SettingsChanged():
                self._configure(given)
            case ClockChanged():
                yield from self._change_clock(given)
            case MotionMeasured():
                self._minutes.motion.add(now, given.motion)
            case BaselineEpochStarted():
                self._detector.learning.start_again()
                yield from self._minutes.baseline_due(now)
            case RunEnded():
                yield from self._flush()
            case RunStarted() | Tick() | BatteryRead() | DeliveryReported():
                return
            case _:
                assert_never(given)

    def _packet(self, packet: PacketReceived) -> Iterator[Event]:
        for event in self._signal.packet(packet, self._now):
            yield event
            if isinstance(event, WearingStarted):
                self._detector.start_wearing(self._now)
                self._minutes.motion.forget()
        if self._signal.heard_ms == self._now:
            yield from self._heard()
        self._minutes.expect()

    def _heard(self) -> Iterator[Event]:
        """Beats came with this packet."""
        self._agenda.set(Due.SILENCE, self._now + SILENCE_MS)
        self._agenda.set_if_none(Due.HRV, self._now - self._now % HRV_EVERY_MS + HRV_EVERY_MS)
        if self._behaviour.state is AutonomicState.NO_SIGNAL:
            yield from self._behaviour.meet(Condition.BEATS, self._now)
        if self._signal.path is not None:
            for event in self._detector.learning.uses(self._signal.path.sensor, self._now):
                yield event
                yield from self._minutes.baseline_due(self._now)

    def _change_clock(self, change: ClockChanged) -> Iterator[Event]:
        """Wall time is something else from here on: what is open closes, and minutes begin anew.

        Another zone alone moves no minute.
        """
        clock = RunClock(self._now, change.at, change.zone)
        if change.at == self._clock.wall(self._now):
            self._use_zone(clock)
        else:
            yield from self._close_everything("clock changed", may_ask=True)
            self._use_clock(clock)

    def _use_clock(self, clock: RunClock) -> None:
        self._signal.start_clock(clock, self._now)
        self._minutes.begin(self._now)
        self._use_zone(clock)

    def _use_zone(self, clock: RunClock) -> None:
        self._clock = self._signal.clock = clock
        self._detector.use_clock(clock)
        self._minutes.plan(self._now)

    def _configure(self, change: SettingsChanged) -> None:
        flat = {**self._flat, **change.settings}
        self._settings = Settings.from_flat(flat)
        self._flat = flat
        self._signal.settings = self._settings
        self._detector.configure(self._settings)

    # -- runs --------------------------------------------------------------------------------------------------------

    def _start(self, started: RunStarted) -> None:
        settings = Settings.from_flat(started.settings)
        clock = RunClock(started.mono_ms, started.at, started.zone)
        if self._started is None:
            self._signal = Signal(settings, clock, started.mono_ms)
            self._detector = Detector(settings, clock, self._make_gates)
            self._behaviour = Behaviour(self._detector, self._agenda, Numbers(started.run), started.seed)
            self._minutes = MinuteKeeper(self._signal, self._behaviour, self._agenda)
        else:
            list(self._flush())  # after a crash; whoever feeds a journal on ends its run with RunEnded first
            self._carry_over(started, clock)
        self._started, self._now = started, started.mono_ms
        self._flat, self._settings = dict(started.settings), settings
        self._detector.configure(settings)
        self._detector.machine.restart()
        self._use_clock(clock)

    def _carry_over(self, started: RunStarted, clock: RunClock) -> None:
        """What holds for a time goes on holding on the new run's clock; of the signal only the last beat is known."""
        same_boot = self._started is not None and self._started.boot_id == started.boot_id
        delta = 0 if same_boot else clock.mono(self._clock.wall(self._now)) - self._now
        self._detector.pass_over((started.mono_ms - self._now - delta) // MINUTE_MS)
        heard = self._signal.heard_ms
        self._signal.settings = Settings.from_flat(started.settings)
        self._signal.start_run(clock, started.mono_ms)
        self._signal.heard_ms = None if heard is None else heard + delta
        self._detector.carry_over(clock, delta, self._now, started.mono_ms)
        self._behaviour.guiding.carry_over(delta, started.mono_ms)
        self._behaviour.numbers, self._behaviour.seed = Numbers(started.run), started.seed

    def _flush(self) -> Iterator[Event]:
        """End of a run: nothing stays open."""
        yield from self._close_everything("run ended", may_ask=False)
        yield from self._behaviour.guiding.finish(self._now, after=None)
        self._agenda.drop(*Due)

    def _close_everything(self, why: str, *, may_ask: bool) -> Iterator[Event]:
        yield from self._signal.interrupt(why, self._now)
        self._agenda.drop(Due.SILENCE, Due.HRV)
        yield from self._minutes.close_all(self._now, may_ask=may_ask)

    # -- what is due -------------------------------------------------------------------------------------------------

    def _due(self, until_ms: int) -> Iterator[Event]:
        while (taken := self._agenda.take(until_ms)) is not None:
            self._now = max(self._now, taken[0])
            yield from self._do(taken[1])

    def _do(self, due: Due) -> Iterator[Event]:  # noqa: C901  one case a kind of due work
        now = self._now
        match due:
            case Due.SILENCE:
                yield from self._signal.interrupt("no intervals", now)
                self._agenda.drop(Due.HRV)
                self._minutes.expect()
            case Due.MINUTE:
                yield from self._minutes.minute_due(now)
            case Due.WINDOW:
                yield from self._minutes.window_due(now)
            case Due.BASELINE:
                yield from self._minutes.baseline_due(now)
            case Due.THRESHOLD:
                yield from self._minutes.threshold_due(now)
            case Due.HRV:
                self._agenda.set(Due.HRV, now + HRV_EVERY_MS)
                yield from self._signal.hrv_updated(now)
            case Due.BEFORE:
                self._behaviour.guiding.read_before(self._metrics)
            case Due.GUIDED_END:
                self._behaviour.guiding.guided_end()
            case Due.PHASE:
                yield from self._behaviour.guiding.phase(now)
            case Due.FEEDBACK:
                path = self._signal.path
                yield from self._behaviour.guiding.feedback(None if path is None else path.recent, now)
            case Due.FINISH:
                yield from self._behaviour.guiding.finish(now, after=self._metrics)
            case _:
                assert_never(due)

    def _metrics(self, start_ms: int, end_ms: int) -> WindowMetrics | None:
        return None if self._signal.path is None else self._signal.path.recent.metrics(start_ms, end_ms)

    # -- memory ------------------------------------------------------------------------------------------------------

    def _live_again(self, history: History) -> None:
        """Be where an uninterrupted run would be at the start of a wearing."""
        for record in history.records:
            match record:
                case RunStarted():
                    self._start(record)
                case RunEnded() | ClockChanged():
                    self._now = max(self._now, record.mono_ms)
                    list(self._take(record))
                case SettingsChanged():
                    self._configure(record)
                case _:
                    self._now = max(self._now, record.mono_ms)
                    recall(record, self._behaviour, self._minutes, self._signal)
        counted = history.counted
        self._behaviour.numbers = Numbers(
            history.started.run, counted.epochs, counted.prompts, counted.sessions, counted.windows
        )
