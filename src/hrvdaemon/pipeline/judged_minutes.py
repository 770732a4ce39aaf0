"""Minutes of the wall that were judged: none is judged twice, wherever the clock was set (law 1)."""

from bisect import bisect_right


class JudgedMinutes:
    """Whole minutes since 1970 as stretches without a hole: an hour of wearing is one, years of it are few."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []

    def __contains__(self, minute: int) -> bool:
        place = bisect_right(self._starts, minute) - 1
        return place >= 0 and minute < self._ends[place]

    def __len__(self) -> int:
        return len(self._starts)

    def add(self, first: int, minutes: int) -> None:
        """These minutes were judged; those that were before stay so."""
        start, end = first, first + minutes
        low = bisect_right(self._ends, start - 1)
        high = bisect_right(self._starts, end)
        if low < high:
            start, end = min(start, self._starts[low]), max(end, self._ends[high - 1])
        self._starts[low:high], self._ends[low:high] = [start], [end]
