"""Medians over whole columns with whole weights: exact, so every order of adding gives the same number (law 9)."""

import numpy as np
from numpy.typing import NDArray

Columns = NDArray[np.int64]


def weighted_median_and_mad(columns: Columns, weights: Columns) -> tuple[float, float]:
    """Weighted median of whole columns and the weighted median distance to it, in columns, exact.

    Where half the weight lies exactly between two columns the median is their mean.
    """
    median = weighted_median(columns, weights)
    return median, weighted_median(np.abs(2 * columns - round(2 * median)), weights) / 2


def weighted_median(values: Columns, weights: Columns) -> float:
    """The column that half the weight lies at or below; ValueError without a value."""
    lowest = int(values.min())
    mass = np.cumsum(np.bincount(values - lowest, weights=weights).astype(np.int64))
    at_half = int(np.searchsorted(2 * mass, mass[-1]))
    above_half = int(np.searchsorted(2 * mass, mass[-1], side="right"))
    return lowest + (at_half + above_half) / 2


def effective_number(weights: Columns) -> float:
    """(Σw)²/Σw²: how many equally weighted values these are worth."""
    total, squares = int(weights.sum()), int((weights * weights).sum())
    return total * total / squares if squares else 0.0
