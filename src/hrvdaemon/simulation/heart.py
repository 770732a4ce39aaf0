"""A labelled synthetic heart: integral pulse frequency modulation, second by second, from a seed (science E.3).

The sinus node is an integrator: ``I(t)`` is the integral of ``HR(t)/60 · (1 + m(t))``, and a beat falls wherever ``I``
crosses a whole number (Mateo and Laguna 2000, IEEE Trans Biomed Eng 47:985). ``m`` is the sum of breathing (HF),
Mayer waves (LF) and a slower wave (VLF), none of them a pure line. Beats are cut to 1/1024 s, so that the running sum
of intervals stays within one tick of the true beat times.

A heart is incremental: it continues where it stopped, so a wearer may change what they do at any second, and asking
for 10 s and then 20 s gives the beats that asking for 30 s gives.

Why not ``vocabulary.draws``: a day needs some 300 000 normal numbers, and a keyed hash for each would take longer than
the heart itself. Nothing here decides anything in the daemon, so the numbers come from NumPy's PCG64 in the order of
seconds and beats. Across NumPy versions and processors a beat may differ by a tick; what must never change is a file.
"""

from collections.abc import Sequence
from itertools import pairwise
from math import exp, pi, sqrt

import numpy as np

from hrvdaemon.simulation.person import Condition, Pace, Person
from hrvdaemon.simulation.sinus_node import SAMPLES_PER_SECOND, Floats, SimulatedBeat, SinusNode

MAYER_HZ = 0.1
VLF_HZ = 0.02
_MAYER_WANDER_HZ = 0.025
"""SD of their frequency: a hump over the LF band, 0.05 to 0.15 Hz; a pure line would look like slow breathing."""
_VLF_WANDER_HZ = 0.006
_BLOCK_S = 600
_MIDPOINTS_S = (np.arange(SAMPLES_PER_SECOND) + 0.5) / SAMPLES_PER_SECOND
_SLOWEST_BPM = 20.0
_SLOW_DRIFT_TAU_S = 1200.0
_FREQUENCY_TAU_S = 20.0


class Heart:
    """A heart that beats on. It starts with a beat at 0, so the first interval is whole."""

    def __init__(self, seed: int, person: Person) -> None:
        noise, chance = np.random.SeedSequence(seed).spawn(2)
        self._person = person
        self._noise = np.random.Generator(np.random.PCG64(noise))
        self._breath, self._mayer, self._vlf = (_Rhythm(phase) for phase in self._noise.random(3).tolist())
        taus_s = (_SLOW_DRIFT_TAU_S, _SLOW_DRIFT_TAU_S, *(_FREQUENCY_TAU_S,) * 3)
        first = self._noise.standard_normal(len(taus_s)).tolist()
        self._drifts = tuple(_Drift(tau_s, value) for tau_s, value in zip(taus_s, first, strict=True))
        self._node = SinusNode(np.random.Generator(np.random.PCG64(chance)), person)
        self._second = 0
        self._pace: Pace | None = None

    def beats(self, duration_s: int, condition: Condition) -> list[SimulatedBeat]:
        """Beats of the next ``duration_s`` whole seconds under one condition."""
        return self.follow((condition,) * duration_s)

    def follow(self, conditions: Sequence[Condition]) -> list[SimulatedBeat]:
        """Beats of the next seconds, one condition for each of them."""
        blocks = (conditions[start : start + _BLOCK_S] for start in range(0, len(conditions), _BLOCK_S))
        return [beat for block in blocks for beat in self._block(block)]

    def _block(self, conditions: Sequence[Condition]) -> list[SimulatedBeat]:
        normals = self._noise.standard_normal((len(conditions), len(self._drifts)))
        hr, ln_hf, breath, mayer, vlf = (drift.walk(z) for drift, z in zip(self._drifts, normals.T, strict=True))
        daily = self._daily_wave(len(conditions))
        m = self._breathing(conditions, breath, np.exp(self._person.drift_ln_hf * ln_hf) * (1 - 0.25 * daily))
        m += self._mayer_waves(conditions, mayer)
        m += self._person.a_vlf * np.sin(2 * pi * self._vlf.turn(VLF_HZ + _VLF_WANDER_HZ * np.clip(vlf, -2, 2)))
        beats = self._node.beats(self._rate_hz(conditions, hr, daily)[:, None] * (1 + m), conditions, self._second)
        self._second += len(conditions)
        return beats

    def _daily_wave(self, n_seconds: int) -> Floats:
        """1 at 15 h, -1 at 3 h; 0 for a person without a day."""
        seconds = self._second + np.arange(n_seconds)
        hours = self._person.local_hour_at_start + seconds / 3600
        wave: Floats = np.cos(2 * pi * (hours - 15) / 24) * float(self._person.has_circadian)
        return wave

    def _rate_hz(self, conditions: Sequence[Condition], drift: Floats, daily: Floats) -> Floats:
        offset = np.array([condition.hr_offset_bpm for condition in conditions])
        hr = self._person.resting_hr_bpm + self._person.drift_hr_bpm * drift + 7 * daily + offset
        return np.asarray(np.maximum(hr, _SLOWEST_BPM) / 60)

    def _breathing(self, conditions: Sequence[Condition], jitter: Floats, vagal: Floats) -> Floats:
        """Respiratory modulation, (seconds, samples): rising while the breath goes in, falling while it goes out."""
        person = self._person
        free = person.a_hf * vagal * np.array([condition.hf_factor for condition in conditions])
        paced = [c.lf_factor * person.paced_amplitude(c.pace) if c.pace else np.nan for c in conditions]
        amplitude = np.where(np.isnan(paced), free, paced)
        in_share = np.array([c.pace.in_s * c.pace.hz if c.pace else 0.5 for c in conditions])
        cycles = self._breath.turn(self._breath_hz(conditions, jitter), self._restarts(conditions))
        return amplitude[:, None] * _breath_wave(cycles % 1, in_share[:, None])

    def _breath_hz(self, conditions: Sequence[Condition], jitter: Floats) -> Floats:
        own = self._person.respiration_hz
        free = np.array([own if c.respiration_hz is None else c.respiration_hz for c in conditions])
        free += np.array([c.respiration_jitter_hz for c in conditions]) * np.clip(jitter, -2, 2)
        paced = [c.pace.hz if c.pace else np.nan for c in conditions]
        return np.where(np.isnan(paced), np.maximum(free, 0.05), paced)

    def _restarts(self, conditions: Sequence[Condition]) -> set[int]:
        paces = [self._pace, *(condition.pace for condition in conditions)]
        self._pace = paces[-1]
        return {second for second, (old, new) in enumerate(pairwise(paces)) if new is not None and new != old}

    def _mayer_waves(self, conditions: Sequence[Condition], jitter: Floats) -> Floats:
        """Baroreflex waves about 0.1 Hz; paced breathing takes their place."""
        amplitude = [0.0 if c.pace else self._person.a_lf * c.lf_factor for c in conditions]
        cycles = self._mayer.turn(MAYER_HZ + _MAYER_WANDER_HZ * np.clip(jitter, -2, 2))
        return np.array(amplitude)[:, None] * np.sin(2 * pi * cycles)


def _breath_wave(cycle: Floats, in_share: Floats) -> Floats:
    """-1 where the in-breath starts, 1 where it ends; half a cosine each way."""
    going_in = -np.cos(pi * cycle / in_share)
    going_out = np.cos(pi * (cycle - in_share) / (1 - in_share))
    return np.where(cycle < in_share, going_in, going_out)


class _Drift:
    """AR(1) walk of unit variance, a step a second."""

    def __init__(self, tau_s: float, value: float) -> None:
        self._stay = exp(-1 / tau_s)
        self._stir = sqrt(1 - self._stay**2)
        self._value = value

    def walk(self, normals: Floats) -> Floats:
        values = []
        for normal in normals.tolist():
            self._value = self._stay * self._value + self._stir * normal
            values.append(self._value)
        return np.array(values)


class _Rhythm:
    """An oscillator whose frequency may change every second."""

    def __init__(self, cycle: float) -> None:
        self._cycle = cycle

    def turn(self, hz: Floats, restarts: set[int] | frozenset[int] = frozenset()) -> Floats:
        """Cycles at the samples of each second, (seconds, samples); a restart begins a new cycle at its second."""
        starts = []
        for second, step in enumerate(hz.tolist()):
            starts.append(0.0 if second in restarts else self._cycle)
            self._cycle = (starts[-1] + step) % 1
        return np.array(starts)[:, None] + hz[:, None] * _MIDPOINTS_S
