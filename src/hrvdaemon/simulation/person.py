"""Whose heart is simulated, and what acts on it in one second (science E.3)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """A breath led by a pacer: the in-breath, then the out-breath."""

    in_s: float = 4.0
    out_s: float = 6.0

    @property
    def hz(self) -> float:
        """Breaths a second."""
        return 1 / (self.in_s + self.out_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Whose heart it is, seated at rest. ``a_*`` are relative amplitudes of the modulation (0.04: HR swings ±4 %).

    The defaults are the row "seated rest" of science E.3. With ``has_circadian`` the hour of the day moves HR by
    ±7 bpm, highest at 15 h, and breathing's amplitude by ∓25 %. ``drift_*`` are the SD of the slow drift (τ 20 min).
    """

    resting_hr_bpm: float = 65.0
    a_hf: float = 0.04
    a_lf: float = 0.03
    a_vlf: float = 0.01
    respiration_hz: float = 0.25
    has_circadian: bool = False
    local_hour_at_start: float = 12.0
    drift_hr_bpm: float = 3.0
    drift_ln_hf: float = 0.25
    a_paced: float = 0.10
    """Amplitude at six paced breaths a minute."""
    resonance_hz: float = 5.5 / 60
    """Pace at which paced breathing swings the heart most (SIM-F6)."""
    resonance_width_hz: float = 1.5 / 60
    pvc_chance: float = 0.0
    pac_chance: float = 0.0

    def paced_amplitude(self, pace: Pace) -> float:
        """Amplitude at a pace: a resonance curve through ``a_paced`` at six a minute."""
        return self.a_paced * self._gain(pace.hz) / self._gain(0.1)

    def _gain(self, hz: float) -> float:
        return 1 / (1 + ((hz - self.resonance_hz) / self.resonance_width_hz) ** 2)


LOW_HRV = Person(resting_hr_bpm=80.0, a_hf=0.008, a_lf=0.012, a_vlf=0.003, respiration_hz=0.3, a_paced=0.03)


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What acts on the heart during one second. A chance is that the next beat is of that kind."""

    hr_offset_bpm: float = 0.0
    hf_factor: float = 1.0
    lf_factor: float = 1.0
    respiration_hz: float | None = None
    """None: the person's own."""
    respiration_jitter_hz: float = 0.015
    pace: Pace | None = None
    """Breathing with a pacer; its first in-breath starts at the first second of a new pace."""
    pvc_chance: float = 0.0
    pac_chance: float = 0.0
    missed_chance: float = 0.0
    extra_chance: float = 0.0


REST = Condition()
