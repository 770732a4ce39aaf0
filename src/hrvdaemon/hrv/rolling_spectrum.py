"""Welch's spectrum of every window, each segment transformed once however many windows share it.

The estimate is that of ``frequency_domain.spectrum_of`` on the same parts of the same tachogram; what is read from it
is in ``spectrum_readings``.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from hrvdaemon.hrv.frequency_domain import FEWEST_SAMPLES, PADDED, SEGMENT
from hrvdaemon.hrv.rolling_windows import Floats, Indices
from hrvdaemon.hrv.spectrum_readings import KEYS, N_BINS, readings
from hrvdaemon.hrv.tachogram import RATE_HZ
from hrvdaemon.hrv.window_parts import CutTachogram, Parts

_WINDOWS = 512
_ROWS = 64


@dataclass(frozen=True, slots=True)
class _Segments:
    """Segments by ascending window: where each begins in the row of all samples, and how long it is."""

    window: Indices
    first: Indices
    size: Indices


def rolling_spectrum(of: CutTachogram, keys: tuple[str, ...] = KEYS) -> dict[str, Floats]:
    """Band powers in ms², their ratios, peaks and breathing rate.

    Parameters
    ----------
    of
        A tachogram cut at windows.
    keys
        What is wanted of ``spectrum_readings.KEYS``; peaks cost as much as the spectrum.

    Returns
    -------
    metrics
        Arrays of shape (n,). NaN where no part has 16 samples; ratios are NaN of no power. Shortest parts and grades
        are not asked here.

    Examples
    --------
    >>> from hrvdaemon.hrv.rolling_windows import windows_every
    >>> from hrvdaemon.hrv.tachogram import tachogram_of
    >>> from hrvdaemon.hrv.window_parts import cut
    >>> rr_ms = 900 + 30 * np.sin(2 * np.pi * 0.09 * np.arange(700))
    >>> windows = windows_every(np.cumsum(rr_ms) / 1000, 300.0, 150.0)
    >>> rolling_spectrum(cut(tachogram_of(rr_ms), windows))["lf_ms2"].round().tolist()
    [444.0, 444.0, 444.0]
    """
    n_windows, samples = len(of.windows), of.detrended()
    used = _used(of.parts, n_windows)
    segments, mean_ms = _segments(used, of.offsets), _means(used, of, n_windows)
    found = {key: np.full(n_windows, np.nan) for key in keys}
    for start in range(0, n_windows, _WINDOWS):
        low, high = np.searchsorted(segments.window, (start, start + _WINDOWS)).tolist()
        if low < high:
            which, density = _densities(samples, segments, slice(low, high))
            for key, values in readings(density, mean_ms[which], keys).items():
                found[key][which] = values
    return found


def _used(parts: Parts, n_windows: int) -> Parts:
    """Parts of 300 s and more, or else the longest one of the window alone, the first of equals; by window."""
    longest = np.zeros(n_windows, np.intp)
    np.maximum.at(longest, parts.window, parts.size)
    is_whole = parts.size >= SEGMENT
    alone = np.flatnonzero(~is_whole & (parts.size == longest[parts.window]) & (parts.size >= FEWEST_SAMPLES))
    alone = alone[np.argsort(parts.window[alone], kind="stable")]
    alone = alone[np.diff(parts.window[alone], prepend=-1) > 0]
    used = parts[np.concatenate([np.flatnonzero(is_whole), alone])]
    return used[np.argsort(used.window, kind="stable")]


def _means(used: Parts, of: CutTachogram, n_windows: int) -> Floats:
    """Mean of the resampled intervals of the parts that a window's spectrum is made of."""
    samples = of.resampled()
    centre = float(samples.mean()) if samples.size else 0.0
    sums = np.concatenate([[0.0], np.cumsum(samples - centre)])
    first = of.offsets[used.run] + used.first
    total = np.bincount(used.window, sums[first + used.size] - sums[first], minlength=n_windows)
    sizes = np.bincount(used.window, used.size, minlength=n_windows)
    return np.asarray(centre + total / np.maximum(sizes, 1), np.float64)


def _segments(used: Parts, offsets: Indices) -> _Segments:
    """Half overlapping segments of 300 s; a shorter part is one."""
    hop = SEGMENT // 2
    copies = np.maximum(0, used.size - SEGMENT) // hop + 1
    source = np.repeat(np.arange(copies.size), copies)
    number = np.arange(source.size) - np.repeat(np.cumsum(copies) - copies, copies)
    first = offsets[used.run[source]] + used.first[source] + number * hop
    return _Segments(used.window[source], first, np.minimum(used.size, SEGMENT)[source])


def _densities(samples: Floats, segments: _Segments, here: slice) -> tuple[Indices, Floats]:
    """Windows that have a spectrum, and their densities, shape (windows, bins)."""
    window, first, size = segments.window[here], segments.first[here], segments.size[here]
    order = np.lexsort((first, size))
    is_new = np.ones(order.size, dtype=np.bool_)
    is_new[1:] = (np.diff(size[order]) != 0) | (np.diff(first[order]) != 0)
    different = order[is_new]
    which = np.empty(order.size, np.intp)
    which[order] = np.cumsum(is_new) - 1
    density = np.concatenate(list(_by_length(samples, first[different], size[different])))
    begins = np.flatnonzero(np.diff(window, prepend=-1))
    if begins.size == window.size:
        return window, density[which]
    counts = np.diff(begins, append=window.size)
    return window[begins], np.add.reduceat(density[which], begins) / counts[:, None]


def _by_length(samples: Floats, first: Indices, size: Indices) -> Iterator[Floats]:
    """Densities of segments that are sorted by length."""
    bounds = np.flatnonzero(np.diff(size, prepend=-1, append=-1)).tolist()
    for low, high in pairwise(bounds):
        yield from _periodograms(samples, first[low:high], int(size[low]))


def _periodograms(samples: Floats, starts: Indices, length: int) -> Iterator[Floats]:
    """One-sided densities of segments of one length, some at a time; the first bins only, which bands need."""
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)
    window *= np.sqrt(2 / (RATE_HZ * float(window @ window)))
    every = np.lib.stride_tricks.sliding_window_view(samples, length)
    padded = np.zeros((min(_ROWS, starts.size), PADDED))
    for block in range(0, starts.size, _ROWS):
        rows = every[starts[block : block + _ROWS]]
        rows -= rows.mean(axis=1, keepdims=True)
        np.multiply(rows, window, out=padded[: len(rows), :length])
        transform = np.fft.rfft(padded[: len(rows)], axis=1)[:, :N_BINS]
        yield transform.real**2 + transform.imag**2
