"""Band powers of every window by Welch, each segment transformed once however many windows share it.

The estimate is that of ``frequency_domain.spectrum_of`` on the same parts of the same tachogram. Averaging segments and
summing bins are linear, so band powers of segments are averaged instead of spectra.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from hrvdaemon.hrv.frequency_domain import (
    FEWEST_SAMPLES,
    HF_HZ,
    LF_HZ,
    PADDED,
    ROUNDING,
    SEGMENT,
    VLF_HZ,
)
from hrvdaemon.hrv.rolling_windows import Floats, Indices, Windows
from hrvdaemon.hrv.tachogram import RATE_HZ, Tachogram

KEYS = ("vlf_ms2", "lf_ms2", "hf_ms2", "total_power_ms2", "lf_nu", "hf_nu", "lf_hf")

_BANDS = (VLF_HZ, LF_HZ, HF_HZ)
_ON_THE_GRID = 1e-9
"""Samples; see ``tachogram``."""
_ROWS = 64


@dataclass(frozen=True, slots=True)
class _Parts:
    """Gap-free parts of windows, in one row of all samples: window, first sample, number of samples."""

    window: Indices
    first: Indices
    size: Indices

    def __getitem__(self, chosen: Indices) -> "_Parts":
        return _Parts(self.window[chosen], self.first[chosen], self.size[chosen])


def rolling_spectrum(tachogram: Tachogram, windows: Windows) -> tuple[dict[str, Floats], Floats]:
    """Band powers in ms² and their ratios, and the longest gap-free part in s that each window has.

    Parameters
    ----------
    tachogram
        Of the whole series, its runs freed of their slow trend once.
    windows
        Windows over the same time.

    Returns
    -------
    metrics, unbroken_s
        Arrays of shape (n,). NaN where no part has 16 samples; ratios are NaN of no power. Shortest parts and grades
        are not asked here.

    Examples
    --------
    >>> from hrvdaemon.hrv.rolling_windows import windows_every
    >>> from hrvdaemon.hrv.tachogram import tachogram_of
    >>> rr_ms = 900 + 30 * np.sin(2 * np.pi * 0.09 * np.arange(700))
    >>> windows = windows_every(np.cumsum(rr_ms) / 1000, 300.0, 150.0)
    >>> rolling_spectrum(tachogram_of(rr_ms), windows)[0]["lf_ms2"].round().tolist()
    [444.0, 444.0, 444.0]
    """
    parts, unbroken_s = _parts(tachogram, windows)
    samples = np.concatenate([np.empty(0), *(run.detrended_ms for run in tachogram.runs)])
    segments = _segments(_used(parts, len(windows)))
    n_segments = np.bincount(segments.window, minlength=len(windows))
    power = np.full((len(_BANDS), len(windows)), np.nan)
    for band, of_segment in zip(power, _powers(samples, segments).T, strict=True):
        total = np.bincount(segments.window, of_segment, minlength=len(windows))
        np.divide(total, n_segments, out=band, where=n_segments > 0)
    power[power <= (ROUNDING * _mean_rr_ms(tachogram)) ** 2] = 0.0
    return _ratios(*power), unbroken_s


def _ratios(vlf: Floats, lf: Floats, hf: Floats) -> dict[str, Floats]:
    both = np.where(lf + hf > 0, lf + hf, np.nan)
    values = (vlf, lf, hf, vlf + (lf + hf), 100 * lf / both, 100 * hf / both, lf / np.where(hf > 0, hf, np.nan))
    return dict(zip(KEYS, values, strict=True))


def _mean_rr_ms(tachogram: Tachogram) -> float:
    """It only says what is rounding, so one for the whole series will do."""
    sizes = sum(run.resampled_ms.size for run in tachogram.runs)
    return sum(float(run.resampled_ms.sum()) for run in tachogram.runs) / max(sizes, 1)


def _parts(tachogram: Tachogram, windows: Windows) -> tuple[_Parts, Floats]:
    """What ``Tachogram.between`` gives for each window."""
    unbroken_s, found, offset = np.zeros(len(windows)), [], 0
    for run in tachogram.runs:
        low = int(np.searchsorted(windows.end_s, run.start_s, side="right"))
        high = int(np.searchsorted(windows.start_s, run.end_s, side="left"))
        start_s, end_s = windows.start_s[low:high], windows.end_s[low:high]
        first, last = (_sample(time_s, run.grid_s, run.resampled_ms.size) for time_s in (start_s, end_s))
        size = np.maximum(last - first, 0)
        length_s = np.minimum(end_s, run.end_s) - np.maximum(start_s, run.start_s)
        longest = unbroken_s[low:high]
        np.maximum(longest, np.where(size > 0, length_s, 0.0), out=longest)
        found.append(_Parts(np.arange(low, high), offset + first, size))
        offset += run.resampled_ms.size
    columns = zip(*((part.window, part.first, part.size) for part in found), strict=True)
    joined = [np.concatenate(column) for column in columns] or [np.empty(0, np.intp)] * 3
    return _Parts(*joined), unbroken_s


def _sample(time_s: Floats, grid_s: float, size: int) -> Indices:
    return np.clip(np.ceil((time_s - grid_s) * RATE_HZ - _ON_THE_GRID).astype(np.intp), 0, size)


def _used(parts: _Parts, n_windows: int) -> _Parts:
    """Parts of 300 s and more, or else the longest one of the window alone, the first of equals."""
    longest = np.zeros(n_windows, np.intp)
    np.maximum.at(longest, parts.window, parts.size)
    is_whole = parts.size >= SEGMENT
    alone = np.flatnonzero(~is_whole & (parts.size == longest[parts.window]) & (parts.size >= FEWEST_SAMPLES))
    alone = alone[np.argsort(parts.window[alone], kind="stable")]
    alone = alone[np.diff(parts.window[alone], prepend=-1) > 0]
    return parts[np.concatenate([np.flatnonzero(is_whole), alone])]


def _segments(parts: _Parts) -> _Parts:
    """Half overlapping segments of 300 s; a shorter part is one."""
    hop = SEGMENT // 2
    copies = np.maximum(0, parts.size - SEGMENT) // hop + 1
    source = np.repeat(np.arange(copies.size), copies)
    number = np.arange(source.size) - np.repeat(np.cumsum(copies) - copies, copies)
    return _Parts(parts.window[source], parts.first[source] + number * hop, np.minimum(parts.size, SEGMENT)[source])


def _powers(samples: Floats, segments: _Parts) -> Floats:
    """Band powers of each segment, shape (segments, 3)."""
    powers = np.empty((segments.size.size, len(_BANDS)))
    order = np.lexsort((segments.first, segments.size))
    size, first = segments.size[order], segments.first[order]
    is_new = np.ones(order.size, dtype=np.bool_)
    is_new[1:] = (np.diff(size) != 0) | (np.diff(first) != 0)
    which, different = np.cumsum(is_new) - 1, np.flatnonzero(is_new)
    bounds = np.flatnonzero(np.diff(size[different], prepend=-1, append=-1)).tolist()
    for low, high in pairwise(bounds):
        length, starts = int(size[different[low]]), first[different[low:high]]
        of_group = np.concatenate(list(_periodogram_powers(samples, starts, length)))
        inside = slice(int(different[low]), int(different[high]) if high < different.size else order.size)
        powers[order[inside]] = of_group[which[inside] - low]
    return powers


def _periodogram_powers(samples: Floats, starts: Indices, length: int) -> Iterator[Floats]:
    """Band powers of segments of one length, some at a time."""
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)
    weights = _weights() * (2 / (RATE_HZ * float(window @ window)))
    every = np.lib.stride_tricks.sliding_window_view(samples, length)
    padded = np.zeros((min(_ROWS, starts.size), PADDED))
    for block in range(0, starts.size, _ROWS):
        rows = every[starts[block : block + _ROWS]]
        rows -= rows.mean(axis=1, keepdims=True)
        np.multiply(rows, window, out=padded[: len(rows), :length])
        transform = np.fft.rfft(padded[: len(rows)], axis=1)[:, : len(weights)]
        yield (transform.real**2 + transform.imag**2) @ weights


def _weights() -> Floats:
    """What each bin adds to each band by trapezoid, shape (bins up to the last band, 3)."""
    frequency = np.fft.rfftfreq(PADDED, 1 / RATE_HZ)
    bounds = [np.searchsorted(frequency, band).tolist() for band in _BANDS]
    weights = np.zeros((max(last for _, last in bounds), len(_BANDS)))
    for column, (first, last) in zip(weights.T, bounds, strict=True):
        column[first:last] = frequency[1]
        column[[first, last - 1]] = frequency[1] / 2
    return weights
