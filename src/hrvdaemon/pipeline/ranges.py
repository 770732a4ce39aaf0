"""From where to where each number of the settings makes sense, for the config, ``--set`` and a recording alike.

A range is wide: it keeps out what divides by zero, never fires or can not be meant, not what is unusual.
"""

from collections.abc import Mapping

from hrvdaemon.regulation.prompting import FREQUENCIES
from hrvdaemon.vocabulary.inputs import Scalar

RANGES: dict[str, tuple[float, float]] = {
    # an interval lasts up to 64 s in a packet; 2 s is the longest that counts as a beat
    "timeline.resync_s": (0.1, 60),
    "timeline.duplicate_ms": (0, 1_000),
    "timeline.flatline_beats": (2, 1_000),
    "timeline.longest_rr_s": (2, 64),
    "timeline.unit_check_s": (10, 3_600),
    # thresholds divide: none may be 0; a decision reads the three changes after a beat
    "artefacts.alpha": (0.1, 100),
    "artefacts.window": (3, 1_001),
    "artefacts.median": (1, 101),
    "artefacts.c1": (0, 10),
    "artefacts.c2": (0, 10),
    "artefacts.mrr_gate": (0.1, 100),
    "artefacts.floor_ms": (0.1, 1_000),
    "artefacts.lookahead": (3, 100),
    # shares are 0 to 1, minutes up to a day, breath up to the fastest that a heart rate can show
    "gates.usable_max_artefacts": (0, 1),
    "gates.min_pairs": (1, 300),
    "gates.min_coverage": (0, 1),
    "gates.hr_reserve": (0, 1),
    "gates.above_rest_bpm": (0, 200),
    "gates.rise_bpm_60s": (0, 200),
    "gates.rise_bpm_20s": (0, 200),
    "gates.settle_bpm_per_min": (0, 200),
    "gates.settle_min": (1, 60),
    "gates.effort_min": (1, 60),
    "gates.lockout_min_light": (0, 1_440),
    "gates.lockout_min_moderate": (0, 1_440),
    "gates.lockout_min_hard": (0, 1_440),
    "gates.moderate_reserve": (0, 1),
    "gates.hard_reserve": (0, 1),
    "gates.step_bpm": (0, 200),
    "gates.step_release_bpm": (0, 200),
    "gates.step_hold_max_min": (0, 1_440),
    "gates.slow_breathing_hz": (0, 1),
    "gates.motion_hold_min": (0, 1_440),
    "gates.age_years": (0, 120),
    # a usual of no day or no minute is none; after ten half-lives nothing is left; floors divide; rho is clipped to 0.9
    "baseline.days": (1, 100),
    "baseline.half_life_days": (2, 366),
    "baseline.time_of_day_sigma_h": (0.1, 24),
    "baseline.shrink_minutes": (0, 100_000),
    "baseline.sigma_floor_hr_bpm": (0.1, 100),
    "baseline.sigma_floor_ln": (0.01, 10),
    "baseline.cold_rho": (0, 0.9),
    "baseline.rest_days": (1, 366),
    "baseline.rest_percentile": (0, 100),
    "baseline.rest_floor_bpm": (20, 100),
    "baseline.motion_percentile": (0, 100),
    "baseline.stage_1_minutes": (1, 100_000),
    "baseline.stage_2_minutes": (1, 100_000),
    "baseline.stage_2_days": (1, 366),
    "baseline.stage_3_minutes": (1, 100_000),
    "baseline.stage_3_days": (1, 366),
    "baseline.reference_days": (1, 100),
    "baseline.reference_day_minutes": (1, 1_440),
    # evidence without a minute is none; only a low pattern lies below one's own usual
    "dominance.theta_on": (0.1, 100),
    "dominance.theta_off": (0, 100),
    "dominance.n": (1, 60),
    "dominance.k": (1, 60),
    "dominance.both_sides": (0, 100),
    "dominance.off_minutes": (1, 60),
    "dominance.elevated_of_5": (1, 5),
    "dominance.bridge_min": (0, 60),
    "dominance.low_z": (-100, 0),
    # manners: no more often than every ten minutes and twelve times a day, whatever is set
    "prompts.cooldown_min": (10, 1_440),
    "prompts.longest_cooldown_min": (10, 10_080),
    "prompts.dismissals_that_double": (1, 100),
    "prompts.daily_cap": (0, 12),
    "prompts.strap_on_min": (0, 1_440),
    "prompts.after_session_min": (0, 1_440),
    "prompts.quiet_from_min": (0, 1_439),
    "prompts.quiet_to_min": (0, 1_439),
    "prompts.expire_min": (1, 1_440),
    "prompts.target_per_day": (0, 12),
}
"""Least and most."""

CHOICES: dict[str, tuple[str, ...]] = {"prompts.frequency": FREQUENCIES}
"""Words, where only some make sense."""

RISING = (
    ("dominance.k", "dominance.n"),
    ("dominance.off_minutes", "dominance.n"),
    ("baseline.stage_1_minutes", "baseline.stage_2_minutes"),
    ("baseline.stage_2_minutes", "baseline.stage_3_minutes"),
    ("baseline.stage_2_days", "baseline.stage_3_days"),
    ("baseline.stage_3_days", "baseline.days"),
    ("gates.moderate_reserve", "gates.hard_reserve"),
)
"""The first may be at most the second."""
BELOW = (("dominance.theta_off", "dominance.theta_on"),)
"""The first must be below the second, or activation would be up and down at once."""


def out_of_range(key: str, value: Scalar) -> str | None:
    """What was expected of a number and what came; None if it is right, or no number."""
    if isinstance(value, (str, bool)) or key not in RANGES:
        return None
    low, high = RANGES[key]
    if low <= value <= high:  # neither NaN nor infinity is
        return None
    return f"expected a number from {low:g} to {high:g}, came {value!r:.40}"


def out_of_order(flat: Mapping[str, Scalar], known: Mapping[str, Scalar]) -> dict[str, str]:
    """By key of ``flat``: what is right by itself and wrong beside another setting, set or by default in ``known``."""
    every = {**known, **flat}
    wrong = [(low, high, "at most") for low, high in RISING if not every[low] <= every[high]]  # type: ignore[operator]  # numbers, by RANGES
    wrong += [(low, high, "below") for low, high in BELOW if not every[low] < every[high]]  # type: ignore[operator]  # numbers, by RANGES
    return {
        (low if low in flat else high): f"expected {low} {how} {high}, came {every[low]} and {every[high]}"
        for low, high, how in wrong
    }
