"""Minute epochs to decisions: gates, activation, evidence, state, manners, one row of the ledger for each minute."""

from collections.abc import Callable
from math import exp

from hrvdaemon.pipeline.judgement import Circumstances, Conclusion, Judgement, empty_row, row
from hrvdaemon.pipeline.learning import Learning
from hrvdaemon.pipeline.run_clock import RunClock
from hrvdaemon.pipeline.settings import Settings
from hrvdaemon.regulation.activation import activation
from hrvdaemon.regulation.dominance import Evidence, JudgedMinute
from hrvdaemon.regulation.gate import Gate, GateSettings, MinuteSeen
from hrvdaemon.regulation.gates import gates, verdicts
from hrvdaemon.regulation.prompting import Manners, confidence
from hrvdaemon.regulation.state_machine import Condition, StateMachine
from hrvdaemon.regulation.step_hold import StandingSignature, StepHoldGate
from hrvdaemon.regulation.wishes import Wishes
from hrvdaemon.vocabulary.decisions import AutonomicState, Confidence, DecisionMade, HourUsual, Withheld
from hrvdaemon.vocabulary.epochs import Epoch
from hrvdaemon.vocabulary.inputs import Answer, Tag
from hrvdaemon.vocabulary.local_time import LocalTime, is_within
from hrvdaemon.vocabulary.units import MINUTE_MS, PromptId

MakeGates = Callable[[GateSettings], tuple[Gate, ...]]


class Detector:
    """Feed it closed minutes in order."""

    def __init__(self, settings: Settings, clock: RunClock, make_gates: MakeGates = gates) -> None:
        self.clock = clock
        self.learning = Learning(settings, clock)
        self.wishes = Wishes()
        self.machine = StateMachine()
        self.evidence = Evidence(settings.dominance)
        self.manners = Manners(settings.prompts)
        self._signature: StandingSignature | None = None
        self._gates = make_gates(settings.gates)
        self.configure(settings)

    def configure(self, settings: Settings) -> None:
        """Take settings over; what is remembered stays."""
        self._settings = settings
        self.learning.configure(settings)
        self.evidence.configure(settings.dominance)
        self.manners.settings = settings.prompts
        for gate in self._gates:
            gate.settings = settings.gates

    def use_clock(self, clock: RunClock) -> None:
        """The wall was set, or the zone is another: what holds for a time goes on by the run's own clock."""
        self.clock = self.learning.clock = clock

    def carry_over(self, clock: RunClock, delta_ms: int, ended_ms: int, started_ms: int) -> None:
        """Another run's clock: what holds for a time goes on holding, never longer than it had left."""
        self.use_clock(clock)
        self.manners.carry_over(delta_ms, started_ms)
        self.wishes.carry_over(delta_ms, ended_ms, started_ms)
        for gate in self._gates:
            gate.carry_over(delta_ms, ended_ms, started_ms)

    def start_wearing(self, mono_ms: int) -> None:
        """The strap was put on."""
        self.manners.worn_since_ms = mono_ms
        for gate in self._gates:
            gate.start_wearing()

    def knows_standing(self, signature: StandingSignature) -> None:
        """What standing does to this wearer was measured."""
        self._signature = signature
        for gate in self._gates:
            if isinstance(gate, StepHoldGate):
                gate.signature = signature

    def tag(self, tag: Tag, mono_ms: int) -> None:
        """The wearer said what goes on, or how it is."""
        self.wishes.tag(tag, mono_ms, self.clock.next_local(mono_ms, 0))

    def answer(self, prompt: PromptId, answer: Answer, mono_ms: int) -> bool:
        """Take an answer; False if there is no such open invitation."""
        taken = self.manners.answer(prompt, answer, mono_ms, self.clock.local(mono_ms).day)
        if taken:
            self.learning.ledger.answer(prompt, answer)
        return taken

    # -- minutes -----------------------------------------------------------------------------------------------------

    def judge(self, epoch: Epoch, around: Circumstances, now_ms: int) -> DecisionMade:
        """One row of the ledger."""
        judged = self._look(epoch, around)
        seen = judged.seen
        self.evidence.add(
            JudgedMinute(judged.activation, epoch.metrics.quality, seen.hr_bpm or 0.0, seen.ln_rmssd or 0.0)
        )
        concluded = self._conclude(judged, around)
        decision = row(judged, concluded, mono_ms=now_ms, at=self.clock.wall(now_ms))
        self.learning.take(decision)
        if concluded.prompt is not None:
            self.evidence.is_armed = False
            self.manners.asked(concluded.prompt, now_ms, judged.when.day)
        return decision

    def skip(self, start_ms: int, minutes: int, now_ms: int) -> DecisionMade:
        """Minutes without a beat, as one range."""
        self.pass_over(minutes)
        theta = self.learning.theta()
        concluded = Conclusion(
            state=AutonomicState.NO_SIGNAL,
            withheld=None,
            prompt=None,
            stage=self.learning.usual.stage,
            theta_on=theta,
            evidence=self.evidence.count(theta),
            is_armed=self.evidence.is_armed,
            confidence=Confidence.LOW,
            is_strap_on=False,
            is_after_session=False,
        )
        decision = empty_row(
            concluded,
            start_at=self.clock.wall(start_ms),
            start_mono_ms=start_ms,
            when=self.clock.local(start_ms),
            minutes=minutes,
            mono_ms=now_ms,
            at=self.clock.wall(now_ms),
        )
        self.learning.take(decision)
        return decision

    def pass_over(self, minutes: int) -> None:
        """So many minutes told nothing: no evidence and no change of heart rate reaches across them."""
        self.evidence.skip(minutes)
        if minutes > 0:
            for gate in self._gates:
                gate.skip()

    def middle(self) -> tuple[float, float]:
        """Median heart rate (bpm) and RMSSD (ms) of the judged minutes of the last ten."""
        hr_bpm, ln_rmssd = self.evidence.middle()
        return hr_bpm, exp(ln_rmssd)

    def needs_no_calming(self, mono_ms: int) -> bool:
        """Whether nothing that calms further may be offered: far below the usual, or the wearer said so."""
        return self.evidence.is_low() or self.wishes.needs_no_calming(mono_ms)

    def recall(self, decision: DecisionMade) -> None:
        """Take up a row from the past: what it taught, whom it asked, and what its gates still hold."""
        self.learning.take(decision)
        if decision.epoch is None:
            return
        if decision.prompt is not None:
            self.manners.asked(decision.prompt, decision.mono_ms, decision.local_day)
        self.evidence.is_armed = decision.is_armed
        said = {verdict.gate: verdict for verdict in decision.gates}
        for gate in self._gates:
            if gate.name in said:
                gate.recall(said[gate.name], self.clock.mono)

    # -- one minute --------------------------------------------------------------------------------------------------

    def _look(self, epoch: Epoch, around: Circumstances) -> Judgement:
        when = self.clock.local(epoch.start_mono_ms)
        seen, usual = self._seen(epoch, around, when), self.learning.usual.at(when.minute)
        hr, ln = seen.hr_bpm, seen.ln_rmssd
        is_whole = usual is not None and hr is not None and ln is not None
        return Judgement(
            seen=seen,
            when=when,
            verdicts=verdicts(self._gates, seen, self.clock.wall),
            is_warming_up=around.is_warming_up,
            is_repeated=around.is_repeated,
            usual=usual,
            compared=activation(hr, ln, usual, self.learning.usual.rho) if usual and hr and ln is not None else None,
            resid=None if hr is None or ln is None else self.learning.usual.resid(hr, ln),
            is_standing_like=is_whole and self._is_standing_like(seen, usual),
        )

    def _seen(self, epoch: Epoch, around: Circumstances, when: LocalTime) -> MinuteSeen:
        start_ms, wishes = epoch.start_mono_ms, self.wishes
        return MinuteSeen(
            epoch=epoch,
            end_ms=start_ms + MINUTE_MS,
            rest_bpm=self.learning.rest_bpm(when.day),
            motion_limit=self.learning.usual.motion_limit,
            in_session=around.in_session,
            is_paused=wishes.is_paused(start_ms),
            is_exercising=Tag.EXERCISING in wishes.tags(start_ms),
            is_quiet=self._is_quiet(start_ms),
            tags=wishes.explaining(start_ms),
            tagged_until_ms=wishes.explained_until_ms(start_ms),
        )

    def _is_quiet(self, start_ms: int) -> bool:
        """Whether a minute begins or ends in the quiet hours."""
        prompts = self._settings.prompts
        return any(
            is_within(self.clock.local(moment).minute, prompts.quiet_from_min, prompts.quiet_to_min)
            for moment in (start_ms, start_ms + MINUTE_MS)
        )

    def _is_standing_like(self, seen: MinuteSeen, usual: HourUsual | None) -> bool:
        """Whether the difference from the usual is what standing does to this wearer."""
        if self._signature is None or usual is None or seen.hr_bpm is None or seen.ln_rmssd is None:
            return False
        return self._signature.matches(seen.hr_bpm - usual.hr_bpm, seen.ln_rmssd - usual.ln_rmssd)

    # -- what follows ------------------------------------------------------------------------------------------------

    def _conclude(self, judged: Judgement, around: Circumstances) -> Conclusion:
        """The state, why there is no invitation although it is due, and the invitation if there is one."""
        theta, end_ms, stage = self.learning.theta(), judged.seen.end_ms, self.learning.usual.stage
        sure = self._confidence(judged)
        state = self.machine.step(self._condition(judged, theta))
        withheld, asks = None, False
        if judged.activation is not None and self.evidence.triggers(theta):
            withheld = self._withheld(judged, stage, sure)
            asks = around.may_ask and withheld is None and state is AutonomicState.SYMPATHETIC_DOMINANCE
        return Conclusion(
            state=state,
            withheld=withheld,
            prompt=around.next_prompt if asks else None,
            stage=stage,
            theta_on=theta,
            evidence=self.evidence.count(theta),
            is_armed=self.evidence.is_armed and not asks,
            confidence=sure,
            is_strap_on=self.manners.is_strap_on(end_ms),
            is_after_session=self.manners.is_after_session(end_ms),
        )

    def _condition(self, judged: Judgement, theta: float) -> Condition:
        """What this minute meets; activation's own memory goes on under a pause."""
        if judged.reason is not None:
            return Condition.GATED
        if judged.is_warming_up:
            return Condition.FEW_BEATS
        if judged.activation is None:
            return Condition.LEARNING
        level = self.evidence.condition(theta)
        return Condition.COOLING if self.manners.is_cooling_down(judged.seen.end_ms) else level

    def _withheld(self, judged: Judgement, stage: int, sure: Confidence) -> Withheld | None:
        withheld = self.manners.withheld(judged.seen.end_ms, judged.when.day, stage, sure)
        return withheld or (None if self.evidence.is_armed else Withheld.NOT_DOWN)

    def _confidence(self, judged: Judgement) -> Confidence:
        return confidence(
            stage=self.learning.usual.stage,
            fair_share=self.evidence.fair_share,
            is_tagged=bool(judged.seen.tags),
            is_standing_like=judged.is_standing_like,
            n_eff=None if judged.usual is None else judged.usual.n_eff,
        )
