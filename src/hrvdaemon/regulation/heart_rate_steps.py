"""How heart rate moved from ten seconds to ten seconds: rises, slopes, steps, and the level before them.

The series are medians of ten seconds, None where there was no ordinary beat. They are looked at through a median of
three neighbours: a breath that swings the heart by 10 bpm is over in ten seconds, a step stays.
"""

from collections.abc import Sequence
from statistics import median

Tens = Sequence[float | None]

STEP_TENS = 2
"""Twenty seconds."""
MINUTE_TENS = 6
LEVEL_TENS = 18
"""Three minutes."""


def smoothed(tens: Tens) -> list[float | None]:
    """Median of each value and its neighbours; None only where there is none of the three."""
    return [median_known(tens[max(i - 1, 0) : i + 2]) for i in range(len(tens))]


def steepest_rise(tens: Tens, reach: int, new: int) -> float:
    """Largest rise within ``reach`` ten-second steps that ends in the last ``new`` of them; 0 without one."""
    rises = [
        later - earlier
        for end in range(max(len(tens) - new, 0), len(tens))
        for start in range(max(end - reach, 0), end)
        if (later := tens[end]) is not None and (earlier := tens[start]) is not None
    ]
    return max(rises, default=0.0)


def slope_bpm_per_min(tens: Tens) -> float | None:
    """Least-squares slope of ten-second heart rates; None with fewer than two thirds of them."""
    points = [(position / MINUTE_TENS, hr) for position, hr in enumerate(tens) if hr is not None]
    if 3 * len(points) < 2 * len(tens):
        return None
    mean_x, mean_y = sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / sum((x - mean_x) ** 2 for x, _ in points)


def level_before_step(tens: Tens, new: int, step_bpm: float) -> float | None:
    """Median heart rate of the three minutes before a step in the newest minute; None if there is no step.

    The newest ten seconds wait for their neighbour: a step there is seen a minute later.
    """
    smooth = smoothed(tens)
    for end in range(max(len(tens) - new - 1, 0), len(tens) - 1):
        for start in range(max(end - STEP_TENS, 0), end):
            low, high = smooth[start], smooth[end]
            if low is not None and high is not None and high - low >= step_bpm:
                return median_known(tens[max(start - LEVEL_TENS, 0) : start + 1])
    return None


def median_known(values: Tens) -> float | None:
    """Median of the values that are known; None without one."""
    known = [value for value in values if value is not None]
    return median(known) if known else None
