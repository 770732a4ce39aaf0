"""What a public function may be given: intervals, which of them are neighbours, and nothing else.

A wrong argument is a ``ValueError`` that says what was expected and what came; too little data is no error, and what
it does not carry is NaN.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_REAL = frozenset("iuf")


FLAT = 1e-6
"""Spread (of a rhythm: amplitude) as a share of the mean interval up to which intervals are constant but for rounding.
A tick is 1e-3, the sums of rolling windows count in 3e-7 of an interval, and no strap knows a microsecond."""

SHORTEST_MS, LONGEST_MS = 1e-3, 1e9
"""What can be an interval at all; what a heart can do is a matter of artefacts."""


def real_series(name: str, values: Floats) -> Floats:
    """Finite real numbers of shape (n,), as doubles.

    Raises
    ------
    ValueError
        For another shape, what are no real numbers (text, booleans, complex), a mask, NaN and infinity.

    Examples
    --------
    >>> real_series("rr_ms", np.array([800, 900]))
    array([800., 900.])
    """
    if isinstance(values, np.ma.MaskedArray):
        raise ValueError(  # noqa: TRY004 the documented error of every input
            f"expected {name} without a mask: leave out what is masked and mark the gap"
        )
    array = np.asarray(values)
    if array.ndim != 1 or array.dtype.kind not in _REAL or not np.isfinite(array).all():
        raise ValueError(
            f"expected {name} of finite real numbers, shape (n,), came {array.dtype} of shape {array.shape}"
        )
    return array.astype(np.float64, copy=False)


def intervals(rr_ms: Floats) -> Floats:
    """Intervals in ms: a real series above 0.

    Raises
    ------
    ValueError
        As ``real_series``, and for a value that is not above 0, or that no unit makes an interval.

    Examples
    --------
    >>> intervals(np.array([800.0, -1.0]))
    Traceback (most recent call last):
        ...
    ValueError: expected rr_ms above 0, came -1.0 at 1; leave out what is no interval and mark the gap
    """
    array = real_series("rr_ms", rr_ms)
    if array.size and not np.minimum.reduce(array) > 0:
        at = int(np.argmin(array))
        raise ValueError(
            f"expected rr_ms above 0, came {array[at]} at {at}; leave out what is no interval and mark the gap"
        )
    if array.size and not (np.minimum.reduce(array) >= SHORTEST_MS and np.maximum.reduce(array) <= LONGEST_MS):
        raise ValueError(f"expected rr_ms from {SHORTEST_MS} to {LONGEST_MS:g}, came {array.min()} to {array.max()}")
    return array


def differences(rr_ms: Floats, pair_mask: Bools | None) -> Floats:
    """Differences of successive intervals in ms, those of the mask only, shape (n-1,); of one interval none.

    Raises
    ------
    ValueError
        As ``intervals``, and for a mask that is not boolean or has another shape than (n-1,).

    Examples
    --------
    >>> differences(np.array([800.0, 850.0, 830.0]), np.array([True, False]))
    array([50.])
    """
    rr = intervals(rr_ms)
    changes = rr[1:] - rr[:-1]
    if pair_mask is None:
        return changes
    mask = np.asarray(pair_mask)
    if mask.dtype != np.bool_ or mask.shape != changes.shape:
        raise ValueError(
            f"expected pair_mask of booleans, shape {changes.shape}, came {mask.dtype} of shape {mask.shape}"
        )
    return changes[mask]


def starts_of(n: int, starts: Bools | None) -> Bools:
    """Which intervals are not the neighbour of the one before, shape (n,); None: none of them.

    Raises
    ------
    ValueError
        For a mask that is not boolean or has another shape.

    Examples
    --------
    >>> starts_of(2, None)
    array([False, False])
    """
    mask = np.zeros(n, np.bool_) if starts is None else np.asarray(starts)
    if mask.dtype != np.bool_ or mask.shape != (n,):
        raise ValueError(f"expected gaps and starts of booleans of one shape, ({n},), came {mask.dtype}, {mask.shape}")
    return mask
