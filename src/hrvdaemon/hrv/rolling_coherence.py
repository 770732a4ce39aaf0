"""Coherence of every window: the median over the 64 s that stand end to end in its gap-free parts."""

from itertools import pairwise

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from hrvdaemon.hrv.coherence import WINDOW, WINDOW_S, coherence_shares
from hrvdaemon.hrv.rolling_windows import ROUNDING_S, Floats, Indices
from hrvdaemon.hrv.window_parts import CutTachogram, by_window

_ROWS = 128


def rolling_coherence(of: CutTachogram) -> Floats:
    """Median of ``coherence.coherence_share`` over the pieces of each window.

    Parameters
    ----------
    of
        A tachogram cut at windows.

    Returns
    -------
    coherence
        Shape (n,), 0 to 1; NaN where no part has 64 s, and where nothing varies but for a straight line.

    Examples
    --------
    >>> from hrvdaemon.hrv.rolling_windows import windows_every
    >>> from hrvdaemon.hrv.tachogram import tachogram_of
    >>> from hrvdaemon.hrv.window_parts import cut
    >>> rr_ms = 900 + 40 * np.sin(2 * np.pi * 0.1 * 0.9 * np.arange(700))
    >>> pieces = cut(tachogram_of(rr_ms), windows_every(np.cumsum(rr_ms) / 1000, 300.0, 150.0))
    >>> rolling_coherence(pieces).round(1).tolist()
    [0.9, 0.9, 0.9]
    """
    is_long = of.length_s >= WINDOW_S - ROUNDING_S
    parts = of.parts[np.flatnonzero(is_long)]
    length = np.minimum(parts.size, WINDOW)
    copies = parts.size // np.maximum(length, 1)
    source = np.repeat(np.arange(copies.size), copies)
    number = np.arange(source.size) - np.repeat(np.cumsum(copies) - copies, copies)
    first = of.offsets[parts.run[source]] + parts.first[source] + number * length[source]
    shares = _shares(of.resampled(), first, length[source])
    return by_window(shares, parts.window[source], len(of.windows))


def _shares(samples: Floats, first: Indices, length: Indices) -> Floats:
    """Of each piece; pieces of windows that coincide are worked out once."""
    shares, order = np.empty(first.size), np.lexsort((first, length))
    for low, high in pairwise(np.flatnonzero(np.diff(length[order], prepend=-1, append=-1)).tolist()):
        of_length = order[low:high]
        different, which = np.unique(first[of_length], return_inverse=True)
        every = sliding_window_view(samples, int(length[of_length[0]]))
        found = [coherence_shares(every[different[block : block + _ROWS]]) for block in range(0, different.size, _ROWS)]
        shares[of_length] = np.concatenate(found)[which]
    return shares
