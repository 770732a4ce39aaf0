"""Relative activation: heart rate above and variability below this person's usual, in their own standard deviations.

``A = (z_h - z_v) / sqrt(2 + 2 rho)`` with both z clipped to +-4 (science D.4). Dimensionless; shown to a person only
as "activation compared with your usual". LF/HF is never read here: slow breathing would look like strain (D.1).
"""

from dataclasses import dataclass
from math import sqrt

from hrvdaemon.vocabulary.decisions import HourUsual
from hrvdaemon.vocabulary.ledger_grid import on_ln_grid

Z_LIMIT = 4.0


@dataclass(frozen=True, slots=True)
class Activation:
    """On the grid of the ledger, all three."""

    z_hr: float
    z_ln_rmssd: float
    value: float


def activation(hr_bpm: float, ln_rmssd: float, usual: HourUsual, rho: float) -> Activation:
    """Compare one minute with the usual at its time of day.

    >>> usual = HourUsual(hr_bpm=60, hr_sigma_bpm=4, ln_rmssd=3.5, ln_sigma=0.2, n_eff=100)
    >>> activation(66, 3.2, usual, 0.5).value
    1.732
    """
    z_hr = on_ln_grid(clipped((hr_bpm - usual.hr_bpm) / usual.hr_sigma_bpm))
    z_ln = on_ln_grid(clipped((ln_rmssd - usual.ln_rmssd) / usual.ln_sigma))
    return Activation(z_hr, z_ln, on_ln_grid((z_hr - z_ln) / sqrt(2 + 2 * rho)))


def clipped(z: float) -> float:
    """A deviation of more than four of one's own standard deviations counts as four."""
    return min(max(z, -Z_LIMIT), Z_LIMIT)
