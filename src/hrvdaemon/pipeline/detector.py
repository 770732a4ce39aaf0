"""Minute epochs to decisions: baseline, activation, gates, evidence, manners, one row of the ledger for each minute."""

from collections.abc import Callable
from dataclasses import dataclass
from math import exp

from hrvdaemon.pipeline.run_clock import RunClock
from hrvdaemon.pipeline.settings import RULES, Settings
from hrvdaemon.regulation.activation import Activation, activation
from hrvdaemon.regulation.baseline import NOTHING_LEARNED, BaselineBook, Usual
from hrvdaemon.regulation.dominance import Evidence, JudgedMinute
from hrvdaemon.regulation.gate import Gate, GateSettings, MinuteSeen
from hrvdaemon.regulation.gates import gates
from hrvdaemon.regulation.prompting import Manners, Wishes, confidence
from hrvdaemon.vocabulary.epochs import Epoch, Quality
from hrvdaemon.vocabulary.events import (
    AutonomicState,
    BaselineComputed,
    Confidence,
    DecisionMade,
    GateVerdict,
    HourUsual,
    Reason,
    Withheld,
)
from hrvdaemon.vocabulary.inputs import Tag
from hrvdaemon.vocabulary.local_time import LocalTime, is_within
from hrvdaemon.vocabulary.units import MINUTE_MS, PromptId

MakeGates = Callable[[GateSettings], tuple[Gate, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What surrounds a minute and is not in it."""

    in_session: bool
    is_warming_up: bool
    is_repeated: bool
    may_ask: bool
    """False while a run is ending: nobody would be there to answer."""
    next_prompt: PromptId


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judgement:
    """A minute on its way to a decision."""

    epoch: Epoch
    when: LocalTime
    end_ms: int
    verdicts: tuple[GateVerdict, ...]
    reason: Reason | None
    usual: HourUsual | None
    activation: Activation | None
    tags: tuple[str, ...]
    is_warming_up: bool


class Detector:
    """Feed it closed minutes in order."""

    def __init__(self, settings: Settings, clock: RunClock, make_gates: MakeGates = gates) -> None:
        self.clock = clock
        self.wishes = Wishes()
        self.usual: Usual = NOTHING_LEARNED
        self._gates = make_gates(settings.gates)
        self.book = BaselineBook(settings.baseline)
        self.evidence = Evidence(settings.dominance)
        self.manners = Manners(settings.prompts)
        self.configure(settings)

    def configure(self, settings: Settings) -> None:
        """Take settings over; what is remembered stays."""
        self._settings = settings
        self.book.settings = settings.baseline
        self.evidence.configure(settings.dominance)
        self.manners.settings = settings.prompts
        for gate in self._gates:
            gate.settings = settings.gates

    def start_clock(self, clock: RunClock, delta_ms: int) -> None:
        """Another run's clock: what holds for a time goes on holding."""
        self.clock = clock
        self.manners.shift(delta_ms)
        self.wishes.shift(delta_ms)
        for gate in self._gates:
            gate.shift(delta_ms)

    def start_wearing(self, mono_ms: int) -> None:
        """The strap was put on."""
        self.manners.worn_since_ms = mono_ms
        for gate in self._gates:
            gate.start_wearing()

    def judge(self, epoch: Epoch, around: Circumstances, now_ms: int) -> DecisionMade:
        """One row of the ledger."""
        minute = self._look(epoch, around)
        self._learn(minute)
        metrics, judged = epoch.metrics, minute.activation
        hr, ln = metrics.mean_hr_bpm or 0.0, metrics.ln_rmssd or 0.0
        self.evidence.add(JudgedMinute(judged, metrics.quality, hr, ln))
        theta, sure = self._settings.dominance.theta(self.usual.stage), self._confidence(minute)
        state, withheld, asks = self._conclude(minute, theta, sure, may_ask=around.may_ask)
        decision = DecisionMade(
            mono_ms=now_ms,
            at=self.clock.wall(now_ms),
            start_at=epoch.start_at,
            start_mono_ms=epoch.start_mono_ms,
            minutes=1,
            epoch=epoch.number,
            state=state,
            reason=minute.reason or (Reason.LEARNING if state is AutonomicState.CALIBRATING else None),
            withheld=withheld,
            gates=minute.verdicts,
            stage=self.usual.stage,
            hr_bpm=metrics.mean_hr_bpm,
            ln_rmssd=metrics.ln_rmssd,
            usual=minute.usual,
            z_hr=None if judged is None else judged.z_hr,
            z_ln_rmssd=None if judged is None else judged.z_ln_rmssd,
            activation=None if judged is None else judged.value,
            theta_on=theta,
            evidence=self.evidence.count(theta),
            is_armed=self.evidence.is_armed and not asks,
            learns=self._learns(minute),
            confidence=sure,
            prompt=around.next_prompt if asks else None,
            rules=RULES,
        )
        if asks:
            self.evidence.is_armed = False
            self.manners.asked(around.next_prompt, now_ms, minute.when.day)
        return decision

    def skip(self, start_ms: int, minutes: int, now_ms: int) -> DecisionMade:
        """Minutes without a beat, as one range."""
        self.pass_over(minutes)
        return DecisionMade(
            mono_ms=now_ms,
            at=self.clock.wall(now_ms),
            start_at=self.clock.wall(start_ms),
            start_mono_ms=start_ms,
            minutes=minutes,
            epoch=None,
            state=AutonomicState.NO_SIGNAL,
            reason=Reason.NO_DATA,
            withheld=None,
            gates=(),
            stage=self.usual.stage,
            hr_bpm=None,
            ln_rmssd=None,
            usual=None,
            z_hr=None,
            z_ln_rmssd=None,
            activation=None,
            theta_on=self._settings.dominance.theta(self.usual.stage),
            evidence=self.evidence.count(self._settings.dominance.theta(self.usual.stage)),
            is_armed=self.evidence.is_armed,
            learns=False,
            confidence=Confidence.LOW,
            prompt=None,
            rules=RULES,
        )

    def pass_over(self, minutes: int) -> None:
        """So many minutes told nothing: no evidence and no change of heart rate reaches across them."""
        self.evidence.skip(minutes)
        if minutes > 0:
            for gate in self._gates:
                gate.skip()

    def compute_baseline(self, now_ms: int) -> BaselineComputed:
        """The usual from now on until the next computation."""
        self.usual = usual = self.book.compute(self.clock.local(now_ms).day)
        at = self.clock.wall(now_ms)
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
        )

    def start_baseline_epoch(self) -> None:
        """Medication or strap changed."""
        self.book.start_again()
        self.usual = NOTHING_LEARNED

    def recall(self, decision: DecisionMade) -> None:
        """Take up a decision from the past: what it taught, and what its gates still hold."""
        when = self.clock.local(self.clock.mono(decision.start_at))
        if decision.epoch is None:
            return
        if decision.learns and decision.hr_bpm is not None and decision.ln_rmssd is not None:
            self.book.learn(when, decision.hr_bpm, decision.ln_rmssd)
        if _may_rest(decision.gates) and decision.hr_bpm is not None:
            self.book.rest(when, decision.hr_bpm)
        self.evidence.is_armed = decision.is_armed
        verdicts = {verdict.gate: verdict for verdict in decision.gates}
        for gate in self._gates:
            if gate.name in verdicts:
                gate.recall(verdicts[gate.name], self.clock.mono)

    def middle(self) -> tuple[float, float]:
        """Median heart rate (bpm) and RMSSD (ms) of the judged minutes of the last ten."""
        hr_bpm, ln_rmssd = self.evidence.middle()
        return hr_bpm, exp(ln_rmssd)

    def tags(self, mono_ms: int) -> tuple[Tag, ...]:
        """Tags that hold now."""
        return tuple(Tag(tag) for tag in self.wishes.tags(mono_ms))

    def _look(self, epoch: Epoch, around: Circumstances) -> _Judgement:
        start_ms, metrics = epoch.start_mono_ms, epoch.metrics
        when, usual = self.clock.local(start_ms), self.usual.at(self.clock.local(start_ms).minute)
        verdicts = tuple(gate.judge(self._seen(epoch, around, when), self.clock.wall) for gate in self._gates)
        failed = (verdict.reason for verdict in verdicts if not verdict.passed)
        reason = None if around.is_warming_up else next(failed, None)
        reason = Reason.CLOCK_REPEATED if around.is_repeated else reason
        judged = None
        if reason is None and usual is not None and not around.is_warming_up:
            judged = activation(metrics.mean_hr_bpm or 0.0, metrics.ln_rmssd or 0.0, usual, self.usual.rho)
        return _Judgement(
            epoch=epoch,
            when=when,
            end_ms=start_ms + MINUTE_MS,
            verdicts=verdicts,
            reason=reason,
            usual=usual,
            activation=judged,
            tags=self.wishes.tags(start_ms),
            is_warming_up=around.is_warming_up,
        )

    def _seen(self, epoch: Epoch, around: Circumstances, when: LocalTime) -> MinuteSeen:
        prompts, start_ms = self._settings.prompts, epoch.start_mono_ms
        tags = self.wishes.tags(start_ms)
        return MinuteSeen(
            epoch=epoch,
            end_ms=start_ms + MINUTE_MS,
            rest_bpm=self.usual.hr_rest_bpm or self.book.hr_rest_bpm(when.day),
            in_session=around.in_session,
            is_paused=self.wishes.is_paused(start_ms),
            is_exercising=Tag.EXERCISING in tags,
            is_quiet=any(
                is_within(self.clock.local(moment).minute, prompts.quiet_from_min, prompts.quiet_to_min)
                for moment in (start_ms, start_ms + MINUTE_MS)
            ),
        )

    def _learns(self, minute: _Judgement) -> bool:
        if minute.reason is not None or minute.is_warming_up or minute.tags:
            return False
        return minute.epoch.metrics.quality is Quality.GOOD and minute.epoch.metrics.ln_rmssd is not None

    def _learn(self, minute: _Judgement) -> None:
        metrics = minute.epoch.metrics
        if metrics.mean_hr_bpm is None:
            return
        if self._learns(minute) and metrics.ln_rmssd is not None:
            self.book.learn(minute.when, metrics.mean_hr_bpm, metrics.ln_rmssd)
        if _may_rest(minute.verdicts):
            self.book.rest(minute.when, metrics.mean_hr_bpm)

    def _confidence(self, minute: _Judgement) -> Confidence:
        return confidence(
            stage=self.usual.stage,
            fair_share=self.evidence.fair_share,
            is_tagged=bool(minute.tags),
            n_eff=None if minute.usual is None else minute.usual.n_eff,
        )

    def _conclude(
        self, minute: _Judgement, theta: float, sure: Confidence, *, may_ask: bool
    ) -> tuple[AutonomicState, Withheld | None, bool]:
        """State, why no invitation although it is due, and whether one is issued."""
        if minute.reason is not None:
            return AutonomicState.NOT_JUDGED, None, False
        if minute.activation is None:
            return AutonomicState.WARMING_UP if minute.is_warming_up else AutonomicState.CALIBRATING, None, False
        state, withheld, asks = self.evidence.state(theta), None, False
        if self.evidence.triggers(theta):
            withheld = self.manners.withheld(minute.end_ms, minute.when.day, self.usual.stage, sure)
            withheld = withheld or (None if self.evidence.is_armed else Withheld.NOT_DOWN)
            asks = may_ask and withheld is None
        return AutonomicState.COOLDOWN if self.manners.is_cooling_down(minute.end_ms) else state, withheld, asks


def _may_rest(verdicts: tuple[GateVerdict, ...]) -> bool:
    """Usable and awake: the signal is clean, and it is not the quiet time."""
    ruled_out = {Reason.QUALITY, Reason.RHYTHM, Reason.QUIET}
    return bool(verdicts) and not any(verdict.reason in ruled_out for verdict in verdicts)
