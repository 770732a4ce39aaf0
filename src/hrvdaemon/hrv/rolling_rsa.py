"""Porges-Bohrer RSA of every window, each epoch of 30 s worked out once.

What breathes is filtered once over each gap-free run (``Tachogram.breathing``), so an epoch does not depend on the
window it is in, and windows whose epochs coincide share them.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from hrvdaemon.hrv.given_intervals import FLAT
from hrvdaemon.hrv.rolling_windows import Floats, Indices
from hrvdaemon.hrv.rsa import EDGE, EPOCH
from hrvdaemon.hrv.window_parts import CutTachogram

_ROWS = 4096


def rolling_rsa(of: CutTachogram, slow_rhythm_hz: Floats) -> Floats:
    """Mean of ln(variance / 1 ms²) over the epochs that stand end to end in the parts of each window.

    Parameters
    ----------
    of
        A tachogram cut at windows.
    slow_rhythm_hz
        ``spectrum_readings`` of the windows: where one rules there is no RSA, shape (n,).

    Returns
    -------
    rsa_ln_ms2
        Shape (n,). NaN without a whole epoch, where an epoch has no more than rounding, and where a slow rhythm rules.

    Examples
    --------
    >>> from hrvdaemon.hrv.rolling_windows import windows_every
    >>> from hrvdaemon.hrv.tachogram import tachogram_of
    >>> from hrvdaemon.hrv.window_parts import cut
    >>> rr_ms = 900 + 20 * np.sin(2 * np.pi * 0.25 * 0.9 * np.arange(700))
    >>> pieces = cut(tachogram_of(rr_ms), windows_every(np.cumsum(rr_ms) / 1000, 300.0, 150.0))
    >>> rolling_rsa(pieces, np.full(3, np.nan)).round(1).tolist()
    [5.5, 5.5, 5.5]
    """
    n_windows = len(of.windows)
    total, n_epochs = np.zeros(n_windows), np.zeros(n_windows, np.intp)
    none_ms2 = (FLAT * float(of.resampled().mean())) ** 2 if of.tachogram.runs else 0.0
    for number, filtered in enumerate(of.tachogram.breathing()):
        here = np.flatnonzero(of.parts.run == number)
        window, first, size = of.parts.window[here], of.parts.first[here], of.parts.size[here]
        begin = np.maximum(-(-first // 2), EDGE)
        epochs = np.maximum(np.minimum(-(-(first + size) // 2), filtered.size - EDGE) - begin, 0) // EPOCH
        log_variances = _log_variances(filtered, begin, epochs, none_ms2)
        for epoch in range(int(epochs.max(initial=0))):
            some = epochs > epoch
            total[window[some]] += log_variances[begin[some] + epoch * EPOCH]
        n_epochs[window] += epochs
    mean = np.divide(total, n_epochs, out=np.full(n_windows, np.nan), where=n_epochs > 0)
    return np.where(np.isfinite(slow_rhythm_hz), np.nan, mean)


def _log_variances(filtered: Floats, begin: Indices, epochs: Indices, none_ms2: float) -> Floats:
    """At the first sample of each epoch that a window has; NaN elsewhere and where there is only rounding."""
    found = np.full(filtered.size, np.nan)
    is_asked = np.zeros(filtered.size, np.bool_)
    for epoch in range(int(epochs.max(initial=0))):
        is_asked[begin[epochs > epoch] + epoch * EPOCH] = True
    asked = np.flatnonzero(is_asked)
    for block in range(0, asked.size, _ROWS):
        at = asked[block : block + _ROWS]
        variances = sliding_window_view(filtered, EPOCH)[at].var(axis=1, ddof=1)
        found[at] = np.log(np.where(variances > none_ms2, variances, np.nan))
    return found
