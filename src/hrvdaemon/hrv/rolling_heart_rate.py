"""Mean of the instantaneous heart rates of every window, by integer sums on a grid as fine as 63 bits allow."""

from math import log2

import numpy as np

from hrvdaemon.hrv.correction import NNSeries
from hrvdaemon.hrv.prefix_sums import Workspace
from hrvdaemon.hrv.rolling_windows import Floats, Windows, blocks, most_beats


def rolling_mean_hr_inst(nn: NNSeries, windows: Windows) -> Floats:
    """Mean of 60000/RR in 1/min for every window, as ``time_domain.mean_hr_inst`` defines it.

    Parameters
    ----------
    nn
        Intervals in range (``NNSeries.in_range``), above 0.
    windows
        Windows over ``nn.end_s``.

    Returns
    -------
    mean_hr_inst_bpm
        Shape (n,), NaN of no interval.

    Notes
    -----
    A window of a thousand beats leaves about 2**-45 of a beat a minute to a step of the grid.

    Examples
    --------
    >>> from hrvdaemon.hrv.correction import uncorrected
    >>> from hrvdaemon.hrv.rolling_windows import windows_every
    >>> rr_ms = np.tile([750.0, 1250.0], 60)
    >>> nn = uncorrected(rr_ms, None, np.cumsum(rr_ms) / 1000)
    >>> rolling_mean_hr_inst(nn, windows_every(nn.end_s, 60.0, 20.0)).tolist()
    [64.0, 64.0, 64.0, 64.0]
    """
    mean = np.full(len(windows), np.nan)
    if not nn.rr_ms.size:
        return mean
    largest = most_beats(windows, nn.end_s) * 60_000 / float(nn.rr_ms.min())
    per_bpm, work = 2.0 ** int(62 - log2(max(largest, 1.0))), Workspace()
    for block in blocks(windows, nn.end_s):
        rates = np.rint(60_000 / nn.rr_ms[block.beats] * per_bpm).astype(np.int64)
        total = work.window_sums("total", work.running_sum("s", rates), block.first, block.last)
        n = block.last - block.first
        np.divide(total / per_bpm, n, out=mean[block.windows], where=n > 0)
    return mean
