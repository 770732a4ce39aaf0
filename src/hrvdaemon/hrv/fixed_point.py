"""Intervals as whole numbers of a grid, and what is left of them: sums of the whole part have no rounding at all.

The grid is 2**-k ms. Milliseconds, ticks of 1/1024 s and the usual sampling intervals lie on it, so recordings are
taken as they are; of any other double the remainder below the grid is kept beside it.
"""

from dataclasses import dataclass
from math import log2

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

FINEST = 12
"""1/4096 ms: corrected beats and their halves lie on it."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Whole numbers of ``1 / per_ms`` ms."""

    per_ms: float

    def whole(self, rr_ms: Floats) -> Integers:
        """The nearest whole numbers."""
        return np.rint(rr_ms * self.per_ms).astype(np.int64)

    def rest(self, rr_ms: Floats, whole: Integers) -> Floats | None:
        """What the whole numbers leave over, in units of the grid, exact; None where it is nothing."""
        rest = rr_ms * self.per_ms - whole
        return rest if rest.any() else None


def grid_for(rr_ms: Floats, n_in_window: int) -> Grid:
    """The finest grid, up to 1/4096 ms, on which no window of ``n_in_window`` intervals overflows 63 bits.

    Parameters
    ----------
    rr_ms
        Intervals in ms, shape (n,), finite.
    n_in_window
        Most intervals of a window.

    Raises
    ------
    ValueError
        Where even whole milliseconds would overflow: about two million beats in one window.

    Notes
    -----
    The largest number is ``N Σx² - (Σx)²``, which is N times the sum of squared deviations. That sum is at most N
    times a quarter of the squared range, and at most that of the whole series. Intermediate sums may wrap around:
    addition modulo 2**64 is exact, so only the result has to fit.

    Examples
    --------
    >>> grid_for(np.array([800.0, 900.0]), 2).per_ms
    4096.0
    """
    if not rr_ms.size:
        return Grid(2.0**FINEST)
    by_range = n_in_window * (float(rr_ms.max()) - float(rr_ms.min())) / 2
    squares = float(rr_ms @ rr_ms)
    by_series = (n_in_window * (1e-9 * squares + max(squares - rr_ms.size * float(rr_ms.mean()) ** 2, 0.0))) ** 0.5
    # differences reach over the whole range either way: twice the deviation
    bits = int(31.4 - log2(max(2 * min(by_range, by_series), 1.0)))
    if bits < 0:
        raise ValueError(
            f"expected windows whose sums fit into 63 bits, came {n_in_window} intervals of up to {rr_ms.max():g} ms;"
            " leave out what is no interval and mark the gap"
        )
    return Grid(2.0 ** min(FINEST, bits))
