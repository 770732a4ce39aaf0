"""What is usual for one wearer, as it was last worked out."""

from dataclasses import dataclass

from hrvdaemon.vocabulary.decisions import HourUsual, usual_between
from hrvdaemon.vocabulary.learning import BaselineComputed
from hrvdaemon.vocabulary.ledger_grid import on_ln_grid


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """The computed baseline; ``hours`` by hour of the day, centred on the half hour."""

    stage: int
    minutes: int
    days: int
    hours: tuple[HourUsual, ...]
    rho: float
    hr_rest_bpm: float | None
    all_day: HourUsual | None = None
    ln_at_zero: float | None = None
    ln_per_bpm: float | None = None
    motion_limit: float | None = None

    @classmethod
    def of(cls, computed: BaselineComputed) -> "Usual":
        """The usual of an event."""
        return cls(
            stage=computed.stage,
            minutes=computed.eligible_minutes,
            days=computed.days,
            hours=computed.hours,
            rho=computed.rho,
            hr_rest_bpm=computed.hr_rest_bpm,
            all_day=computed.all_day,
            ln_at_zero=computed.ln_at_zero,
            ln_per_bpm=computed.ln_per_bpm,
            motion_limit=computed.motion_limit,
        )

    def at(self, minute_of_day: int) -> HourUsual | None:
        """The usual at a minute of the day, linear between hour centres; None while learning."""
        if not self.hours:
            return None
        before = ((minute_of_day + 30) // 60 - 1) % 24
        return usual_between(self.hours[before], self.hours[(before + 1) % 24], minute_of_day)

    def resid(self, hr_bpm: float, ln_rmssd: float) -> float | None:
        """What ln RMSSD is beyond the wearer's own regression at this heart rate (science D.4): it gates nothing."""
        if self.ln_at_zero is None or self.ln_per_bpm is None:
            return None
        return on_ln_grid(ln_rmssd - (self.ln_at_zero + self.ln_per_bpm * hr_bpm))


NOTHING_LEARNED = Usual(stage=0, minutes=0, days=0, hours=(), rho=0.5, hr_rest_bpm=None)
