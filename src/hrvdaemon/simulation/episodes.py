"""What happens to a simulated wearer and how far it moves their heart: the table of science E.3, as data."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from math import exp, inf, log

import numpy as np

from hrvdaemon.simulation.person import Pace


class EpisodeKind(StrEnum):
    """Order is rank: of two that go on at once, the later one in this list names the state of that second."""

    REST = "rest"
    CAFFEINE = "caffeine"
    STRAP_SLIP = "strap_slip"
    """A short burst of missed and extra beats."""
    CONTACT_LOSS = "contact_loss"
    """The electrodes see nothing; the strap goes on sending and says so."""
    DROPOUT = "dropout"
    """Notifications are lost in the air; the link stays."""
    LINK_LOST = "link_lost"
    LOOSE_STRAP = "loose_strap"
    """A span in which slips and short contact losses happen; they are episodes of their own."""
    ECTOPY = "ectopy"
    SLEEP = "sleep"
    TALK = "talk"
    STANDING = "standing"
    WALK = "walk"
    STAIRS = "stairs"
    RUN = "run"
    PACED_BREATHING = "paced_breathing"
    STRESS = "stress"


RANK = {kind: rank for rank, kind in enumerate(EpisodeKind)}

Onset = Callable[[float, float], float]
"""Level, 0 to 1 and over, at so many seconds into an episode; the second number is the onset's own time."""


def at_once(elapsed_s: float, onset_s: float) -> float:
    """1 from the start."""
    del elapsed_s, onset_s
    return 1.0


def ramp(elapsed_s: float, onset_s: float) -> float:
    """Straight from 0 to 1."""
    return min(1.0, elapsed_s / onset_s)


def approach(elapsed_s: float, tau_s: float) -> float:
    """1 - exp(-t/τ)."""
    return 1 - exp(-elapsed_s / tau_s)


def standing_up(elapsed_s: float, onset_s: float) -> float:
    """The response to standing: up in ``onset_s`` (10 s), half as much again at 12 s, a dip at 20 s, then level."""
    tenths = elapsed_s / onset_s * 10
    return float(np.interp(tenths, (0, 10, 12, 20, 30), (0, 1, 1.5, 0.8, 1)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """One row of E.3: full effect, how it comes and how it goes.

    ``hr_bpm`` adds, ``hf`` and ``lf`` multiply the amplitudes at level 1. ``hr_tau_s`` and ``hf_tau_s`` are the time
    constants of the return, 0: gone at once. Respiration changes at once and for the episode itself only.
    """

    hr_bpm: float = 0.0
    hf: float = 1.0
    lf: float = 1.0
    onset: Onset = at_once
    onset_s: float = 1.0
    hr_tau_s: float = 0.0
    hf_tau_s: float = 0.0
    respiration_hz: float | None = None
    respiration_jitter_hz: float = 0.015
    pace: Pace | None = None
    pvc_chance: float = 0.0
    missed_chance: float = 0.0
    extra_chance: float = 0.0

    @property
    def slowest_tau_s(self) -> float:
        """Time constant of what returns last."""
        return max(self.hr_tau_s, self.hf_tau_s)


EFFECTS = {
    EpisodeKind.REST: Effect(),
    EpisodeKind.CAFFEINE: Effect(hr_bpm=4, hf=0.9, onset=approach, onset_s=600, hr_tau_s=1200, hf_tau_s=1200),
    EpisodeKind.STRAP_SLIP: Effect(missed_chance=0.15, extra_chance=0.2),
    EpisodeKind.CONTACT_LOSS: Effect(),
    EpisodeKind.DROPOUT: Effect(),
    EpisodeKind.LINK_LOST: Effect(),
    EpisodeKind.LOOSE_STRAP: Effect(),
    EpisodeKind.ECTOPY: Effect(pvc_chance=0.10),
    EpisodeKind.SLEEP: Effect(
        hr_bpm=-10, hf=1.5, lf=0.83, onset=approach, onset_s=300, hr_tau_s=60, hf_tau_s=60, respiration_hz=0.22
    ),
    EpisodeKind.TALK: Effect(
        hr_bpm=5, hf=0.8, lf=1.2, onset=approach, onset_s=15, hr_tau_s=20, hf_tau_s=20,
        respiration_hz=0.30, respiration_jitter_hz=0.075,
    ),
    EpisodeKind.STANDING: Effect(
        hr_bpm=12, hf=0.55, lf=1.3, onset=standing_up, onset_s=10, hr_tau_s=10, hf_tau_s=10, respiration_hz=0.25
    ),
    EpisodeKind.WALK: Effect(
        hr_bpm=25, hf=0.3, lf=0.5, onset=approach, onset_s=30, hr_tau_s=60, hf_tau_s=60, respiration_hz=0.35
    ),
    EpisodeKind.STAIRS: Effect(
        hr_bpm=35, hf=0.2, lf=0.3, onset=approach, onset_s=30, hr_tau_s=60, hf_tau_s=60, respiration_hz=0.45
    ),
    EpisodeKind.RUN: Effect(
        hr_bpm=70, hf=0.08, lf=0.1, onset=approach, onset_s=30, hr_tau_s=90, hf_tau_s=1200, respiration_hz=0.6
    ),
    EpisodeKind.PACED_BREATHING: Effect(pace=Pace()),
    EpisodeKind.STRESS: Effect(
        hr_bpm=14, hf=0.45, lf=0.9, onset=ramp, onset_s=120, hr_tau_s=300, hf_tau_s=300,
        respiration_hz=0.30, respiration_jitter_hz=0.04,
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """Something that happens from ``start_s`` on, in seconds of the scenario.

    ``hr_bpm`` and ``onset_s`` None: as in ``EFFECTS``. ``pace`` is for paced breathing other than 4 s in, 6 s out.
    """

    kind: EpisodeKind
    start_s: int
    duration_s: int
    hr_bpm: float | None = None
    onset_s: float | None = None
    pace: Pace | None = None

    @property
    def effect(self) -> Effect:
        """Its row of the table."""
        return EFFECTS[self.kind]

    @property
    def end_s(self) -> int:
        """First second that is no longer part of it."""
        return self.start_s + self.duration_s

    @property
    def peak_bpm(self) -> float:
        """Heart rate it adds at level 1."""
        return self.effect.hr_bpm if self.hr_bpm is None else self.hr_bpm

    def is_on(self, second: int) -> bool:
        """Whether it goes on in this second."""
        return self.start_s <= second < self.end_s

    def is_felt(self, second: int, *, down_to: float) -> bool:
        """Whether it goes on, or its slowest effect is still above this share of its level at the end."""
        after_s = -self.effect.slowest_tau_s * log(down_to)
        return self.start_s <= second < self.end_s + after_s

    def hr_offset_bpm(self, second: int) -> float:
        """Heart rate added in this second."""
        return self.peak_bpm * self._level(second, self.effect.hr_tau_s, inf)

    def vagal_level(self, second: int) -> float:
        """How far the amplitudes have moved towards ``hf`` and ``lf``, 0 to 1."""
        return self._level(second, self.effect.hf_tau_s, 1.0)

    def _level(self, second: int, tau_s: float, highest: float) -> float:
        if second < self.start_s:
            return 0.0
        onset_s = self.effect.onset_s if self.onset_s is None else self.onset_s
        level = min(highest, self.effect.onset(min(second, self.end_s) - self.start_s, onset_s))
        if second < self.end_s:
            return level
        return level * exp((self.end_s - second) / tau_s) if tau_s else 0.0
