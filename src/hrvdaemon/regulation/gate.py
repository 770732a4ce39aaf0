"""What a gate is: a verdict for every minute, with the value it looked at and its limit (science D.4, G0 to G8).

Gates never look at activation, and none may read LF/HF.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from hrvdaemon.vocabulary.decisions import GateVerdict, Reason
from hrvdaemon.vocabulary.epochs import Epoch
from hrvdaemon.vocabulary.ledger_grid import on_bpm_grid, on_ln_grid
from hrvdaemon.vocabulary.units import Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class GateSettings:
    """All from science D.4, with the sources named there."""

    usable_max_artefacts: float = 0.05
    min_pairs: int = 30
    min_coverage: float = 0.80
    hr_reserve: float = 0.30
    above_rest_bpm: float = 30.0
    rise_bpm_60s: float = 15.0
    rise_bpm_20s: float = 10.0
    settle_bpm_per_min: float = 1.5
    settle_min: int = 3
    effort_min: int = 3
    lockout_min_light: int = 15
    lockout_min_moderate: int = 30
    lockout_min_hard: int = 60
    moderate_reserve: float = 0.40
    hard_reserve: float = 0.60
    step_bpm: float = 8.0
    step_release_bpm: float = 4.0
    step_hold_max_min: int = 45
    slow_breathing_hz: float = 0.12
    motion_hold_min: int = 5
    """How long a minute of movement reaches on, where the strap measures it."""
    age_years: int = 0
    """0: not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MinuteSeen:
    """A closed minute and its circumstances. ``end_ms`` on the run's clock; what is not known is None."""

    epoch: Epoch
    end_ms: int
    rest_bpm: float | None
    motion_limit: float | None
    in_session: bool
    is_paused: bool
    is_exercising: bool
    is_quiet: bool
    tags: tuple[str, ...]
    tagged_until_ms: int | None

    @property
    def hr_bpm(self) -> float | None:
        """Heart rate on the ledger's grid."""
        hr = self.epoch.metrics.mean_hr_bpm
        return None if hr is None else on_bpm_grid(hr)

    @property
    def ln_rmssd(self) -> float | None:
        """Ln RMSSD on the ledger's grid."""
        ln = self.epoch.metrics.ln_rmssd
        return None if ln is None else on_ln_grid(ln)


Wall = Callable[[int], Instant]


class Gate(Protocol):
    """``judge`` is called once a minute in order; the others keep what outlasts a minute right.

    ``skip`` tells of minutes without a beat: heart rates before and after them are no neighbours. ``carry_over`` moves
    what holds for a time to the clock of the next run.
    """

    name: str
    settings: GateSettings

    def judge(self, minute: MinuteSeen, wall: Wall) -> GateVerdict: ...
    def start_wearing(self) -> None: ...
    def skip(self) -> None: ...
    def recall(self, verdict: GateVerdict, mono: Callable[[Instant], int]) -> None: ...
    def carry_over(self, delta_ms: int, ended_ms: int, started_ms: int) -> None: ...


class TimelessGate:
    """A gate that remembers nothing."""

    name: str

    def __init__(self, settings: GateSettings) -> None:
        self.settings = settings

    def start_wearing(self) -> None:
        return

    def skip(self) -> None:
        return

    def recall(self, verdict: GateVerdict, mono: Callable[[Instant], int]) -> None:  # noqa: ARG002  nothing to recall
        return

    def carry_over(self, delta_ms: int, ended_ms: int, started_ms: int) -> None:  # noqa: ARG002  nothing to carry
        return

    def verdict(self, reason: Reason | None, value: float | None = None, limit: float | None = None) -> GateVerdict:
        return GateVerdict(gate=self.name, passed=reason is None, value=value, limit=limit, reason=reason)


def carried_until(until_ms: int, delta_ms: int, ended_ms: int, started_ms: int) -> int:
    """The end of something that holds for a time, on the next run's clock.

    Wall time tells how much of it passed between the runs; but a clock may stand anywhere after a boot, so it never
    holds longer than it had left when the last run ended.
    """
    return min(until_ms + delta_ms, started_ms + max(until_ms - ended_ms, 0))
