"""Lomb-Scargle band powers of every window: phases of each beat once, windows by running sums.

A later start of the clock only turns all phases by one angle, which the least-squares fit does not feel, so one clock
serves all windows of a block. The frequencies are those of the window's length, as in ``lomb_spectrum`` of that length.
"""

from collections.abc import Iterator

import numpy as np

from hrvdaemon.hrv.correction import NNSeries
from hrvdaemon.hrv.frequency_domain import HF_HZ, LF_HZ, VLF_HZ
from hrvdaemon.hrv.given_intervals import FLAT
from hrvdaemon.hrv.lomb_scargle import FEWEST_TO_FIT, OVERSAMPLING, frequencies_hz
from hrvdaemon.hrv.prefix_sums import Numbers
from hrvdaemon.hrv.rolling_windows import Block, Floats, Indices, Windows, blocks

KEYS = ("vlf_lomb_ms2", "lf_lomb_ms2", "hf_lomb_ms2", "total_power_lomb_ms2", "lf_hf_lomb")

_BANDS = (VLF_HZ, LF_HZ, HF_HZ)
_BEATS = 8192


def rolling_lomb_scargle(nn: NNSeries, windows: Windows, oversampling: int = OVERSAMPLING) -> dict[str, Floats]:
    """Band powers in ms² of beats where they stand; nothing resampled, no trend taken out.

    Parameters
    ----------
    nn
        Intervals in range (``NNSeries.in_range``).
    windows
        Windows over ``nn.end_s``.
    oversampling
        Frequencies for each 1/L; time grows with it.

    Returns
    -------
    metrics
        Arrays of shape (n,), NaN below three beats. Shortest windows and grades are not asked here.

    Examples
    --------
    >>> from hrvdaemon.hrv.correction import uncorrected
    >>> from hrvdaemon.hrv.rolling_windows import windows_every
    >>> rr_ms = 900 + 20 * np.sin(2 * np.pi * 0.1 * 0.9 * np.arange(700))
    >>> nn = uncorrected(rr_ms, None, np.cumsum(rr_ms) / 1000)
    >>> rolling_lomb_scargle(nn, windows_every(nn.end_s, 300.0, 150.0))["lf_lomb_ms2"].round(-1).tolist()
    [200.0, 200.0, 200.0]
    """
    powers = np.full((len(_BANDS), len(windows)), np.nan)
    weights = _weights(windows.length_s, oversampling)
    for block in blocks(windows, nn.end_s, _BEATS):
        powers[:, block.windows] = _band_powers(nn, block, weights, 1 / (oversampling * windows.length_s))
    vlf, lf, hf = powers
    ratio = lf / np.where(hf > 0, hf, np.nan)
    return dict(zip(KEYS, (vlf, lf, hf, vlf + lf + hf, ratio), strict=True))


def _weights(length_s: float, oversampling: int) -> Floats:
    """What each frequency k/(oversampling L) adds to each band by trapezoid, shape (3, frequencies); k from 0."""
    frequency = frequencies_hz(length_s, int(HF_HZ[1] * oversampling * length_s) + 1, oversampling)
    step_hz = float(frequency[1])
    weights = np.zeros((len(_BANDS), frequency.size))
    for row, band in zip(weights, _BANDS, strict=True):
        first, last = np.searchsorted(frequency, band).tolist()
        if last > first:
            row[first:last] = step_hz
            row[[first, last - 1]] -= step_hz / 2
    return weights


def _band_powers(nn: NNSeries, block: Block, weights: Floats, step_hz: float) -> Floats:
    n, observed_s, mean_ms, around, since_s = _levels(nn, block)
    power = np.zeros((len(weights), n.size))
    with np.errstate(divide="ignore", invalid="ignore"):
        for k, explained in _periodogram(around, since_s, block, n, step_hz, weights):
            for band in np.flatnonzero(weights[:, k]).tolist():
                power[band] += weights[band, k] * explained
        power *= 2 * observed_s / n
        power[power <= (FLAT * mean_ms) ** 2] = 0.0
    power[:, n < FEWEST_TO_FIT] = np.nan
    return power


def _levels(nn: NNSeries, block: Block) -> tuple[Indices, Floats, Floats, Floats, Floats]:
    """Beats, time without gaps and mean interval of each window; intervals around their mean and times of the block."""
    rr_ms, end_s = nn.rr_ms[block.beats], nn.end_s[block.beats]
    n = block.last - block.first
    since_s = end_s - end_s[:1]
    centre = float(rr_ms.mean()) if rr_ms.size else 0.0
    steps = np.diff(since_s, prepend=0.0) * ~nn.starts[block.beats]
    observed = np.concatenate([np.cumsum(steps), [0.0]])
    last = np.maximum(block.last - 1, block.first)
    around = rr_ms - centre
    mean_ms = centre + _within(around, block) / np.maximum(n, 1)
    return n, observed[last] - observed[block.first], mean_ms, around, since_s


def _periodogram(
    around: Floats, since_s: Floats, block: Block, n: Indices, step_hz: float, weights: Floats
) -> Iterator[tuple[int, Floats]]:
    """Half of what the fitted sine explains in each window, at each frequency that a band wants."""
    mean = _within(around, block) / np.maximum(n, 1)
    turn = np.exp(2j * np.pi * step_hz * since_s)
    phase = np.ones_like(turn)
    wanted = np.asarray(weights.any(axis=0))
    for k in range(1, int(np.flatnonzero(wanted)[-1]) + 1 if wanted.any() else 0):
        phase *= turn
        if not wanted[k]:
            continue
        with_values = _within(phase * around, block) - mean * _within(phase, block)
        doubled = _within(phase * phase, block)
        cosines, both = (n + doubled.real) / 2, doubled.imag / 2
        sines = n - cosines
        c, s = with_values.real, with_values.imag
        explained = c * c * sines - 2 * c * s * both + s * s * cosines
        yield k, explained / (2 * (cosines * sines - both * both))


def _within(values: Numbers, block: Block) -> Numbers:
    sums = np.empty(values.size + 1, values.dtype)
    sums[0] = 0
    np.cumsum(values, out=sums[1:])
    return np.asarray(sums[block.last] - sums[block.first])
