"""How sure a figure is: resampling whole persons, never their minutes; and the area under the ROC curve."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

RESAMPLES = 2000
_SEED = 20261124
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure with its 95 % interval; None where there was nothing to count. ``n`` is what it was counted over."""

    value: float | None
    low: float | None = None
    high: float | None = None
    n: int = 0

    def as_json(self) -> dict[str, float | int | None]:
        """Keys as the fields."""
        low, high = (None if limit is None else round(limit, 4) for limit in (self.low, self.high))
        return {"value": None if self.value is None else round(self.value, 4), "low": low, "high": high, "n": self.n}


def figure_over(persons: Sequence[T], statistic: Callable[[Sequence[T]], float | None], *, n: int) -> Figure:
    """A statistic of all persons, with the percentile interval of 2000 resamples of persons with replacement.

    No interval with fewer than three persons: it would say nothing. The resamples are the same at every call.
    """
    value = statistic(persons)
    if value is None or len(persons) < 3:
        return Figure(value=value, n=n)
    chance = np.random.Generator(np.random.PCG64(_SEED))
    picks = chance.integers(0, len(persons), (RESAMPLES, len(persons))).tolist()
    values = [v for pick in picks if (v := statistic([persons[i] for i in pick])) is not None]
    low, high = np.percentile(values, (2.5, 97.5)).tolist()
    return Figure(value=value, low=low, high=high, n=n)


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float | None:
    """Chance that a positive score is above a negative one, ties half (Mann-Whitney U / n1 n0); None if one is empty.

    >>> auroc([3, 2], [1, 2])
    0.875
    """
    if not positive or not negative:
        return None
    ordered = np.sort(np.array(negative, np.float64))
    scores = np.array(positive, np.float64)
    below = np.searchsorted(ordered, scores, side="left")
    up_to = np.searchsorted(ordered, scores, side="right")
    return float((below + up_to).sum() / (2 * len(positive) * len(negative)))
