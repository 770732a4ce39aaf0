"""Windows of ``analyse`` from the rolling engine: arrays in, one record a window out."""

import numpy as np

from hrvdaemon.hrv.correction import NNSeries
from hrvdaemon.hrv.one_window import Metrics, Recording, WindowAnalysis
from hrvdaemon.hrv.rolling_analysis import RollingSource
from hrvdaemon.hrv.rolling_time_domain import RANKS, RollingMetrics
from hrvdaemon.hrv.rolling_windows import Windows, starts_of_windows, windows_at
from hrvdaemon.hrv.signal_quality import ArtefactCounts
from hrvdaemon.vocabulary.epochs import BeatKind

_KINDS = (
    BeatKind.ECTOPIC,
    BeatKind.MISSED,
    BeatKind.EXTRA,
    BeatKind.LONG_SHORT,
    BeatKind.OUT_OF_RANGE,
)


def rolled(recording: Recording, duration_s: float, window_s: float, step_s: float) -> tuple[WindowAnalysis, ...]:
    """What ``recording.window`` says of each whole window; starts are ``step_s`` apart.

    Examples
    --------
    >>> from hrvdaemon.hrv.correction import uncorrected
    >>> rr_ms = np.tile([800.0, 900.0], 150)
    >>> recording = Recording.of(uncorrected(rr_ms, None, np.cumsum(rr_ms) / 1000), is_judged=True, keys=("rmssd_ms",))
    >>> [(window.start_s, window.metrics) for window in rolled(recording, 255.0, 120.0, 120.0)]
    [(0.0, {'rmssd_ms': 100.0}), (120.0, {'rmssd_ms': 100.0})]
    """
    windows = windows_at(starts_of_windows(duration_s, window_s, step_s), window_s)
    source = RollingSource(
        series=recording.series,
        judge_quality=recording.is_judged,
        nn=recording.nn,
        tachogram=recording.tachogram,
    )
    found = source.metrics(windows, recording.keys)
    rows = zip(
        windows.start_s.tolist(),
        windows.end_s.tolist(),
        found.coverage.tolist(),
        found.quality.tolist(),
        _artefacts(recording.series, windows),
        _rows(found),
        strict=True,
    )
    return tuple(
        WindowAnalysis(start_s=start, end_s=end, coverage=share, quality=RANKS[rank], artefacts=counts, metrics=metrics)
        for start, end, share, rank, counts, metrics in rows
    )


def _rows(found: RollingMetrics) -> list[Metrics]:
    """One dict a window, None for NaN."""
    columns = []
    for values in found.metrics.values():
        column = values.astype(object)
        column[~np.isfinite(values)] = None
        columns.append(column.tolist())
    keys = tuple(found.metrics)
    if not keys:
        return [{} for _ in range(len(found.windows))]
    return [dict(zip(keys, row, strict=True)) for row in zip(*columns, strict=True)]


def _artefacts(series: NNSeries, windows: Windows) -> list[ArtefactCounts]:
    first, last = (np.searchsorted(series.end_s, at, side="right") for at in (windows.start_s, windows.end_s))
    columns = [last - first]
    for kind in _KINDS:
        counts = np.concatenate([[0], np.cumsum(series.labels == kind.value)])
        columns.append(counts[last] - counts[first])
    return [
        ArtefactCounts(beats=beats, ectopic=ectopic, missed=missed, extra=extra, long_short=odd, out_of_range=out)
        for beats, ectopic, missed, extra, odd, out in zip(*(column.tolist() for column in columns), strict=True)
    ]
