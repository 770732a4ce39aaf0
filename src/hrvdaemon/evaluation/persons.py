"""Simulated people to evaluate on: one number, one person, for ever. What acts on them is the table of science E.3."""

from dataclasses import dataclass
from enum import StrEnum
from math import exp, pi, sin, sqrt

from hrvdaemon.simulation.person import Person
from hrvdaemon.vocabulary.draws import draw, normal

MORNING_HOUR = 7
_TYPICAL_RMSSD_MS = 30.0
_SPREAD_LN_RMSSD = 0.5


class Half(StrEnum):
    """People are never in both: rules may be tuned on one half only, and figures are told for the other."""

    TUNING = "tuning"
    HELD_BACK = "held_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluatedPerson:
    """Whose days are judged; ``age_years`` sets the activity limit of the detector."""

    number: int
    half: Half
    age_years: int
    person: Person


def evaluated_person(number: int) -> EvaluatedPerson:
    """The person of this number; even numbers are for tuning, odd ones are held back."""
    return EvaluatedPerson(
        number=number,
        half=Half.HELD_BACK if number % 2 else Half.TUNING,
        age_years=round(_between(20, 75, number, "age")),
        person=_person(number),
    )


def amplitude_of(rmssd_ms: float, hr_bpm: float, respiration_hz: float) -> float:
    """Amplitude of breathing's modulation that gives this RMSSD: RMSSD = sqrt(2) a RR sin(pi f RR) (science E.3)."""
    mean_rr_s = 60 / hr_bpm
    return rmssd_ms / (sqrt(2) * 1000 * mean_rr_s * abs(sin(pi * respiration_hz * mean_rr_s)))


def _person(number: int) -> Person:
    """Heart rate 66 ± 8 bpm, RMSSD about 30 ms (log-normal, SD 0.5), half of them with some premature beats."""
    hr_bpm = min(max(66 + 8 * normal(number, "resting heart rate", 0), 50.0), 85.0)
    rmssd_ms = _TYPICAL_RMSSD_MS * exp(_SPREAD_LN_RMSSD * normal(number, "rmssd", 0))
    respiration_hz = _between(0.20, 0.30, number, "respiration")
    a_hf = amplitude_of(min(max(rmssd_ms, 8.0), 80.0), hr_bpm, respiration_hz)
    ectopic = draw(number, "has ectopy", 0) < 0.5
    return Person(
        resting_hr_bpm=hr_bpm,
        a_hf=a_hf,
        a_lf=0.75 * a_hf * exp(0.2 * normal(number, "low frequency", 0)),
        a_vlf=0.25 * a_hf,
        respiration_hz=respiration_hz,
        has_circadian=True,
        local_hour_at_start=MORNING_HOUR,
        pvc_chance=0.03 * draw(number, "pvc", 0) ** 3 if ectopic else 0.0,
        pac_chance=0.01 * draw(number, "pac", 0) ** 3 if ectopic else 0.0,
    )


def _between(low: float, high: float, number: int, purpose: str) -> float:
    return low + (high - low) * draw(number, purpose, 0)
