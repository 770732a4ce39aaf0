"""What the pipeline learns about its wearer: the usual, the reference, the threshold, which straps taught it (law 9).

Minutes go in as they are judged; what follows from them is worked out when it is due, told as events, and holds until
the next time.
"""

from collections.abc import Iterator

from hrvdaemon.pipeline.run_clock import RunClock
from hrvdaemon.pipeline.settings import Settings
from hrvdaemon.regulation.baseline import BaselineBook
from hrvdaemon.regulation.ledger_columns import Ledger
from hrvdaemon.regulation.personal_threshold import DAYS, personal_threshold
from hrvdaemon.regulation.reference import Reference, ReferenceDay
from hrvdaemon.regulation.usual import NOTHING_LEARNED, Usual
from hrvdaemon.vocabulary.decisions import DecisionMade, GateVerdict, Reason
from hrvdaemon.vocabulary.learning import (
    BaselineComputed,
    BaselineRestarted,
    DriftReported,
    ReferenceDayTaken,
    ThresholdComputed,
)
from hrvdaemon.vocabulary.local_time import LocalTime
from hrvdaemon.vocabulary.units import SensorId


class Learning:
    """``take`` each row of the ledger; ask for what is due."""

    def __init__(self, settings: Settings, clock: RunClock) -> None:
        self.clock = clock
        self.usual: Usual = NOTHING_LEARNED
        self.ledger = Ledger()
        self.theta_on: float | None = None
        self._book = BaselineBook(settings.baseline)
        self._reference = Reference(settings.baseline)
        self._straps: set[SensorId] = set()
        self.configure(settings)

    def configure(self, settings: Settings) -> None:
        """Take settings over; what was learned stays."""
        self._settings = settings
        self._book.settings = self._reference.settings = settings.baseline

    # -- minutes -----------------------------------------------------------------------------------------------------

    def take(self, decision: DecisionMade) -> None:
        """Learn from a row of the ledger, made now or remembered."""
        self.ledger.append(decision)
        if decision.hr_bpm is None:
            return
        when = LocalTime(decision.local_day, decision.local_minute)
        if decision.learns and decision.ln_rmssd is not None:
            self._book.learn(when, decision.hr_bpm, decision.ln_rmssd)
        if _may_rest(decision.gates):
            self._book.rest(when, decision.hr_bpm)
            if (motion := _sedentary_motion(decision.gates)) is not None:
                self._book.moved(when, motion)

    def rest_bpm(self, day: int) -> float | None:
        """Heart rate at rest as last worked out; before the first time by the minutes so far."""
        return self.usual.hr_rest_bpm or self._book.hr_rest_bpm(day)

    def theta(self) -> float:
        """The threshold of now."""
        return self._settings.dominance.theta(self.usual.stage, self.theta_on)

    # -- what is due -------------------------------------------------------------------------------------------------

    def compute_baseline(self, now_ms: int) -> Iterator[BaselineComputed | ReferenceDayTaken | DriftReported]:
        """The usual from now on; reference days that are over, and the week's drift."""
        today = self.clock.local(now_ms).day
        self.usual = self._book.compute(today)
        yield self._computed(now_ms)
        at = self.clock.wall(now_ms)
        for day in self._reference.take(self._book.learned_by_day(), today):
            yield ReferenceDayTaken(
                mono_ms=now_ms, at=at, day=day.day, minutes=day.minutes, hr_bpm=day.hr_bpm, ln_rmssd=day.ln_rmssd
            )
        drift = self._reference.drift(self.usual, today)
        if drift is not None:
            yield DriftReported(
                mono_ms=now_ms,
                at=at,
                cutoff_at=at,
                day=today,
                reference_hr_bpm=drift.reference_hr_bpm,
                reference_ln_rmssd=drift.reference_ln_rmssd,
                hr_bpm=drift.hr_bpm,
                ln_rmssd=drift.ln_rmssd,
            )

    def compute_threshold(self, now_ms: int) -> Iterator[ThresholdComputed]:
        """The personal threshold from now on; before stage 3 there is none."""
        settings = self._settings
        today = self.clock.local(now_ms).day
        self.ledger.keep_days(today - DAYS, today + 1)
        if self.usual.stage < 3 or not settings.dominance.theta_is_personal:
            return
        fitted = personal_threshold(self.ledger.columns(), settings.dominance, settings.prompts, settings.gates)
        previous, self.theta_on = self.theta(), fitted.theta_on
        at = self.clock.wall(now_ms)
        yield ThresholdComputed(
            mono_ms=now_ms,
            at=at,
            cutoff_at=at,
            theta_on=fitted.theta_on,
            previous=previous,
            days=DAYS,
            days_worn=fitted.days_worn,
            worn_minutes=fitted.worn_minutes,
            allowed=fitted.allowed,
            prompts=fitted.prompts,
            would_prompt=fitted.would_prompt,
            wish=settings.prompts.frequency,
        )

    # -- a new baseline epoch ----------------------------------------------------------------------------------------

    def start_again(self) -> None:
        """Medication or strap changed: what was learned no longer describes this wearer."""
        self._book.start_again()
        self._reference.start_again()
        self.usual = NOTHING_LEARNED
        self.theta_on = None

    def uses(self, strap: SensorId, now_ms: int) -> Iterator[BaselineRestarted]:
        """A strap is used from now on; the first time that another one than those that taught is, all begins anew."""
        if strap in self._straps:
            return
        is_first = not self._straps
        self._straps.add(strap)
        if not is_first:
            self.start_again()
            yield BaselineRestarted(mono_ms=now_ms, at=self.clock.wall(now_ms), sensor=strap)

    # -- memory ------------------------------------------------------------------------------------------------------

    def recall_strap(self, strap: SensorId) -> None:
        """A strap that taught."""
        self._straps.add(strap)

    def recall_restart(self, restarted: BaselineRestarted) -> None:
        """All began anew with this strap."""
        self._straps.add(restarted.sensor)
        self.start_again()

    def recall_reference(self, day: ReferenceDayTaken) -> None:
        """A day of the reference."""
        self._reference.recall(ReferenceDay(day=day.day, minutes=day.minutes, hr_bpm=day.hr_bpm, ln_rmssd=day.ln_rmssd))

    def recall_drift(self, drift: DriftReported) -> None:
        """The drift of that week was told."""
        self._reference.told(drift.day)

    def _computed(self, now_ms: int) -> BaselineComputed:
        usual, at = self.usual, self.clock.wall(now_ms)
        return BaselineComputed(
            mono_ms=now_ms,
            at=at,
            cutoff_at=at,
            stage=usual.stage,
            eligible_minutes=usual.minutes,
            days=usual.days,
            hours=usual.hours,
            rho=usual.rho,
            hr_rest_bpm=usual.hr_rest_bpm,
            all_day=usual.all_day,
            ln_at_zero=usual.ln_at_zero,
            ln_per_bpm=usual.ln_per_bpm,
            motion_limit=usual.motion_limit,
        )


def _may_rest(verdicts: tuple[GateVerdict, ...]) -> bool:
    """Usable and awake: the signal is clean, and it is not the quiet time."""
    ruled_out = {Reason.QUALITY, Reason.RHYTHM, Reason.QUIET}
    return bool(verdicts) and not any(verdict.reason in ruled_out for verdict in verdicts)


def _sedentary_motion(verdicts: tuple[GateVerdict, ...]) -> float | None:
    """Movement of a minute whose heart rate was at most that of very light activity; None otherwise."""
    by_name = {verdict.gate: verdict for verdict in verdicts}
    activity, motion = by_name.get("activity"), by_name.get("motion")
    if activity is None or motion is None or activity.value is None or activity.limit is None:
        return None
    return motion.value if activity.value <= activity.limit else None
