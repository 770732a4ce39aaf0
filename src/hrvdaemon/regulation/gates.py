"""The gates: what must be ruled out before a minute says anything about activation (science D.4, G0 to G8).

The first that fails, in the order of ``gates``, is the reason why the minute is not judged.
"""

from hrvdaemon.regulation.gate import Gate, GateSettings, MinuteSeen, TimelessGate, Wall
from hrvdaemon.regulation.movement_gates import ActivityGate, KineticsGate, RecoveryGate, StepHoldGate
from hrvdaemon.vocabulary.events import GateVerdict, Reason


class QualityGate(TimelessGate):
    """G0: enough clean beats."""

    name = "quality"

    def judge(self, minute: MinuteSeen, wall: Wall) -> GateVerdict:  # noqa: ARG002  one protocol for all gates
        metrics, s = minute.epoch.metrics, self.settings
        if metrics.coverage < s.min_coverage:
            return self.verdict(Reason.QUALITY, metrics.coverage, s.min_coverage)
        if metrics.n_pairs < s.min_pairs:
            return self.verdict(Reason.QUALITY, metrics.n_pairs, s.min_pairs)
        is_clean = metrics.artefact_share <= s.usable_max_artefacts
        is_measured = metrics.ln_rmssd is not None and metrics.mean_hr_bpm is not None
        reason = None if is_clean and is_measured else Reason.QUALITY
        return self.verdict(reason, metrics.artefact_share, s.usable_max_artefacts)


class BreathingGate(TimelessGate):
    """G5: slow breathing and guided sessions change variability by themselves."""

    name = "breathing"

    def judge(self, minute: MinuteSeen, wall: Wall) -> GateVerdict:  # noqa: ARG002  one protocol for all gates
        rate = minute.epoch.respiration_hz
        limit = self.settings.slow_breathing_hz
        slow = rate is not None and rate < limit
        reason = Reason.SESSION if minute.in_session else Reason.BREATHING if slow else None
        return self.verdict(reason, rate, limit)


class RhythmGate(TimelessGate):
    """G6: beats too irregular for this kind of measurement."""

    name = "rhythm"

    def judge(self, minute: MinuteSeen, wall: Wall) -> GateVerdict:  # noqa: ARG002  one protocol for all gates
        return self.verdict(Reason.RHYTHM if minute.epoch.is_irregular else None)


class WishGate(TimelessGate):
    """G7: the wearer said no for now, is exercising, or it is their quiet time."""

    name = "wish"

    def judge(self, minute: MinuteSeen, wall: Wall) -> GateVerdict:  # noqa: ARG002  one protocol for all gates
        said = Reason.PAUSED if minute.is_paused else Reason.MOVING if minute.is_exercising else None
        return self.verdict(Reason.QUIET if minute.is_quiet else said)


def gates(settings: GateSettings) -> tuple[Gate, ...]:
    """Every gate, in the order in which their reasons count."""
    return (
        RhythmGate(settings),
        QualityGate(settings),
        WishGate(settings),
        BreathingGate(settings),
        ActivityGate(settings),
        KineticsGate(settings),
        RecoveryGate(settings),
        StepHoldGate(settings),
    )
