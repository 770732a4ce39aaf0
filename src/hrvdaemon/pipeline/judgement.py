"""A minute on its way to a decision, and the row of the ledger it becomes."""

from dataclasses import dataclass

from hrvdaemon.pipeline.settings import RULES
from hrvdaemon.regulation.activation import Activation
from hrvdaemon.regulation.gate import MinuteSeen
from hrvdaemon.vocabulary.decisions import (
    AutonomicState,
    Confidence,
    DecisionMade,
    GateVerdict,
    HourUsual,
    Reason,
    Withheld,
)
from hrvdaemon.vocabulary.epochs import Quality
from hrvdaemon.vocabulary.local_time import LocalTime
from hrvdaemon.vocabulary.units import Instant, PromptId


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
class Judgement:
    """What was seen, what the gates say, and how it compares with the usual; ``compared`` whatever the gates say."""

    seen: MinuteSeen
    when: LocalTime
    verdicts: tuple[GateVerdict, ...]
    is_warming_up: bool
    is_repeated: bool
    usual: HourUsual | None
    compared: Activation | None
    resid: float | None
    is_standing_like: bool

    @property
    def reason(self) -> Reason | None:
        """Why it is not judged; None if it is, and while the first beats are listened to."""
        if self.is_repeated:
            return Reason.CLOCK_REPEATED
        if self.is_warming_up:
            return None
        return next((verdict.reason for verdict in self.verdicts if not verdict.passed), None)

    @property
    def activation(self) -> Activation | None:
        """The comparison, where it counts."""
        return None if self.is_warming_up or self.reason is not None else self.compared

    @property
    def learns(self) -> bool:
        """Whether it enters the baseline: eligible, grade good, nothing that explains it."""
        if self.reason is not None or self.is_warming_up or self.seen.tags:
            return False
        return self.seen.epoch.metrics.quality is Quality.GOOD and self.seen.ln_rmssd is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """What follows from a judgement and from all before it."""

    state: AutonomicState
    withheld: Withheld | None
    prompt: PromptId | None
    stage: int
    theta_on: float
    evidence: int
    is_armed: bool
    confidence: Confidence
    is_strap_on: bool
    is_after_session: bool


def row(judged: Judgement, concluded: Conclusion, *, mono_ms: int, at: Instant) -> DecisionMade:
    """The row of the ledger."""
    epoch, compared = judged.seen.epoch, judged.compared
    learning = Reason.LEARNING if concluded.state is AutonomicState.CALIBRATING else None
    return DecisionMade(
        mono_ms=mono_ms,
        at=at,
        start_at=epoch.start_at,
        start_mono_ms=epoch.start_mono_ms,
        minutes=1,
        epoch=epoch.number,
        local_day=judged.when.day,
        local_minute=judged.when.minute,
        state=concluded.state,
        reason=judged.reason or learning,
        withheld=concluded.withheld,
        gates=judged.verdicts,
        stage=concluded.stage,
        quality=epoch.metrics.quality,
        hr_bpm=judged.seen.hr_bpm,
        ln_rmssd=judged.seen.ln_rmssd,
        usual=judged.usual,
        z_hr=None if compared is None else compared.z_hr,
        z_ln_rmssd=None if compared is None else compared.z_ln_rmssd,
        activation=None if compared is None else compared.value,
        resid=judged.resid,
        theta_on=concluded.theta_on,
        evidence=concluded.evidence,
        is_armed=concluded.is_armed,
        learns=judged.learns,
        is_standing_like=judged.is_standing_like,
        is_strap_on=concluded.is_strap_on,
        is_after_session=concluded.is_after_session,
        confidence=concluded.confidence,
        prompt=concluded.prompt,
        rules=RULES,
    )


def empty_row(
    concluded: Conclusion,
    *,
    start_at: Instant,
    start_mono_ms: int,
    when: LocalTime,
    minutes: int,
    mono_ms: int,
    at: Instant,
) -> DecisionMade:
    """The row of minutes without a beat, all of them one range."""
    return DecisionMade(
        mono_ms=mono_ms,
        at=at,
        start_at=start_at,
        start_mono_ms=start_mono_ms,
        minutes=minutes,
        epoch=None,
        local_day=when.day,
        local_minute=when.minute,
        state=concluded.state,
        reason=Reason.NO_DATA,
        withheld=None,
        gates=(),
        stage=concluded.stage,
        hr_bpm=None,
        ln_rmssd=None,
        usual=None,
        z_hr=None,
        z_ln_rmssd=None,
        activation=None,
        theta_on=concluded.theta_on,
        evidence=concluded.evidence,
        is_armed=concluded.is_armed,
        learns=False,
        confidence=concluded.confidence,
        prompt=None,
        rules=RULES,
    )
