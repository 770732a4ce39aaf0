"""The grid on which the numbers of a decision stand: fine enough for any reader, coarse enough to be kept for ever.

Heart rate in 0.01 bpm, ln RMSSD and everything dimensionless in 0.001, shares and Hz in 0.0001, effective counts in
0.1. A number on the grid is the float nearest to its decimal, so dividing the stored whole number gives it back.
"""

BPM = 100
LN = 1000
SHARE = 10_000
COUNT = 10


def on_bpm_grid(value: float) -> float:
    """Nearest 0.01 bpm."""
    return round(value, 2)


def on_ln_grid(value: float) -> float:
    """Nearest 0.001: ln RMSSD, z, activation, thresholds."""
    return round(value, 3)


def on_share_grid(value: float) -> float:
    """Nearest 0.0001: shares, coverage, Hz."""
    return round(value, 4)


def on_count_grid(value: float) -> float:
    """Nearest 0.1: effective numbers of minutes."""
    return round(value, 1)


def to_whole(value: float | None, scale: int) -> int | None:
    """The whole number that stands for a value on the grid."""
    return None if value is None else round(value * scale)


def from_whole(value: int | None, scale: int) -> float | None:
    """The value again, bit for bit."""
    return None if value is None else value / scale
