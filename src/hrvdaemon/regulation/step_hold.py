"""G4: heart rate that jumped came from standing up or a start; not judged until it is back (science D.4).

In the simulation behind D.4 this rule alone removed 23 of 24 wrong invitations while standing. Its cost: truly sudden
strain (a startle, an argument) is not followed by an invitation either; it is in the ledger all the same.
"""

from collections.abc import Callable
from dataclasses import dataclass

from hrvdaemon.regulation.gate import GateSettings, MinuteSeen, TimelessGate, Wall, carried_until
from hrvdaemon.regulation.heart_rate_steps import level_before_step, median_known
from hrvdaemon.vocabulary.decisions import GateVerdict, Reason
from hrvdaemon.vocabulary.ledger_grid import on_bpm_grid, on_ln_grid
from hrvdaemon.vocabulary.units import MINUTE_MS, Instant

_KEPT_TENS = 24
_LEVEL_MIN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingSignature:
    """What standing does to this wearer: change of heart rate and ln RMSSD from sitting, and the scatter of each."""

    hr_bpm: float
    hr_sd_bpm: float
    ln_rmssd: float
    ln_sd: float

    def matches(self, hr_bpm: float, ln_rmssd: float) -> bool:
        """Whether a change lies within one scatter of it, in both."""
        near_hr = on_bpm_grid(abs(hr_bpm - self.hr_bpm)) <= self.hr_sd_bpm
        return near_hr and on_ln_grid(abs(ln_rmssd - self.ln_rmssd)) <= self.ln_sd


@dataclass(frozen=True, slots=True)
class _Hold:
    """A step that is not over: what releases it, when at the latest, and the level before it."""

    release_bpm: float
    until_ms: int
    ln_before: float | None = None
    """None where it is not known: before a strap was put on anew."""


class StepHoldGate(TimelessGate):
    """Not judged from a step of 8 bpm within 20 s until heart rate is within 4 bpm of before, at most 45 minutes."""

    name = "step_hold"

    def __init__(self, settings: GateSettings) -> None:
        super().__init__(settings)
        self.signature: StandingSignature | None = None
        self._hold: _Hold | None = None
        self.skip()

    def start_wearing(self) -> None:
        self.skip()
        if self._hold is not None:
            self._hold = _Hold(self._hold.release_bpm, self._hold.until_ms)

    def skip(self) -> None:
        self._tens: list[float | None] = []
        self._lns: list[float | None] = []

    def judge(self, minute: MinuteSeen, wall: Wall) -> GateVerdict:
        hr, new = minute.hr_bpm, len(minute.epoch.hr_10s_bpm)
        self._tens = [*self._tens, *minute.epoch.hr_10s_bpm][-_KEPT_TENS - new :]
        self._release(hr, minute.end_ms)
        self._catch(new, minute.end_ms)
        self._lns = [*self._lns, minute.ln_rmssd][-_LEVEL_MIN:]
        hold = self._hold
        return GateVerdict(
            gate=self.name,
            passed=hold is None,
            value=hr,
            limit=None if hold is None else hold.release_bpm,
            reason=None if hold is None else self._reason(hold, minute),
            until_at=None if hold is None else wall(hold.until_ms),
        )

    def _release(self, hr: float | None, end_ms: int) -> None:
        hold = self._hold
        if hold is not None and (end_ms > hold.until_ms or (hr is not None and hr < hold.release_bpm)):
            self._hold = None

    def _catch(self, new: int, end_ms: int) -> None:
        level = level_before_step(self._tens, new, self.settings.step_bpm)
        if self._hold is None and level is not None:
            self._hold = _Hold(
                on_bpm_grid(level + self.settings.step_release_bpm),
                end_ms + self.settings.step_hold_max_min * MINUTE_MS,
                median_known(self._lns),
            )

    def _reason(self, hold: _Hold, minute: MinuteSeen) -> Reason:
        """Posture where it looks like this wearer's standing; without a signature nothing does."""
        hr, ln = minute.hr_bpm, minute.ln_rmssd
        if self.signature is None or hr is None or ln is None or hold.ln_before is None:
            return Reason.SUDDEN_RISE
        level_bpm = hold.release_bpm - self.settings.step_release_bpm
        is_standing = self.signature.matches(hr - level_bpm, ln - hold.ln_before)
        return Reason.POSTURE if is_standing else Reason.SUDDEN_RISE

    def recall(self, verdict: GateVerdict, mono: Callable[[Instant], int]) -> None:
        is_held = verdict.until_at is not None and verdict.limit is not None
        self._hold = _Hold(verdict.limit or 0.0, mono(verdict.until_at or Instant(0))) if is_held else None

    def carry_over(self, delta_ms: int, ended_ms: int, started_ms: int) -> None:
        if self._hold is not None:
            until = carried_until(self._hold.until_ms, delta_ms, ended_ms, started_ms)
            self._hold = _Hold(self._hold.release_bpm, until, self._hold.ln_before)
