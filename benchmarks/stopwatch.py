"""CPU time, not wall time: a busy machine disturbs it less, and ratios within one run travel between machines.

Works on its own, so that the scripts which run in a peer's environment use the same clock.
"""

import time
from collections.abc import Callable
from statistics import median


def cpu_s(do: Callable[[], object], times: int = 5) -> float:
    """Median CPU time of ``do`` in seconds, all threads; once before that to warm up."""
    do()
    spent = []
    for _ in range(times):
        begun = time.process_time()
        do()
        spent.append(time.process_time() - begun)
    return median(spent)


def wall_s(do: Callable[[], object], times: int = 3) -> float:
    """Median wall time of ``do`` in seconds, for what waits for a disk or another process."""
    spent = []
    for _ in range(times):
        begun = time.perf_counter()
        do()
        spent.append(time.perf_counter() - begun)
    return median(spent)
