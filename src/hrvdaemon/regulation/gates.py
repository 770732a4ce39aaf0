"""The gates: what must be ruled out before a minute says anything about activation (science D.4, G0 to G8).

The first that fails, in the order of ``gates``, is the reason why the minute is not judged.
"""

from collections.abc import Iterable
from dataclasses import replace

from hrvdaemon.regulation.gate import Gate, GateSettings, MinuteSeen, TimelessGate, Wall
from hrvdaemon.regulation.motion_gate import MotionGate
from hrvdaemon.regulation.movement_gates import ActivityGate, KineticsGate, RecoveryGate
from hrvdaemon.regulation.step_hold import StepHoldGate
from hrvdaemon.vocabulary.decisions import GateVerdict, Reason
from hrvdaemon.vocabulary.ledger_grid import on_share_grid

REPLACED_BY_MOTION = frozenset({"activity", "kinetics", "recovery", "step_hold"})
"""G1 to G4 guess movement from heart rate; where it is measured they need not (science D.4)."""


class QualityGate(TimelessGate):
    """G0: enough clean beats."""

    name = "quality"

    def judge(self, minute: MinuteSeen, wall: Wall) -> GateVerdict:  # noqa: ARG002  one protocol for all gates
        metrics, s = minute.epoch.metrics, self.settings
        coverage, share = on_share_grid(metrics.coverage), on_share_grid(metrics.artefact_share)
        if coverage < s.min_coverage:
            return self.verdict(Reason.QUALITY, coverage, s.min_coverage)
        if metrics.n_pairs < s.min_pairs:
            return self.verdict(Reason.QUALITY, metrics.n_pairs, s.min_pairs)
        is_measured = minute.hr_bpm is not None and minute.ln_rmssd is not None
        is_usable = share <= s.usable_max_artefacts and is_measured
        return self.verdict(None if is_usable else Reason.QUALITY, share, s.usable_max_artefacts)


class BreathingGate(TimelessGate):
    """G5: slow breathing and guided sessions change variability by themselves."""

    name = "breathing"

    def judge(self, minute: MinuteSeen, wall: Wall) -> GateVerdict:  # noqa: ARG002  one protocol for all gates
        rate, limit = minute.epoch.respiration_hz, self.settings.slow_breathing_hz
        rate = None if rate is None else on_share_grid(rate)
        slow = rate is not None and rate < limit
        return self.verdict(Reason.SESSION if minute.in_session else Reason.BREATHING if slow else None, rate, limit)


class RhythmGate(TimelessGate):
    """G6: beats too irregular for this kind of measurement; its value is the share of beats that are not ordinary."""

    name = "rhythm"

    def judge(self, minute: MinuteSeen, wall: Wall) -> GateVerdict:  # noqa: ARG002  one protocol for all gates
        share = on_share_grid(minute.epoch.metrics.artefact_share)
        return self.verdict(Reason.RHYTHM if minute.epoch.is_irregular else None, share)


class WishGate(TimelessGate):
    """G7: the wearer said no for now, is exercising, or it is their quiet time.

    Its value tells what holds beside the quiet hours: 1 a pause, 2 exercising, 3 both.
    """

    name = "wish"

    def judge(self, minute: MinuteSeen, wall: Wall) -> GateVerdict:  # noqa: ARG002  one protocol for all gates
        said = Reason.PAUSED if minute.is_paused else Reason.MOVING if minute.is_exercising else None
        value = minute.is_paused + 2 * minute.is_exercising
        return self.verdict(Reason.QUIET if minute.is_quiet else said, value)


class TagGate(TimelessGate):
    """G8: what the wearer said explains it. It blocks nothing: a tagged minute is less sure and teaches nothing.

    Its value is how many tags hold.
    """

    name = "tags"

    def judge(self, minute: MinuteSeen, wall: Wall) -> GateVerdict:
        until = None if minute.tagged_until_ms is None else wall(minute.tagged_until_ms)
        return GateVerdict(gate=self.name, passed=True, value=len(minute.tags), until_at=until)


def gates(settings: GateSettings) -> tuple[Gate, ...]:
    """Every gate, in the order in which their reasons count."""
    return (
        RhythmGate(settings),
        QualityGate(settings),
        WishGate(settings),
        BreathingGate(settings),
        MotionGate(settings),
        ActivityGate(settings),
        KineticsGate(settings),
        RecoveryGate(settings),
        StepHoldGate(settings),
        TagGate(settings),
    )


def verdicts(every: Iterable[Gate], minute: MinuteSeen, wall: Wall) -> tuple[GateVerdict, ...]:
    """What each gate says of a minute; those that guess movement pass where it was measured."""
    said = tuple(gate.judge(minute, wall) for gate in every)
    if not any(verdict.gate == MotionGate.name and is_in_force(verdict) for verdict in said):
        return said
    return tuple(replace(one, passed=True, reason=None) if one.gate in REPLACED_BY_MOTION else one for one in said)


def is_in_force(motion: GateVerdict) -> bool:
    """Whether movement was measured and the wearer's own limit for it is known."""
    return motion.value is not None and motion.limit is not None
