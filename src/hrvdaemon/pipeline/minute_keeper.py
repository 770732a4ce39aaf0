"""Minutes and what hangs on them: each closed once, empty ones told as a range, five together summarised.

Minute [m, m+60 s) is closed at m+75 s (law 2). The baseline is computed at 04:00 local, and every half hour while
little is known (law 9), only if something was learned since the last time; the threshold at 04:00 after a day of wear.
"""

from collections.abc import Iterator
from dataclasses import replace

from hrvdaemon.pipeline.agenda import Agenda, Due
from hrvdaemon.pipeline.behaviour import Behaviour
from hrvdaemon.pipeline.motion_minutes import MotionMinutes
from hrvdaemon.pipeline.run_clock import RunClock
from hrvdaemon.pipeline.signal import WINDOW_MS, Signal
from hrvdaemon.regulation.state_machine import Condition
from hrvdaemon.regulation.usual import Usual
from hrvdaemon.vocabulary.events import BaselineComputed, DecisionMade, EpochClosed, Event, Reason, ThresholdComputed
from hrvdaemon.vocabulary.units import HOUR_MS

GRACE_MS = 15_000
"""A beat is final six beats late; a minute is closed this long after its end."""
DAILY_MINUTE = 4 * 60
"""04:00 local."""


class MinuteKeeper:
    """Stands between the signal's open minutes and the judgement of closed ones."""

    def __init__(self, signal: Signal, behaviour: Behaviour, agenda: Agenda) -> None:
        self.motion = MotionMinutes()
        self._signal = signal
        self._behaviour = behaviour
        self._agenda = agenda
        self._last_minute = 0
        self._has_learned = False
        self._was_worn = False

    @property
    def _clock(self) -> RunClock:
        return self._signal.clock

    def begin(self, now_ms: int) -> None:
        """A run or a clock begins: nothing before this minute is told by it."""
        self._last_minute = self._signal.minutes.number(now_ms) - 1

    # -- minutes and fives -------------------------------------------------------------------------------------------

    def expect(self) -> None:
        """Plan to close the first open minute, and the five that it belongs to."""
        if self._agenda.is_set(Due.MINUTE) and self._agenda.is_set(Due.WINDOW):
            return
        minutes = self._signal.minutes
        if numbers := minutes.open_numbers:
            self._agenda.set_if_none(Due.MINUTE, minutes.start_ms(numbers[0] + 1) + GRACE_MS)
            window_start = self._clock.whole(minutes.start_ms(numbers[0]), WINDOW_MS)
            self._agenda.set_if_none(Due.WINDOW, window_start + WINDOW_MS + GRACE_MS)

    def minute_due(self, now_ms: int) -> Iterator[Event]:
        """Close the minute whose grace ends now; without a beat in it the signal is gone."""
        minutes = self._signal.minutes
        number = minutes.number(now_ms - GRACE_MS) - 1
        if number in minutes.open_numbers:
            yield from self._close(number, now_ms, may_ask=True)
            self._agenda.set(Due.MINUTE, minutes.start_ms(number + 2) + GRACE_MS)
        else:
            yield from self._behaviour.meet(Condition.NO_BEATS, now_ms, Reason.NO_DATA)
            self.expect()

    def close_all(self, now_ms: int, *, may_ask: bool) -> Iterator[Event]:
        """Close every open minute before its time: the clock or the run ends here."""
        self._agenda.drop(Due.MINUTE)
        for number in self._signal.minutes.open_numbers:
            yield from self._close(number, now_ms, may_ask=may_ask)
        if self._agenda.is_set(Due.WINDOW):
            yield from self.window_due(now_ms)
        self._agenda.drop(Due.WINDOW)
        yield from self._tell_empty(self._signal.minutes.number(now_ms), now_ms)

    def window_due(self, now_ms: int) -> Iterator[Event]:
        """Summarise the five minutes whose grace ends now."""
        start_ms = self._clock.whole(now_ms - GRACE_MS - 1, WINDOW_MS)
        summary = self._signal.window_summarised(start_ms, self._behaviour.numbers.windows, now_ms)
        if summary is not None:
            self._behaviour.numbers.windows += 1
            yield summary
        self.expect()

    def _close(self, number: int, now_ms: int, *, may_ask: bool) -> Iterator[Event]:
        yield from self._tell_empty(number, now_ms)
        epoch = self._signal.close_minute(number, self._behaviour.numbers.epochs)
        if epoch is None:
            return
        epoch = replace(epoch, motion=self.motion.mean(epoch.start_mono_ms))
        self._behaviour.numbers.epochs += 1
        self._last_minute = number
        yield EpochClosed(mono_ms=now_ms, at=self._clock.wall(now_ms), epoch=epoch)
        warming_up = self._signal.path is None or self._signal.path.is_warming_up
        for event in self._behaviour.minute(epoch, now_ms, is_warming_up=warming_up, may_ask=may_ask):
            yield event
            if isinstance(event, DecisionMade):
                self._lived(now_ms, event)

    def _tell_empty(self, before: int, now_ms: int) -> Iterator[Event]:
        """Minutes without a beat before this one, as one range."""
        empty = before - self._last_minute - 1
        if empty > 0:
            start_ms = self._signal.minutes.start_ms(self._last_minute + 1)
            yield self._behaviour.detector.skip(start_ms, empty, now_ms)
            self._last_minute = before - 1

    # -- what is learned from them -----------------------------------------------------------------------------------

    def baseline_due(self, now_ms: int) -> Iterator[Event]:
        """Compute the usual as of now."""
        self._has_learned = False
        self._agenda.drop(Due.BASELINE)
        yield from self._behaviour.detector.learning.compute_baseline(now_ms)

    def threshold_due(self, now_ms: int) -> Iterator[Event]:
        """Fit the threshold to the last days."""
        self._was_worn = False
        yield from self._behaviour.detector.learning.compute_threshold(now_ms)

    def plan(self, now_ms: int) -> None:
        """The clock or the zone is another: 04:00 is at another moment."""
        self._agenda.drop(Due.BASELINE, Due.THRESHOLD)
        self._expect_baseline(now_ms)
        self._expect_threshold(now_ms)

    def _lived(self, now_ms: int, decision: DecisionMade) -> None:
        if decision.learns:
            self._has_learned = True
            self._expect_baseline(now_ms)
        if decision.epoch is not None:
            self._was_worn = True
            self._expect_threshold(now_ms)

    def _expect_baseline(self, now_ms: int) -> None:
        if not self._has_learned or self._agenda.is_set(Due.BASELINE):
            return
        daily = self._clock.next_local(now_ms, DAILY_MINUTE)
        half_hour = self._clock.whole(now_ms, HOUR_MS // 2) + HOUR_MS // 2
        is_known = self._behaviour.detector.learning.usual.stage >= 2
        self._agenda.set(Due.BASELINE, daily if is_known else min(half_hour, daily))

    def _expect_threshold(self, now_ms: int) -> None:
        if self._was_worn and not self._agenda.is_set(Due.THRESHOLD):
            self._agenda.set(Due.THRESHOLD, self._clock.next_local(now_ms, DAILY_MINUTE))

    # -- memory ------------------------------------------------------------------------------------------------------

    def recall_minute(self, decision: DecisionMade) -> None:
        """A decision of the past. A threshold that was due before it was fitted then, or there was none to fit."""
        if self._agenda.take_of(Due.THRESHOLD, decision.mono_ms):
            self._was_worn = False
        self._behaviour.recall_minute(decision)
        last = self._signal.minutes.number(decision.start_mono_ms) + decision.minutes - 1
        self._last_minute = max(self._last_minute, last)
        self._lived(decision.mono_ms, decision)

    def recall_baseline(self, computed: BaselineComputed) -> None:
        """The usual of the past goes on until the next computation."""
        self._behaviour.detector.learning.usual = Usual.of(computed)
        self._has_learned = False
        self._agenda.drop(Due.BASELINE)

    def recall_threshold(self, computed: ThresholdComputed) -> None:
        """The threshold of the past goes on until the next computation."""
        self._behaviour.detector.learning.theta_on = computed.theta_on
        self._was_worn = False
        self._agenda.drop(Due.THRESHOLD)
