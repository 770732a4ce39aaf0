"""Minutes and what hangs on them: each closed once, empty ones told as a range, five together summarised.

Minute [m, m+60 s) is closed at m+75 s (law 2). The baseline is computed at 04:00 local, and every half hour while
little is known (law 9), only if something was learned since the last time.
"""

from collections.abc import Iterator

from hrvdaemon.pipeline.agenda import Agenda, Due
from hrvdaemon.pipeline.behaviour import Behaviour
from hrvdaemon.pipeline.run_clock import RunClock
from hrvdaemon.pipeline.signal import WINDOW_MS, Signal
from hrvdaemon.regulation.baseline import Usual
from hrvdaemon.vocabulary.events import (
    AutonomicState,
    BaselineComputed,
    DecisionMade,
    EpochClosed,
    Event,
    Reason,
)
from hrvdaemon.vocabulary.units import HOUR_MS

GRACE_MS = 15_000
"""A beat is final six beats late; a minute is closed this long after its end."""
BASELINE_MINUTE = 4 * 60
"""04:00 local."""


class MinuteKeeper:
    """Stands between the signal's open minutes and the judgement of closed ones."""

    def __init__(self, signal: Signal, behaviour: Behaviour, agenda: Agenda) -> None:
        self._signal = signal
        self._behaviour = behaviour
        self._agenda = agenda
        self._last_minute = 0
        self._has_learned = False

    @property
    def _clock(self) -> RunClock:
        return self._signal.clock

    def begin(self, now_ms: int) -> None:
        """A run or a clock begins: nothing before this minute is told by it."""
        self._last_minute = self._signal.minutes.number(now_ms) - 1

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
            yield from self._behaviour.enter(AutonomicState.NO_SIGNAL, Reason.NO_DATA, now_ms)
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

    def baseline_due(self, now_ms: int) -> BaselineComputed:
        """Compute the usual as of now."""
        self._has_learned = False
        return self._behaviour.detector.compute_baseline(now_ms)

    def plan_baseline(self, now_ms: int) -> None:
        """The clock or the zone is another: 04:00 is at another moment."""
        self._agenda.drop(Due.BASELINE)
        self._expect_baseline(now_ms)

    def recall_minute(self, decision: DecisionMade, moment_ms: int, now_ms: int) -> None:
        """A decision of the past; its moment is on this run's clock."""
        self._behaviour.recall_minute(decision)
        start_ms = moment_ms - (decision.mono_ms - decision.start_mono_ms)
        last = self._signal.minutes.number(start_ms) + decision.minutes - 1
        self._last_minute = max(self._last_minute, last)
        self._learned(now_ms, decision)

    def recall_baseline(self, computed: BaselineComputed) -> None:
        """The usual of the past goes on until the next computation."""
        self._behaviour.detector.usual = Usual(
            stage=computed.stage,
            minutes=computed.eligible_minutes,
            days=computed.days,
            hours=computed.hours,
            rho=computed.rho,
            hr_rest_bpm=computed.hr_rest_bpm,
        )
        self._has_learned = False
        self._agenda.drop(Due.BASELINE)

    def _close(self, number: int, now_ms: int, *, may_ask: bool) -> Iterator[Event]:
        yield from self._tell_empty(number, now_ms)
        epoch = self._signal.close_minute(number, self._behaviour.numbers.epochs)
        if epoch is None:
            return
        self._behaviour.numbers.epochs += 1
        self._last_minute = number
        yield EpochClosed(mono_ms=now_ms, at=self._clock.wall(now_ms), epoch=epoch)
        warming_up = self._signal.path is None or self._signal.path.is_warming_up
        for event in self._behaviour.minute(epoch, now_ms, is_warming_up=warming_up, may_ask=may_ask):
            yield event
            if isinstance(event, DecisionMade):
                self._learned(now_ms, event)

    def _tell_empty(self, before: int, now_ms: int) -> Iterator[Event]:
        """Minutes without a beat before this one, as one range."""
        empty = before - self._last_minute - 1
        if empty > 0:
            start_ms = self._signal.minutes.start_ms(self._last_minute + 1)
            yield self._behaviour.detector.skip(start_ms, empty, now_ms)
            self._last_minute = before - 1

    def _learned(self, now_ms: int, decision: DecisionMade) -> None:
        if decision.learns:
            self._has_learned = True
            self._expect_baseline(now_ms)

    def _expect_baseline(self, now_ms: int) -> None:
        if not self._has_learned:
            return
        daily = self._clock.next_local(now_ms, BASELINE_MINUTE)
        half_hour = self._clock.whole(now_ms, HOUR_MS // 2) + HOUR_MS // 2
        is_known = self._behaviour.detector.usual.stage >= 2
        self._agenda.set_if_none(Due.BASELINE, daily if is_known else min(half_hour, daily))
